"""The compiled reader of a record gives the same result as the table that it was compiled from."""

import copy
import itertools
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import osvi
import pytest
from osvi_openapi.runtime import Drift, InvalidDataError, Path, Record
from support import RECORD

TABLE = Record(osvi.ChatSession).table
VALUES: list[Any] = [None, True, 0, 42.0, 1.5, float("inf"), "", "ai", "x-unlisted", "2026-06-04T11:40:25.690486Z"]
VALUES += [[], ["a", 1], {}, {"context": [None]}, {"x-unknown": {}}]
VALUES += [{"input_fields": {"a": [1e400]}, "state_fields": {}, "context": []}]


def damaged() -> Iterator[dict[str, Any]]:
    """Yield the example of the spec with one or two properties changed, absent or unknown."""
    yield copy.deepcopy(RECORD)
    yield {}
    names = [*RECORD, "x-unknown"]
    for name, value in itertools.product(names, VALUES):
        yield RECORD | {name: value}
    for first, second in itertools.combinations(names, 2):
        yield {name: value for name, value in RECORD.items() if name not in {first, second}}
        yield RECORD | {first: None, second: 7}
        yield RECORD | {second: {"a": 1}, first: ["b"]}


def outcome(read: Any, data: dict[str, Any]) -> tuple[Any, Drift]:
    drift: Drift = []
    path: Path = ("data",)
    try:
        return sorted(read(data, path, drift).items()), drift
    except InvalidDataError as error:
        return (error.path, error.expected, error.found), drift


def test_the_compiled_reader_reads_what_the_table_reads() -> None:
    count = fast = 0
    for data in damaged():
        expected, found = (outcome(read, data) for read in (TABLE._read_odd, TABLE.read))
        assert repr(found) == repr(expected)
        count += 1
        with suppress(KeyError, ValueError, OverflowError):
            fast += TABLE.fast(data, ()) is not None
    assert count > 400
    assert 1 < fast < count / 2


@pytest.mark.parametrize("name", ["x'); raise SystemExit #", 'a"b', "new\nline", "{0}", "value0"])
def test_the_name_of_a_property_is_not_run_as_code(name: str) -> None:
    from osvi_openapi.runtime.compiled import compile_reader  # noqa: PLC0415
    from osvi_openapi.runtime.readers import String  # noqa: PLC0415
    from osvi_openapi.runtime.tables import Property  # noqa: PLC0415

    fast = compile_reader(
        {name: Property("field", String, String.read, is_nullable=False, plain=str, members={}, make=None)}
    )
    assert fast({name: "x"}, ()) == {"field": "x", "extra": {}}
