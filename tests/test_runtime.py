"""The runtime: readers, records and calls, with records that are declared here."""

from __future__ import annotations

import copy
import json
import math
import operator
import pickle
import types
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Self, cast

import attrs
import pytest
from attrs import field as Field
from osvi_runtime import (
    EMPTY,
    MISSING,
    NO_BODY,
    NO_PROPERTY,
    NULL,
    Anything,
    Array,
    Boolean,
    Choice,
    Data,
    Date,
    DateTime,
    Drift,
    Endpoint,
    Enumeration,
    Spec,
    Integer,
    InvalidDataError,
    Listed,
    Map,
    Model,
    Nothing,
    Null,
    NullType,
    Number,
    OneOf,
    OpenEnum,
    Operation,
    Path,
    Reader,
    Record,
    String,
    Tagged,
    absent,
    check_arguments,
    in_spec_order,
    listed,
    pointer,
)
from osvi_runtime.annotations import reader_of
from osvi_runtime.arguments import argument_json

# The plugin of mypy accepts only classes that attrs itself decorates.
evolve: Any = attrs.evolve


class Color(OpenEnum):
    RED = "red"
    BLUE = "blue"


@attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
class Wheel(Model):
    size: int | None = None
    notes: tuple[str, ...] = ()
    labels: Mapping[str, Any] = EMPTY


class Owner(Choice):
    def wheel(self) -> Wheel:
        return self._as(self.wheel)

    def car(self) -> Car:
        return self._as(self.car)

    def mapping_of_wheel(self) -> Mapping[str, Wheel]:
        return self._as(self.mapping_of_wheel)

    def mapping_of_integer(self) -> Mapping[str, int]:
        return self._as(self.mapping_of_integer)


@attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
class Car(Model):
    id: str
    plate: str | None
    doors: tuple[int, ...] = Field(metadata=Spec(nullable=True))
    color: Color | None = None
    price: float | None = None
    is_new: bool | None = Field(default=None, metadata=Spec(name="new"))
    built: date | None = None
    sold: datetime | None = Field(default=None, metadata=Spec(nullable=True))
    wheels: tuple[Wheel, ...] = ()
    spare: Wheel | None = None
    by_name: Mapping[str, Wheel] = EMPTY
    towed_by: Car | None = None
    grade: Annotated[int, listed(1, 2)] | None = None
    code: str | int | None = None
    part: Wheel | str | None = None
    owner: Owner | None = None
    scores: tuple[float | None, ...] = ()
    payload: Any = None


REQUIRED: dict[str, Any] = {"id": "a", "plate": None, "doors": [4]}


def read(data: Any) -> tuple[Car, Drift]:
    drift: Drift = []
    return Record(Car).read(data, (), drift), drift


def refused(data: Any) -> tuple[str, str, str]:
    with pytest.raises(InvalidDataError) as caught:
        read(data)
    return caught.value.pointer, caught.value.expected, caught.value.found


FULL: dict[str, Any] = REQUIRED | {
    "plate": "x",
    "color": "red",
    "price": 1.5,
    "new": True,
    "built": "2026-06-04",
    "sold": "2026-06-04T12:00:00Z",
    "wheels": [{"size": 1, "notes": ["a"], "labels": {"k": [1]}}, {"notes": []}],
    "spare": {},
    "by_name": {"front": {"size": 2}},
    "towed_by": REQUIRED | {"id": "b"},
    "grade": 2,
    "code": 7,
    "part": {"size": 3},
    "owner": {"size": 4},
    "scores": [1, None, 2.5],
    "payload": {"any": [None, 1.5]},
}


def test_every_kind_of_value_is_read() -> None:
    car, drift = read(FULL)

    assert drift == []
    assert car == Car(
        id="a",
        plate="x",
        doors=(4,),
        color=Color.RED,
        price=1.5,
        is_new=True,
        built=date(2026, 6, 4),
        sold=datetime(2026, 6, 4, 12, tzinfo=UTC),
        wheels=(Wheel(size=1, notes=("a",), labels={"k": [1]}), Wheel()),
        spare=Wheel(),
        by_name={"front": Wheel(size=2)},
        towed_by=Car(id="b", plate=None, doors=(4,)),
        grade=2,
        code=7,
        part=Wheel(size=3),
        owner=Owner({"size": 4}),
        scores=(1, None, 2.5),
        payload={"any": [None, 1.5]},
    )


@pytest.mark.parametrize("data", [FULL, REQUIRED, REQUIRED | {"doors": None}, FULL | {"novel": 1, "color": "green"}])
def test_from_dict_is_the_inverse_of_to_dict(data: dict[str, Any]) -> None:
    car = Car.from_dict(data)
    written = json.loads(json.dumps(car.to_dict()))

    assert Car.from_dict(written) == car
    assert Car.from_dict(written).to_dict() == written


def test_from_dict_reads_any_mapping() -> None:
    assert Car.from_dict(MappingProxyType(REQUIRED)) == Car.from_dict(REQUIRED)
    with pytest.raises(InvalidDataError, match=r"^the value: expected an object, found array$"):
        Car.from_dict(cast("Any", []))


