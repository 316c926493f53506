"""Many customers at once, in threads and in tasks."""

import asyncio
import contextvars
import itertools
import json
import threading
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from typing import Any

import httpx
import osvi
import pytest
from osvi._core.waits import Gate
from osvi.operations import get_v1_chat_session_active
from osvi.testing import Sandbox, no_waits
from support import EMPTY, MOCKED, TOKEN, BlockingClient, Make, RawServer, answering, ok, raw_json, serving


def collect(
    api: BlockingClient, items: Any, method: str = "iter_active_sessions", into: list[Any] | None = None, **options: Any
) -> list[Any]:
    """Return all results of a method for many, of either client. They are put into a list as they come."""
    results = getattr(api.client, method)(items, **options)
    taken = [] if into is None else into
    if api.kind == "sync":
        taken.extend(results)
        return taken

    async def main() -> list[Any]:
        async for result in results:
            taken.append(result)
        return taken

    return api.run(main())


def some(api: BlockingClient, ids: Iterable[str], count: int, **options: Any) -> list[osvi.CustomerSessions]:
    """Return the first results, and close the iterator."""
    client = api.client
    if isinstance(client, osvi.Client):
        results = client.iter_active_sessions(ids, **options)
        taken = list(itertools.islice(results, count))
        results.close()
        return taken

    async def main() -> list[osvi.CustomerSessions]:
        taken = []
        async with aclosing(client.iter_active_sessions(ids, **options)) as results:
            async for result in results:
                taken.append(result)
                if len(taken) == count:
                    break
        assert len(asyncio.all_tasks()) == 1
        return taken

    return api.run(main())


@pytest.fixture
def sandbox() -> Sandbox:
    sandbox = Sandbox()
    for number in range(100):
        sandbox.open_session(f"+{number}", agent_uuid=f"agent_{number}")
    return sandbox


@pytest.fixture
def api(make: Make, sandbox: Sandbox) -> Iterator[BlockingClient]:
    with sandbox.serve() as url:
        yield make(token=sandbox.token, base_url=url)


@pytest.mark.parametrize("concurrency", [1, 7, 200])
def test_every_customer_gets_one_result(api: BlockingClient, concurrency: int) -> None:
    results = collect(api, (f"+{number}" for number in range(120)), concurrency=concurrency)

    assert len(results) == 120
    found = {result.customer_id: result.sessions for result in results}
    for number in range(120):
        assert list(found[f"+{number}"] or {}) == ([f"agent_{number}"] if number < 100 else [])
    assert all(result.error is None for result in results)


@MOCKED
def test_a_customer_that_fails_does_not_stop_the_others(make: Make) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.params["customer_id"] == "+3":
            return httpx.Response(403)
        return httpx.Response(200, json={"success": True, "data": {}})

    api = make(transport=httpx.MockTransport(answer))
    results = {result.customer_id: result for result in collect(api, [*(f"+{n}" for n in range(6)), " "])}

    assert isinstance(results["+3"].error, osvi.PermissionDeniedError)
    assert results["+3"].sessions is None
    assert isinstance(results[" "].error, osvi.ConfigurationError)
    assert [results[f"+{n}"].sessions for n in (0, 1, 2, 4, 5)] == [{}] * 5


def test_an_endless_source_is_read_only_as_far_as_needed(api: BlockingClient) -> None:
    taken = 0

    def endless() -> Iterator[str]:
        nonlocal taken
        for number in itertools.count():
            taken += 1
            yield f"+{number}"

    assert len(some(api, endless(), 10, concurrency=5)) == 10
    assert taken <= 10 + 5 + 5 + 5
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("osvi-")]


def test_the_async_client_takes_an_async_iterable(sandbox: Sandbox) -> None:
    async def ids() -> AsyncIterator[str]:
        for number in range(30):
            await asyncio.sleep(0)
            yield f"+{number}"

    async def main() -> set[str]:
        async with osvi.AsyncClient(sandbox.token, transport=sandbox.transport) as client:
            return {result.customer_id async for result in client.iter_active_sessions(ids(), concurrency=4)}

    assert asyncio.run(main()) == {f"+{number}" for number in range(30)}


def test_concurrency_limits_the_requests_in_flight(make: Make) -> None:
    now = most = 0
    lock = threading.Lock()

    def answer(connection: Any) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.02)
        with lock:
            now -= 1
        connection.sendall(raw_json({"success": True, "data": {}}, "200 OK", "Connection: close"))

    with serving(answer) as server:
        results = collect(make(base_url=server.url), (f"+{n}" for n in range(30)), concurrency=4)

    assert len(results) == 30
    assert 2 <= most <= 4


