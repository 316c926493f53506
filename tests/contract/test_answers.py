"""Every answer of every operation that the spec allows is read without loss."""

import json
import warnings
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from api import THOROUGH, answers, values
from hypothesis import given
from osvi_runtime import Enveloped, to_json
from support import BlockingClient

ANSWERS = answers()


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


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_both_clients_read_any_answer_without_loss(name: str, kind: str) -> None:
    call, status, schema = ANSWERS[name]
    operation = Enveloped[Any, Any](call.endpoint, call.endpoint.path, {}, None, {})

    @THOROUGH
    @given(body=values(schema))
    def look(body: Any) -> None:
        body = {**body, "success": True} if isinstance(body, dict) and "success" in body else body
        answer = httpx.Response(status, content=json.dumps(body))  # json=None would send nothing
        with BlockingClient(kind, transport=httpx.MockTransport(lambda _: answer)) as api:
            assert same(to_json(api.send(operation.whole)), body)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        look()
    assert all(" is a field that the spec does not know " in str(one.message) for one in caught)
