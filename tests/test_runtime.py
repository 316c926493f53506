"""The runtime: readers, records and calls, with records that are declared here."""

from __future__ import annotations

import copy
import json
import math
import operator
import pickle
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal, Self, cast

import attrs
import pytest
from osvi_runtime import (
    EMPTY,
    MISSING,
    NO_BODY,
    Anything,
    Choice,
    Data,
    Drift,
    Endpoint,
    InvalidDataError,
    ListedValues,
    Map,
    Model,
    Null,
    OpenEnum,
    Operation,
    Path,
    Reader,
    Record,
    String,
    empty_record,
    in_spec_order,
    pointer,
    reader_of,
)
from support import operation_of

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
    doors: tuple[int, ...] = attrs.field(metadata={"nullable": True})
    color: Color | None = None
    price: float | None = None
    is_new: bool | None = attrs.field(default=None, metadata={"name": "new"})
    built: date | None = None
    sold: datetime | None = attrs.field(default=None, metadata={"nullable": True})
    wheels: tuple[Wheel, ...] = ()
    spare: Wheel | None = None
    by_name: Mapping[str, Wheel] = EMPTY
    towed_by: Car | None = None
    grade: Literal[1, 2] | int | None = None  # noqa: PYI051
    code: str | int | None = None
    part: Wheel | str | None = None
    owner: Owner | None = None
    scores: tuple[float | None, ...] = ()
    payload: Any = None


REQUIRED: dict[str, Any] = {"id": "a", "plate": None, "doors": [4]}


def read(data: Any) -> tuple[Car, Drift]:
    drift = Drift()
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

    assert not drift.told
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


def test_to_dict_has_the_properties_in_the_order_of_the_spec_and_then_extra() -> None:
    written = Car.from_dict({"novel": 1} | REQUIRED).to_dict()

    assert list(written) == [*REQUIRED, *(name for name in FULL if name not in REQUIRED), "novel"]
    assert written["color"] is None
    assert written["wheels"] is None
    assert type(Car.from_dict(FULL).to_dict()["color"]) is str


def test_to_dict_leaves_what_is_no_value_of_json_as_it_is() -> None:
    value = Decimal("0.1")

    assert evolve(Car.from_dict(REQUIRED), payload=[value]).to_dict()["payload"][0] is value


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
        ({"towed_by": {"id": "b", "plate": None}}, ("/towed_by/doors", "an array of integers", "no value")),
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
    assert refused({"plate": None, "doors": []}) == ("/id", "a string", "no value")
    assert refused({"id": "a", "doors": []}) == ("/plate", "a string", "no value")
    assert refused([]) == ("", "an object", "array")


def test_an_unexpected_but_usable_value_is_drift() -> None:
    car, drift = read(
        REQUIRED | {"color": "green", "grade": 9, "price": None, "sold": None, "new_one": 1, "spare": {"x": None}}
    )

    assert list(drift.told) == [
        (("color",), "a value that the spec does not list"),
        (("grade",), "a value that the spec does not list"),
        (("price",), "null, which the spec does not allow here"),
        (("new_one",), "a field that the spec does not know"),
        (("spare", "x"), "a field that the spec does not know"),
    ]
    assert isinstance(car.color, Color)
    assert car.color == car.to_dict()["color"] == "green"
    assert car.color not in list(Color)
    assert car.extra == {"new_one": 1}


def test_additional_properties_are_no_drift_if_the_spec_allows_them() -> None:
    @attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
    class Bag(Model):
        _OTHERS: ClassVar[Any]
        size: int | None = None

    drift = Drift()
    assert Record(Bag).read({"size": 1, "color": "red"}, (), drift).extra == {"color": "red"}
    assert not drift.told


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
        reader_of(Pet).read(1, (), Drift())


def test_the_drift_of_a_required_property_is_reported_once() -> None:
    @attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
    class Paint(Model):
        color: Color

    drift = Drift()
    assert Record(Paint).read({"color": "green"}, (), drift).color == "green"
    assert list(drift.told) == [(("color",), "a value that the spec does not list")]


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


