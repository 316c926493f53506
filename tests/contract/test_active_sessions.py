"""The active sessions through both clients: the shape that was asked for is read, and any other is refused."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import osvi
import pytest
from api import LOOKUP, SPEC, THOROUGH, answers, values
from edits import parts
from hypothesis import assume, given, strategies as st
from osvi._sandbox.operations import packaged_spec
from support import AGENT, SESSION, TOKEN, UNKNOWN, BlockingClient
from test_answers import same

SCHEMA = answers()[f"{LOOKUP} 200"][2]
[DATA] = [one["properties"]["data"] for one in parts(SPEC, SCHEMA) if "data" in one.get("properties", {})]
[UNION] = [one["anyOf"] for one in parts(SPEC, DATA) if "anyOf" in one]
# A map of sessions is a session too to the spec; a record is what has a property of one.
BRANCHES = [one for one in UNION if any("properties" in part for part in parts(SPEC, one))]


def is_record(data: Any) -> bool:
    return isinstance(data, dict) and not SESSION.properties.keys().isdisjoint(data)


RECORDS = values(BRANCHES[0]).filter(is_record)
MAPS = st.dictionaries(st.text().filter(lambda key: key not in SESSION.properties), RECORDS, max_size=3)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)

METHODS = st.sampled_from(["get_active_session", "list_active_sessions"])
ENVELOPE = json.loads(packaged_spec().operations[LOOKUP].reply().body)

pytestmark = pytest.mark.filterwarnings("ignore::osvi.SpecDriftWarning")


class Clients:
    """Both clients with one transport whose next answer can be set."""

    def __init__(self) -> None:
        self.body = b""
        transport = httpx.MockTransport(lambda _: httpx.Response(200, content=self.body))
        self.both = [BlockingClient("sync", transport=transport), BlockingClient("async", transport=transport)]

    def ask(self, method: str, body: Any) -> Any:
        """Return the value or the ContractError that both clients get from an answer; they must agree."""
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()
        assume(
            TOKEN.encode() not in self.body
        )  # hypothesis uses texts of the modules, and the clients replace this one
        outcomes: list[Any] = []
        for client in self.both:
            try:
                outcomes.append(getattr(client, method)())
            except osvi.ContractError as error:
                outcomes.append(error)
        first, second = outcomes
        assert str(first) == str(second)
        return first

    def data(self, method: str, data: Any) -> Any:
        return self.ask(method, ENVELOPE | {"data": data})

    def refusal(self, method: str, data: Any) -> str:
        """Return the place at which both clients refuse an answer."""
        error = self.data(method, data)
        assert isinstance(error, osvi.ContractError), error
        return error.pointer


@pytest.fixture(scope="module")
def clients() -> Iterator[Clients]:
    clients = Clients()
    with clients.both[0], clients.both[1]:
        yield clients


@THOROUGH
@given(record=RECORDS)
def test_any_record_is_read_without_loss(clients: Clients, record: dict[str, Any]) -> None:
    session = clients.data("get_active_session", record)

    assert session.agent_uuid == AGENT
    assert same(session.to_dict(), record)


@THOROUGH
@given(data=MAPS)
def test_any_map_is_read_without_loss(clients: Clients, data: dict[str, Any]) -> None:
    sessions = clients.data("list_active_sessions", data)

    assert isinstance(sessions, dict), sessions
    assert [session.agent_uuid for session in sessions.values()] == list(sessions) == list(data)
    assert all(same(session.to_dict(), data[agent_uuid]) for agent_uuid, session in sessions.items())


@THOROUGH
@given(record=RECORDS, data=MAPS)
def test_the_shape_that_was_not_asked_for_is_refused(clients: Clients, record: Any, data: Any) -> None:
    assert clients.refusal("list_active_sessions", record) == "/data"
    assert clients.refusal("get_active_session", data) == clients.refusal("find_active_session", data) == "/data"
    assert clients.refusal("get_active_session", {UNKNOWN: record}) == "/data"
    assert clients.refusal("list_active_sessions", {"agent_x": {UNKNOWN: record}}) == "/data/agent_x"


@THOROUGH
@given(record=RECORDS, name=st.sampled_from([*SESSION.properties]))
def test_a_null_reads_as_absent(clients: Clients, record: dict[str, Any], name: str) -> None:
    others = {other: value for other, value in record.items() if other != name}
    assume(name not in SESSION.required and is_record(others))

    assert clients.data("get_active_session", others | {name: None}) == clients.data("get_active_session", others)


@THOROUGH
@given(body=JSON | values(DATA).map(lambda data: {"success": True, "data": data}), method=METHODS)
def test_any_json_gives_the_right_shape_or_a_typed_error(clients: Clients, body: Any, method: str) -> None:
    try:
        outcome = clients.ask(method, body)
    except osvi.APIError:
        assert body["success"] is False
    else:
        assert isinstance(outcome, (osvi.ChatSession if method == "get_active_session" else dict, osvi.ContractError))
