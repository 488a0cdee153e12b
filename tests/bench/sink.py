"""`python -m tests.bench.sink`: a mail server on loopback that counts and throws away, cheap enough not to disturb.

Prints its port, then, when its standard input is closed, the number of messages it accepted. `--round-trip` and
`--accept` (seconds) make it as slow as a server far away; `--keep FILE` writes a line for each accepted message, the
moment (Unix time), the recipient and a hash of all that is not that reader's own, in the order in which they were
accepted; `--most N` refuses further connections.
"""

import asyncio
import hashlib
import re
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path

_ANSWERS = {b"EHLO": b"250-sink\r\n250 PIPELINING\r\n", b"DATA": b"354 go ahead\r\n"}
_OWN = re.compile(rb"/newsletter/(?:unsubscribe|mine)/[\w.-]+/|(?:(?<=Dear )|(?<=Dear=20))\w+")


def hash_shared(content: bytes) -> str:
    """Of the subject and the body, without the reader's name and links; wherever its lines were broken for them."""
    head, _, body = content.partition(b"\r\n\r\n")
    subject = re.search(rb"^Subject: .*(?:\r\n[ \t].*)*", head, re.MULTILINE)
    body = _OWN.sub(b"", body.replace(b"=\r\n", b""))
    return hashlib.sha256((subject[0] if subject else b"") + body).hexdigest()[:16]


class Conversation(asyncio.Protocol):
    """One connection."""

    options = Namespace(round_trip=0.0, accept=0.0, keep="", most=0, tarpit=0.0)
    accepted = 0
    opened = 0
    turned_away = 0
    in_tar: "Conversation | None" = None
    kept: list[str]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.buffer = b""
        self.is_content = False
        self.is_busy = False
        self.recipient = self.content = b""
        Conversation.opened += 1
        Conversation.in_tar = Conversation.in_tar or self
        self.is_away = 0 < self.options.most < Conversation.opened
        if self.is_away:
            Conversation.turned_away += 1
            transport.write(b"421 too many connections\r\n")
            transport.close()
        else:
            self._later(self.options.round_trip, lambda: transport.write(b"220 sink\r\n"))

    def connection_lost(self, _error: Exception | None) -> None:
        Conversation.opened -= 1

    def data_received(self, data: bytes) -> None:
        self._later(self.options.round_trip, lambda: self._arrive(data))

    def _later(self, seconds: float, work: Callable[[], None]) -> None:
        if seconds:
            asyncio.get_running_loop().call_later(seconds, work)
        else:
            work()

    def _arrive(self, data: bytes) -> None:
        self.buffer += data
        self._work()

    def _work(self) -> None:
        while not self.is_busy and self._take():
            pass

    def _take(self) -> bool:
        """Answer one command or the end of one content, if it has arrived whole."""
        end = b"\r\n.\r\n" if self.is_content else b"\r\n"
        head, found, rest = self.buffer.partition(end)
        if not found:
            return False
        self.buffer = rest
        if self.is_content:
            self.is_content = False
            self.is_busy = True
            self.content = head
            is_in_tar = self.options.tarpit and self is Conversation.in_tar
            self._later(self.options.tarpit if is_in_tar else self.options.accept, self._accept)
            return True
        verb = head[:4].upper()
        if verb == b"RCPT":
            self.recipient = head[9:-1]
        self.is_content = verb == b"DATA"
        self.transport.write(_ANSWERS.get(verb, b"250 ok\r\n"))
        if verb == b"QUIT":
            self.transport.close()
        return True

    def _accept(self) -> None:
        self.is_busy = False
        if self.transport.is_closing():
            return
        Conversation.accepted += 1
        if self.options.keep:
            self.kept.append(f"{time.time():.3f} {self.recipient.decode()} {hash_shared(self.content)}\n")
        self.transport.write(b"250 ok\r\n")
        if self.options.accept or self.options.tarpit:
            self._work()


async def main() -> None:
    parser = ArgumentParser()
    parser.add_argument("--round-trip", type=float, default=0.0)
    parser.add_argument("--accept", type=float, default=0.0)
    parser.add_argument("--keep", default="")
    parser.add_argument("--most", type=int, default=0)
    parser.add_argument("--tarpit", type=float, default=0.0)
    Conversation.options, Conversation.kept = parser.parse_args(), []
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Conversation, "127.0.0.1", 0, backlog=500)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()
    if Conversation.options.keep:
        Path(Conversation.options.keep).write_text("".join(Conversation.kept), encoding="utf-8")
    print(Conversation.accepted, flush=True)


if __name__ == "__main__":
    asyncio.run(main())
