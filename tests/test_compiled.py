"""The compiled reader of a record gives the same values and errors as a loop over its properties."""

import copy
import itertools
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any

import attrs
import osvi
import pytest
from osvi_runtime import (
    Drift,
    InvalidDataError,
    Model,
    Path,
    Record,
    empty_record,
    in_spec_order,
)
from support import RECORD

SESSION = Record(osvi.ChatSession)


class Text(StrEnum):
    """Strings that are not of a JSON type, since JSON has no subclasses of strings."""

    MODE = "ai"
    MOMENT = "2026-06-04T11:40:25.690486Z"


VALUES: list[Any] = [None, True, 0, 42.0, 1.5, float("inf"), "", "ai", "x-unlisted", "2026-06-04T11:40:25.690486Z"]
VALUES += ["9999-12-31T23:59:60Z"]  # no Python datetime is that late
VALUES += [[], ["a", 1], {}, {"context": [None]}, {"x-unknown": {}}]
VALUES += [{"input_fields": {"a": [1e400]}, "state_fields": {}, "context": []}, *Text]


def damaged() -> Iterator[dict[str, Any]]:
    """Yield the example of the spec with one or two properties that are another value, absent, or unknown."""
    yield copy.deepcopy(RECORD)
    yield {}
    names = [*RECORD, "x-unknown"]
    for name, value in itertools.product(names, VALUES):
        yield RECORD | {name: value}
    for first, second in itertools.combinations(names, 2):
        yield {name: value for name, value in RECORD.items() if name not in {first, second}}
        yield RECORD | {first: None, second: 7}
        yield RECORD | {second: {"a": 1}, first: ["b"]}


def fields_or_error(read: Callable[..., dict[str, Any]], data: dict[str, Any]) -> tuple[object, list[str]]:
    drift = Drift()
    path: Path = ("data",)
    try:
        return sorted(read(data, path, drift).items()), drift.texts()
    except InvalidDataError as error:
        return (error.path, error.expected, error.found), drift.texts()


def test_a_compiled_reader_and_a_loop_over_the_properties_give_the_same_values_drift_and_errors() -> None:
    count = exact = 0
    for data in damaged():
        by_loop = fields_or_error(SESSION.read_fields, data)
        compiled = fields_or_error(lambda *arguments: vars(SESSION.read(*arguments)), data)
        assert repr(compiled) == repr(by_loop)
        count += 1
        exact += SESSION.exact(data, (), {}) is not None
    assert count > 400
    assert 1 < exact < count / 2


@pytest.mark.parametrize("name", ["x'); raise SystemExit #", 'a"b', "new\nline", "{0}", "value0"])
def test_the_name_of_a_property_is_never_run_as_code(name: str) -> None:
    @attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
    class Thing(Model):
        field: str = attrs.field(metadata={"name": name})

    assert Record(Thing).exact({name: "x"}, (), {}) == Thing(field="x")


@attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
class Lists(Model):
    names: tuple[str, ...] = attrs.field(metadata={"nullable": True})
    labels: Mapping[str, str] = attrs.field(metadata={"nullable": True})


@attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
class Holder(Model):
    lists: Lists | None = attrs.field(default=None, metadata={"nullable": True})


@attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
class FullHolder(Holder):
    lists: Lists = attrs.field(default=empty_record(Lists))


@pytest.mark.parametrize("more", [{}, {"x-unknown": 1}])
def test_null_for_a_record_that_is_never_none_is_an_empty_one(more: dict[str, Any]) -> None:
    assert Holder.from_dict({"lists": None} | more).lists is None
    full = FullHolder.from_dict({"lists": None} | more)
    assert full.lists == empty_record(Lists)
    assert full.to_dict() == {"lists": None} | more
