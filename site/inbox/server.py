"""The mailbox's SMTP server: every message that arrives becomes one file, nothing leaves the machine."""

import logging
import os
import time
import uuid
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd tells of every byte, and sets INFO itself


class FolderHandler:
    """Keeps each accepted message as `<nanoseconds>-<random>.eml` in a folder, with its envelope on top."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Write the message under another name first, so that a reader never finds half of it."""
        name = f"{time.time_ns()}-{uuid.uuid4().hex[:8]}"
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        recipients = ", ".join(envelope.rcpt_tos)
        partial = self.folder / f"{name}.partial"
        partial.write_bytes(f"X-Envelope-To: {recipients}\r\n".encode() + content)
        os.replace(partial, self.folder / f"{name}.eml")
        return "250 OK: kept in the local mailbox"


def start_server(folder: Path, *, host: str, port: int) -> Controller:
    """Start the server in a thread of its own; `stop()` ends it. OSError when the port is taken."""
    controller = Controller(FolderHandler(folder), hostname=host, port=port, data_size_limit=25 * 1024 * 1024)
    controller.start()
    return controller
