"""What is tried again, how often, after what wait, and until when."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import osvi
import pytest
from osvi._core.waits import before_retry
from osvi.testing import Sandbox, no_waits
from osvi_runtime import NO_BODY, Endpoint, Operation
from support import (
    EMPTY,
    MOCKED,
    ONCE,
    BlockingClient,
    Make,
    answering,
    ok,
    operation_of,
    raw_json,
    reset,
    serving,
    then_close,
)


def operation(method: str, **arguments: Any) -> Operation[None]:
    endpoint = Endpoint(method, "/v1/notes", answers={"204": NO_BODY}, locations={"body": "whole"})
    return operation_of(endpoint, **arguments)


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Collect the waits instead of waiting."""
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr("time.sleep", waited.append)
    monkeypatch.setattr("asyncio.sleep", sleep)
    return waited


def busy(status: int = 503, **headers: str) -> bytes:
    return raw_json({}, f"{status} Busy", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()))


@ONCE
@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_temporary_status_is_tried_again(make: Make, waits: list[float], status: int) -> None:
    with serving(busy(status), busy(status), EMPTY) as server:
        assert make(base_url=server.url).list_active_sessions() == {}

    assert len(server.requests) == 3
    assert len(waits) == 2


@ONCE
@pytest.mark.parametrize("status", [200, 201, 204, 302, 400, 401, 403, 404, 409, 422, 501, 505, 520])
def test_any_other_answer_is_final(make: Make, waits: list[float], status: int) -> None:
    answer = busy(status) if status != 204 else b"HTTP/1.1 204 No Content\r\n\r\n"
    with serving(answer) as server, pytest.raises(osvi.OSVIError) as caught:
        make(base_url=server.url).list_active_sessions()

    assert len(server.requests) == 1
    assert caught.value.attempts == 1
    assert waits == []


@ONCE
@pytest.mark.parametrize(("method", "sent"), [("POST", 1), ("PATCH", 1), ("PUT", 3), ("DELETE", 3)])
@pytest.mark.parametrize("failure", [{"status": 503}, {"status": 429}, {"error": "reset"}])
def test_a_request_that_is_not_idempotent_is_sent_once(
    make: Make, waits: list[float], method: str, sent: int, failure: dict[str, Any]
) -> None:
    sandbox = Sandbox()
    sandbox.fail(**failure)
    with sandbox.serve() as url, pytest.raises(osvi.OSVIError):
        make(token=sandbox.token, base_url=url).send(operation(method, body={"a": 1}))

    assert [json.loads(request.content) for request in sandbox.requests] == [{"a": 1}] * sent
    assert {request.method for request in sandbox.requests} == {method}
    assert len(waits) == sent - 1


def test_a_request_that_may_have_arrived_is_sent_once_if_it_is_not_idempotent(make: Make, waits: list[float]) -> None:
    with serving(reset) as server, pytest.raises(osvi.TransportError):
        make(base_url=server.url).send(operation("POST"))

    assert len(server.requests) == 1
    assert waits == []


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_a_request_that_was_not_sent_is_tried_again(make: Make, waits: list[float], method: str) -> None:
    with serving(b"") as server:
        url = server.url
    with pytest.raises(osvi.TransportError) as caught:
        make(base_url=url).send(operation(method))

    assert caught.value.attempts == 3
    assert len(waits) == 2


@pytest.mark.parametrize(
    "fault",
    [
        reset,
        then_close(b""),
        then_close(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}"),
        lambda connection: connection.recv(1),  # a timeout
    ],
)
def test_a_broken_connection_is_tried_again(make: Make, waits: list[float], fault: Any) -> None:
    with serving(fault, fault, EMPTY) as server:
        assert make(base_url=server.url, timeout=0.1).list_active_sessions() == {}

    assert len(server.requests) == 3
    assert len(waits) == 2


@pytest.mark.parametrize(("retries", "attempts"), [(0, 1), (5, 6)])
def test_retries_are_the_attempts_after_the_first(make: Make, waits: list[float], retries: int, attempts: int) -> None:
    with serving(busy()) as server, pytest.raises(osvi.ServerError) as caught:
        make(base_url=server.url, retries=retries).list_active_sessions()

    assert len(server.requests) == attempts
    assert caught.value.attempts == attempts
    assert str(caught.value).endswith(f" ({attempts} attempts)") is (attempts > 1)
    assert len(waits) == retries


@ONCE
def test_the_wait_is_random_up_to_a_bound_that_doubles(
    make: Make, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    bounds: list[float] = []

    def uniform(low: float, high: float) -> float:
        bounds.append(high)
        return low

    monkeypatch.setattr("random.uniform", uniform)
    with serving(busy()) as server, pytest.raises(osvi.ServerError):
        make(base_url=server.url, retries=8).list_active_sessions()

    assert bounds == [0.5, 1, 2, 4, 8, 16, 30, 30]
    assert waits == [0] * 8


def test_the_longest_wait_stays_the_same_after_any_number_of_attempts() -> None:
    assert 0 <= before_retry(10_000, None) <= 30


IN_AN_HOUR = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)


@ONCE
@pytest.mark.parametrize(
    ("value", "least", "most"),
    [
        ("0", 0, 0),
        ("2", 2, 2),
        ("1.5", 1.5, 1.5),
        ("45", 45, 45),
        pytest.param(IN_AN_HOUR, 3000, 3600, id="a date"),
        ("soon", 0, 0.5),
    ],
)
def test_retry_after_decides_without_a_cap_of_ours(
    make: Make, waits: list[float], value: str, least: float, most: float
) -> None:
    with serving(busy(429, Retry_After=value), EMPTY) as server:
        make(base_url=server.url, total_timeout=7200).list_active_sessions()

    assert least <= waits[0] <= most


