"""The sandbox over a real socket, with the standard library's HTTP server."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, cast
from weakref import WeakSet

from osvi._sandbox.messages import error_reply
from osvi._transport.mock import Received, Reply, TransportFault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class _Server(ThreadingHTTPServer):
    # Tests of concurrency open many connections at once.
    request_queue_size = 1024

    def __init__(self, address: tuple[str, int], receive: Callable[[Received], Reply]) -> None:
        self.receive = receive
        self.connections: WeakSet[socket.socket] = WeakSet()
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections.add(request)
        super().process_request(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Do not print the traceback when a client closes its connection."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Buffered, so that the head and the body of a response are sent in one segment.
    wbufsize = -1
    disable_nagle_algorithm = True

    def __getattr__(self, name: str) -> Any:
        # http.server looks for a method do_GET, do_POST and so on. The sandbox answers all of them.
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def _answer(self) -> None:
        if "Transfer-Encoding" in self.headers:  # http.server does not decode it
            self._send(
                error_reply(
                    411,
                    "content_length_missing",
                    "the sandbox does not read a chunked body; send Content-Length",
                    headers={"Connection": "close"},
                )
            )
            return
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in self.headers.items()]
        try:
            reply = cast("_Server", self.server).receive(Received(self.command, self.path, headers, content))
        except Exception as error:  # noqa: BLE001 - a callable of the user raised it, and the answer has to show it
            reply = error_reply(500, f"{type(error).__name__}: {error}")
        if reply.fault is not None:
            self._break_connection(reply.fault)
        else:
            self._send(reply)

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status != 204:  # noqa: PLR2004 - a 204 has no body, and must not have a Content-Length
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)

    def _break_connection(self, fault: TransportFault) -> None:
        self.close_connection = True
        if fault == "timeout":
            self.rfile.read()  # returns when the client or the server closes the connection
        else:
            # With a linger of 0 seconds, closing the connection sends a reset.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as typeshed has it
        """Do not log requests."""


@contextmanager
def serving(receive: Callable[[Received], Reply], host: str, port: int) -> Iterator[str]:
    """Serve the replies of ``receive`` until the block ends, and yield the base URL."""
    server = _Server((host, port), receive)
    # The interval is short, since shutdown() waits until serve_forever() has seen the request to stop.
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        # 0.0.0.0 stands for all addresses of a server. A client cannot connect to it.
        name = "127.0.0.1" if host in {"", "0.0.0.0"} else host  # noqa: S104 - compared, not bound
        yield f"http://{name}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        for connection in list(server.connections):  # clients keep them alive
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        thread.join()
