"""Servers and proxies on this machine that speak TLS and SOCKS."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from support import RawServer

CONNECTED = b"HTTP/1.1 200 Connection established\r\n\r\n"


class NetworkServer(RawServer):
    """A server, or a proxy that gives the answers itself.

    Args:
        answers: Its answers to the requests.
        tls: Speak TLS from the first byte on.
        socks: Speak SOCKS5 before anything else; the bytes are its reply to the request to connect.
        login: The user name and the password that the SOCKS proxy wants.
        tunnel: Take a CONNECT, and speak TLS behind it.
        inner: Speak TLS behind SOCKS.
        relay: Take a CONNECT, and pass on what follows to this port.
        connected: The answer to the CONNECT.
    """

    def __init__(  # noqa: PLR0913 - options by keyword
        self,
        *answers: bytes | Callable[[socket.socket], object],
        tls: ssl.SSLContext | None = None,
        socks: bytes | None = None,
        login: tuple[bytes, bytes] | None = None,
        tunnel: ssl.SSLContext | None = None,
        inner: ssl.SSLContext | None = None,
        relay: int | None = None,
        connected: bytes = CONNECTED,
    ) -> None:
        self.tls, self.socks, self.login, self.relay = tls, socks, login, relay
        self.tunnel, self.inner = tunnel, inner or tunnel
        self.connected = connected
        self.targets: list[bytes] = []
        super().__init__(*answers)

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            if self.tls is not None:
                connection = self._wrap(self.tls, connection)
            if self.socks is not None and not self._greet(connection, self.socks):
                connection.close()
                return
            if self.tunnel is not None or self.relay is not None:
                self.requests.append(self._read(connection))
                connection.sendall(self.connected)
                if self.connected is not CONNECTED:
                    connection.close()
                    return
            if self.relay is not None:
                _relay(connection, self.relay)
                return
            if self.inner is not None:
                connection = self._wrap(self.inner, connection)
            super()._serve(connection)

    def close(self) -> None:
        super().close()
        for connection in self.connections:  # TLS wraps the accepted ones in others
            connection.close()

    def _wrap(self, context: ssl.SSLContext, connection: socket.socket) -> ssl.SSLSocket:
        wrapped = context.wrap_socket(connection, server_side=True)
        self.connections.append(wrapped)
        return wrapped

    def _greet(self, connection: socket.socket, reply: bytes) -> bool:
        """Speak SOCKS5 (RFC 1928, RFC 1929) up to the point where bytes pass through; tell whether they do."""
        connection.recv(256)  # the methods
        if self.login is not None:
            connection.sendall(b"\x05\x02")
            name, password = self.login
            assert connection.recv(513) == b"\x01%c%b%c%b" % (len(name), name, len(password), password)
            connection.sendall(b"\x01\x00")
        else:
            connection.sendall(b"\x05\x00")
        self.targets.append(connection.recv(512))
        connection.sendall(reply)
        return reply[1:2] == b"\x00"


SOCKS_CONNECTED = b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50"
SOCKS_REFUSED = b"\x05\x05\x00\x01\x7f\x00\x00\x01\x00\x50"


def _relay(connection: socket.socket, port: int) -> None:
    def pump(source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)

    with connection, socket.create_connection(("127.0.0.1", port)) as behind:
        back = threading.Thread(target=pump, args=(behind, connection), daemon=True)
        back.start()
        pump(connection, behind)
        back.join()


@contextmanager
def listening(*answers: bytes | Callable[[socket.socket], object], **options: Any) -> Iterator[NetworkServer]:
    server = NetworkServer(*answers, **options)
    try:
        yield server
    finally:
        server.close()
