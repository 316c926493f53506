"""Shared by the tests: a driver for both clients, and a server that answers with given bytes."""

import asyncio
import copy
import json
import os
import socket
import struct
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

import httpx
import osvi
import osvi_openapi.spec
import pytest
from osvi._sandbox.operations import packaged_spec
from osvi_runtime import Endpoint, Operation, Record

T = TypeVar("T")

TOKEN = "0123456789abcdef"
CUSTOMER = "+15551112222"
AGENT = "agent_IsZ3Q6Sf_60Eh26XQMGbz-R_og"
HEADER = osvi_openapi.spec.TOKEN_HEADER
# The properties of sessions and their metadata, and a name that is none of them.
SESSION, METADATA = (Record(cls) for cls in (osvi.ChatSession, osvi.SessionMetadata))
UNKNOWN = "x-unknown-to-the-spec"
# For tests that give the client a transport, which leaves no choice of a pool.
MOCKED = pytest.mark.parametrize("make", ["sync", "async"], indirect=True)
# For what is decided before or after the pool: the refusal of an argument, the meaning of an answer. A test of what a
# pool does runs on each.
ONCE = pytest.mark.parametrize("make", ["sync"], indirect=True)
LEAKING_ANYIO = pytest.mark.skipif(
    tuple(map(int, version("anyio").split(".")[:2])) < (4, 16),
    reason="before 4.16, connect_tcp() of anyio leaves its socket to the garbage collector when it is cancelled",
)
FORK = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
# The environment of a process that a test starts: only what finds programs and packages, and what measures coverage.
ENVIRONMENT = {"PATH": os.defpath} | {
    name: value for name, value in os.environ.items() if name == "PYTHONPATH" or "COVERAGE" in name
}


def _record() -> dict[str, Any]:
    """Return the example of a session in the spec, with the values that the tests expect."""
    example: dict[str, Any] = packaged_spec().operations["GET /v1/chat/session/active"].answers["200"]["record"]
    buckets = {"input_fields": {"first_name": "Alex"}, "state_fields": {}, "context": ["Initial context"]}
    return example | {
        "id": "4718a326-417b-4dda-90d0-21fd65a11cb8",
        "chat_agent_id": 42,
        "account_id": 7,
        "customer_id": "+15551112222",
        "mode": "ai",
        "help_requested": False,
        "status": "active",
        "metadata": (example.get("metadata") or {}) | buckets,
        "created_at": "2026-06-04T11:40:25.690486Z",
        "updated_at": "2026-06-04T11:40:25.690486Z",
    }


RECORD = _record()
# Only the properties that the spec requires.
BARE = {name: RECORD[name] for name in SESSION.required}


def operation_of(endpoint: Endpoint, **arguments: Any) -> Operation[Any]:
    """Return the operation of an endpoint, for a function whose arguments may be anything and are all optional."""

    def function() -> None:
        """Stand for the function of the operation."""

    function.__annotations__ = dict.fromkeys(endpoint.locations, Any)
    function.__kwdefaults__ = dict.fromkeys(endpoint.locations)
    return endpoint.operation(function, function.__kwdefaults__ | arguments)


def present(value: Any) -> Any:
    """Return JSON without the properties that are null: most tests do not distinguish null from absent."""
    if isinstance(value, dict):
        return {name: present(one) for name, one in value.items() if one is not None}
    return [present(one) for one in value] if isinstance(value, list) else value