@ONCE
def test_no_wait_begins_that_would_exceed_total_timeout(make: Make, waits: list[float]) -> None:
    with serving(busy(503, Retry_After="10")) as server, pytest.raises(osvi.ServerError) as caught:
        make(base_url=server.url, total_timeout=5).list_active_sessions()

    assert len(server.requests) == 1
    assert caught.value.retry_after == 10
    assert waits == []


@MOCKED
@pytest.mark.parametrize(("timeout", "total_timeout", "phase"), [(1, 60, 1), (60, 10, 10)])
def test_each_phase_has_the_timeout_or_the_rest_of_total_timeout(
    make: Make, timeout: float, total_timeout: float, phase: float
) -> None:
    seen: list[httpx.Request] = []
    make(transport=answering(ok({}), seen=seen), timeout=timeout, total_timeout=total_timeout).list_active_sessions()

    timeouts = {name: round(seconds) for name, seconds in seen[0].extensions["timeout"].items()}
    assert timeouts == {"connect": phase, "read": phase, "write": phase, "pool": total_timeout}


def test_total_timeout_includes_the_waits(make: Make) -> None:
    with serving(busy(503, Retry_After="0.4")) as server, pytest.raises(osvi.ServerError) as caught:
        make(base_url=server.url, total_timeout=1, retries=100).list_active_sessions()

    assert caught.value.attempts == 3


@pytest.fixture
def pass_time(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Give a function that lets the clock jump ahead by some seconds."""
    ahead, clock = [0.0], time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: clock() + sum(ahead))
    return ahead.append


def test_total_timeout_ends_the_reads_of_the_sync_client(pass_time: Callable[[float], None]) -> None:
    def answer(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        pass_time(100)
        connection.sendall(b"x")
        connection.recv(1)  # until the client closes the connection

    with (
        serving(answer) as server,
        BlockingClient("sync", base_url=server.url, total_timeout=60) as api,
        pytest.raises(osvi.RequestTimeoutError, match="within the total_timeout of 60 s"),
    ):
        api.list_active_sessions()


def test_total_timeout_ends_the_body_of_a_transport_without_a_limit(pass_time: Callable[[float], None]) -> None:
    class Slow(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            pass_time(100)
            yield b"{}"

    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=Slow()))
    with (
        BlockingClient("sync", transport=transport, total_timeout=60) as api,
        pytest.raises(osvi.RequestTimeoutError, match="within the total_timeout of 60 s"),
    ):
        api.list_active_sessions()


@MOCKED
def test_calls_wait_again_after_the_block_without_waits(make: Make, waits: list[float]) -> None:
    with no_waits(), no_waits():
        pass
    make(transport=answering(httpx.Response(503, headers={"Retry-After": "2"}), ok({}))).list_active_sessions()

    assert waits == [2]


@ONCE
def test_drift_in_a_failed_attempt_gives_no_warning(make: Make, waits: list[float]) -> None:
    api = make(transport=answering(httpx.Response(500, json={"new": 1}), ok({})))

    assert api.list_active_sessions() == {}
    assert len(waits) == 1


# Connecting to these takes the whole timeout; to the other one, it fails at once.
DEAD, REFUSING = [f"10.0.0.{number}" for number in range(1, 7)], "10.0.0.9"


@pytest.fixture
def addresses(monkeypatch: pytest.MonkeyPatch, pass_time: Callable[[float], None]) -> list[str]:
    """Give the list of the addresses of the host "several"."""
    found: list[str] = []
    resolve, connect = socket.getaddrinfo, socket.create_connection

    def resolved(host: Any, port: Any, *arguments: Any, **options: Any) -> Any:
        if host == "several" and not found:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        hosts = found if host == "several" else [host]
        return [one for name in hosts for one in resolve(name, port, *arguments, **options)]

    def connected(address: Any, timeout: Any = None, *arguments: Any, **options: Any) -> socket.socket:
        if address[0] == REFUSING:
            raise ConnectionRefusedError
        if address[0] in DEAD:
            pass_time(timeout)
            raise TimeoutError("timed out")
        return connect(address, timeout, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    monkeypatch.setattr(socket, "create_connection", connected)
    return found


def test_connecting_takes_no_longer_than_the_timeout_for_all_addresses_together(addresses: list[str]) -> None:
    addresses += DEAD
    began = time.monotonic()
    options = {"timeout": 1, "total_timeout": 1.5, "allow_http": True, "base_url": "http://several"}
    with BlockingClient("sync", **options) as api, no_waits():
        with pytest.raises(osvi.RequestTimeoutError, match="within the timeout of 1 s") as caught:
            api.with_options(retries=0).list_active_sessions()
        assert time.monotonic() - began == pytest.approx(1, abs=0.3)
        with pytest.raises(osvi.RequestTimeoutError, match=r"within the total_timeout of 1\.5 s"):
            api.list_active_sessions()
    assert time.monotonic() - began == pytest.approx(2.5, abs=0.5)
    assert not caught.value.was_sent


def test_a_live_address_is_reached_behind_dead_and_refusing_ones(addresses: list[str]) -> None:
    addresses += [*DEAD, REFUSING, "127.0.0.1"]
    with serving(EMPTY) as server:
        options = {"base_url": f"http://several:{server.port}", "allow_http": True, "timeout": 1, "retries": 0}
        with BlockingClient("sync", **options) as api:
            assert api.list_active_sessions() == {}


def test_a_host_that_has_no_address_is_a_connect_error(addresses: list[str]) -> None:
    assert addresses == []
    with (
        BlockingClient("sync", base_url="https://several", retries=0) as api,
        pytest.raises(osvi.TransportError, match=r"ConnectError: .*Name or service not known") as caught,
    ):
        api.list_active_sessions()
    assert not caught.value.was_sent
