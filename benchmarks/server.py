"""A server in a process of its own, which answers each request with the example of the spec."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import osvi


@contextmanager
def serving() -> Iterator[str]:
    """Run the server, and yield its URL."""
    command = [sys.executable, "-m", "benchmarks.server"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()


def example_session() -> dict[str, Any]:
    """Return the session that is the example of the spec."""
    sandbox = osvi.testing.Sandbox()
    with osvi.Client(sandbox.token, transport=sandbox.transport) as client:
        return client.get_active_session(sandbox.customer_id, agent_uuid=sandbox.agent_uuid).to_dict()


def body_of(data: dict[str, Any]) -> bytes:
    """Return the body of an answer."""
    return json.dumps({"success": True, "data": data}).encode()


class Protocol(asyncio.Protocol):
    """HTTP/1.1 with keep-alive, for requests without a body."""

    answer = b""

    def connection_made(self, transport: Any) -> None:
        """Keep the transport of a new connection."""
        self._transport = transport
        self._received = b""

    def data_received(self, data: bytes) -> None:
        """Answer each complete request."""
        *requests, self._received = (self._received + data).split(b"\r\n\r\n")
        self._transport.write(self.answer * len(requests))


async def main() -> None:
    """Print the port, and serve until the process ends."""
    body = body_of(example_session())
    Protocol.answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    server = await asyncio.get_running_loop().create_server(Protocol, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
