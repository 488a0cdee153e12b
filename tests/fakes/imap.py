"""An IMAP server on loopback with one folder: what imaplib asks for, and faults on demand."""

import re
import socketserver
import ssl
from dataclasses import dataclass, field

from tests.fakes.loopback import Loopback


@dataclass
class Kept:
    """One mail in the folder."""

    raw: bytes
    flags: set[str] = field(default_factory=set)


@dataclass
class FakeImap(Loopback):
    """`mails` by UID. `hangs_at` names a command that is never answered, `drops_at` one at which the line is cut."""

    mails: dict[int, Kept] = field(default_factory=dict)
    password: str = "secret"
    has_keywords: bool = True
    hangs_at: str = ""
    drops_at: str = ""
    tls: ssl.SSLContext | None = None
    commands: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        scheme = "imaps" if self.tls else "imap"
        return f"{scheme}://returned%40meadowsweet.example:secret@127.0.0.1:{self.port}/INBOX"

    def put(self, raw: bytes) -> int:
        """A new mail arrives; its UID."""
        uid = max(self.mails, default=0) + 1
        self.mails[uid] = Kept(raw)
        return uid


class _Handler(socketserver.StreamRequestHandler):
    server_of: FakeImap

    def handle(self) -> None:
        self.say("* OK ready")
        while line := self.rfile.readline().decode().strip():
            tag, _, rest = line.partition(" ")
            verb = " ".join(rest.split()[:2]).upper() if rest.upper().startswith("UID") else rest.split()[0].upper()
            self.server_of.commands.append(verb)
            if verb == self.server_of.hangs_at:
                self.server_of.over.wait(60)
            if verb == self.server_of.drops_at:
                return
            answer = getattr(self, f"do_{verb.lower().replace(' ', '_')}", None)
            self.say(f"{tag} {answer(rest) if answer else 'BAD unknown'}")
            if verb == "LOGOUT":
                return

    def say(self, line: str, literal: bytes | None = None) -> None:
        self.wfile.write(line.encode() + b"\r\n" if literal is None else line.encode() + b"\r\n" + literal + b")\r\n")

    def do_capability(self, _rest: str) -> str:
        self.say("* CAPABILITY IMAP4rev1")
        return "OK done"

    def do_login(self, rest: str) -> str:
        return "OK hello" if rest.rsplit(maxsplit=1)[-1].strip('"') == self.server_of.password else "NO wrong password"

    def do_select(self, _rest: str) -> str:
        self.say(f"* {len(self.server_of.mails)} EXISTS")
        more = " \\*" if self.server_of.has_keywords else ""
        self.say(f"* OK [PERMANENTFLAGS (\\Seen \\Deleted{more})] flags")
        return "OK [READ-WRITE] done"

    def do_uid_search(self, rest: str) -> str:
        words = rest.split()
        flag = words[words.index("UNKEYWORD") + 1] if "UNKEYWORD" in words else "\\Seen"
        found = [str(uid) for uid, mail in self.server_of.mails.items() if flag not in mail.flags]
        self.say(f"* SEARCH {' '.join(found)}")
        return "OK done"

    def do_uid_fetch(self, rest: str) -> str:
        uid = int(rest.split()[2])
        most = int(re.findall(r"<0\.(\d+)>", rest)[0])
        raw = self.server_of.mails[uid].raw[:most]
        self.say(f"* {uid} FETCH (UID {uid} BODY[]<0> {{{len(raw)}}}", raw)
        return "OK done"

    def do_uid_store(self, rest: str) -> str:
        uid, flags = int(rest.split()[2]), re.findall(r"\(([^)]*)\)", rest)[0].split()
        self.server_of.mails[uid].flags.update(flags)
        return "OK done"

    def do_logout(self, _rest: str) -> str:
        self.say("* BYE")
        return "OK bye"


FakeImap.handler = _Handler
