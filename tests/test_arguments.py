"""The arguments of an operation: checked and written in one walk, and encoded for a request."""

import copy
import json
import pickle
import types
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from enum import Enum
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal, cast

import attrs
import pytest
from osvi_runtime import (
    NULL,
    Anything,
    Choice,
    Endpoint,
    InvalidDataError,
    ListedValues,
    Model,
    NullType,
    Operation,
    TaggedBy,
    UnknownModel,
    in_spec_order,
    reader_of,
)
from support import operation_of
from test_runtime import REQUIRED, Car, Color, Envelope, Owner, Wheel

NOON = datetime(2026, 6, 4, 12, tzinfo=UTC)


@attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
class Dated(Model):
    _OTHERS: ClassVar[date]
    size: int | None = None


@attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
class Renamed(Model):
    _OTHERS: ClassVar[Any]
    valid_till_date: datetime | None = attrs.field(default=None, metadata={"name": "validTillDate"})


class Text(str):
    __slots__ = ()


class Moment(datetime):
    """A subclass, such as the timestamp of pandas."""


class Size(Enum):
    LARGE = "l"


def endpoint(**facts: Any) -> Endpoint:
    return Endpoint("POST", "/v1/cars/{car id}/sell", answers={"201": Envelope}, **facts)


SENT = endpoint(
    locations={"car": "path"}
    | dict.fromkeys(["q", "place", "none", "many", "number", "ratio", "flag", "day", "color"], "query")
    | dict.fromkeys(["key", "short", "gone"], "header")
    | {"body": "whole"},
    names={"car": "car id", "key": "X-Key", "short": "X-Short", "gone": "X-None"},
)