@pytest.mark.parametrize(("field", "name", "absent"), [("is_new", "new", None), ("wheels", "wheels", ())])
def test_what_the_pickle_of_an_earlier_version_lacks_is_absent(field: str, name: str, absent: Any) -> None:
    car, _ = read(FULL)
    written = car.to_dict()
    del vars(car)[field]
    twin = pickle.loads(pickle.dumps(car))  # noqa: S301

    assert (getattr(twin, field), twin.to_dict()) == (absent, written | {name: None})


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

    owner_name: str = attrs.field(metadata={"in_json": False})
    spare: Wheel = attrs.field(default=empty_record(Wheel))

    @classmethod
    def from_dict(  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        cls, data: Mapping[str, Any], *, owner_name: str
    ) -> Self:
        return attrs.evolve(super().from_dict(data), owner_name=owner_name)


def test_a_subclass_may_add_a_field_that_is_not_in_the_json() -> None:
    drift = Drift()
    car = Record(OwnedCar).read(REQUIRED | {"owner_name": "wire"}, ("data",), drift, owner_name="ours")

    assert (car.owner_name, car.id, car.spare, car.extra) == ("ours", "a", Wheel(), {"owner_name": "wire"})
    assert list(drift.told) == [(("data", "owner_name"), "a field that the spec does not know")]
    assert car.to_dict()["spare"] is None
    assert OwnedCar.from_dict(car.to_dict(), owner_name="ours") == car
    assert pickle.loads(pickle.dumps(car)).to_dict() == car.to_dict()  # noqa: S301
    filled = evolve(car, spare=evolve(car.spare, size=1))
    assert filled.to_dict()["spare"] == {"size": 1, "notes": None, "labels": None}
    present = Record(OwnedCar).read(REQUIRED | {"spare": {}}, (), Drift(), owner_name="")
    assert present.to_dict()["spare"] == {"size": None, "notes": None, "labels": None}
    names = [field.name for field in attrs.fields(OwnedCar)]
    assert names[0] == "owner_name"
    assert names[1:] == [field.name for field in attrs.fields(Car)]


def test_a_field_that_a_subclass_declares_again_keeps_its_name_and_nullable() -> None:
    @attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
    class Sold(Car):
        sold: datetime = datetime(2026, 1, 1, tzinfo=UTC)
        is_new: bool = False

    drift = Drift()
    car = Record(Sold).read(REQUIRED | {"sold": None, "new": True}, (), drift)
    assert (car.sold.year, car.is_new, drift.texts()) == (2026, True, [])


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


# Answers


@attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
class Envelope(Model):
    success: bool | None = None
    data: Car | None = None
    meta: int | None = None


ENDPOINT = Endpoint(
    "POST",
    "/v1/cars/{car id}/sell",
    answers={"201": Envelope, "204": NO_BODY, "2XX": Car},
)


def operation() -> Operation[Car | None]:
    return operation_of(ENDPOINT)


def value_of(made: Operation[Any], status: int, body: Any, drift: Drift) -> Any:
    reader = made.reader(status)
    assert reader is not None
    return made.read(reader, body, drift)


def test_an_answer_is_read_by_its_status() -> None:
    made = operation()
    drift = Drift()

    assert [status for status in (200, 201, 204, 299, 300, 404) if made.reader(status)] == [200, 201, 204, 299]
    assert value_of(made, 201, {"success": True, "data": REQUIRED, "new": 1}, drift) == Car.from_dict(REQUIRED)
    assert list(drift.told) == [(("new",), "a field that the spec does not know")]
    assert value_of(made, 204, NO_BODY, drift) is None
    assert value_of(made, 200, REQUIRED, drift) == Car.from_dict(REQUIRED)
    whole = value_of(made.whole, 201, {"success": True, "data": REQUIRED, "meta": 3}, drift)
    assert (whole.meta, whole.data) == (3, Car.from_dict(REQUIRED))


