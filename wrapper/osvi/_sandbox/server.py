"""The sandbox over a real socket, with the standard library's HTTP server."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, cast

from osvi._sandbox.messages import refusal
from osvi._transport.mock import Received

if TYPE_CHECKING:
    from collections.abc import Iterator

    from osvi.testing import Sandbox


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    # Bursts of connections are what a test of concurrency makes.
    request_queue_size = 1024

    def __init__(self, address: tuple[str, int], sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet about clients that went away; the client is what a test is about."""

    def stop(self) -> None:
        """End the server and the connections that clients keep alive."""
        self.stopping.set()
        self.shutdown()
        self.server_close()
        with self._lock:
            still_open = list(self._open)
        for connection in still_open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body leave in one segment.
    wbufsize = -1
    disable_nagle_algorithm = True

    def __getattr__(self, name: str) -> Any:
        # http.server looks for a method do_GET, do_POST …: all of them are answered by the sandbox.
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def _answer(self) -> None:
        server = cast("_Server", self.server)
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            reply = server.sandbox.receive(Received(self.command, path, query, headers, content))
        except Exception as error:  # noqa: BLE001 - of a callable of the user's, who is at the other end of the socket
            reply = refusal(500, f"{type(error).__name__}: {error}")
        if reply.fault is not None:
            self._break(server if reply.fault == "timeout" else None)
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status != 204:  # noqa: PLR2004 - has no body, and may not say how long it is
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)

    def _break(self, hold: _Server | None) -> None:
        self.close_connection = True
        if hold is not None:
            hold.stopping.wait()
        else:
            # Closing with a linger of 0 seconds sends a reset.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as typeshed has it
        """Say nothing."""


@contextmanager
def serving(sandbox: Sandbox, host: str, port: int) -> Iterator[str]:
    """Serve ``sandbox`` until the block ends."""
    server = _Server((host, port), sandbox)
    # How often the loop looks whether it should end: the block's end waits for it.
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        # 0.0.0.0 is every address of this machine to a server, and none to a client.
        name = "127.0.0.1" if host in {"", "0.0.0.0"} else host  # noqa: S104 - compared, not bound
        yield f"http://{name}:{server.server_address[1]}"
    finally:
        server.stop()
        thread.join()
