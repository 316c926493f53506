"""The table of what is measured, `MEASUREMENTS`, below the works that it names."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, ExitStack
from functools import partial
from typing import Any

import aiohttp
import httpx
import osvi
from osvi._core.active_sessions import all_sessions, one_session
from osvi._core.answers import outcome
from osvi._core.http import Request, Response
from osvi._core.token import token_secret
from osvi_runtime import Drift

from benchmarks.paired import CallCount, Measurement, Work
from benchmarks.server import body_of, example_session

TOKEN = "0123456789abcdef"  # noqa: S105 - opens nothing
HEADERS = {"API-Token": TOKEN}
PATH = "/v1/chat/session/active"
CUSTOMER, AGENT = "+15551112222", "agent_x"
PARAMS = {"customer_id": CUSTOMER, "agent_uuid": AGENT}

OURS, OURS_ON_AIOHTTP = "AsyncClient", 'pool="aiohttp"'
HTTPX, AIOHTTP = "httpx", "aiohttp"

Works = tuple[Work, Work]
COUNTED = 100  # lookups whose calls are counted


def repeated(call: Callable[[], object], times: int, run: Any = map) -> Work:
    """Return the work of making a call several times. The results are not kept."""
    return lambda: deque(run(lambda _: call(), range(times)), maxlen=0)


def lookups(url: str, stack: ExitStack, threads: int = 1, times: int = 400) -> Works:
    """Return lookups with one client, in one thread or in several."""
    client = stack.enter_context(osvi.Client(TOKEN, base_url=url))
    bare = stack.enter_context(httpx.Client(base_url=url, headers=HEADERS))
    run = stack.enter_context(ThreadPoolExecutor(threads)).map if threads > 1 else map
    return (
        repeated(lambda: client.get_active_session(CUSTOMER, agent_uuid=AGENT), times, run),
        repeated(lambda: bare.get(PATH, params=PARAMS).json(), times, run),
    )


def async_lookups(url: str, stack: ExitStack, in_flight: int, both: tuple[str, str], times: int = 0) -> Works:
    """Return lookups with two async clients, several at a time."""
    runner = stack.enter_context(asyncio.Runner())
    clients = AsyncExitStack()
    stack.callback(lambda: runner.run(clients.aclose()))
    # httpx slows down with the number of calls in flight; a round of it must not take longer than some seconds.
    times = times or (300 if HTTPX in both else 1000)

    def work(name: str) -> Work:
        call = runner.run(open_client(name, url, clients))
        return lambda: runner.run(flood(call, times, in_flight))

    ours, reference = both
    return work(ours), work(reference)


async def open_client(name: str, url: str, stack: AsyncExitStack) -> Callable[[], Awaitable[object]]:
    """Return a lookup with one of the async clients."""
    if name == HTTPX:
        bare = await stack.enter_async_context(httpx.AsyncClient(base_url=url, headers=HEADERS, timeout=60))

        async def get() -> object:
            return (await bare.get(PATH, params=PARAMS)).json()

        return get
    if name == AIOHTTP:
        session = await stack.enter_async_context(aiohttp.ClientSession(url, headers=HEADERS))

        async def read() -> object:
            async with session.get(PATH, params=PARAMS) as response:
                return json.loads(await response.read())

        return read
    client = osvi.AsyncClient(TOKEN, base_url=url, pool="aiohttp" if name == OURS_ON_AIOHTTP else "httpx")
    await stack.enter_async_context(client)
    return lambda: client.get_active_session(CUSTOMER, agent_uuid=AGENT)


async def flood(call: Callable[[], Awaitable[object]], times: int, in_flight: int) -> None:
    """Make a call several times, some of them at the same time."""
    left = iter(range(times))

    async def work() -> None:
        for _ in left:
            await call()

    await asyncio.gather(*(work() for _ in range(in_flight)))


def reading(_: str, __: ExitStack, sessions: int) -> Works:
    """Return the readings of a body, which has one session or a map of several."""
    operation: Any = one_session(CUSTOMER, AGENT) if sessions == 1 else all_sessions(CUSTOMER)
    session = example_session()
    body = body_of(session if sessions == 1 else {f"agent_{number}": session for number in range(sessions)})
    request = Request(operation, osvi.Client(TOKEN)._options, token_secret(TOKEN), 0)  # noqa: SLF001
    response = Response(request, 200, [], body)
    assert not isinstance(outcome(request, response, Drift()), Exception)
    times = 6000 // sessions
    return repeated(lambda: outcome(request, response, Drift()), times), repeated(lambda: json.loads(body), times)


def first_answers(url: str, _: ExitStack) -> Works:
    """Return programs that look up one customer and end."""
    lookup = f"get_active_session({CUSTOMER!r}, agent_uuid={AGENT!r})"
    return (
        program(f"import osvi; osvi.Client({TOKEN!r}, base_url={url!r}).{lookup}"),
        program(f"import httpx; httpx.Client().get({url + PATH!r}, params={PARAMS!r}).json()"),
    )


def imports(_: str, __: ExitStack) -> Works:
    """Return programs that import the package, and its largest dependencies alone."""
    return program("import osvi"), program("import httpx, attrs")


def program(code: str) -> Work:
    """Return a run of a fresh interpreter. It reads and writes ``.pyc`` files, as that of a user does."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return lambda: subprocess.run([sys.executable, "-c", code], check=True, env=environment)


def processor_time() -> float:
    """Return the seconds of this process and its ended children, which depend little on other work of the machine."""
    import resource  # noqa: PLC0415 - Windows does not have it

    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


MEASUREMENTS = (
    Measurement("lookups in one thread", "Client", HTTPX, lookups),
    Measurement("lookups in 20 threads", "Client", HTTPX, partial(lookups, threads=20)),
    *(
        Measurement(f"lookups, {many} at a time", *both, partial(async_lookups, in_flight=many, both=both))
        for many in (1, 20, 50, 100)
        for both in ((OURS, HTTPX), (OURS_ON_AIOHTTP, HTTPX), (OURS_ON_AIOHTTP, AIOHTTP))
    ),
    CallCount("calls of functions for a lookup", "Client", HTTPX, partial(lookups, times=COUNTED), times=COUNTED),
    *(
        CallCount(
            "calls of functions for a lookup",
            *both,
            partial(async_lookups, in_flight=1, both=both, times=COUNTED),
            times=COUNTED,
        )
        for both in ((OURS, HTTPX), (OURS_ON_AIOHTTP, AIOHTTP))
    ),
    Measurement("from bytes to a session", "osvi", "json.loads", partial(reading, sessions=1), processor_time),
    Measurement("from bytes to 100 sessions", "osvi", "json.loads", partial(reading, sessions=100), processor_time),
    Measurement("from bytes to 1,000 sessions", "osvi", "json.loads", partial(reading, sessions=1000), processor_time),
    Measurement("first answer of a program", "Client", HTTPX, first_answers, processor_time),
    Measurement("import of the package", "osvi", "httpx, attrs", imports, processor_time),
)