def test_from_dict_takes_nothing_but_the_data() -> None:
    from_dict: Any = Wheel.from_dict
    with pytest.raises(TypeError, match="unexpected keyword argument 'size'"):
        from_dict({}, size=3)


def test_to_dict_has_the_properties_in_the_order_of_the_spec_and_then_extra() -> None:
    written = Car.from_dict({"novel": 1} | REQUIRED).to_dict()

    assert list(written) == [*REQUIRED, *(name for name in FULL if name not in REQUIRED), "novel"]
    assert written["color"] is None
    assert written["wheels"] is None
    assert type(Car.from_dict(FULL).to_dict()["color"]) is str


def test_to_dict_distinguishes_empty_from_absent() -> None:
    wheels: dict[str, Any] = {"none": {}, "empty": {"notes": [], "labels": {}}}
    written = Car.from_dict(REQUIRED | {"by_name": wheels}).to_dict()["by_name"]

    assert written["none"] == {"size": None, "notes": None, "labels": None}
    assert written["empty"] == {"size": None, "notes": [], "labels": {}}
    assert Wheel().to_dict() == {"size": None, "notes": [], "labels": {}}
    car = evolve(Car.from_dict(REQUIRED), spare=Wheel(extra={"k": 1}))
    assert car.to_dict()["spare"] == {"size": None, "notes": [], "labels": {}, "k": 1}
    assert Wheel.from_dict({}).notes == ()
    assert Wheel.from_dict({}).labels == {}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"id": 1}, ("/id", "a string", "number")),
        ({"id": None}, ("/id", "a string", "null")),
        ({"doors": [4, "x"]}, ("/doors/1", "an integer", "string")),
        ({"doors": 4.5}, ("/doors", "an array of integers", "number")),
        ({"color": 1}, ("/color", "a string", "number")),
        ({"price": "1"}, ("/price", "a number", "string")),
        ({"price": True}, ("/price", "a number", "boolean")),
        ({"price": math.inf}, ("/price", "a number", "number")),
        ({"doors": [math.inf]}, ("/doors/0", "an integer", "number")),
        ({"new": 1}, ("/new", "a boolean", "number")),
        ({"built": "2026-W23-4"}, ("/built", "a date", "string")),
        ({"built": "2026-02-30"}, ("/built", "a date", "string")),
        ({"sold": "soon"}, ("/sold", "a date-time", "string")),
        ({"wheels": [{"size": 1.5}]}, ("/wheels/0/size", "an integer", "number")),
        ({"spare": []}, ("/spare", "an object", "array")),
        ({"spare": {"notes": "a"}}, ("/spare/notes", "an array of strings", "string")),
        ({"by_name": 1}, ("/by_name", "an object", "number")),
        ({"by_name": {"a/b~": 1}}, ("/by_name/a~1b~0", "an object", "number")),
        ({"towed_by": {"id": "b", "plate": None}}, ("/towed_by/doors", "an array of integers", "nothing")),
        ({"grade": "1"}, ("/grade", "an integer", "string")),
        ({"code": []}, ("/code", "a string or an integer", "array")),
        ({"part": 1}, ("/part", "an object or a string", "number")),
        ({"owner": "x"}, ("/owner", "an object", "string")),
        ({"scores": ["x"]}, ("/scores/0", "a number or null", "string")),
    ],
)
def test_a_value_that_breaks_the_spec_is_refused_with_its_pointer(
    change: dict[str, Any], place: tuple[str, str, str]
) -> None:
    assert refused(REQUIRED | change) == place
    assert refused(FULL | change) == place


def test_a_missing_required_property_is_refused() -> None:
    assert refused({"plate": None, "doors": []}) == ("/id", "a string", "nothing")
    assert refused({"id": "a", "doors": []}) == ("/plate", "a string", "nothing")
    assert refused([]) == ("", "an object", "array")


def test_an_unexpected_but_usable_value_is_drift() -> None:
    car, drift = read(
        REQUIRED | {"color": "green", "grade": 9, "price": None, "sold": None, "new_one": 1, "spare": {"x": None}}
    )

    assert drift == [
        (("color",), "a value that the spec does not list"),
        (("grade",), "a value that the spec does not list"),
        (("price",), "null, which the spec does not allow here"),
        (("new_one",), "a field that the spec does not know"),
        (("spare", "x"), "a field that the spec does not know"),
    ]
    assert car.color == "green"
    assert car.extra == {"new_one": 1}


def test_additional_properties_are_no_drift_if_the_spec_allows_them() -> None:
    @attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
    class Bag(Model):
        _OTHERS: ClassVar[Any]
        size: int | None = None

    drift: Drift = []
    assert Record(Bag).read({"size": 1, "color": "red"}, (), drift).extra == {"color": "red"}
    assert drift == []