def test_one_rate_limit_slows_all_workers(make: Make) -> None:
    limited = raw_json({}, "429 Slow down", "Retry-After: 0.5")
    times: list[float] = []

    class Server(RawServer):
        def _read(self, connection: Any) -> bytes:
            request = super()._read(connection)
            times.append(time.monotonic())
            time.sleep(0.05)  # so that a slow machine has read the 429 before the others have sent many requests
            return request

    server = Server(EMPTY, EMPTY, limited, EMPTY)
    try:
        results = collect(make(base_url=server.url), (f"+{n}" for n in range(30)), concurrency=3)
    finally:
        server.close()

    assert all(result.error is None for result in results)
    times.sort()
    pauses = [later - earlier for earlier, later in itertools.pairwise(times)]
    # All others came after the pause, except for the few that were under way.
    assert any(pause > 0.3 for pause in pauses[:9])
    assert sum(time < times[2] + 0.3 for time in times) <= 9


def test_an_error_of_the_source_or_of_the_token_callable_is_raised_to_the_caller(
    make: Make, api: BlockingClient
) -> None:
    def broken() -> Iterator[str]:
        yield "+1"
        raise LookupError("no more of the file")

    def token() -> str:
        raise LookupError("vault")

    with pytest.raises(LookupError, match="no more of the file"):
        collect(api, broken())
    with pytest.raises(LookupError, match="vault"):
        collect(make(token=token, base_url="http://127.0.0.1:9"), ["+1", "+2"])


@MOCKED
@pytest.mark.parametrize(
    ("customers", "options", "message"),
    [
        *((["+1"], {"concurrency": number}, "concurrency must be a whole number") for number in (0, -1, 1.5, None)),
        *((customers, {}, "not one string; put it into a list") for customers in ("+15550001111", b"+1")),
    ],
)
def test_an_invalid_argument_is_refused_before_the_iteration(
    make: Make, customers: Any, options: Any, message: str
) -> None:
    client = make(transport=answering(httpx.Response(200))).client
    with pytest.raises(osvi.ConfigurationError, match=message):
        client.iter_active_sessions(customers, **options)


def test_closing_the_iterator_stops_the_retries() -> None:
    with serving(EMPTY, raw_json({}, "503 Busy", "Retry-After: 20")) as server:
        client = osvi.Client(TOKEN, base_url=server.url, timeout=1)
        results = client.iter_active_sessions((f"+{n}" for n in range(9)), concurrency=1)
        next(results)
        began = time.monotonic()
        results.close()
        assert time.monotonic() - began < 3
        client.close()
        assert len(server.requests) <= 2


def test_the_gate_stays_closed_for_the_longest_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    gate = Gate()
    assert list(gate.waits()) == []
    gate.pause(7.5)
    gate.pause(2)
    assert list(gate.waits()) == [7.5]
    now += 7
    assert list(gate.waits()) == [0.5]
    with no_waits():
        assert list(gate.waits()) == []
    now += 1
    assert list(gate.waits()) == []

    now, gate = 1000.0, Gate()
    gate.pause(1)
    waits = gate.waits()
    assert next(waits) == 1
    gate.pause(3)  # during the wait, which becomes longer
    now += 1
    assert next(waits) == 2
    now += 2
    assert list(waits) == []


def test_a_rate_limit_that_lasts_longer_than_a_call_may_fails_one_call_and_delays_the_others(make: Make) -> None:
    limited = raw_json({}, "429 Slow down", "Retry-After: 0.4")
    with serving(limited, EMPTY) as server:
        api = make(base_url=server.url, total_timeout=0.3)
        results = collect(api, (f"+{number}" for number in range(20)), concurrency=2)

    errors = [result.error for result in results if result.error is not None]
    assert [type(error) for error in errors] == [osvi.RateLimitError]
    assert errors[0].attempts == 1
    assert len(results) == len(server.requests) == 20


@MOCKED
def test_the_iteration_ends_without_the_wait_of_a_rate_limit(make: Make) -> None:
    limited = httpx.Response(429, headers={"Retry-After": "30"})
    began = time.monotonic()
    (result,) = collect(make(transport=answering(limited), retries=0), ["+1"], concurrency=1)

    assert isinstance(result.error, osvi.RateLimitError)
    assert time.monotonic() - began < 20