@pytest.mark.parametrize(
    ("status", "body", "place"),
    [
        (201, {"success": True}, ("/data", "an object", "no value")),
        (201, {"success": True, "data": None}, ("/data", "an object", "null")),
        (201, {"success": "yes", "data": REQUIRED}, ("/success", "a boolean", "string")),
        (201, {"data": REQUIRED | {"id": 1}}, ("/data/id", "a string", "number")),
        (201, [], ("", "a JSON object", "array")),
        (201, NO_BODY, ("", "a JSON object", "no value")),
        (200, NO_BODY, ("", "an object", "no value")),
    ],
)
def test_an_answer_that_breaks_the_spec_is_refused(status: int, body: Any, place: tuple[str, str, str]) -> None:
    with pytest.raises(InvalidDataError) as caught:
        value_of(operation(), status, body, Drift())
    assert (caught.value.pointer, caught.value.expected, caught.value.found) == place


def test_an_envelope_must_have_each_property_that_the_spec_requires() -> None:
    @attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
    class Page(Model):
        success: bool | None = None
        data: Car
        count_: int = attrs.field(metadata={"name": "count"})

    with pytest.raises(InvalidDataError, match=r"^/count: expected an integer, found no value$"):
        Data(Record(Page)).read({"success": True, "data": REQUIRED}, (), Drift())


def test_another_reader_may_read_the_data() -> None:
    seen: list[Any] = []

    def reader(value: Any, path: Path, drift: Drift) -> int:
        drift.add(path, "seen")
        seen.append(value)
        return 7

    drift = Drift()
    made = operation().with_data(reader)

    assert value_of(made, 201, {"success": True, "data": "x"}, drift) == 7
    assert value_of(made, 201, {"success": True}, drift) == 7
    assert seen == ["x", MISSING]
    assert list(drift.told) == [(("data",), "seen")]
    assert value_of(made.whole, 201, {"data": REQUIRED}, drift).data == Car.from_dict(REQUIRED)


def test_default_is_read_only_for_a_status_of_success() -> None:
    made: Operation[Any] = operation_of(Endpoint("GET", "/", answers={"default": Any}))

    assert made.reader(200) is Anything
    assert made.reader(300) is None
    assert made.reader(500) is None
    assert made.is_idempotent
    assert made.url == "/"


@pytest.mark.parametrize(
    ("reader", "value", "found"),
    [
        (Anything, MISSING, "no value"),
        (Null, 0, "number"),
        (Map(String), {"a": None}, "null"),
    ],
)
def test_a_reader_refuses_a_value_of_another_type(reader: Reader, value: Any, found: str) -> None:
    with pytest.raises(InvalidDataError) as caught:
        reader.read(value, ("x",), Drift())
    assert (caught.value.path[0], caught.value.found) == ("x", found)


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (Mapping[str, int] | int, {"a": 1}),
        (tuple[int, ...] | int, (1,)),
        (Literal["a"] | str | int, "a"),  # noqa: PYI051
        (Color | int, Color.RED),
        (bool | int, True),
        (date | int, date(2026, 6, 4)),
        (None | int, None),
    ],
)
def test_a_union_reads_the_values_of_both_kinds(annotation: Any, value: Any) -> None:
    reader, drift = reader_of(annotation), Drift()
    assert reader.read(json.loads(json.dumps(value, default=str)), (), drift) == value
    assert reader.read(7, (), drift) == 7
    assert not drift.told


def test_a_listed_value_is_read_and_another_is_drift() -> None:
    reader, drift = reader_of(Annotated[float, ListedValues(0.5, 1)]), Drift()

    assert [reader.read(value, (), drift) for value in (0.5, 1, 2)] == [0.5, 1, 2]
    assert list(drift.told) == [((), "a value that the spec does not list")]


def test_members_of_open_enums_equal_their_strings() -> None:
    green = Color("green")
    assert green == "green"
    assert str(green) == "green"
    assert pickle.loads(pickle.dumps(green)) == green  # noqa: S301
    with pytest.raises(ValueError, match="1"):
        Color(cast("str", 1))