def test_additional_properties_are_checked_by_their_schema_and_stay_as_they_are() -> None:
    @attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
    class Days(Model):
        _OTHERS: ClassVar[date | None]

    days: dict[str, Any] = {"first": "2026-06-04", "last": None}
    assert Days.from_dict(days).extra == Days.from_dict(days).to_dict() == days
    with pytest.raises(InvalidDataError) as caught:
        Days.from_dict(days | {"next": 1})
    assert (caught.value.pointer, caught.value.expected) == ("/next", "a date or null")


def test_a_number_with_a_fraction_of_zero_is_an_integer_and_a_large_one_is_exact() -> None:
    car, _ = read(REQUIRED | {"doors": [4.0], "price": 10**30})

    assert car.doors == (4,)
    assert type(car.doors[0]) is int
    assert car.price == 10**30


def test_a_choice_is_read_as_the_branch_that_is_asked_for() -> None:
    owner = Car.from_dict(REQUIRED | {"owner": {"size": 4}}).owner
    assert owner is not None

    assert repr(owner) == "Owner(json={'size': 4})"
    assert owner.wheel() == Wheel(size=4)
    assert owner.mapping_of_integer() == {"size": 4}


@pytest.mark.parametrize("data", [REQUIRED, FULL])
def test_a_choice_that_is_not_the_branch_is_refused_at_its_place(data: dict[str, Any]) -> None:
    owner = Car.from_dict(data | {"owner": {"size": "x"}}).owner
    assert owner is not None

    with pytest.raises(InvalidDataError) as caught:
        owner.wheel()
    assert caught.value.pointer == "/owner/size"


def test_the_error_about_a_choice_names_its_types() -> None:
    class Pet(Choice):
        def wheel(self) -> Wheel:
            return self._as(self.wheel)

        def string(self) -> str:
            return self._as(self.string)

    with pytest.raises(InvalidDataError, match="expected an object or a string, found number"):
        reader_of(Pet).read(1, (), [])


def test_the_drift_of_a_required_property_is_reported_once() -> None:
    @attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
    class Paint(Model):
        color: Color

    drift: Drift = []
    assert Record(Paint).read({"color": "green"}, (), drift).color == "green"
    assert drift == [(("color",), "a value that the spec does not list")]


def test_an_array_that_is_passed_to_a_record_becomes_a_tuple() -> None:
    assert evolve(Wheel(), notes=["a"]).notes == ("a",)


def test_records_can_be_compared_hashed_copied_and_pickled() -> None:
    car, _ = read(FULL | {"novel": [1]})

    for twin in (pickle.loads(pickle.dumps(car)), copy.copy(car), copy.deepcopy(car), evolve(car)):  # noqa: S301
        assert twin == car
        assert twin.to_dict() == car.to_dict()
    assert len({car, read(FULL | {"novel": [1]})[0]}) == 1
    assert len({car.owner, Owner({"size": 4})}) == 1
    assert car != evolve(car, extra={})
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        setattr(car, "id", "b")  # noqa: B010 - a type error otherwise, as it should be


def test_an_absent_property_stays_absent_in_copies() -> None:
    car, _ = read(REQUIRED | {"spare": {}})
    for twin in (pickle.loads(pickle.dumps(car)), copy.copy(car), copy.deepcopy(car)):  # noqa: S301
        assert twin.to_dict()["wheels"] is None
        assert twin.to_dict()["spare"]["labels"] is None


@pytest.mark.parametrize(
    "change",
    [
        lambda mapping: operator.setitem(mapping, "x", 1),
        lambda mapping: operator.delitem(mapping, "k"),
        lambda mapping: mapping.__ior__({"x": 1}),
        lambda mapping: mapping.update(x=1),
        lambda mapping: mapping.pop("k"),
        lambda mapping: mapping.popitem(),
        lambda mapping: mapping.setdefault("x", 1),
        lambda mapping: mapping.clear(),
    ],
)
def test_mappings_are_read_only_and_json_encodes_them(change: Any) -> None:
    for mapping in (
        Wheel(labels={"k": 1}).labels,
        Wheel.from_dict({"labels": {"k": 1}}).labels,
        Wheel(extra={"k": 1}).extra,
    ):
        with pytest.raises(TypeError, match="read-only"):
            change(mapping)
        assert json.dumps(mapping) == '{"k": 1}'
        assert mapping == {"k": 1}


@attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
class OwnedCar(Car):
    """A record with a field that is not in its JSON, and a nested record that is never None."""

    owner_name: str = attrs.field(metadata=NO_PROPERTY)
    spare: Wheel = absent(Wheel)

    @classmethod
    def from_dict(  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        cls, data: Mapping[str, Any], *, owner_name: str
    ) -> Self:
        return attrs.evolve(super().from_dict(data), owner_name=owner_name)