def test_a_call_has_the_parts_of_the_request() -> None:
    made: Operation[Any] = operation_of(
        SENT,
        car="É/b c",
        q="+49 1&2/3",
        place="É/x",
        none=None,
        many=["x", 1],
        number=7,
        ratio=0.5,
        flag=True,
        day=date(2026, 6, 4),
        color=Color.RED,
        key="k k",
        short="s",
        gone=None,
        body={
            "to": "x",
            "none": None,
            "wheel": Wheel.from_dict({"size": 1, "notes": ["n"]}),
            "wheels": [Wheel.from_dict({"size": 2})],
            "car": Car.from_dict(REQUIRED | {"spare": {"size": 3}}),
            "owner": Owner({"name": "o"}),
            "at": NOON,
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
        "none": None,
        "wheel": {"size": 1, "notes": ["n"]},
        "wheels": [{"size": 2}],
        "car": {"id": "a", "plate": None, "doors": [4], "spare": {"size": 3}},
        "owner": {"name": "o"},
        "at": "2026-06-04T12:00:00Z",
    }
    assert not made.is_idempotent
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
    names = {"id_query": "id"}
    made = operation_of(endpoint(locations={"id": "path", "id_query": "query"}, names=names), id="one", id_query="two")

    assert made.private_texts == [("id", "one"), ("id", "two")]


def test_the_repr_of_an_operation_has_no_arguments() -> None:
    made = operation_of(SENT, car="secret", q="secret", key="secret", body={"b": "secret"})
    assert "secret" not in repr(made)
    assert "POST /v1/cars" in repr(made)


@pytest.mark.parametrize(
    ("annotation", "value", "expected", "found"),
    [
        (str, None, "a string", "NoneType"),
        (str, b"x", "a string", "bytes"),
        (str, 1, "a string", "int"),
        (str, NOON, "a string", "datetime"),
        (str, ["x", 1], "a string", "list"),
        (str, NULL, "a string", "NullType"),
        (str, "\ud800", "a string", "an unpaired surrogate, which no request can carry"),
        (str | None, 1, "a string or null", "int"),
        (float, "1", "a number", "str"),
        (float, True, "a number", "bool"),
        (float, float("nan"), "a number", "a number that JSON cannot represent"),
        (int, 1.0, "an integer", "float"),
        (int, True, "an integer", "bool"),
        (bool, 1, "a boolean", "int"),
        (date, NOON, "a date", "datetime"),
        (date, "tomorrow", "a date", "string"),
        (datetime, NOON.date(), "a date-time", "date"),
        (Color | str, 1, "a string", "int"),
        (Sequence[str], "x", "an array of strings", "str"),
        (Sequence[str], iter([]), "an array of strings", "list_iterator"),
        (Mapping[str, int], {1: 1}, "a string", "int"),
        (Mapping[str, int], [], "an object", "list"),
        (Wheel | Mapping[str, Any], Color.RED, "an object", "Color"),
        (Wheel | Mapping[str, Any], Owner({}), "an object", "Owner"),
        (Sequence[Wheel], Wheel(), "an array of objects", "Wheel"),
        (Any, object(), "a value", "object"),
        (Any, float("inf"), "a number", "a number that JSON cannot represent"),
    ],
)
def test_an_argument_of_another_kind_is_refused(annotation: Any, value: Any, expected: str, found: str) -> None:
    with pytest.raises(InvalidDataError) as caught:
        reader_of(annotation).write(value, ("name",))

    assert (caught.value.path, caught.value.expected, caught.value.found) == (("name",), expected, found)
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("annotation", "value", "pointer"),
    [
        (Sequence[str], ["x", None], "/1"),
        (Sequence[str], [NULL], "/0"),
        (Sequence[None], ["x"], "/0"),
        (Sequence[Sequence[int | None]], [[1], ["x"]], "/1/0"),
        (Mapping[str, int], {"a": "x"}, "/a"),
        (Mapping[str, int], {"a": NULL}, "/a"),
        (str | Sequence[int], ["x"], "/0"),
        (Sequence[Wheel | Mapping[str, Any]], [{}, {"size": "x"}], "/1/size"),
        (Wheel | Mapping[str, Any], {"notes": ["a", 1]}, "/notes/1"),
        (Wheel | Mapping[str, Any], {"size": NULL}, "/size"),
        (Wheel | Mapping[str, Any], Wheel(size=cast("Any", "x")), "/size"),
        (Wheel | Mapping[str, Any], {"ahead": {"of": [object()]}}, "/ahead/of/0"),
        (Car | Mapping[str, Any], {"spare": {"labels": {"a/b": object()}}}, "/spare/labels/a~1b"),
        (Car | Mapping[str, Any], {"towed_by": {"new": 1}}, "/towed_by/new"),
        (Owner, {"size": "x", "notes": []}, "/size"),
        (Any, [{"at": [NOON, "\ud800"]}], "/0/at/1"),
    ],
)
def test_the_error_names_the_place_inside(annotation: Any, value: Any, pointer: str) -> None:
    with pytest.raises(InvalidDataError) as caught:
        reader_of(annotation).write(value, ("permits",))

    assert caught.value.pointer == f"/permits{pointer}"


