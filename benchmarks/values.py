"""Reading values from the bytes of an answer, and the memory that the values need."""

import json
import time
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from osvi._core.active_sessions import all_sessions, one_session
from osvi._core.answers import outcome
from osvi._core.http import Response
from osvi._core.redaction import Head, RedactedResponse
from osvi_runtime import Operation

from benchmarks import models
from benchmarks.measure import Ratio, in_turn, repeated
from benchmarks.server import one_session_body

Readers = dict[str, Callable[[], object]]
FromDict = Callable[[Any], object]


def reading_one(stock: FromDict) -> Readers:
    """Return the readers of an answer with one session."""
    operation = one_session("+15551112222", "agent_x")
    return _readers(one_session_body(), operation, models.StructBody, models.ModelBody, stock)


def reading_map(stock: FromDict, sessions: int) -> Readers:
    """Return the readers of an answer with several sessions."""
    record = json.loads(one_session_body())["data"]
    body = json.dumps({"success": True, "data": {f"agent_{number}": record for number in range(sessions)}}).encode()

    def stock_map(data: Any) -> object:
        return {key: stock(value) for key, value in data.items()}

    return _readers(body, all_sessions("+15551112222"), models.StructMapBody, models.ModelMapBody, stock_map)


def _readers(body: bytes, operation: Operation[Any], struct: Any, model: Any, stock: FromDict) -> Readers:
    decoder = msgspec.json.Decoder(struct)
    response = RedactedResponse(Head(Response(200, [], b"")), body)
    return {
        "json.loads": lambda: json.loads(body),
        "osvi": lambda: _value(outcome(operation, response, [])),
        "msgspec": lambda: decoder.decode(body),
        "pydantic": lambda: model.model_validate_json(body),
        "stock generated models": lambda: stock(json.loads(body)["data"]),
    }


def _value(outcome: object) -> object:
    assert not isinstance(outcome, Exception)
    return outcome


def value_ratios(*, quick: bool) -> Iterator[Ratio]:
    """Yield the time to read one session and two maps, and the memory of 10,000 sessions."""
    with models.stock_session() as stock:
        for sessions in (1, 100, 1000):
            task = "from bytes to values, " + ("one session" if sessions == 1 else f"a map of {sessions:,}")
            readers = reading_one(stock) if sessions == 1 else reading_map(stock, sessions)
            works = {name: repeated(reader, max(3, 3000 // sessions)) for name, reader in readers.items()}
            # The processor time, on which other work of the machine has less influence.
            yield from _ratios(task, in_turn(works, 3 if quick else 15, time.process_time))
        yield from _ratios("memory of 10,000 sessions", held(reading_map(stock, 10_000)))


def _ratios(task: str, costs: dict[str, list[float]]) -> Iterator[Ratio]:
    return (Ratio.of(task, subject, "json.loads", costs) for subject in costs if subject != "json.loads")


def held(readers: Readers) -> dict[str, list[float]]:
    """Return how many bytes the values of each reader hold."""
    sizes: dict[str, list[float]] = {}
    for name, reader in readers.items():
        tracemalloc.start()
        kept = reader()
        sizes[name] = [float(tracemalloc.get_traced_memory()[0])]
        tracemalloc.stop()
        del kept
    return sizes