def test_a_subclass_may_add_a_field_that_is_not_in_the_json() -> None:
    drift: Drift = []
    car = Record(OwnedCar).read(REQUIRED | {"owner_name": "wire"}, ("data",), drift, owner_name="ours")

    assert (car.owner_name, car.id, car.spare, car.extra) == ("ours", "a", Wheel(), {"owner_name": "wire"})
    assert drift == [(("data", "owner_name"), "a field that the spec does not know")]
    assert car.to_dict()["spare"] is None
    assert OwnedCar.from_dict(car.to_dict(), owner_name="ours") == car
    assert pickle.loads(pickle.dumps(car)).to_dict() == car.to_dict()  # noqa: S301
    filled = evolve(car, spare=evolve(car.spare, size=1))
    assert filled.to_dict()["spare"] == {"size": 1, "notes": None, "labels": None}
    present = Record(OwnedCar).read(REQUIRED | {"spare": {}}, (), [], owner_name="")
    assert present.to_dict()["spare"] == {"size": None, "notes": None, "labels": None}
    names = [field.name for field in attrs.fields(OwnedCar)]
    assert names[0] == "owner_name"
    assert names[1:] == [field.name for field in attrs.fields(Car)]


def test_a_field_that_a_subclass_declares_again_keeps_its_name_and_nullable() -> None:
    @attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
    class Sold(Car):
        sold: datetime = datetime(2026, 1, 1, tzinfo=UTC)
        is_new: bool = False

    drift: Drift = []
    car = Record(Sold).read(REQUIRED | {"sold": None, "new": True}, (), drift)
    assert (car.sold.year, car.is_new, drift) == (2026, True, [])


def test_an_error_has_the_pointer_and_never_the_value() -> None:
    error = InvalidDataError("a string", "number", ("data", "a/b"))

    assert str(error) == "/data/a~1b: expected a string, found number"
    assert str(InvalidDataError("a string", "number")) == "the value: expected a string, found number"
    assert isinstance(error, ValueError)
    twin = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert (twin.pointer, twin.expected, twin.found) == (error.pointer, error.expected, error.found)
    assert pointer(()) == ""


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 6, 4, 12, tzinfo=UTC), "2026-06-04T12:00:00Z"),
        (datetime(2026, 6, 4, 12, 0, 0, 500, tzinfo=UTC), "2026-06-04T12:00:00.000500Z"),
        (datetime(2026, 6, 4, 14, tzinfo=timezone(timedelta(hours=2))), "2026-06-04T14:00:00+02:00"),
    ],
)
def test_a_date_time_is_written_as_the_api_writes_it(moment: datetime, text: str) -> None:
    assert evolve(Car.from_dict(REQUIRED), sold=moment).to_dict()["sold"] == text


# Calls


@attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
class Envelope(Model):
    success: bool | None = None
    data: Car | None = None
    meta: int | None = None


ENDPOINT = Endpoint(
    "POST",
    "/v1/cars/{car id}/sell",
    answers={"201": Envelope, "204": None, "2XX": Car},
    errors=("404", "5XX"),
    body=Wheel,
)


def operation(**arguments: Any) -> Operation[Car | None]:
    return ENDPOINT.operation(**({"path": {"car id": "a"}} | arguments))


def test_a_call_has_the_parts_of_the_request() -> None:
    made = operation(
        path={"car id": "É/b c"},
        query={
            "q": "+49 1&2/3",
            "place": "É/x",
            "none": None,
            "many": ["x", 1],
            "number": 7,
            "ratio": 0.5,
            "flag": True,
            "day": date(2026, 6, 4),
            "color": Color.RED,
        },
        headers={"X-Key": "k k", "X-Short": "s", "X-None": None},
        body={
            "to": "x",
            "none": None,
            "wheel": Wheel.from_dict({"size": 1, "notes": ["n"]}),
            "wheels": [Wheel.from_dict({"size": 2})],
            "car": Car.from_dict(REQUIRED | {"spare": {"size": 3}}),
            "owner": Owner({"name": "o"}),
            "at": datetime(2026, 6, 4, tzinfo=UTC),
        },
    )

    assert made.name == "POST /v1/cars/{car id}/sell"
    assert made.method == "POST"
    assert made.url == (
        "/v1/cars/%C3%89%2Fb%20c/sell?q=%2B49%201%262%2F3&place=%C3%89%2Fx&many=x&many=1&number=7"
        "&ratio=0.5&flag=true&day=2026-06-04&color=red"
    )
    assert made.headers == {"X-Key": "k k", "X-Short": "s", "Content-Type": "application/json"}
    assert json.loads(made.content or b"") == {
        "to": "x",
        "wheel": {"size": 1, "notes": ["n"]},
        "wheels": [{"size": 2}],
        "car": {"id": "a", "plate": None, "doors": [4], "spare": {"size": 3}},
        "owner": {"name": "o"},
        "at": "2026-06-04T00:00:00Z",
    }
    assert not made.is_idempotent
    assert made.errors == ("404", "5XX")
    assert made.private_texts == [
        ("car id", "É/b c"),
        ("q", "+49 1&2/3"),
        ("place", "É/x"),
        ("many.0", "x"),
        ("number", "7"),
        ("X-Key", "k k"),
        ("X-Short", "s"),
        ("to", "x"),
        ("wheel.notes.0", "n"),
        ("car.id", "a"),
        ("owner.name", "o"),
    ]


