"""Every answer of every operation that the spec allows is read without loss."""

import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from api import THOROUGH, Call, answers, values
from hypothesis import given, strategies as st
from osvi_runtime import Drift, Enveloped, Operation, to_json
from support import BlockingClient

ANSWERS = answers()
STRATEGIES = {name: values(schema) for name, (_, _, schema) in ANSWERS.items()}


def same(read: Any, came: Any) -> bool:
    """Tell whether the value that was read equals the answer, with None for what the answer does not have."""
    if isinstance(came, dict) and isinstance(read, dict):
        return came.keys() <= read.keys() and all(same(one, came.get(name)) for name, one in read.items())
    if isinstance(came, list) and isinstance(read, list):
        return len(came) == len(read) and all(map(same, read, came))
    return bool(read == came) or moment(read) == moment(came) is not None


def moment(text: Any) -> datetime | None:
    """Return the moment that a text names, in any of the spellings of RFC 3339, in UTC where it names no zone."""
    try:
        found = datetime.fromisoformat(text.upper())
    except (AttributeError, ValueError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def operation_of(call: Call) -> Operation[Any]:
    """Return the operation without its arguments, with the whole body as its value."""
    return Enveloped[Any, Any](call.endpoint, call.endpoint.path, {}, None, {}, call.endpoint.answers).whole


@pytest.mark.parametrize("name", ANSWERS)
@THOROUGH
@given(data=st.data())
def test_any_answer_is_read_without_loss(name: str, data: st.DataObject) -> None:
    call, status, _ = ANSWERS[name]
    body = data.draw(STRATEGIES[name])
    drift: Drift = []
    operation = operation_of(call)
    reader = operation.reader(status)
    assert reader is not None
    read = operation.read(reader, body, drift)

    assert same(to_json(read), body)
    assert {what for _, what in drift} <= {"a field that the spec does not know"}


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.filterwarnings("ignore::osvi.SpecDriftWarning")
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_both_clients_read_any_answer_without_loss(name: str, kind: str) -> None:
    call, status, _ = ANSWERS[name]

    @THOROUGH
    @given(body=STRATEGIES[name])
    def look(body: Any) -> None:
        body = {**body, "success": True} if isinstance(body, dict) and "success" in body else body
        answer = httpx.Response(status, content=json.dumps(body))  # json=None would send nothing
        with BlockingClient(kind, transport=httpx.MockTransport(lambda _: answer)) as api:
            assert same(to_json(api.send(operation_of(call))), body)

    look()
