"""Sessions as the return types of FastAPI, and in models of pydantic."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any

import osvi
import pydantic
import pytest
from fastapi import Body, FastAPI
from fastapi.testclient import TestClient
from osvi.testing import Sandbox
from osvi_runtime import Choice
from pages import ROOT
from support import BARE, RECORD

from codegen.document.normal import normal
from codegen.document.reading import load

SANDBOX = Sandbox()
CLIENT = osvi.Client(SANDBOX.token, transport=SANDBOX.transport)

app = FastAPI()


@app.get("/session")
def one_session() -> osvi.ChatSession:
    return CLIENT.get_active_session(SANDBOX.customer_id, agent_uuid=SANDBOX.agent_uuid)


@app.get("/sessions")
def all_sessions() -> dict[str, osvi.ChatSession]:
    return CLIENT.list_active_sessions(SANDBOX.customer_id)


@app.post("/session")
def echo(session: Annotated[osvi.ChatSession, Body()]) -> osvi.ChatSession:
    return session


PRIVATE = {"id", "agent_uuid", "metadata"}


@app.get("/without", response_model_exclude=PRIVATE)
def without() -> osvi.ChatSession:
    return one_session()


@app.get("/only", response_model_include=PRIVATE)
def only() -> osvi.ChatSession:
    return one_session()


class Ticket(pydantic.BaseModel):
    session: osvi.ChatSession


def written(session: osvi.ChatSession) -> dict[str, Any]:
    return {"agent_uuid": session.agent_uuid} | session.to_dict()


@pytest.fixture
def http() -> Iterator[TestClient]:
    with TestClient(app) as client:
        yield client


def test_a_session_is_returned_as_the_api_writes_it_with_its_agent(http: TestClient) -> None:
    assert http.get("/session").json() == written(one_session())
    assert http.get("/sessions").json() == {SANDBOX.agent_uuid: written(one_session())}


def test_what_is_excluded_is_not_written(http: TestClient) -> None:
    session = written(one_session())
    assert http.get("/without").json() == {name: one for name, one in session.items() if name not in PRIVATE}
    assert http.get("/only").json() == {name: one for name, one in session.items() if name in PRIVATE}

    ticket = Ticket(session=one_session())
    only_context = {"session": {"metadata": {"context"}}}
    assert ticket.model_dump(mode="json", include=only_context) == {
        "session": {"metadata": {"context": session["metadata"]["context"]}}
    }
    assert "metadata" not in ticket.model_dump(exclude={"session": {"metadata"}})["session"]


# The vendor's record may name the agent too.
NAMED = {"agent_uuid": "c"} if "agent_uuid" in one_session().to_dict() else {}
SESSIONS = [
    SANDBOX.open_session("+1", agent_uuid="a", created_at="2026-06-04T13:40:25+02:00", extra={"x-unknown": [1]}),
    SANDBOX.open_session("+2", agent_uuid="b", mode="dormant", updated_at=datetime(2026, 6, 4, tzinfo=UTC)),
    osvi.ChatSession.from_dict(BARE | NAMED, agent_uuid="c"),
]


@pytest.mark.parametrize("session", SESSIONS)
def test_what_pydantic_writes_it_reads(http: TestClient, session: osvi.ChatSession) -> None:
    ticket = Ticket(session=session)

    assert Ticket.model_validate_json(ticket.model_dump_json()) == ticket
    assert Ticket.model_validate(ticket.model_dump(mode="json")) == ticket
    assert Ticket.model_validate(ticket.model_dump()) == ticket
    sent = ticket.model_dump(mode="json")["session"]
    assert sent["agent_uuid"] == session.agent_uuid
    answer = http.post("/session", json=sent)
    assert (answer.status_code, answer.json()) == (200, sent)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (BARE, "agent_uuid must be a string, not NoneType"),
        (
            BARE | {"agent_uuid": 3},
            "/agent_uuid: expected a string, found number" if NAMED else "agent_uuid must be a string, not int",
        ),
        (BARE | {"agent_uuid": "a", "created_at": "soon"}, "/created_at: expected a date-time, found string"),
        (["a"], "the value: expected an object, found array"),
        ("a", "the value: expected an object, found string"),
        (None, "the value: expected an object, found null"),
    ],
)
def test_what_is_no_session_is_refused_with_422(http: TestClient, body: Any, message: str) -> None:
    answer = http.post("/session", content=json.dumps(body), headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["detail"][0]["msg"]) == (422, f"Value error, {message}")
    with pytest.raises(pydantic.ValidationError, match=message):
        Ticket.model_validate({"session": body})


def test_a_property_of_the_vendor_that_is_called_agent_uuid_is_written_in_place_of_ours() -> None:
    session = osvi.ChatSession.from_dict(BARE | {"agent_uuid": "theirs"}, agent_uuid="ours")

    assert Ticket(session=session).model_dump()["session"]["agent_uuid"] == "theirs"


def test_the_schema_has_the_properties_and_the_descriptions_of_the_spec(http: TestClient) -> None:
    components = http.get("/openapi.json").json()["components"]["schemas"]
    properties = components["ChatSession"]["properties"]

    assert list(properties) == [*dict.fromkeys(["agent_uuid", *one_session().to_dict()])]
    if not NAMED:
        assert components["ChatSession"]["required"] == ["agent_uuid"]
        assert properties["agent_uuid"]["description"].startswith("The agent that handles the session: ")
    schemas = normal(load(ROOT / "openapi.yaml")).document["components"]["schemas"]
    in_spec = schemas["ChatV1Session"]["properties"]
    described = {name: " ".join(one["description"].split()) for name, one in in_spec.items() if "description" in one}
    assert described
    for name, text in described.items():
        assert properties[name]["description"] in {text, f"Deprecated. {text}"}
    assert components["ChatSession"]["description"].startswith("One active chat session: ")
    assert "\n" not in components["ChatSession"]["description"]
    assert properties["metadata"]["$ref"] == "#/components/schemas/SessionMetadata"


def test_a_field_of_a_pydantic_model_reads_and_writes_a_record() -> None:
    class Note(pydantic.BaseModel):
        metadata: osvi.SessionMetadata

    note = Note.model_validate({"metadata": {"context": ["a"], "x-unknown": 1}})
    assert note.metadata == osvi.SessionMetadata(context=("a",), extra={"x-unknown": 1})
    assert Note(metadata=note.metadata).metadata is note.metadata
    assert note.model_dump()["metadata"]["x-unknown"] == 1
    schema = Note.model_json_schema()["$defs"]["SessionMetadata"]
    assert "context" in schema["properties"]
    assert "required" not in schema
    with pytest.raises(pydantic.ValidationError, match="/context: expected an array of strings, found string"):
        Note.model_validate({"metadata": {"context": "a"}})


class Branch(Choice):
    """A choice that has itself in it."""

    def string(self) -> str:
        return self._as(self.string)

    def array_of_branch(self) -> tuple["Branch", ...]:
        return self._as(self.array_of_branch)


def test_pydantic_reads_and_writes_a_choice() -> None:
    branches, body = pydantic.TypeAdapter(Branch), pydantic.TypeAdapter(osvi.models.ActiveSessionResponse)
    answer = osvi.models.ActiveSessionResponse.from_dict({"success": True, "data": RECORD})

    assert branches.validate_json(branches.dump_json(Branch(["a", ["b"]]))) == Branch(["a", ["b"]])
    assert body.validate_json(body.dump_json(answer)) == answer
    for mode in ("validation", "serialization"):
        assert {"type": "string"} in branches.json_schema(mode=mode)["$defs"]["Branch"]["anyOf"]
        assert "ChatV1Session" in body.json_schema(mode=mode)["$defs"]
    with pytest.raises(pydantic.ValidationError):
        branches.validate_python(1)