def test_arguments_of_one_name_in_different_places_are_all_private() -> None:
    made = operation(path={"car id": "one"}, query={"car id": "two"}, body={"car id": "three"})

    assert made.private_texts == [("car id", "one"), ("car id", "two"), ("car id", "three")]


def sell(  # noqa: PLR0913
    *,
    to: str,
    plate: str | None,
    price: float | None = None,
    year: int | None = None,
    is_new: bool | None = None,
    day: date | None = None,
    at: datetime | None = None,
    color: Color | str | None = None,
    tags: Sequence[str] | None = None,
    grid: Sequence[Sequence[int | None]] | None = None,
    by_name: Mapping[str, int] | None = None,
    wheel: Wheel | Mapping[str, Any] | None = None,
    wheels: Sequence[Wheel | Mapping[str, Any]] | None = None,
    some: str | Sequence[int] | None = None,
    note: str | NullType | None = None,
    nothing: Sequence[None] | None = None,
    payload: Any = None,
) -> dict[str, Any]:
    arguments = locals()
    check_arguments(sell, arguments)
    return {name: value for name, value in arguments.items() if value is not None}


class Text(str):
    __slots__ = ()


class Moment(datetime):
    """A subclass, such as the timestamp of pandas."""


class Size(Enum):
    LARGE = "l"


NOON = datetime(2026, 6, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("argument", "expected", "found"),
    [
        ({"to": None}, "str", "NoneType"),
        ({"to": b"x"}, "str", "bytes"),
        ({"to": 1}, "str", "int"),
        ({"to": NOON}, "str", "datetime"),
        ({"to": ["x", 1]}, "str", "list of int, str"),
        ({"to": {}}, "str", "dict"),
        ({"plate": 1}, "str | None", "int"),
        ({"price": "1"}, "float | None", "str"),
        ({"price": True}, "float | None", "bool"),
        ({"year": 1.0}, "int | None", "float"),
        ({"year": True}, "int | None", "bool"),
        ({"is_new": 1}, "bool | None", "int"),
        ({"is_new": "true"}, "bool | None", "str"),
        ({"day": NOON}, "date | None", "datetime"),
        ({"day": "2026-06-04"}, "date | None", "str"),
        ({"at": NOON.date()}, "datetime | None", "date"),
        ({"at": True}, "datetime | None", "bool"),
        ({"color": 1}, "Color | str | None", "int"),
        ({"tags": "x"}, "Sequence[str] | None", "str"),
        ({"tags": ["x", None]}, "Sequence[str] | None", "list of NoneType, str"),
        ({"tags": iter([])}, "Sequence[str] | None", "list_iterator"),
        ({"grid": [[1], ["x"]]}, "Sequence[Sequence[int | None]] | None", "list of list"),
        ({"by_name": {"a": "x"}}, "Mapping[str, int] | None", "dict of str"),
        ({"by_name": {1: 1}}, "Mapping[str, int] | None", "dict of int"),
        ({"wheel": Color.RED}, "Wheel | Mapping[str, Any] | None", "Color"),
        ({"wheel": Owner({})}, "Wheel | Mapping[str, Any] | None", "Owner"),
        ({"wheels": Wheel()}, "Sequence[Wheel | Mapping[str, Any]] | None", "Wheel"),
        ({"some": ["x"]}, "str | Sequence[int] | None", "list of str"),
        ({"nothing": ["x"]}, "Sequence[None] | None", "list of str"),
        ({"nothing": [True, NOON]}, "Sequence[None] | None", "list of bool, datetime"),
        ({"to": NULL}, "str", "NullType"),
        ({"price": NULL}, "float | None", "NullType"),
        ({"color": NULL}, "Color | str | None", "NullType"),
        ({"tags": [NULL]}, "Sequence[str] | None", "list of NullType"),
        ({"by_name": {"a": NULL}}, "Mapping[str, int] | None", "dict of NullType"),
    ],
)
def test_an_argument_that_its_annotation_excludes_is_refused(
    argument: dict[str, Any], expected: str, found: str
) -> None:
    given: dict[str, Any] = {"to": "x", "plate": "x"} | argument
    with pytest.raises(InvalidDataError) as caught:
        sell(**given)

    [name] = argument
    assert (caught.value.path, caught.value.expected, caught.value.found) == ((name,), expected, found)


@pytest.mark.parametrize(
    "argument",
    [
        {"to": Text("x")},
        {"to": Color.RED},
        {"to": Size.LARGE},
        {"plate": None},
        {"price": 1},
        {"price": 1.5},
        {"year": 1},
        {"is_new": False},
        {"day": NOON.date()},
        {"at": NOON},
        {"at": Moment(2026, 6, 4, tzinfo=UTC)},
        {"color": "green"},
        {"color": Color.RED},
        {"tags": ("x", Text("y"))},
        {"tags": []},
        {"grid": [[1, None], ()]},
        {"by_name": MappingProxyType({"a": 1})},
        {"wheel": Wheel(size=1)},
        {"wheel": {"size": "anything"}},
        {"wheels": [Wheel(), {}]},
        {"some": "x"},
        {"some": [1]},
        {"payload": object()},
        {"payload": NULL},
        {"note": NULL},
        {"nothing": [None, NULL]},
        {"nothing": []},
        {"plate": NULL},
        {"grid": [[NULL]]},
    ],
)
def test_an_argument_of_the_type_of_its_annotation_is_passed(argument: dict[str, Any]) -> None:
    given: dict[str, Any] = {"to": "x", "plate": "x"} | argument
    assert sell(**given) == {name: value for name, value in given.items() if value is not None}


