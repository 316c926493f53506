"""Servers that break HTTP: the client raises a typed error in bounded time, and can be used again."""

import gzip
import socket
import sys
import time
import tracemalloc
import zlib
from collections.abc import Callable
from typing import Any

import osvi
import pytest
from support import (
    RECORD,
    Make,
    RawServer,
    open_descriptors,
    present,
    raw,
    raw_json,
    serving,
    then_close,
    then_reset,
)

GOOD = raw_json({"success": True, "data": RECORD})
BODY = GOOD.partition(b"\r\n\r\n")[2]


def drip(data: bytes, drop: bytes = b"x") -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        connection.sendall(data)
        try:
            while True:
                connection.sendall(drop)
                time.sleep(0.05)
        except OSError:
            pass

    return answer


def chunked(*chunks: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"".join(chunks)


def compressed(body: bytes, encoding: str) -> bytes:
    return raw(body, "200 OK", f"Content-Encoding: {encoding}")


BROKEN: dict[str, tuple[Any, type[osvi.OSVIError]]] = {
    "no HTTP": (then_close(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"), osvi.TransportError),
    "nothing": (then_close(b""), osvi.TransportError),
    "half a status line": (then_close(b"HTTP/1.1 20"), osvi.TransportError),
    "a status of two digits": (then_close(b"HTTP/1.1 20 OK\r\n\r\n"), osvi.TransportError),
    "HTTP/3 by name": (then_close(b"HTTP/3.0 200 OK\r\n\r\n{}"), osvi.OSVIError),  # aiohttp refuses it
    "a header without a colon": (then_close(b"HTTP/1.1 200 OK\r\nNonsense\r\n\r\n{}"), osvi.TransportError),
    "a NUL in a header": (then_close(b"HTTP/1.1 200 OK\r\nA: \x00\r\n\r\n{}"), osvi.OSVIError),
    "headers without end": (then_close(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 100_000), osvi.TransportError),
    "two lengths": (
        then_close(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} "),
        osvi.TransportError,
    ),
    "too short a body": (then_close(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{}"), osvi.TransportError),
    "too long a body": (raw(b"{}")[:-2] + b"{}garbage", osvi.OSVIError),
    "a chunk of no size": (then_close(chunked(b"zz\r\n{}\r\n")), osvi.TransportError),
    "chunks without an end": (then_close(chunked(b"2\r\n{}\r\n")), osvi.TransportError),
    "a reset before the headers": (then_reset(b""), osvi.TransportError),
    "a reset in the body": (then_reset(raw(b"{}" * 100)[:-50]), osvi.TransportError),
    "gzip that is none": (compressed(b"{}", "gzip"), osvi.ContractError),
    "gzip cut short": (compressed(gzip.compress(b"[" * 10_000)[:-20], "gzip"), osvi.ContractError),
    "gzip with bytes after its end": (compressed(gzip.compress(BODY) + b"x", "gzip"), osvi.ContractError),
    "deflate that is none": (compressed(b"{}", "deflate"), osvi.ContractError),
    "an encoding that nobody knows": (compressed(zlib.compress(b"{}"), "zebra"), osvi.ContractError),
    "an encoding that was not asked for": (compressed(BODY, "br"), osvi.ContractError),
    "gzip in gzip": (compressed(gzip.compress(gzip.compress(b"{}")), "gzip, gzip"), osvi.ContractError),
    "no content": (b"HTTP/1.1 204 No Content\r\n\r\n", osvi.APIError),
    "not modified": (b"HTTP/1.1 304 Not Modified\r\n\r\n", osvi.APIError),
    "partial content": (raw(b"{}", "206 Partial Content"), osvi.APIError),
    "other protocols": (then_close(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"), osvi.OSVIError),
    "a redirect to nowhere": (raw(b"", "302 Found", "Location: https://["), osvi.APIError),
    "a redirect to itself": (raw(b"", "301 Moved", "Location: /"), osvi.APIError),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_answer_is_a_typed_error_and_the_next_one_is_read(make: Make, name: str) -> None:
    answer, cls = BROKEN[name]
    with serving(answer, GOOD) as server:
        api = make(base_url=server.url, retries=0, timeout=5)
        with pytest.raises(osvi.OSVIError) as caught:
            api.get_active_session()
        assert isinstance(caught.value, cls)
        try:
            session = api.get_active_session()
        except osvi.TransportError:  # the server has closed the kept connection
            session = api.get_active_session()
        assert present(session.to_dict()) == present(RECORD)


def test_an_answer_that_ends_at_any_byte_is_a_typed_error(make: Make) -> None:
    with serving(*(then_reset(GOOD[:end]) for end in range(len(GOOD))), GOOD) as server:
        api = make(base_url=server.url, retries=0, timeout=5)
        for _ in range(len(GOOD)):
            with pytest.raises(osvi.TransportError):
                api.get_active_session()
        assert present(api.get_active_session().to_dict()) == present(RECORD)


@pytest.mark.parametrize(
    "answer",
    [
        GOOD,
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + GOOD,
        compressed(gzip.compress(BODY), "gzip"),
        compressed(zlib.compress(BODY), "deflate"),
        compressed(zlib.compress(BODY, wbits=-zlib.MAX_WBITS), "deflate"),  # as some servers understand it
    ],
)
def test_a_body_at_the_limit_is_read(make: Make, answer: bytes) -> None:
    with serving(answer) as server:
        read = make(base_url=server.url, max_response_bytes=len(BODY)).get_active_session()
        assert present(read.to_dict()) == present(RECORD)


@pytest.mark.parametrize(
    "answer",
    [
        raw(b" " * 2000),
        compressed(gzip.compress(b" " * 10_000_000), "gzip"),
        chunked(*[b"100\r\n" + b" " * 256 + b"\r\n"] * 8, b"0\r\n\r\n"),
    ],
)
def test_a_body_above_the_limit_is_refused_after_decompression(make: Make, answer: bytes) -> None:
    with serving(answer) as server, pytest.raises(osvi.ContractError) as caught:
        make(base_url=server.url, max_response_bytes=1024).get_active_session()

    assert caught.value.found == "a body of more than 1024 bytes (max_response_bytes)"
    assert len(caught.value.body) <= 1024


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_the_memory_for_a_compressed_body_is_bounded(make: Make, encoding: str) -> None:
    compressor = zlib.compressobj(wbits=zlib.MAX_WBITS + (16 if encoding == "gzip" else 0))
    bomb = b"".join(compressor.compress(bytes(2**20)) for _ in range(200)) + compressor.flush()
    with serving(compressed(bomb, encoding)) as server:
        api = make(base_url=server.url, max_response_bytes=2**20)
        tracemalloc.start()
        try:
            with pytest.raises(osvi.ContractError, match="a body of more than 1048576 bytes"):
                api.get_active_session()
            assert tracemalloc.get_traced_memory()[1] < 10 * 2**20
        finally:
            tracemalloc.stop()


def test_an_error_with_too_large_a_body_is_still_the_error_of_its_status(make: Make) -> None:
    with serving(raw(b"x" * 5000, "403 Forbidden")) as server, pytest.raises(osvi.PermissionDeniedError) as caught:
        make(base_url=server.url, max_response_bytes=1024).get_active_session()

    assert caught.value.body == ""


@pytest.mark.parametrize(
    "answer",
    [
        drip(b"HTTP/1.1 200 "),
        drip(b"HTTP/1.1 200 OK\r\nX-Slow: "),
        drip(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"),
        drip(chunked(b"fffff\r\n")),
        drip(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    ],
)
def test_total_timeout_ends_an_answer_that_comes_bit_by_bit(make: Make, answer: Any) -> None:
    began = time.monotonic()
    with serving(answer) as server, pytest.raises(osvi.RequestTimeoutError) as caught:
        make(base_url=server.url, total_timeout=0.5).get_active_session()

    assert time.monotonic() - began < 5
    assert "within the total_timeout of 0.5 s" in str(caught.value)


def test_a_body_may_take_longer_than_the_timeout_of_each_read(make: Make) -> None:
    def slow(connection: socket.socket) -> None:
        for begin in range(0, len(GOOD), len(GOOD) // 4 + 1):
            time.sleep(0.25)
            connection.sendall(GOOD[begin : begin + len(GOOD) // 4 + 1])

    with serving(slow) as server:
        assert make(base_url=server.url, timeout=0.75, retries=0).get_active_session().id == RECORD["id"]


@pytest.mark.parametrize("begin", [b"", GOOD[:-5]])
def test_a_read_that_takes_longer_than_the_timeout_fails(make: Make, begin: bytes) -> None:
    def stuck(connection: socket.socket) -> None:
        connection.sendall(begin)
        connection.recv(1)  # until the client closes the connection

    with serving(stuck) as server, pytest.raises(TimeoutError) as caught:
        make(base_url=server.url, timeout=0.3, retries=0).get_active_session()

    assert type(caught.value) is osvi.RequestTimeoutError
    assert f"no answer from 127.0.0.1:{server.port} within the timeout of 0.3 s (ReadTimeout" in str(caught.value)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ignores a connection that no queue has room for")
def test_a_server_that_accepts_no_connection_is_a_timeout(make: Make) -> None:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    fillers = [socket.socket() for _ in range(8)]
    try:
        for filler in fillers:  # until the queue is full; nothing accepts from it
            filler.settimeout(0)
            filler.connect_ex(listener.getsockname())
        with pytest.raises(osvi.RequestTimeoutError, match="ConnectTimeout"):
            make(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=0.3, retries=0).get_active_session()
    finally:
        for one in (listener, *fillers):
            one.close()


def test_plain_http_in_place_of_tls_is_a_transport_error(make: Make) -> None:
    class Clear(RawServer):
        def _read(self, connection: socket.socket) -> bytes:
            return connection.recv(65536)  # the ClientHello, which has no end that a reader of HTTP finds

    server = Clear(then_close(GOOD))
    try:
        with pytest.raises(osvi.TransportError, match=r"(?i)ssl"):
            make(base_url=server.url.replace("http:", "https:"), retries=0).get_active_session()
    finally:
        server.close()


def test_cookies_are_neither_kept_nor_sent(make: Make) -> None:
    answer = raw_json({"success": True, "data": RECORD}, "200 OK", "Set-Cookie: who=me; Path=/")
    with serving(answer) as server:
        api = make(base_url=server.url)
        api.get_active_session()
        api.get_active_session()

    assert not any(b"cookie" in request.lower() for request in server.requests)


def test_many_faults_leave_no_descriptor_open(make: Make) -> None:
    faults = [answer for answer, _ in BROKEN.values()]
    server = RawServer(faults[0], *faults * 10, GOOD)
    try:
        api = make(base_url=server.url, retries=0, timeout=5)
        with pytest.raises(osvi.OSVIError):
            api.get_active_session()  # the first call opens the descriptors of the event loop
        before = open_descriptors()
        for _ in range(len(faults) * 10):
            with pytest.raises(osvi.OSVIError):
                api.get_active_session()
        api.close()
    finally:
        server.close()
    deadline = time.monotonic() + 5
    while open_descriptors() > before and time.monotonic() < deadline:
        time.sleep(0.01)  # the threads of the server end later

    assert open_descriptors() <= before
