"""One SMTP connection that nobody waits for: bytes go out as the kernel takes them, replies are told when whole."""

import contextlib
import re
import select
import socket
import ssl
import threading
from collections.abc import Callable, Collection, Generator

Reply = tuple[int, bytes]  # the code, -1 for what is no reply; the words

_NOT_NOW = (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
_READS = 65_536  # bytes
_HIDDEN = re.compile(rb"\n\.")  # three times as fast as `in`, which has nothing to find in 10,000 messages
# Of TLS: what is sent in pieces no longer than this has left whole or not at all, and `owes` is exact.
_RECORD = 16_384  # bytes
_LONGEST = 65_536  # bytes of one reply; a server that talks on is no mail server


class Line:
    """An open connection after EHLO, TLS and log-in. Raises OSError for a line that broke."""

    def __init__(self, sock: socket.socket, features: Collection[str]) -> None:
        self._sock = sock
        sock.setblocking(False)
        self.can_pipeline = "pipelining" in features
        self.is_cut = False  # what was sent ahead may have left in part: nothing can follow it
        self._out = memoryview(b"")
        self._ahead = 0  # the last so many bytes of it may fail without harm to what was said before
        self._in = bytearray()
        self._most = _RECORD if isinstance(sock, ssl.SSLSocket) else None  # bytes at once

    def fileno(self) -> int:
        """What `select.poll` waits for."""
        return self._sock.fileno()

    @property
    def events(self) -> int:
        """What is waited for: a reply, once all it can be about has left."""
        if not self._out:
            return select.POLLIN
        return select.POLLOUT if self.owes else select.POLLIN | select.POLLOUT

    @property
    def owes(self) -> bool:
        """Whether something that was said is still here: the server cannot have acted on it."""
        return self.owed > 0

    @property
    def owed(self) -> int:
        """So many bytes of that."""
        return max(0, len(self._out) - self._ahead)

    def write(self, said: bytes, *, ahead: bytes = b"") -> None:
        """Say it, and right behind it `ahead`, which is no part of it: that failing is only seen by `is_cut`."""
        self._out, self._ahead = memoryview(b"".join((self._out, said, ahead))), len(ahead)
        self.flush()

    def flush(self) -> None:
        """Send what is left, as much as the kernel takes."""
        while self._out:
            try:
                sent = self._sock.send(self._out[: self._most])
            except _NOT_NOW:
                return
            except OSError:
                if self.owes:
                    raise
                self._out, self.is_cut = memoryview(b""), True
                return
            self._out = self._out[sent:]

    def reply(self) -> Reply | None:
        """The next reply if it is here and everything it can be about has left; None: not yet."""
        if self._out:
            self.flush()
            if self.owes:
                return None
        while not self._in or (found := self._parse()) is None:
            try:
                data = self._sock.recv(_READS)
            except _NOT_NOW:
                return None
            if not data:
                raise ConnectionResetError("the mail server closed the connection")
            self._in += data
            if len(self._in) > _LONGEST:
                raise ConnectionAbortedError("the mail server's reply does not end")
        return found

    def quit(self, *, seconds: float) -> None:
        """Say goodbye, without waiting long for the answer."""
        with contextlib.suppress(OSError):
            self._sock.settimeout(seconds)
            if not self._out:
                self._sock.sendall(b"QUIT\r\n")
                self._sock.recv(_READS)
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._sock.close()

    def _parse(self) -> Reply | None:
        """RFC 5321, 4.2.1: the code stands before each line, with a hyphen before all but the last."""
        words, at = [], 0
        while (end := self._in.find(b"\n", at)) != -1:
            line, at = bytes(self._in[at:end]).strip(b"\r"), end + 1
            is_reply = line[:3].isdigit()
            words.append(line[4:].strip() if is_reply else line)
            if not is_reply or line[3:4] != b"-":
                del self._in[:at]
                return int(line[:3]) if is_reply else -1, b"\n".join(words)
        return None


def hear_last(line: Line, *, seconds: float, while_reading: float) -> Generator[float, Reply, Reply]:
    """Wait long for the reply to the final dot; until that has left, only for a server that goes on reading."""
    while line.owes:
        owed = line.owed
        try:
            return (yield while_reading)
        except TimeoutError:
            if line.owed == owed:
                raise
    return (yield seconds)


def with_dots(content: bytes) -> bytes:
    """Content as it goes over a line (RFC 5321, 4.5.2): a line that begins with a dot gets a second one."""
    if content.startswith(b"."):
        content = b"." + content
    if _HIDDEN.search(content):
        content = content.replace(b"\n.", b"\n..")
    return content if content.endswith(b"\r\n") else content + b"\r\n"


class Opening:
    """A line that is being opened by a thread: name, certificate and log-in are a conversation of their own.

    It is waited for as a line is; its one reply says that `line` is open. Raises whatever `open_line` raised.
    """

    events = select.POLLIN

    def __init__(self, open_line: Callable[[], Line]) -> None:
        self.line: Line | None = None
        self._error: Exception | None = None
        self._lock = threading.Lock()
        self._is_left = False
        self._here, self._there = socket.socketpair()
        threading.Thread(target=self._run, args=(open_line,), daemon=True).start()

    def fileno(self) -> int:
        """What `select.poll` waits for."""
        return self._here.fileno()

    def reply(self) -> Reply | None:
        """Whether the line is open."""
        if self._error is not None:
            raise self._error
        return (220, b"") if self.line else None

    def close(self) -> None:
        """Nobody waits any more: a line that opens later is closed at once. One that is open already stays."""
        with self._lock:
            self._is_left = True
        self._here.close()

    def _run(self, open_line: Callable[[], Line]) -> None:
        try:
            line = open_line()
            with self._lock:
                if self._is_left:
                    line.close()
                else:
                    self.line = line
        except Exception as error:  # noqa: BLE001 - raised where it is waited for
            self._error = error
        finally:
            with contextlib.suppress(OSError):
                self._there.close()  # wakes up who waits