@pytest.mark.parametrize("value", [["x"], ("x",), {"x"}, frozenset({"x"})])
def test_each_kind_of_array_is_repeated_in_the_query(value: Any) -> None:
    assert operation(query={"many": value}).url.endswith("?many=x")


def test_a_path_of_the_spec_may_have_a_query() -> None:
    endpoint = Endpoint("POST", "/v1/cars/{car id}?kind=old", answers={"201": Envelope})

    assert endpoint.operation(path={"car id": "a?b"}, query={"many": "x"}).url == "/v1/cars/a%3Fb?kind=old&many=x"
    assert endpoint.operation(path={"car id": "a"}).url == "/v1/cars/a?kind=old"


@pytest.mark.parametrize(
    ("style", "value", "url"),
    [
        ("form", ["a b", 1], "/?q=a%20b,1"),
        ("spaceDelimited", ["a", "b"], "/?q=a%20b"),
        ("pipeDelimited", ["a", "b"], "/?q=a%7Cb"),
        ("form", [], "/"),
        ("form", {"a": 1, "b": None, "c": "x"}, "/?q=a,1,c,x"),
        ("deepObject", {"a": 1, "b": {"c": ["x", "y"]}}, "/?q%5Ba%5D=1&q%5Bb%5D%5Bc%5D=x&q%5Bb%5D%5Bc%5D=y"),
        ("properties", {"a": 1, "b": "x"}, "/?a=1&b=x"),
        ("properties", Wheel(size=1), "/?size=1"),
    ],
)
def test_an_array_or_an_object_is_sent_in_its_style(style: str, value: Any, url: str) -> None:
    endpoint = Endpoint("GET", "/", answers={}, styles={"q": style})

    assert endpoint.operation(query={"q": value}).url == url


def test_a_member_of_any_enum_is_sent_as_its_value() -> None:
    assert operation(query={"size": Size.LARGE}).url.endswith("?size=l")


@pytest.mark.parametrize("same", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])  # noqa: S301
def test_null_is_one_false_object(same: Any) -> None:
    assert same(NULL) is NULL
    assert type(NULL)(None) is NULL
    assert not NULL
    assert (repr(NULL), str(NULL)) == ("NULL", "NULL")
    with pytest.raises(TypeError):
        types.new_class("Other", (NullType,))


@attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
class OpenCar(Car):
    _OTHERS: ClassVar[Wheel | Any]


SELL = Endpoint("POST", "/v1/cars/{car id}/sell", answers={"201": Envelope}, body=OpenCar)


def body_of(**properties: Any) -> Any:
    """Return the body that is sent, parsed."""
    extra = properties.pop("extra", None)
    return json.loads(SELL.operation(path={"car id": "a"}, body=properties, extra=extra).content or b"")


@pytest.mark.parametrize(
    ("properties", "body"),
    [
        ({"price": None, "sold": NULL, "payload": NULL}, {"sold": None, "payload": None}),
        ({"plate": None}, {"plate": None}),
        ({"spare": {"size": None, "labels": NULL, "other": None}}, {"spare": {"labels": None}}),
        ({"towed_by": {"id": "b", "plate": None, "price": None}}, {"towed_by": {"id": "b", "plate": None}}),
        ({"wheels": [{"size": None}]}, {"wheels": [{}]}),
        ({"by_name": {"a": {"size": None}}}, {"by_name": {"a": {}}}),
        ({"part": {"size": None}}, {"part": {}}),
        ({"spare": {"labels": {"k": None, "l": NULL}}}, {"spare": {"labels": {"k": None, "l": None}}}),
        ({"payload": {"k": None, "l": [None, NULL]}}, {"payload": {"k": None, "l": [None, None]}}),
        ({"scores": [1, None, NULL]}, {"scores": [1, None, None]}),
        ({"owner": {"size": 1, "notes": None}}, {"owner": {"size": 1}}),
        ({"owner": {"id": "b", "plate": None, "price": None}}, {"owner": {"id": "b", "plate": None}}),
        ({"owner": {"front": {"size": None}}}, {"owner": {"front": {}}}),
        ({"spare": "abc", "wheels": {"size": None}}, {"spare": "abc", "wheels": {"size": None}}),
    ],
)
def test_none_is_left_out_of_a_mapping_that_stands_for_a_record_and_null_is_sent(
    properties: dict[str, Any], body: dict[str, Any]
) -> None:
    assert body_of(**properties) == body


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ({"id": "wheel", "size": None, "plate": None}, {"id": "wheel"}),
        ({"id": "car", "size": None, "plate": None}, {"id": "car", "plate": None}),
        ({"plate": None, "price": None}, {"plate": None}),
        ({"id": [], "size": None, "labels": NULL}, {"id": [], "labels": None}),
        ([None], [None]),
    ],
)
def test_a_mapping_for_a_union_with_tags_stands_for_the_record_of_its_tag(value: Any, sent: Any) -> None:
    assert argument_json(value, Tagged("id", {"wheel": Record(Wheel), "car": Record(Car)})) == sent


