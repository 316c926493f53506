"""Whatever the spec allows is read without loss, and whatever it does not is refused at the right place."""

import json
import warnings
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import osvi
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from osvi._records import properties as properties_of
from payloads import JSON, NOT, records
from reading import json_schema, kind, properties, record, resolve
from spec import load
from support import AGENT, Api

SPEC = load(Path(__file__).resolve().parents[2] / "openapi.yaml")
ANSWER = resolve(SPEC, SPEC["paths"]["/v1/chat/session/active"]["get"]["responses"]["200"])
SCHEMA = record(SPEC, properties(SPEC, json_schema(ANSWER))["data"])
PROPERTY = SCHEMA["properties"]
BUCKET = resolve(SPEC, PROPERTY["metadata"])["properties"]
RECORDS = records(SPEC, SCHEMA)
MAPS = st.dictionaries(st.text().filter(lambda key: key not in PROPERTY), RECORDS, max_size=3)
# (name) of a property of the session, or ("metadata", name) of one of its buckets.
PLACES = [(name,) for name in PROPERTY] + [("metadata", name) for name in BUCKET]

# Reading is the same for both clients; each example goes through both.
pytestmark = pytest.mark.filterwarnings("ignore::osvi.SpecDriftWarning")
thorough = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    derandomize=True,
)


class Clients:
    """Both clients before one server whose next answer is set."""

    def __init__(self) -> None:
        self.body = b""
        transport = httpx.MockTransport(lambda _: httpx.Response(200, content=self.body))
        self.apis = [Api("sync", transport=transport), Api("async", transport=transport)]

    def ask(self, call: str, body: Any) -> Any:
        """Return what both clients make of an answer: a value, or a ContractError; they must agree."""
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()
        outcomes: list[Any] = []
        for api in self.apis:
            try:
                outcomes.append(getattr(api, call)())
            except osvi.ContractError as error:
                outcomes.append(error)
        first, second = outcomes
        assert str(first) == str(second)
        return first

    def data(self, call: str, data: Any) -> Any:
        return self.ask(call, {"success": True, "data": data})


@pytest.fixture(scope="module")
def clients() -> Iterator[Clients]:
    both = Clients()
    yield both
    for api in both.apis:
        api.close()


def same(read: dict[str, Any], came: dict[str, Any]) -> None:
    """Assert that a to_dict() is what came, with None for what did not."""
    expected = dict.fromkeys(properties_of(osvi.ChatSession)) | came
    if isinstance(metadata := came.get("metadata"), dict):
        expected["metadata"] = dict.fromkeys(BUCKET) | metadata
    for name in ("created_at", "updated_at"):
        for side in (read, expected):
            side[name] = side[name] and datetime.fromisoformat(str(side[name]).upper())
    assert read == expected


@thorough
@given(record=RECORDS)
def test_any_record_is_read_without_loss(clients: Clients, record: dict[str, Any]) -> None:
    session = clients.data("get", record)

    assert isinstance(session, osvi.ChatSession)
    assert session.agent_uuid == AGENT
    same(session.to_dict(), record)


@thorough
@given(data=MAPS)
def test_any_map_is_read_without_loss(clients: Clients, data: dict[str, Any]) -> None:
    sessions = clients.data("list", data)

    assert list(sessions) == list(data)
    for agent_uuid, session in sessions.items():
        assert session.agent_uuid == agent_uuid
        same(session.to_dict(), data[agent_uuid])


@thorough
@given(record=RECORDS, data=MAPS)
def test_the_shape_that_was_not_asked_for_is_refused(
    clients: Clients, record: dict[str, Any], data: dict[str, Any]
) -> None:
    for call, other in (("list", record), ("get", data), ("find", data)):
        error = clients.data(call, other)
        assert isinstance(error, osvi.ContractError)
        assert (error.pointer, error.found) == ("/data", "object")


