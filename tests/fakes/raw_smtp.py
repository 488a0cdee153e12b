"""A mail server on loopback that does exactly what a script says, faults of the line included."""

import contextlib
import select
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any, Self

DROP = b"drop"  # instead of a reply: the connection is reset
SILENCE = b"silence"  # instead of a reply: nothing, and the connection stays
DEAF = b"deaf"  # the same, and nothing that comes on this connection is read until the client hangs up
STALL = b"stall"  # the same, and nothing that comes on this connection is answered any more

PLAIN_ANSWERS = {"CONNECT": b"220 raw", "EHLO": b"250 raw", "DATA": b"354 go ahead", "QUIT": b"221 bye"}


class RawServer:
    """`script` gets a verb and how often it was heard, this time included; it answers in bytes, or one of the above.

    `usual` answers, by verb, replace the plain ones. `answer_to` answers a RCPT by its address, where it is not None.
    Verbs are SMTP's, and CONNECT, IN_DATA (the content begins) and DOT (its end was read). None: the usual answer.
    `received` holds every content whose final dot was read, whatever was answered.
    """

    host = "127.0.0.1"

    def __init__(
        self,
        script: Callable[[str, int], bytes | None] = lambda _verb, _count: None,
        *,
        answer_to: Callable[[str], bytes | None] | None = None,
        **usual: bytes,
    ) -> None:
        self.script = script
        self.answer_to = answer_to
        self.usual = {**PLAIN_ANSWERS, **usual}
        self.heard: Counter[str] = Counter()
        self.received: list[bytes] = []
        self._lock = threading.Lock()
        self._connections: list[socket.socket] = []
        self._listener = socket.create_server((self.host, 0))
        self.port = int(self._listener.getsockname()[1])
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        # shutdown wakes the thread that waits in accept; close alone does not.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        for thread in self._threads:
            thread.join(2)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._connections.append(connection)
            self._threads.append(threading.Thread(target=self._converse, args=(connection,), daemon=True))
            self._threads[-1].start()

    def _converse(self, connection: socket.socket) -> None:
        try:
            with connection, connection.makefile("rb") as lines:
                if not self._answer(connection, "CONNECT"):
                    return
                for line in lines:
                    verb = line[:4].decode().upper().strip()
                    answer = self._answer(connection, verb, line)
                    if not answer:
                        return
                    if answer.startswith(b"354") and not self._read_content(connection, lines):
                        return
        except OSError:
            pass

    def _read_content(self, connection: socket.socket, lines: Any) -> bool:
        if not self._answer(connection, "IN_DATA"):
            return False
        content = []
        while (line := lines.readline()) != b".\r\n":
            if not line:
                return False
            content.append(line[1:] if line.startswith(b".") else line)
        self.received.append(b"".join(content))
        return bool(self._answer(connection, "DOT"))

    def _answer(self, connection: socket.socket, verb: str, line: bytes = b"") -> bytes:
        """What was answered; nothing when the line was cut."""
        with self._lock:
            self.heard[verb] += 1
        answer = self.script(verb, self.heard[verb])
        if verb == "RCPT" and self.answer_to is not None:
            answer = self.answer_to(line.decode().partition("<")[2].partition(">")[0]) or answer
        if answer == DROP:
            # No FIN, no patience: the line is cut.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
            return b""
        if answer == DEAF:
            gone = select.poll()
            gone.register(connection, select.POLLRDHUP)
            gone.poll(20_000)
            return b""
        if answer == STALL:
            while connection.recv(65_536):
                pass
            return b""
        if answer is None:
            answer = SILENCE if verb == "IN_DATA" else self.usual.get(verb, b"250 ok")
        if answer != SILENCE:
            connection.sendall(answer + b"\r\n")
        return answer
