"""A server in a process of its own, which answers every request with the spec's example after a latency."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from osvi.testing import Sandbox


@contextmanager
def serving(latency: float = 0.0) -> Iterator[str]:
    """Run the server in a process of its own, and yield its URL."""
    command = [sys.executable, "-m", "benchmarks.server", str(latency)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()


def one_session_body() -> bytes:
    """Return the answer for one session: the example of the spec."""
    sandbox = Sandbox()
    parameters = {"customer_id": sandbox.customer_id, "agent_uuid": sandbox.agent_uuid}
    with httpx.Client(transport=sandbox.transport, headers={"API-Token": sandbox.token}) as client:
        return client.get("https://sandbox.invalid/v1/chat/session/active", params=parameters).content


class Protocol(asyncio.Protocol):
    """HTTP/1.1 with keep-alive only."""

    latency = 0.0
    answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport of a new connection."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._received = b""

    def data_received(self, data: bytes) -> None:
        """Answer each complete request."""
        self._received += data
        while b"\r\n\r\n" in self._received:
            _, _, self._received = self._received.partition(b"\r\n\r\n")
            if self.latency:
                asyncio.get_running_loop().call_later(self.latency, self._transport.write, self.answer)
            else:
                self._transport.write(self.answer)


async def main(latency: float) -> None:
    """Print the port, and serve until the process ends."""
    content = one_session_body()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    Protocol.answer = head.encode() + content
    Protocol.latency = latency
    server = await asyncio.get_running_loop().create_server(Protocol, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1])))
