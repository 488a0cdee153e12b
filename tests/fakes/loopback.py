"""What the fakes share: a server of some protocol on loopback, in threads of its own, for as long as a `with` lasts."""

import socketserver
import ssl
import threading
from pathlib import Path
from typing import Any, ClassVar, Self

# A key and a certificate for “localhost” that no authority signed; good for nothing else.
SELF_SIGNED = Path(__file__).with_name("self_signed.pem")


class Loopback:
    """A subclass names the `handler` of its requests, which knows this server as `server_of`.

    `over` is set at the end: whoever hangs on purpose waits for it. `lock` is for what the handlers write down.
    """

    handler: ClassVar[type[socketserver.BaseRequestHandler]]
    tls: ssl.SSLContext | None = None
    at_port = 0  # any free one

    def __enter__(self) -> Self:
        self.over = threading.Event()
        self.lock = threading.Lock()  # each request has a thread of its own
        self._server = _Server(("127.0.0.1", self.at_port), type("Handler", (self.handler,), {"server_of": self}))
        if self.tls:
            self._server.socket = self.tls.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def handle_error(self, *_: Any) -> None:
        """Cut lines are what the tests ask for."""


def self_signed() -> ssl.SSLContext:
    """The server's side of TLS, with a certificate that nobody trusts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(SELF_SIGNED)
    return context
