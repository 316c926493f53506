"""Objects that a tag tells apart are read as records of the class for their tag."""

import pickle
from typing import Annotated, Any

import attrs
import pytest
from osvi.models import UnknownModel
from osvi_runtime import (
    Drift,
    InvalidDataError,
    Model,
    Reader,
    Record,
    Tagged,
    TaggedBy,
    in_spec_order,
)


@attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
class Card(Model):
    type_: str | None = attrs.field(default=None, metadata={"name": "type"})
    number: str


@attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
class Account(Model):
    type_: str | None = attrs.field(default=None, metadata={"name": "type"})
    number: int
    bank: str | None = None


@attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
class Cash(Model):
    type_: str = attrs.field(metadata={"name": "type"})


PAYMENT = Tagged("type", {"card": Record(Card), "account": Record(Account), "cash": Record(Cash)})


def read(value: Any, reader: Reader = PAYMENT) -> tuple[Any, list[Any]]:
    drift = Drift()
    return reader.read(value, ("payment",), drift), list(drift.told)


@pytest.mark.parametrize(
    ("value", "record"),
    [
        ({"type": "card", "number": "1"}, Card(type_="card", number="1")),
        ({"type": "account", "number": 1}, Account(type_="account", number=1)),
        ({"type": "cash"}, Cash(type_="cash")),
    ],
)
def test_the_tag_decides_the_class(value: dict[str, Any], record: Model) -> None:
    assert read(value) == (record, [])
    assert record.to_dict().items() >= value.items()


def test_an_unknown_tag_is_drift_and_its_object_is_kept() -> None:
    value = {"type": "cheque", "signed": True}
    payment, drift = read(value)

    assert payment == UnknownModel(extra=value)
    assert payment.to_dict() == value
    assert pickle.loads(pickle.dumps(payment)) == payment  # noqa: S301 - our own bytes
    assert drift == [(("payment", "type"), "a value that the spec does not list")]


@pytest.mark.parametrize(
    ("value", "record"),
    [
        ({"number": "1"}, Card(number="1")),
        ({"number": 1}, Account(number=1)),
        ({"type": None, "number": 1, "bank": "x"}, Account(number=1, bank="x")),
        ({"number": "1", "bank": "x"}, Card(number="1", extra={"bank": "x"})),
    ],
)
def test_without_a_tag_the_best_fit_of_the_classes_that_do_not_require_it_is_read(
    value: dict[str, Any], record: Model
) -> None:
    assert read(value)[0] == record


@attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
class Named(Model):
    type_: str | None = attrs.field(default=None, metadata={"name": "type"})
    name: str | None = None


@attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
class Dated(Named):
    year: int | None = None
    note: str | None = None


@attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
class Held(Model):
    pet: Annotated[Named | Dated | UnknownModel, TaggedBy("type", {"a": "Named", "b": "Dated"})] | None = None
    other: Annotated[Dated | Named | UnknownModel, TaggedBy("type", {"b": "Dated", "a": "Named"})] | None = None


@pytest.mark.parametrize("pet", [Named(), Named(name="n"), Dated(), Dated(name="n"), Dated(note="x")])
def test_a_record_without_its_tag_is_of_the_same_class_after_it_was_written(pet: Named) -> None:
    assert Held.from_dict(Held(pet=pet, other=pet).to_dict()) == Held(pet=pet, other=pet)


@pytest.mark.parametrize(
    ("value", "expected", "place"),
    [
        ("card", "an object", ("payment",)),
        ([], "an object", ("payment",)),
        ({"type": 1}, "a string", ("payment", "type")),
        ({"type": ["card"]}, "a string", ("payment", "type")),
        ({"type": "card", "number": 1}, "a string", ("payment", "number")),
    ],
)
def test_what_no_class_can_have_is_refused_with_its_place(value: Any, expected: str, place: tuple[str, ...]) -> None:
    with pytest.raises(InvalidDataError) as caught:
        read(value)

    assert (caught.value.expected, caught.value.path) == (expected, place)


@pytest.mark.parametrize("value", [{}, {"type": None}])
def test_a_tag_that_each_class_requires_must_be_there(value: dict[str, Any]) -> None:
    with pytest.raises(InvalidDataError) as caught:
        read(value, Tagged("type", {"cash": Record(Cash)}))

    assert (caught.value.expected, caught.value.path) == ("a string", ("payment", "type"))