class BlockingClient:
    """Either client, with methods that block, so that each behaviour is tested by one function."""

    def __init__(self, kind: str, **options: Any) -> None:
        """Make a client: "sync", "async", or "aiohttp" for the async one with that pool."""
        self.kind = "sync" if kind == "sync" else "async"
        self.pool: Literal["httpx", "aiohttp"] = "aiohttp" if kind == "aiohttp" else "httpx"
        options = {"token": TOKEN} | options
        self.client: osvi.Client | osvi.AsyncClient
        if kind == "sync":
            self.client = osvi.Client(**options)
        else:
            self.client = osvi.AsyncClient(pool=self.pool, **options)
            self._runner = asyncio.Runner()

    def get_active_session(self, customer_id: Any = CUSTOMER, *, agent_uuid: Any = AGENT) -> osvi.ChatSession:
        session: osvi.ChatSession = self.call("get_active_session", customer_id, agent_uuid=agent_uuid)
        return session

    def find_active_session(self, customer_id: Any = CUSTOMER, *, agent_uuid: Any = AGENT) -> osvi.ChatSession | None:
        session: osvi.ChatSession | None = self.call("find_active_session", customer_id, agent_uuid=agent_uuid)
        return session

    def list_active_sessions(self, customer_id: Any = CUSTOMER) -> dict[str, osvi.ChatSession]:
        sessions: dict[str, osvi.ChatSession] = self.call("list_active_sessions", customer_id)
        return sessions

    def send(self, operation: Operation[T]) -> T:
        value: T = self.call("send", operation)
        return value

    def call(self, method: str, *arguments: Any, **options: Any) -> Any:
        result = getattr(self.client, method)(*arguments, **options)
        return result if self.kind == "sync" else self.run(result)

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(coroutine)

    def with_options(self, **options: Any) -> Self:
        """Return the same with a client that has other options."""
        twin = copy.copy(self)
        twin.client = self.client.with_options(**options)
        return twin

    def close(self) -> None:
        """Close the client, but not the event loop."""
        if isinstance(self.client, osvi.Client):
            self.client.close()
        else:
            self.run(self.client.aclose())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        if self.kind == "async":
            self._runner.close()


# What the fixture `make` gives.
Make = Callable[..., BlockingClient]


def answering(*answers: httpx.Response | Exception, seen: list[httpx.Request] | None = None) -> httpx.MockTransport:
    """Return a transport that gives one answer after the other, and repeats the last one."""
    left = list(answers)

    def handle(request: httpx.Request) -> httpx.Response:
        if seen is not None:
            seen.append(request)
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    return httpx.MockTransport(handle)


def need_generate_sh() -> None:
    if os.name != "posix":
        pytest.skip("generate.sh needs the shell and the layout of an environment that POSIX has")


def open_descriptors() -> int:
    """Return how many files and sockets this process has open."""
    if not Path("/dev/fd").exists():
        pytest.skip("needs /dev/fd")
    return len(list(Path("/dev/fd").iterdir()))


def ok(data: Any) -> httpx.Response:
    return httpx.Response(200, json={"success": True, "data": data})


def raw(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    """Return the bytes of an answer with its Content-Length."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def raw_json(value: Any, status: str = "200 OK", *headers: str) -> bytes:
    return raw(json.dumps(value).encode(), status, "Content-Type: application/json", *headers)


# The answer to a lookup that finds no session.
EMPTY = raw_json({"success": True, "data": {}})


class RawServer:
    """Answers each request with the next of its answers, and repeats the last one.

    An answer is bytes, or a function of the connection. It keeps the requests.
    """

    def __init__(self, *answers: bytes | Callable[[socket.socket], object]) -> None:
        self.answers = list(answers)
        self.requests: list[bytes] = []
        self.stopping = threading.Event()
        self.connections: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self.stopping.is_set():
                connection.close()
                return
            self.connections.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while request := self._read(connection):
                self.requests.append(request)
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                if callable(answer):
                    answer(connection)
                    return
                connection.sendall(answer)
                if b"connection: close" in answer.lower():
                    return

    def _read(self, connection: socket.socket) -> bytes:
        request = b""
        while b"\r\n\r\n" not in request:
            if not (chunk := connection.recv(65536)):
                return b""
            request += chunk
        return request

    def close(self) -> None:
        if self.stopping.is_set():
            return
        self.stopping.set()
        socket.create_connection(("127.0.0.1", self.port)).close()  # nothing else ends accept() on every system
        self._thread.join()
        self._listener.close()
        for connection in self.connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def serving(*answers: bytes | Callable[[socket.socket], object]) -> Iterator[RawServer]:
    server = RawServer(*answers)
    try:
        yield server
    finally:
        server.close()


def reset(connection: socket.socket) -> None:
    """Make the connection end with a reset."""
    linger = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


def then_reset(data: bytes) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        connection.sendall(data)
        reset(connection)

    return answer


def then_close(data: bytes) -> Callable[[socket.socket], None]:
    return lambda connection: connection.sendall(data)
