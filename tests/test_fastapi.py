"""Sessions as the return types of FastAPI, and in models of pydantic."""

from collections.abc import Iterator

import osvi
import pydantic
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from osvi.testing import Sandbox
from pages import ROOT

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


@pytest.fixture
def http() -> Iterator[TestClient]:
    with TestClient(app) as client:
        yield client


def test_a_session_is_returned_as_the_api_writes_it(http: TestClient) -> None:
    assert http.get("/session").json() == one_session().to_dict()
    assert http.get("/sessions").json() == {SANDBOX.agent_uuid: one_session().to_dict()}


def test_the_schema_has_the_properties_and_the_descriptions_of_the_spec(http: TestClient) -> None:
    components = http.get("/openapi.json").json()["components"]["schemas"]
    properties = components["ChatSession"]["properties"]

    assert properties.keys() == one_session().to_dict().keys()
    in_spec = load(ROOT / "openapi.yaml")["components"]["schemas"]["ChatV1Session"]["properties"]
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


def test_pydantic_cannot_make_a_session_without_its_agent() -> None:
    with pytest.raises(TypeError, match="missing 1 required keyword-only argument: 'agent_uuid'"):
        pydantic.TypeAdapter(osvi.ChatSession).validate_python({})
