"""Lookups against a server of this machine: one after the other, and many at a time."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack

import aiohttp
import httpx
import osvi
import requests
import urllib3

from benchmarks.measure import Ratio, Work, in_turn, repeated
from benchmarks.server import serving

TOKEN = "0123456789abcdef"  # noqa: S105 - opens nothing
HEADERS = {"API-Token": TOKEN}
PATH = "/v1/chat/session/active"
CUSTOMER, AGENT = "+15551112222", "agent_x"
PARAMS = {"customer_id": CUSTOMER, "agent_uuid": AGENT}
LATENCY = 0.05

OURS, OURS_ON_AIOHTTP = "osvi.AsyncClient", 'osvi.AsyncClient(pool="aiohttp")'
HTTPX, AIOHTTP = "httpx.AsyncClient", "aiohttp"

Call = Callable[[], Awaitable[object]]


def sync_ratios(*, quick: bool) -> Iterator[Ratio]:
    """Yield the time of a lookup, one after the other."""
    with (
        serving() as url,
        osvi.Client(TOKEN, base_url=url) as ours,
        httpx.Client(base_url=url, headers=HEADERS) as bare,
        requests.Session() as session,
        urllib3.PoolManager(headers=HEADERS) as pool,
    ):
        session.headers.update(HEADERS)
        calls: dict[str, Callable[[], object]] = {
            "httpx.Client": lambda: bare.get(PATH, params=PARAMS).json(),
            "osvi.Client": lambda: ours.get_active_session(CUSTOMER, agent_uuid=AGENT),
            "requests": lambda: session.get(url + PATH, params=PARAMS).json(),
            "urllib3": lambda: json.loads(pool.request("GET", url + PATH, fields=PARAMS).data),
        }
        works = {name: repeated(call, 200) for name, call in calls.items()}
        costs = in_turn(works, 3 if quick else 25)
        for subject in list(calls)[1:]:
            yield Ratio.of("one lookup after the other", subject, "httpx.Client", costs)


def thread_ratios(*, quick: bool) -> Iterator[Ratio]:
    """Yield the time of a lookup, with lookups in 20 threads that share a client."""
    with (
        serving() as url,
        osvi.Client(TOKEN, base_url=url) as ours,
        httpx.Client(base_url=url, headers=HEADERS) as bare,
        ThreadPoolExecutor(20) as threads,
    ):

        def work(call: Callable[[], object]) -> Work:
            return Work(lambda times: [one.result() for one in [threads.submit(call) for _ in range(times)]], 600)

        works = {
            "httpx.Client": work(lambda: bare.get(PATH, params=PARAMS).json()),
            "osvi.Client": work(lambda: ours.get_active_session(CUSTOMER, agent_uuid=AGENT)),
        }
        costs = in_turn(works, 2 if quick else 7)
        yield Ratio.of("in 20 threads", "osvi.Client", "httpx.Client", costs)


async def open_clients(url: str, stack: AsyncExitStack) -> Mapping[str, Call]:
    """Return a lookup of each client."""
    ours = await stack.enter_async_context(osvi.AsyncClient(TOKEN, base_url=url))
    fast = await stack.enter_async_context(osvi.AsyncClient(TOKEN, base_url=url, pool="aiohttp"))
    bare = await stack.enter_async_context(httpx.AsyncClient(base_url=url, headers=HEADERS, timeout=60))
    session = await stack.enter_async_context(aiohttp.ClientSession(url, headers=HEADERS))

    async def with_httpx() -> object:
        return (await bare.get(PATH, params=PARAMS)).json()

    async def with_aiohttp() -> object:
        async with session.get(PATH, params=PARAMS) as response:
            return json.loads(await response.read())

    return {
        HTTPX: with_httpx,
        OURS: lambda: ours.get_active_session(CUSTOMER, agent_uuid=AGENT),
        AIOHTTP: with_aiohttp,
        OURS_ON_AIOHTTP: lambda: fast.get_active_session(CUSTOMER, agent_uuid=AGENT),
    }


async def flood(call: Call, count: int, in_flight: int) -> None:
    """Make so many calls, so many at a time."""
    left = iter(range(count))

    async def work() -> None:
        for _ in left:
            await call()

    await asyncio.gather(*(work() for _ in range(in_flight)))


def async_costs(in_flight: int, latency: float, counts: Mapping[str, int], rounds: int) -> dict[str, list[float]]:
    """Return the seconds of a lookup by each of the clients that have a count, in each round."""
    with serving(latency) as url, asyncio.Runner() as runner:
        stack = AsyncExitStack()
        calls = runner.run(open_clients(url, stack))

        def work(call: Call, count: int) -> Work:
            return Work(lambda times: runner.run(flood(call, max(times, in_flight), in_flight)), count)

        costs = in_turn({name: work(calls[name], count) for name, count in counts.items()}, rounds)
        runner.run(stack.aclose())
    return costs


def async_ratios(*, quick: bool) -> Iterator[Ratio]:
    """Yield the time of a lookup, with several numbers of lookups in flight."""
    for in_flight in (1, 20, 50, 100):
        task = f"{in_flight} in flight"
        # httpx slows down with the number of calls in flight; a round of it must not take longer than some seconds.
        slow = max(300, 2 * in_flight)
        counts = {HTTPX: slow, OURS: slow, AIOHTTP: 1000, OURS_ON_AIOHTTP: 1000}
        costs = async_costs(in_flight, 0.0, counts, 2 if quick else 7)
        for subject in (OURS, AIOHTTP, OURS_ON_AIOHTTP):
            yield Ratio.of(task, subject, HTTPX, costs)
        costs = async_costs(in_flight, 0.0, {AIOHTTP: 1000, OURS_ON_AIOHTTP: 1000}, 2 if quick else 15)
        yield Ratio.of(task, OURS_ON_AIOHTTP, AIOHTTP, costs)


def latency_ratios(*, quick: bool) -> Iterator[Ratio]:
    """Yield the time of lookups that wait for a slow server, as a multiple of the ideal."""
    for in_flight in (20, 100):  # beyond, calls wait for a connection, however long the server takes
        task = f"{in_flight} in flight, {LATENCY * 1000:.0f} ms latency"
        # Many waves, since in the last one fewer calls are under way.
        counts = {OURS: 8 * in_flight, HTTPX: 8 * in_flight, OURS_ON_AIOHTTP: 20 * in_flight, AIOHTTP: 20 * in_flight}
        costs = async_costs(in_flight, LATENCY, counts, 2 if quick else 5)
        costs["the ideal"] = [LATENCY / in_flight] * len(costs[OURS])
        for subject in counts:
            yield Ratio.of(task, subject, "the ideal", costs)
