"""`python -m tests.bench.sink`: a mail server on loopback that counts and throws away, cheap enough not to disturb.

Prints its port, then, when its standard input is closed, the number of messages it accepted.
"""

import asyncio
import sys

_ANSWERS = {b"EHLO": b"250-sink\r\n250 PIPELINING\r\n", b"DATA": b"354 go ahead\r\n"}


class Conversation(asyncio.Protocol):
    """One connection."""

    accepted = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.buffer = b""
        self.is_content = False
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while self._take():
            pass

    def _take(self) -> bool:
        """Answer one command or the end of one content, if it has arrived whole."""
        end = b"\r\n.\r\n" if self.is_content else b"\r\n"
        head, found, rest = self.buffer.partition(end)
        if not found:
            return False
        self.buffer = rest
        if self.is_content:
            Conversation.accepted += 1
        verb = head[:4].upper()
        self.is_content = not self.is_content and verb == b"DATA"
        self.transport.write(_ANSWERS.get(verb, b"250 ok\r\n"))
        if verb == b"QUIT":
            self.transport.close()
        return True


async def main() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Conversation, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()
    print(Conversation.accepted, flush=True)


if __name__ == "__main__":
    asyncio.run(main())