def place(record: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    """Return the object that holds a place, made if it was not there."""
    if path[:-1] and not isinstance(record.get("metadata"), dict):
        record["metadata"] = {}
    holder: dict[str, Any] = record["metadata"] if path[:-1] else record
    return holder


def type_of(path: tuple[str, ...]) -> str:
    """Return the JSON type that a place takes, beside null."""
    words = kind(SPEC, BUCKET[path[-1]] if path[:-1] else PROPERTY[path[0]]).removesuffix(" or null").split()
    return "string" if words[0] in {"date-time", "enum"} else words[0]


@thorough
@given(record=RECORDS, path=st.sampled_from(PLACES), value=JSON)
def test_a_value_of_another_type_is_refused_at_its_place(
    clients: Clients, record: dict[str, Any], path: tuple[str, ...], value: Any
) -> None:
    type_ = type_of(path)
    another = [value] if type_ != "array" else {"": value}
    place(record, path)[path[-1]] = value if value is not None and NOT[type_](value) else another

    for call, prefix, data in (("get", "/data", record), ("list", "/data/agent_x", {"agent_x": record})):
        error = clients.data(call, data)
        assert isinstance(error, osvi.ContractError)
        assert error.pointer == f"{prefix}/{'/'.join(path)}"


@thorough
@given(record=RECORDS, path=st.sampled_from(PLACES))
def test_a_null_reads_as_absent(clients: Clients, record: dict[str, Any], path: tuple[str, ...]) -> None:
    other = "id" if path != ("id",) else "mode"
    record[other] = "ai"  # lest nothing be left of it
    place(record, path)[path[-1]] = None
    with_null = clients.data("get", record)
    del place(record, path)[path[-1]]

    assert with_null == clients.data("get", record)


@thorough
@given(record=RECORDS, path=st.sampled_from(PLACES), key=st.text(), value=JSON)
def test_an_unknown_field_is_kept_beside_the_known(
    clients: Clients, record: dict[str, Any], path: tuple[str, ...], key: str, value: Any
) -> None:
    record.setdefault("id", "x")
    holder = place(record, path)
    if key in (BUCKET if path[:-1] else PROPERTY):
        return
    holder[key] = value
    session = clients.data("get", record)

    assert (session.metadata.extra if path[:-1] else session.extra)[key] == value
    same(session.to_dict(), record)


@thorough
@given(record=RECORDS, name=st.sampled_from(["mode", "status"]), value=st.text())
def test_an_unknown_enum_value_equals_its_string(
    clients: Clients, record: dict[str, Any], name: str, value: str
) -> None:
    assert kind(SPEC, PROPERTY[name]) == "enum of strings"
    session = clients.data("get", record | {name: value})

    assert getattr(session, name) == value
    assert session.to_dict()[name] == value


@thorough
@given(record=RECORDS, names=st.sets(st.sampled_from(sorted(PROPERTY))))
def test_what_is_dropped_is_none(clients: Clients, record: dict[str, Any], names: set[str]) -> None:
    left = {name: value for name, value in record.items() if name not in names} | {"id": "x"}
    session = clients.data("get", left)

    same(session.to_dict(), left)


@thorough
@given(record=RECORDS)
def test_what_is_nested_too_deep_is_refused(clients: Clients, record: dict[str, Any]) -> None:
    nested = clients.data("list", {"agent_x": {"agent_y": record}})
    assert isinstance(nested, osvi.ContractError)
    assert nested.pointer == "/data/agent_x"

    doubled = clients.data("get", {"data": record})
    assert isinstance(doubled, osvi.ContractError)
    assert doubled.pointer == "/data"


@thorough
@given(body=JSON | RECORDS.map(lambda record: {"success": True, "data": record}), call=st.sampled_from(["get", "list"]))
def test_any_json_is_the_right_shape_or_a_typed_error(clients: Clients, body: Any, call: str) -> None:
    try:
        outcome = clients.ask(call, body)
    except osvi.APIError:
        assert body["success"] is False
    else:
        assert isinstance(outcome, (osvi.ChatSession if call == "get" else dict, osvi.ContractError))


@thorough
@given(body=st.binary(max_size=200), call=st.sampled_from(["get", "list"]))
def test_any_bytes_are_a_typed_error(clients: Clients, body: bytes, call: str) -> None:
    assert isinstance(clients.ask(call, body), osvi.ContractError)


def test_every_drift_is_a_warning_of_its_own(clients: Clients) -> None:
    record = {"id": None, "mode": "unheard-of", "new": 1, "metadata": {"tags": 1, "context": None}}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        clients.data("get", record)

    places = [str(warning.message).split()[2] for warning in caught]
    expected = ["/data/id", "/data/mode", "/data/new", "/data/metadata/tags", "/data/metadata/context"]
    assert sorted(places) == sorted(expected * 2)


def test_the_examples_of_the_spec_are_read(clients: Clients) -> None:
    examples = {name: resolve(SPEC, schema)["example"] for name, schema in PROPERTY.items() if "example" in schema}
    record = {name: value for name, value in examples.items() if value is None or not NOT[type_of((name,))](value)}
    buckets = {name: resolve(SPEC, schema)["example"] for name, schema in BUCKET.items() if "example" in schema}
    record |= {"id": "x"} | {"metadata": {n: v for n, v in buckets.items() if not NOT[type_of(("metadata", n))](v)}}

    same(clients.data("get", record).to_dict(), record)
    same(clients.data("list", {AGENT: record})[AGENT].to_dict(), record)
