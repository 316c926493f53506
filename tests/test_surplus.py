"""Bytes after the end of an answer: no call reads them as its own answer."""

import re
import socket
import ssl
import time
from contextlib import suppress
from typing import Any

import osvi
import pytest
import trustme
from servers import NetworkServer
from support import AGENT, RECORD, BlockingClient, Make, raw_json

LATER = 0.03  # seconds


def _answer(customer: str, *headers: str) -> bytes:
    return raw_json({"success": True, "data": {AGENT: RECORD | {"customer_id": customer}}}, "200 OK", *headers)


OTHER = _answer("another customer")


def _chunked(customer: str) -> bytes:
    body = _answer(customer).partition(b"\r\n\r\n")[2]
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


# What is sent for a customer: parts, with a pause after each.
SURPLUS: dict[str, Any] = {
    "a 204 with a body": lambda _: [b"HTTP/1.1 204 No Content\r\n\r\n" + OTHER],
    "a 304 with a body": lambda _: [b"HTTP/1.1 304 Not Modified\r\n\r\n" + OTHER],
    "chunks beside a length": lambda customer: [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 7\r\n\r\n" + _chunked(customer) + OTHER
    ],
    "two answers in one segment": lambda customer: [_answer(customer) + OTHER],
    "two answers in two segments": lambda customer: [_answer(customer), OTHER],
    "an answer on an idle connection": lambda customer: [_answer(customer), b"", OTHER],
    "a timeout on an idle connection": lambda customer: [_answer(customer), b"", raw_json({}, "408 Request Timeout")],
}


class SurplusServer(NetworkServer):
    """Answers with the id of the customer who asks, and with a surplus after the second request of a connection."""

    def __init__(self, kind: str, **options: Any) -> None:
        self.parts = SURPLUS[kind]
        super().__init__(b"", **options)

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            if self.tls is not None:
                connection = self._wrap(self.tls, connection)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            count = 0
            while request := self._read(connection):
                self.requests.append(request)
                customer = re.findall(rb"customer_id=([^& ]+)", request)[0].decode()
                count += 1
                for part in self.parts(customer) if count % 2 == 0 else [_answer(customer)]:
                    connection.sendall(part)
                    time.sleep(0 if part else LATER / 3)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("kind", SURPLUS)
def test_no_call_gets_the_surplus_of_another(make: Make, authority: trustme.CA, kind: str, scheme: str) -> None:
    options: dict[str, Any] = {"retries": 0}
    server_tls = None
    if scheme == "https":
        server_tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(server_tls)
        options["ssl_context"] = ssl.create_default_context()
        authority.configure_trust(options["ssl_context"])
    server = SurplusServer(kind, tls=server_tls)
    try:
        api = make(base_url=f"{scheme}://127.0.0.1:{server.port}", **options)
        answers = [_look_up(api, f"c{number}") for number in range(8)]
    finally:
        server.close()
    assert len(server.requests) == 8
    assert sum(answer is not None for answer in answers) >= 4
    for number, answer in enumerate(answers):
        assert answer in {None, f"c{number}"}


def _look_up(api: BlockingClient, customer: str) -> str | None:
    """Return whose session the answer has. None if there was an error."""
    try:
        (session,) = api.list_active_sessions(customer).values()
    except (osvi.APIError, osvi.TransportError, osvi.ContractError, ValueError):
        return None
    finally:
        if api.kind == "sync":
            time.sleep(LATER)
        else:
            api.run(_pause())
    return session.customer_id


async def _pause() -> None:
    # The loop stands still, so that it cannot read what comes.
    time.sleep(LATER)  # noqa: ASYNC251