@pytest.mark.parametrize(
    ("annotation", "value", "sent"),
    [
        (str, Text("x"), "x"),
        (str, Color.RED, "red"),
        (str, Size.LARGE, "l"),
        (str | None, None, None),
        (str | NullType, NULL, None),
        (float, 1, 1),
        (float, 1.5, 1.5),
        (int, 1, 1),
        (bool, False, False),
        (date, NOON.date(), "2026-06-04"),
        (date, "2026-06-04", "2026-06-04"),  # as in to_dict()
        (datetime, "2026-06-04T00:00:00+00:00", "2026-06-04T00:00:00+00:00"),
        (datetime, Moment(2026, 6, 4, tzinfo=UTC), "2026-06-04T00:00:00Z"),
        (Color | str, "green", "green"),
        (Literal["a"] | str, "b", "b"),  # noqa: PYI051
        (Annotated[float, ListedValues(0.5)] | str, 1, 1),
        (Color | str, Color.RED, "red"),
        (Sequence[str], ("x", Text("y")), ["x", "y"]),
        (Sequence[str], [], []),
        (Sequence[Sequence[int | None]], [[1, None], ()], [[1, None], []]),
        (Sequence[None], [None, NULL], [None, None]),
        (Mapping[str, int], MappingProxyType({"a": 1}), {"a": 1}),
        (Mapping[str, int | None], {"a": None, "b": NULL}, {"a": None, "b": None}),
        (Wheel | Mapping[str, Any], Wheel(size=1), {"size": 1, "notes": [], "labels": {}}),
        (Wheel | Mapping[str, Any], {"size": 1, "ahead": [NOON]}, {"size": 1, "ahead": ["2026-06-04T12:00:00Z"]}),
        (Sequence[Wheel | Mapping[str, Any]], [Wheel.from_dict({}), {}], [{}, {}]),
        (str | Sequence[int], "x", "x"),
        (str | Sequence[int], [1], [1]),
        (Any, {"k": None, "l": [None, NULL]}, {"k": None, "l": [None, None]}),
        (Any, {"k": [Wheel.from_dict({"size": 1}), Owner([Size.LARGE])]}, {"k": [{"size": 1}, ["l"]]}),
        (Owner, Owner({"any": 1}), {"any": 1}),
        (Owner, {"front": {"size": None}}, {"front": {}}),
    ],
)
def test_an_argument_is_written_as_json(annotation: Any, value: Any, sent: Any) -> None:
    written = reader_of(annotation).write(value, ())

    assert (written, type(written)) == (sent, type(sent)) or isinstance(value, str)
    assert json.loads(json.dumps(written)) == sent


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ({"price": None, "sold": NULL, "payload": NULL}, {"sold": None, "payload": None}),
        ({"plate": None}, {"plate": None}),
        ({"id": None, "ahead": None}, {}),
        ({"ahead": NULL}, {"ahead": None}),
        ({"towed_by": {"id": "b", "plate": None, "price": None}}, {"towed_by": {"id": "b", "plate": None}}),
        ({"wheels": [{"size": None}]}, {"wheels": [{}]}),
        ({"by_name": {"a": {"size": None}}}, {"by_name": {"a": {}}}),
        ({"part": {"size": None}}, {"part": {}}),
        ({"spare": {"labels": {"k": None, "l": NULL}}}, {"spare": {"labels": {"k": None, "l": None}}}),
        ({"scores": [1, None, NULL]}, {"scores": [1, None, None]}),
        ({"owner": {"size": 1, "notes": None}}, {"owner": {"size": 1}}),
        ({"owner": {"id": "b", "plate": None, "price": None}}, {"owner": {"id": "b", "plate": None}}),
    ],
)
def test_none_is_left_out_of_a_mapping_that_stands_for_a_record_and_null_is_sent(value: Any, sent: Any) -> None:
    assert reader_of(Car).write(value, ()) == sent


UNION = Annotated[Wheel | Car | UnknownModel, TaggedBy("id", {"wheel": "Wheel", "car": "Car"})] | str


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ({"id": "wheel", "size": None, "plate": None}, {"id": "wheel"}),
        ({"id": "car", "size": None, "plate": None}, {"id": "car", "plate": None}),
        ({"plate": None, "price": None}, {"plate": None}),
        ({"id": "new", "size": "x", "plate": NULL}, {"id": "new", "size": "x", "plate": None}),
        (UnknownModel(extra={"id": "new", "a": None}), {"id": "new", "a": None}),
        (Wheel.from_dict({"size": 1}), {"size": 1}),
        ("text", "text"),
    ],
)
def test_a_mapping_for_a_union_with_tags_stands_for_the_record_of_its_tag(value: Any, sent: Any) -> None:
    assert reader_of(UNION).write(value, ()) == sent


@pytest.mark.parametrize(("value", "pointer"), [({"id": "wheel", "size": "x"}, "/size"), ({"price": "x"}, "/price")])
def test_a_mapping_for_a_union_is_checked_as_the_likeliest_record(value: Any, pointer: str) -> None:
    with pytest.raises(InvalidDataError) as caught:
        reader_of(UNION).write(value, ())

    assert caught.value.pointer == pointer


@attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
class A(Model):
    value: int | None = None


@attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
class B(Model):
    value: Sequence[str] | None = None


class AOrB(Choice):
    def a(self) -> A:
        return self._as(self.a)

    def b(self) -> B:
        return self._as(self.b)

    def array_of_string(self) -> tuple[str, ...]:
        return self._as(self.array_of_string)

    def array_of_integer(self) -> tuple[int, ...]:
        return self._as(self.array_of_integer)


