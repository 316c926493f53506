"""The generated package of openapi.yaml: its texts and its imports."""

import inspect
import json
import subprocess
import sys

import pytest
from osvi_openapi import models, operations
from osvi_openapi.models import ActiveSessionResponseData, ChatV1Session
from support import RECORD


def test_help_shows_every_property_with_the_vendors_words() -> None:
    text = inspect.getdoc(ChatV1Session) or ""
    assert "Attributes:\n    id: Session UUID. Use this for" in text
    for name in RECORD.keys() & {"chat_agent_id", "mode", "status", "metadata", "created_at"}:
        assert f"    {name}: " in text


def test_a_choice_has_a_method_for_each_of_its_kinds() -> None:
    session = ChatV1Session.from_dict(RECORD)
    assert ActiveSessionResponseData(RECORD).chat_v1_session() == session
    assert ActiveSessionResponseData({"agent_x": RECORD}).mapping_of_chat_v1_session() == {"agent_x": session}


def test_help_shows_the_documentation_of_an_operation() -> None:
    text = inspect.getdoc(operations.get_v1_chat_session_active) or ""
    for part in (
        "Looks up the active chat session(s) for a customer.",
        "Args:\n    customer_id: Your identifier for the customer.",
        "404: `agent_uuid` was supplied but no active session exists",
        "`GET /v1/chat/session/active` in openapi.yaml.",
    ):
        assert part in text


def test_every_listed_name_can_be_imported() -> None:
    assert [getattr(models, name).__name__ for name in models.__all__] == models.__all__
    assert [getattr(operations, name).__name__ for name in operations.__all__] == operations.__all__
    assert {*models.__all__, "__all__"} <= set(dir(models))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = models.nothing  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


def test_a_function_is_not_hidden_by_its_module() -> None:
    code = """
import osvi_openapi.operations._get_v1_chat_session_active
from osvi_openapi import operations
assert callable(operations.get_v1_chat_session_active)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_attribute_of_a_package_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "SessionMode", None)

    assert models.SessionMode is None


FROZEN = """
import datetime, json, sys
import osvi

class Frozen(datetime.datetime):
    pass

real, datetime.datetime = datetime.datetime, Frozen  # as freezegun does it
record = json.loads(sys.argv[1])
session = osvi.ChatSession.from_dict(record, agent_uuid="a")
datetime.datetime = real
print(session.to_dict() == osvi.ChatSession.from_dict(record, agent_uuid="a").to_dict() == record)
"""


def test_a_session_is_read_where_a_test_has_replaced_datetime() -> None:
    command = [sys.executable, "-c", FROZEN, json.dumps(RECORD)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("True\n", "")