@MOCKED
def test_a_rate_limit_of_another_call_during_a_wait_delays_the_next_attempt(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, waits, seen = Gate(), list[float](), list[httpx.Request]()

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 1:
            gate.pause(2)

    async def sleep_async(seconds: float) -> None:
        sleep(seconds)

    monkeypatch.setattr("time.sleep", sleep)
    monkeypatch.setattr("asyncio.sleep", sleep_async)
    api = make(transport=answering(httpx.Response(503, headers={"Retry-After": "0"}), ok({}), seen=seen))
    api.call("_exchange", get_v1_chat_session_active(customer_id="+1"), gate)

    assert len(seen) == 2
    assert waits == [0, pytest.approx(2, abs=0.5)]


@pytest.mark.parametrize("kind", ["iter_active_sessions", "send_many"])
def test_a_wrong_token_stops_the_iteration(make: Make, kind: str) -> None:
    sandbox = Sandbox()
    customers = (f"+{number}" for number in range(10_000))
    operations = (get_v1_chat_session_active(customer_id=customer) for customer in customers)
    with sandbox.serve() as url, pytest.raises(osvi.AuthenticationError):
        collect(make(base_url=url), customers if kind == "iter_active_sessions" else operations, kind)

    assert len(sandbox.requests) < 200


def test_any_operation_can_be_sent_many_times(make: Make) -> None:
    sandbox = Sandbox()
    customers = [f"+{number}" for number in range(50)]
    sandbox.open_session("+7", agent_uuid="agent_x")
    sandbox.fail(404, times=1)
    operations = [get_v1_chat_session_active(customer_id=customer) for customer in customers]
    with sandbox.serve() as url:
        outcomes = collect(make(token=sandbox.token, base_url=url), operations, "send_many")

    assert {id(outcome.operation) for outcome in outcomes} == {id(operation) for operation in operations}
    failed = [outcome for outcome in outcomes if outcome.error is not None]
    assert [type(outcome.error) for outcome in failed] == [osvi.NotFoundError]
    assert all(outcome.value is None for outcome in failed)
    assert sum(bool(outcome.value and outcome.value.json) for outcome in outcomes) == 1


def test_the_sessions_of_many_customers_are_rows_of_a_table(make: Make) -> None:
    sandbox = Sandbox()
    sandbox.open_session("a customer", agent_uuid="agent_x")
    sandbox.open_session("a customer", agent_uuid="agent_y")
    with sandbox.serve() as url:
        results = collect(make(token=sandbox.token, base_url=url), ["a customer", "another", ""])
    rows = [row for result in results for row in result.rows()]

    assert [(row["customer_id"], row["agent_uuid"]) for row in rows] == [
        ("a customer", "agent_x"),
        ("a customer", "agent_y"),
    ]
    assert json.loads(json.dumps(rows)) == rows


WHERE: contextvars.ContextVar[str] = contextvars.ContextVar("WHERE", default="nowhere")


def test_each_worker_runs_in_a_copy_of_the_context_of_the_caller() -> None:
    sandbox = Sandbox()
    seen: list[tuple[str, str]] = []

    def token() -> str:
        seen.append((threading.current_thread().name, WHERE.get()))
        WHERE.set("changed by a worker")
        return sandbox.token

    def look_up() -> str:
        WHERE.set("with the caller")
        list(client.iter_active_sessions(map(str, range(50)), concurrency=5))
        return WHERE.get()

    with osvi.Client(token, transport=sandbox.transport) as client, ThreadPoolExecutor(1) as threads:
        assert threads.submit(look_up).result() == "with the caller"

    first: dict[str, str] = {}
    for name, where in seen:
        first.setdefault(name, where)
    assert set(first.values()) == {"with the caller"}
    assert len(seen) == 50


def ids_and_then(error: BaseException) -> Iterator[str]:
    yield "+1"
    raise error


async def ids_and_then_async(error: BaseException) -> AsyncIterator[str]:
    yield "+1"
    raise error


@pytest.mark.parametrize("source", ["an iterable", "an async iterable", "a token callable"])
def test_a_cancellation_of_something_else_reaches_the_consumer(source: str) -> None:
    """A `CancelledError` that nobody meant for the workers does not end them without a word."""

    async def token() -> str:
        raise asyncio.CancelledError("of another task")

    error = asyncio.CancelledError("of another task")
    items: dict[str, Any] = {"an iterable": ids_and_then(error), "an async iterable": ids_and_then_async(error)}

    async def main() -> None:
        given = token if source == "a token callable" else TOKEN
        async with osvi.AsyncClient(given, transport=answering(ok({}))) as client, asyncio.timeout(20):
            with pytest.raises(asyncio.CancelledError, match="of another task"):
                async for _ in client.iter_active_sessions(items.get(source, ["+1", "+2"])):
                    pass

    asyncio.run(main())


@pytest.mark.parametrize("kind", ["iter_active_sessions", "send_many"])
def test_what_no_call_can_do_is_raised_after_the_calls_under_way(make: Make, kind: str) -> None:
    """A table of a closed client would be empty, as if no customer had a session."""
    customers = [f"+{number}" for number in range(20)]
    operations = [get_v1_chat_session_active(customer_id=customer) for customer in customers]
    with serving(EMPTY) as server:
        api = make(base_url=server.url)
        api.close()
        with pytest.raises(osvi.ConfigurationError, match="closed"):
            collect(api, customers if kind == "iter_active_sessions" else operations, kind)
        assert server.requests == []


def test_results_of_calls_under_way_come_before_the_error(make: Make) -> None:
    first, refused = threading.Event(), threading.Event()

    def answer(connection: Any) -> None:
        if first.is_set():
            connection.sendall(raw_json({}, "401 Unauthorized", "Connection: close"))
            refused.set()
            return
        first.set()
        refused.wait(20)
        time.sleep(0.2)
        connection.sendall(EMPTY)

    taken: list[osvi.CustomerSessions] = []
    with serving(answer) as server, pytest.raises(osvi.AuthenticationError):
        collect(make(base_url=server.url), map(str, range(100)), concurrency=2, into=taken)

    assert [result.sessions for result in taken] == [{}]
    assert len(server.requests) == 2


DRIFTING = ok({}).json() | {"x-unknown-to-the-spec": 1}


@MOCKED
@pytest.mark.parametrize("kind", ["iter_active_sessions", "send_many"])
def test_drift_is_told_once_at_the_line_of_the_caller(make: Make, kind: str) -> None:
    customers = [f"+{number}" for number in range(20)]
    operations = [get_v1_chat_session_active(customer_id=customer) for customer in customers]
    api = make(transport=answering(httpx.Response(200, json=DRIFTING)))
    with pytest.warns(osvi.SpecDriftWarning) as caught:
        results = collect(api, customers if kind == "iter_active_sessions" else operations, kind)

    assert len(results) == 20
    assert {warning.filename for warning in caught} == {__file__}
    assert len({str(warning.message) for warning in caught}) == 1


@MOCKED
@pytest.mark.filterwarnings("error::osvi.SpecDriftWarning")
def test_drift_that_is_an_error_is_the_error_of_one_customer(make: Make) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=DRIFTING) if request.url.params["customer_id"] == "+1" else ok({})

    results = {
        result.customer_id: result
        for result in collect(make(transport=httpx.MockTransport(answer)), [f"+{number}" for number in range(9)])
    }

    assert [result.customer_id for result in results.values() if result.error] == ["+1"]
    assert isinstance(results["+1"].error, osvi.SpecDriftWarning)
    assert results["+1"].sessions is None
    assert results["+1"].rows() == []


def test_a_thread_that_cannot_be_started_stops_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    start, started = threading.Thread.start, list[threading.Thread]()

    def limited(thread: threading.Thread) -> None:
        if thread.name.startswith("osvi-") and len(started) == 2:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        start(thread)

    with osvi.Client(TOKEN, transport=answering(ok({}))) as client:
        results = client.iter_active_sessions(map(str, itertools.count()), concurrency=5)
        monkeypatch.setattr(threading.Thread, "start", limited)
        with pytest.raises(RuntimeError, match="can't start new thread"):
            next(results)

    assert not any(thread.is_alive() for thread in started)


@MOCKED
def test_a_429_without_retry_after_delays_a_run(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate()
    monkeypatch.setattr("random.uniform", lambda _, most: most)
    api = make(transport=answering(httpx.Response(429)), retries=0)
    with pytest.raises(osvi.RateLimitError):
        api.call("_exchange", get_v1_chat_session_active(customer_id="+1"), gate)

    assert next(gate.waits()) == pytest.approx(0.5, abs=0.3)