@pytest.mark.parametrize("value", [{"value": 1}, {"value": ["x"]}, {}, ["x"], [1], []])
def test_an_argument_for_a_choice_may_be_of_each_branch(value: Any) -> None:
    assert reader_of(AOrB).write(value, ()) == value


def test_an_argument_for_a_choice_that_no_branch_takes_is_refused() -> None:
    for value in ({"value": 1.5}, [None]):
        with pytest.raises(InvalidDataError):
            reader_of(AOrB).write(value, ())


def test_a_record_that_was_read_is_sent_with_the_null_that_the_spec_requires() -> None:
    car = Car.from_dict({"id": "a", "plate": None, "doors": None, "price": None, "unheard": None})

    assert reader_of(Car).write(car, ()) == {"id": "a", "plate": None, "doors": None, "unheard": None}


@attrs.frozen(kw_only=True, slots=False, field_transformer=in_spec_order)
class Ticket(Model):
    id_: str | None = attrs.field(default=None, metadata={"name": "id", "read_only": True})
    kind: str | None = None
    parts: tuple[Any, ...] = ()


def test_what_only_answers_have_is_left_out_of_a_record_that_is_sent() -> None:
    came = {"id": "1", "kind": "a", "parts": []}
    ticket, sent = Ticket.from_dict(came | {"parts": [came], "more": came}), {"kind": "a", "parts": []}
    kept = {"parts": [came], "more": came}

    assert reader_of(Ticket).write(ticket, ()) == sent | kept
    assert Anything.write({"a": [ticket]}, ()) == {"a": [sent | kept]}
    assert reader_of(Sequence[Ticket | str]).write([came], ()) == [sent]


@pytest.mark.parametrize("value", [["x"], ("x",), {"x"}, frozenset({"x"})])
def test_each_kind_of_array_is_repeated_in_the_query(value: Any) -> None:
    assert operation_of(SENT, many=value).url.endswith("?many=x")


def test_a_path_of_the_spec_may_have_a_query() -> None:
    cars = Endpoint("GET", "/v1/cars/{car}?kind=old", answers={}, locations={"car": "path", "many": "query"})

    assert operation_of(cars, car="a?b", many="x").url == "/v1/cars/a%3Fb?kind=old&many=x"
    assert operation_of(cars, car="a").url == "/v1/cars/a?kind=old"


def query_of(style: str, value: Any) -> str:
    styles = {"q_": style} if style else {}
    sent = Endpoint("GET", "/", answers={}, locations={"q_": "query"}, names={"q_": "q"}, styles=styles)
    return operation_of(sent, q_=value).url


