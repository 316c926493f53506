"""Sessions and errors in the hands of other libraries: encoders, tables, a task queue."""

import pytest

pytest.importorskip("celery")  # of the extra `tools`

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import attrs
import cattrs
import msgspec
import orjson
import osvi
import pandas as pd  # type: ignore[import-untyped]
import polars as pl
from celery import Celery  # type: ignore[import-untyped]
from osvi.testing import Sandbox


@pytest.fixture
def session() -> osvi.ChatSession:
    sandbox = Sandbox()
    sandbox.open_session("+1", agent_uuid="agent_x", metadata={"input_fields": {"name": {"first": ["Alex"]}}})
    with osvi.Client(sandbox.token, transport=sandbox.transport) as client:
        return client.get_active_session("+1", agent_uuid="agent_x")


def test_msgspec_encodes_a_session(session: osvi.ChatSession) -> None:
    written = json.loads(msgspec.json.encode(session))

    assert written["agent_uuid"] == "agent_x"
    assert written["metadata"]["input_fields"] == {"name": {"first": ["Alex"]}}


def test_orjson_encodes_a_session(session: osvi.ChatSession) -> None:
    assert orjson.loads(orjson.dumps(session.to_dict())) == session.to_dict()
    written = orjson.loads(orjson.dumps(attrs.asdict(session)))
    assert written["metadata"]["input_fields"] == {"name": {"first": ["Alex"]}}


def test_cattrs_takes_a_session_apart(session: osvi.ChatSession) -> None:
    written = cattrs.unstructure(session)

    assert written["mode"] == "ai"
    assert written["metadata"]["input_fields"] == {"name": {"first": ["Alex"]}}


@pytest.fixture
def results() -> Iterator[osvi.CustomerSessions]:
    sandbox = Sandbox()
    sandbox.open_session("+1", agent_uuid="agent_x", updated_at=datetime(2026, 1, 1, tzinfo=UTC))
    sandbox.open_session("+2", agent_uuid="agent_y", mode="support")
    with osvi.Client(sandbox.token, transport=sandbox.transport) as client:
        yield client.iter_active_sessions(["+1", "+2", "+3"])  # type: ignore[misc]


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
def test_many_results_are_a_table(results: Iterator[osvi.CustomerSessions], frame: Any) -> None:
    table = frame([row for result in results for row in result.rows()])

    assert sorted(zip(table["customer_id"], table["agent_uuid"], table["mode"], strict=True)) == [
        ("+1", "agent_x", "ai"),
        ("+2", "agent_y", "support"),
    ]


@pytest.mark.parametrize(
    "error",
    [
        osvi.RateLimitError("slow down", 429, "too_many", 7.5, body="+15550001111"),
        osvi.SessionNotFoundError("none", 404, "session_not_found"),
        osvi.ContractError("/data", "an object", "array", body="+15550001111"),
        osvi.RequestTimeoutError("no answer"),
    ],
)
def test_an_error_of_a_task_comes_back_from_the_json_serializer_of_celery(error: osvi.OSVIError) -> None:
    backend: Any = Celery(backend="cache+memory://").backend
    stored = json.loads(json.dumps(backend.prepare_exception(error, serializer="json")))
    again = backend.exception_to_python(stored)

    assert type(again) is type(error)
    assert str(again) == str(error)
    assert "+15550001111" not in json.dumps(stored)
    for name in ("status_code", "code", "message", "retry_after", "pointer"):
        assert getattr(again, name, None) == getattr(error, name, None)