def test_a_record_that_was_read_is_sent_with_the_null_that_the_spec_requires() -> None:
    car = Car.from_dict({"id": "a", "plate": None, "doors": None, "price": None, "unheard": None})

    assert body_of(towed_by=car) == {"towed_by": {"id": "a", "plate": None, "doors": None, "unheard": None}}


@attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
class Ticket(Model):
    id_: str | None = Field(default=None, metadata=Spec(name="id", read_only=True))
    kind: str | None = None
    parts: tuple[Any, ...] = ()


def test_what_only_answers_have_is_left_out_of_a_record_that_is_sent() -> None:
    came = {"id": "1", "kind": "a", "parts": []}
    ticket, sent = Ticket.from_dict(came | {"parts": [came], "more": came}), {"kind": "a", "parts": []}
    kept = {"parts": [came], "more": came}

    assert argument_json(ticket, Record(Ticket)) == sent | kept
    assert argument_json({"a": [ticket]}, Anything) == {"a": [sent | kept]}
    assert argument_json([came], reader_of(Sequence[Ticket | str])) == [sent]
    assert argument_json(came, Tagged("kind", {"a": Record(Ticket)})) == sent


def test_free_properties_of_a_body_are_sent_beside_the_others() -> None:
    given = {"none": None, "null": NULL, "wheel": {"size": None}, "record": Wheel.from_dict({"size": 1})}

    assert body_of(id="a", extra=given) == {"id": "a", "none": None, "null": None, "wheel": {}, "record": {"size": 1}}
    made = operation(optional_body={"size": None}, extra={"secret": "x"})
    assert (made.content, made.private_texts) == (b'{"secret": "x"}', [("car id", "a"), ("secret", "x")])
    assert operation(optional_body={"size": None}, extra={}).content is None


def test_a_free_property_with_the_name_of_a_declared_one_is_refused() -> None:
    with pytest.raises(InvalidDataError) as caught:
        body_of(id="a", extra={"new": "secret"})
    assert str(caught.value) == (
        "/extra/new: expected a property that the spec does not declare, found one that it declares"
    )


@pytest.mark.parametrize("given", [{"query": {"q": NULL}}, {"query": {"q": [NULL]}}, {"headers": {"q": NULL}}])
def test_null_is_refused_where_it_has_no_encoding(given: dict[str, Any]) -> None:
    with pytest.raises(InvalidDataError, match=r"^/q: expected a string, a number, .* found null$"):
        operation(**given)


def test_a_body_without_a_value_is_sent_only_if_it_is_required() -> None:
    assert operation(body={"a": None}).content == b"{}"
    assert operation(optional_body={"a": None}).content is None
    assert "Content-Type" not in operation(optional_body={"a": None}).headers
    assert operation(optional_body={"a": 0, "b": None}).content == b'{"a": 0}'
    assert operation(body=["a"]).content == b'["a"]'
    assert operation(body=NULL).content == b"null"
    assert operation(body=["a"]).private_texts == [("car id", "a"), ("body.0", "a")]


def test_the_repr_of_an_operation_has_no_arguments() -> None:
    made = operation(path={"car id": "secret"}, query={"q": "secret"}, headers={"h": "secret"}, body={"b": "secret"})
    assert "secret" not in repr(made)
    assert "POST /v1/cars" in repr(made)


@pytest.mark.parametrize("style", ["", "form"])
def test_an_object_is_refused_where_the_style_has_no_encoding_for_it(style: str) -> None:
    endpoint = Endpoint("GET", "/", answers={}, styles={"q": style})

    with pytest.raises(InvalidDataError, match=r"^/q: expected a string, a number, .* found object$"):
        endpoint.operation(query={"q": [{"a": 1}] if style else {"a": 1}})


def test_an_object_in_an_object_of_which_each_property_is_a_parameter_is_refused_at_its_place() -> None:
    endpoint = Endpoint[Any, Any]("GET", "/", answers={}, styles={"q": "properties"})

    with pytest.raises(InvalidDataError, match=r"^/.*created: expected a string, a number, .* found object$"):
        endpoint.operation(query={"q": {"created": {"gt": 1}}})


@pytest.mark.parametrize("value", ["", " ", ".", "..", "a\ud800", "a" + chr(0xDFFF), None, [], {}])
def test_a_value_that_cannot_be_in_a_path_is_refused_with_the_name_of_the_argument(value: Any) -> None:
    with pytest.raises(InvalidDataError, match=r"^/car id: expected (text|a string)"):
        operation(path={"car id": value})