@pytest.mark.parametrize(
    ("style", "value", "url"),
    [
        ("", ["a", None, "b"], "/?q=a&q=b"),
        ("form", ["a b", 1], "/?q=a%20b,1"),
        ("form", "a", "/?q=a"),
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
    assert query_of(style, value) == url


@pytest.mark.parametrize(
    ("style", "value", "pointer"),
    [
        ("", {"a": 1}, "/q_"),
        ("form", [{"a": 1}], "/q_/0"),
        ("form", {"a": [1]}, "/q_/a"),
        ("", [1, [2]], "/q_/1"),
        ("properties", {"created": {"gt": 1}}, "/q_/created"),
        ("deepObject", {"created": {"gt": [[1]]}}, "/q_/created/gt/0"),
    ],
)
def test_what_has_no_encoding_in_its_style_is_refused_at_its_place(style: str, value: Any, pointer: str) -> None:
    with pytest.raises(InvalidDataError, match=r"expected a string, a number, .* found (object|array)$") as caught:
        query_of(style, value)

    assert caught.value.pointer == pointer


@pytest.mark.parametrize("given", [{"car": NULL}, {"key": NULL}, {"key": ["x", NULL]}])
def test_null_is_refused_where_it_has_no_encoding(given: dict[str, Any]) -> None:
    with pytest.raises(InvalidDataError, match=r"^/\w+: expected a string, a number, .* found null$"):
        operation_of(SENT, **given)


@pytest.mark.parametrize("value", ["", " ", ".", "..", "a\ud800", "a" + chr(0xDFFF), [], {}, ["a", "."]])
def test_a_value_that_cannot_be_in_a_path_is_refused_with_the_name_of_the_argument(value: Any) -> None:
    with pytest.raises(InvalidDataError, match=r"^/car: expected (text|a string)"):
        operation_of(SENT, car=value)


@pytest.mark.parametrize("value", ["a\nb", "é", " a", "a ", ""])
def test_a_value_that_cannot_be_in_a_header_is_refused(value: str) -> None:
    with pytest.raises(InvalidDataError, match=r"^/key: expected printable ASCII"):
        operation_of(SENT, key=value)


def test_a_body_without_a_value_is_sent_only_if_it_is_required() -> None:
    required = endpoint(body=Wheel, locations={"size": "body", "extra": "extra", "body": "whole"})
    optional = attrs.evolve(required, is_body_optional=True, answers={}, body=Wheel)

    assert operation_of(required).content == b"{}"
    assert operation_of(optional, size=None, extra={}).content is None
    assert "Content-Type" not in operation_of(optional).headers
    assert operation_of(optional, size=0).content == b'{"size": 0}'
    made = operation_of(optional, extra={"secret": "x"})
    assert (made.content, made.private_texts) == (b'{"secret": "x"}', [("secret", "x")])
    assert operation_of(optional, body=NULL).content == b"null"
    assert operation_of(SENT, body=["a"]).content == b'["a"]'
    assert operation_of(SENT, body=["a"]).private_texts == [("body.0", "a")]
    assert operation_of(SENT).content is None


def test_what_the_spec_declares_cannot_be_among_the_other_properties_of_a_body() -> None:
    made = endpoint(body=Wheel, locations={"size": "body", "extra": "extra"})
    with pytest.raises(InvalidDataError, match=r"^/extra/size: expected a property that the spec does not declare, "):
        operation_of(made, extra={"size": 1})


def test_a_body_is_checked_by_its_own_reader_which_knows_more_than_the_types_of_the_arguments() -> None:
    whole, extra = {"body": "whole"}, {"extra": "extra"}
    with pytest.raises(InvalidDataError, match=r"^/body/0/size: expected an integer, found str$"):
        operation_of(endpoint(body=tuple[Wheel, ...], locations=whole), body=[{"size": "x"}])
    with pytest.raises(InvalidDataError, match=r"^/extra/k: expected a date, found string$"):
        operation_of(endpoint(body=Dated, locations=extra), extra={"k": "x"})
    with pytest.raises(InvalidDataError, match=r"^/body: expected null, found dict$"):  # beside properties
        operation_of(endpoint(body=Wheel, locations={"size": "body"} | whole), body={"size": 1})


def test_a_mapping_for_a_record_has_the_names_and_may_have_the_values_of_json() -> None:
    body = endpoint(body=Renamed | tuple[str, ...], locations={"body": "whole"})
    written = Renamed(valid_till_date=NOON).to_dict()
    for mapping in (written, {"validTillDate": NOON}):
        operation = operation_of(body, body=mapping)
        assert json.loads(operation.content or b"") == {"validTillDate": "2026-06-04T12:00:00Z"}
    assert Renamed.from_dict(written).to_dict() == written

    right = r"^/body/valid_till_date: expected the name in JSON, 'validTillDate', found that of the field$"
    with pytest.raises(InvalidDataError, match=right):
        operation_of(body, body={"valid_till_date": NOON})
    with pytest.raises(InvalidDataError, match=r"^/body/validTillDate: expected a date-time, found string$"):
        operation_of(body, body={"validTillDate": "tomorrow"})


@pytest.mark.parametrize("same", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])  # noqa: S301
def test_null_is_one_false_object(same: Any) -> None:
    assert same(NULL) is NULL
    assert type(NULL)(None) is NULL
    assert not NULL
    assert (repr(NULL), str(NULL)) == ("NULL", "NULL")
    with pytest.raises(TypeError):
        types.new_class("Other", (NullType,))
