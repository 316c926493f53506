"""What this package costs, beside what it is made of: ``python -m benchmarks [--quick]``.

Install ``.[bench]`` first. Every figure is a ratio of two that were taken in turn, round by round, in one run: the
median of the rounds, with the least and the most. Absolute times say more of the machine than of the code.
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import httpx2
import osvi
import pydantic
import requests
import urllib3
from httpx_aiohttp import HttpxAiohttpClient
from osvi._core import answers, decoding, operations
from osvi._core.answers import Answer
from osvi_openapi.models import ChatV1Session

from benchmarks.server import body

TOKEN = "0123456789abcdef"  # noqa: S105 - opens nothing
HEADERS = {"API-Token": TOKEN}
PATH = "/v1/chat/session/active"
PARAMS = {"customer_id": "+15551112222", "agent_uuid": "agent_x"}
PICTURE = Path(__file__).resolve().parent.parent / "docs" / "benchmark.svg"

Row = tuple[str, str, list[float]]


@contextmanager
def serving(latency: float = 0.0) -> Iterator[str]:
    """Run the server in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.server", str(latency)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()


def seconds(work: Callable[[], object]) -> float:
    """Time one piece of work."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def ratios(title: str, base: str, works: dict[str, Callable[[], object]], rounds: int) -> Iterator[Row]:
    """Time each work in each round, and yield what each took, as multiples of the base in the same round."""
    for work in works.values():
        work()
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            taken[name].append(seconds(work))
    for name, times in taken.items():
        if name != base:
            yield title, name, [one / other for one, other in zip(times, taken[base], strict=True)]


def times(count: int, call: Callable[[], object]) -> Callable[[], None]:
    """Return work that makes a call so often."""

    def work() -> None:
        for _ in range(count):
            call()

    return work


def sync_rows(rounds: int, count: int) -> Iterator[Row]:
    """One lookup after the other."""
    with serving() as url:
        ours, bare = osvi.Client(TOKEN, base_url=url), httpx.Client(base_url=url, headers=HEADERS)
        session, pool = requests.Session(), urllib3.PoolManager()
        session.headers.update(HEADERS)
        calls: dict[str, Callable[[], object]] = {
            "httpx": lambda: bare.get(PATH, params=PARAMS).json(),
            "osvi.Client": lambda: ours.get_active_session("+15551112222", agent_uuid="agent_x"),
            "requests": lambda: session.get(url + PATH, params=PARAMS).json(),
            "urllib3": lambda: json.loads(pool.request("GET", url + PATH, fields=PARAMS, headers=HEADERS).data),
        }
        works = {name: times(count, call) for name, call in calls.items()}
        yield from ratios("one lookup, time (httpx.Client = 1)", "httpx", works, rounds)


async def flood(call: Callable[[], Awaitable[object]], count: int, in_flight: int) -> None:
    """Make so many calls, so many at a time."""
    left = iter(range(count))

    async def work() -> None:
        for _ in left:
            await call()

    await asyncio.gather(*(work() for _ in range(in_flight)))


def async_rows(rounds: int, count: int, in_flight: int, latency: float) -> Iterator[Row]:
    """Many lookups at a time: how many come in a second."""
    with serving(latency) as url, asyncio.Runner() as runner:

        async def make() -> dict[str, Any]:
            return {
                "httpx": httpx.AsyncClient(base_url=url, headers=HEADERS, timeout=60),
                "httpx2": httpx2.AsyncClient(base_url=url, headers=HEADERS, timeout=60),
                "httpx on aiohttp": HttpxAiohttpClient(base_url=url, headers=HEADERS, timeout=60),
                "aiohttp": aiohttp.ClientSession(url, headers=HEADERS),
                "osvi": osvi.AsyncClient(TOKEN, base_url=url),
                'osvi, pool="aiohttp"': osvi.AsyncClient(TOKEN, base_url=url, pool="aiohttp"),
            }

        clients = runner.run(make())

        async def of_httpx(client: Any) -> object:
            return (await client.get(PATH, params=PARAMS)).json()

        async def of_aiohttp(client: Any) -> object:
            async with client.get(PATH, params=PARAMS) as response:
                return await response.json()

        async def of_osvi(client: Any) -> object:
            return await client.get_active_session("+15551112222", agent_uuid="agent_x")

        def work(name: str) -> Callable[[], None]:
            call = of_osvi if name.startswith("osvi") else of_aiohttp if name == "aiohttp" else of_httpx
            return lambda: runner.run(flood(lambda: call(clients[name]), count, in_flight))

        works = {name: work(name) for name in clients}
        title = f"{in_flight} in flight, {latency * 1000:.0f} ms latency, lookups a second (httpx.AsyncClient = 1)"
        rows = list(ratios(title, "httpx", works, rounds))
        yield from ((title, name, [1 / ratio for ratio in them]) for title, name, them in rows)
        if latency:
            ideal = count / min(in_flight, 100) * latency  # all of them open 100 connections at the most
            shares = [ideal / seconds(works['osvi, pool="aiohttp"']) for _ in range(rounds)]
            yield (
                f"{in_flight} in flight, {latency * 1000:.0f} ms latency, share of the ideal",
                'osvi, pool="aiohttp"',
                shares,
            )

        async def close() -> None:
            for client in clients.values():
                await (client.close() if isinstance(client, aiohttp.ClientSession) else client.aclose())

        runner.run(close())


def decoding_rows(rounds: int, sessions: int) -> Iterator[Row]:
    """From bytes to values: a map of so many sessions."""
    record = json.loads(body())["data"]
    content = json.dumps({"success": True, "data": {f"agent_{n}": record for n in range(sessions)}}).encode()
    loaded = json.loads(content)["data"]

    class Metadata(pydantic.BaseModel):
        input_fields: dict[str, Any] = {}
        state_fields: dict[str, Any] = {}
        context: list[str] = []

    class Session(pydantic.BaseModel):
        id: str | None = None
        chat_agent_id: int | None = None
        account_id: int | None = None
        customer_id: str | None = None
        mode: osvi.SessionMode | None = None
        help_requested: bool | None = None
        status: osvi.SessionStatus | None = None
        current_state: str | None = None
        metadata: Metadata | None = None
        active_human: str | None = None
        created_at: pydantic.AwareDatetime | None = None
        updated_at: pydantic.AwareDatetime | None = None

    class Body(pydantic.BaseModel):
        success: bool
        data: dict[str, Session]

    operation = operations.list_active_sessions("+1")
    calls: dict[str, Callable[[], object]] = {
        "json.loads": lambda: json.loads(content),
        "osvi, bytes to sessions": lambda: operations.outcome(operation, Answer(200, {}, content), []),
        "osvi, parsing": lambda: answers.parse(Answer(200, {}, content)),
        "osvi, decoding": lambda: decoding.session_map(loaded, (), []),
        "generated from_dict": lambda: [ChatV1Session.from_dict(one) for one in loaded.values()],
        "pydantic, bytes to models": lambda: Body.model_validate_json(content),
    }
    works = {name: times(max(1, 2000 // sessions), call) for name, call in calls.items()}
    yield from ratios(f"a map of {sessions} sessions, time (json.loads = 1)", "json.loads", works, rounds)


def import_rows(rounds: int) -> Iterator[Row]:
    """A fresh interpreter that imports the package."""

    def importing(statement: str) -> Callable[[], object]:
        return lambda: subprocess.run([sys.executable, "-c", statement], check=True)

    works = {"base": importing("import httpx, attrs"), "import osvi": importing("import osvi")}
    yield from ratios("import, time (import httpx, attrs = 1)", "base", works, rounds * 3)


def memory_rows() -> Iterator[Row]:
    """10,000 sessions that are kept."""
    record = json.loads(body())["data"]
    content = json.dumps({f"agent_{n}": record for n in range(10_000)}).encode()

    def held(make: Callable[[], object]) -> int:
        tracemalloc.start()
        kept = make()
        size, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        del kept
        return size

    base = held(lambda: json.loads(content))
    ours = held(lambda: decoding.session_map(json.loads(content), (), []))
    generated = held(lambda: [ChatV1Session.from_dict(one) for one in json.loads(content).values()])
    title = "10,000 sessions, memory (json.loads = 1)"
    yield title, "osvi", [ours / base]
    yield title, "generated models", [generated / base]


def rows(*, quick: bool) -> Iterator[Row]:
    """Yield all figures."""
    rounds = 3 if quick else 5
    yield from sync_rows(rounds, 100 if quick else 400)
    for in_flight in (1, 20, 100, 400):
        yield from async_rows(rounds, 300 if quick else 1000, in_flight, 0.0)
    for in_flight in (20, 100, 400):
        # Twenty waves at least, lest the first and the last, in which not all are under way, count for much.
        yield from async_rows(3, 300 if quick else max(20 * min(in_flight, 100), 400), in_flight, 0.05)
    for sessions in (1, 10, 100, 1000):
        yield from decoding_rows(rounds, sessions)
    yield from import_rows(rounds)
    yield from memory_rows()


def draw(found: list[Row]) -> None:
    """Write the picture that the README shows: lookups a second by how many are in flight."""
    import matplotlib as mpl  # noqa: PLC0415 - only for the picture
    from matplotlib import pyplot as plt  # noqa: PLC0415

    mpl.rcParams["svg.hashsalt"] = "osvi"
    mpl.use("svg")
    figure, axes = plt.subplots(figsize=(7, 3.2))
    shown = {'osvi, pool="aiohttp"': "C0", "osvi": "C1", "httpx2": "C2", "httpx on aiohttp": "C3"}
    for name, color in shown.items():
        points = [
            (int(title.split()[0]), statistics.median(them))
            for title, other, them in found
            if other == name and "0 ms latency, lookups" in title and " 50 ms" not in title
        ]
        axes.plot(*zip(*points, strict=True), marker="o", color=color, label=name)
    axes.axhline(1, color="grey", linewidth=1, label="httpx.AsyncClient")
    axes.set(xscale="log", yscale="log", xlabel="lookups in flight", ylabel="lookups a second, httpx = 1")
    axes.set_xticks([1, 20, 100, 400], labels=["1", "20", "100", "400"])
    axes.set_yticks([1, 2, 5, 10, 20, 50], labels=["1", "2", "5", "10", "20", "50"])
    axes.minorticks_off()
    axes.legend(frameon=False, fontsize="small")
    figure.savefig(PICTURE, bbox_inches="tight", metadata={"Date": None})


def main() -> None:
    """Print the table, and draw the picture."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, to see that it runs; draws nothing")
    quick = parser.parse_args().quick
    found = []
    last = ""
    for title, name, them in rows(quick=quick):
        found.append((title, name, them))
        if title != last:
            print(f"\n{title}")
            last = title
        print(f"  {name:<28}{statistics.median(them):>7.2f}   ({min(them):.2f} to {max(them):.2f})", flush=True)
    if not quick:
        draw(found)


if __name__ == "__main__":
    main()