@pytest.mark.parametrize("value", ["a\nb", "é", " a", "a ", ""])
def test_a_value_that_cannot_be_in_a_header_is_refused(value: str) -> None:
    with pytest.raises(InvalidDataError, match=r"^/h: expected printable ASCII"):
        operation(headers={"h": value})


@pytest.mark.parametrize("value", [float("nan"), object(), "\ud800"])
def test_a_value_that_json_cannot_hold_is_refused_and_not_kept(value: object) -> None:
    with pytest.raises(InvalidDataError) as caught:
        operation(body={"secret": value})
    assert str(caught.value) == "/body: expected a JSON value, found a value that JSON cannot represent"
    assert caught.value.__context__ is None


def test_an_answer_is_read_by_its_status() -> None:
    made = operation()
    drift: Drift = []

    assert [status for status in (200, 201, 204, 299, 300, 404) if made.reader(status)] == [200, 201, 204, 299]
    assert made.read(201, {"success": True, "data": REQUIRED, "new": 1}, drift) == Car.from_dict(REQUIRED)
    assert drift == [(("new",), "a field that the spec does not know")]
    assert made.read(204, NO_BODY, drift) is None
    assert made.read(200, REQUIRED, drift) == Car.from_dict(REQUIRED)
    whole = made.whole.read(201, {"success": True, "data": REQUIRED, "meta": 3}, drift)
    assert (whole.meta, whole.data) == (3, Car.from_dict(REQUIRED))
    with pytest.raises(ValueError, match="404"):
        made.read(404, {}, drift)


@pytest.mark.parametrize(
    ("status", "body", "place"),
    [
        (201, {"success": True}, ("/data", "an object", "nothing")),
        (201, {"success": True, "data": None}, ("/data", "an object", "null")),
        (201, {"success": "yes", "data": REQUIRED}, ("/success", "a boolean", "string")),
        (201, {"data": REQUIRED | {"id": 1}}, ("/data/id", "a string", "number")),
        (201, [], ("", "a JSON object", "array")),
        (201, NO_BODY, ("", "a JSON object", "nothing")),
        (200, NO_BODY, ("", "an object", "nothing")),
    ],
)
def test_an_answer_that_breaks_the_spec_is_refused(status: int, body: Any, place: tuple[str, str, str]) -> None:
    with pytest.raises(InvalidDataError) as caught:
        operation().read(status, body, [])
    assert (caught.value.pointer, caught.value.expected, caught.value.found) == place


def test_an_envelope_must_have_each_property_that_the_spec_requires() -> None:
    @attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
    class Page(Model):
        success: bool | None = None
        data: Car
        count_: int = Field(metadata=Spec(name="count"))

    with pytest.raises(InvalidDataError, match=r"^/count: expected an integer, found nothing$"):
        Data(Record(Page)).read({"success": True, "data": REQUIRED}, (), [])


def test_another_reader_may_read_the_data() -> None:
    seen: list[Any] = []

    def reader(value: Any, path: Path, drift: Drift) -> int:
        drift.append((path, "seen"))
        seen.append(value)
        return 7

    drift: Drift = []
    made = operation().with_data(reader)

    assert made.read(201, {"success": True, "data": "x"}, drift) == 7
    assert made.read(201, {"success": True}, drift) == 7
    assert seen == ["x", MISSING]
    assert drift == [(("data",), "seen")] * 2
    assert made.whole.read(201, {"data": REQUIRED}, drift).data == Car.from_dict(REQUIRED)


def test_default_is_read_only_for_a_status_of_success() -> None:
    made = Endpoint("GET", "/", answers={"default": Any}).operation()

    assert made.reader(200) is Anything
    assert made.reader(300) is None
    assert made.reader(500) is None
    assert made.is_idempotent
    assert made.url == "/"


@pytest.mark.parametrize(
    ("reader", "value", "found"),
    [
        (Anything, MISSING, "nothing"),
        (Null, 0, "number"),
        (Map(String), {"a": None}, "null"),
    ],
)
def test_a_reader_refuses_a_value_of_another_type(reader: Reader, value: Any, found: str) -> None:
    with pytest.raises(InvalidDataError) as caught:
        reader.read(value, ("x",), [])
    assert (caught.value.path[0], caught.value.found) == ("x", found)


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (Mapping[str, int] | int, {"a": 1}),
        (tuple[int, ...] | int, (1,)),
        (Annotated[str, listed("a")] | int, "a"),
        (Color | int, Color.RED),
        (bool | int, True),
        (date | int, date(2026, 6, 4)),
        (None | int, None),
    ],
)
def test_a_union_reads_the_values_of_both_kinds(annotation: Any, value: Any) -> None:
    reader = reader_of(annotation)
    assert reader.read(json.loads(json.dumps(value, default=str)), (), []) == value
    assert reader.read(7, (), []) == 7


def test_members_of_open_enums_equal_their_strings() -> None:
    green = Color("green")
    assert green == "green"
    assert str(green) == "green"
    assert pickle.loads(pickle.dumps(green)) == green  # noqa: S301
    with pytest.raises(ValueError, match="1"):
        Color(cast("str", 1))
