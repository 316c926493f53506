"""What generate.sh makes of a larger spec: 22 operations, sent and read through the runtime, and typed."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from test_generation import Checkout

LARGE = Path(__file__).resolve().parent / "specs" / "large.yaml"
SESSION = {"id": "s", "status": "active", "created_at": "2026-06-04T12:00:00Z"}
AGENT = {
    "id": "a",
    "name": "Ann",
    "kind": "voice",
    "model": "m",
    "type": "standard",
    "temperature": 0.5,
    "voice": {"name": "v", "speed": 1.5, "pitch": None},
    "languages": ["de"],
    "limits": {"calls": 3},
    "priority": 2,
    "created_at": "2026-06-04T12:00:00Z",
    "extra": "x",
}
CALL = {"id": 7, "to": "+49", "from": "+1", "seconds": 1.5, "answered": None, "on": "2026-06-04"}
CAMPAIGN = {"name": "c", "numbers": ["+1"], "schedule": {"starts_on": "2026-06-04", "hours": [[8, 12]]}, "status": None}
MESSAGE = {
    "id": "m",
    "content": {"url": "u", "size": 1},
    "author": {"operator": "o"},
    "scores": [1, None],
    "payload": 0,
}
FLOW = {
    "name": "n",
    "parent": {"name": "p"},
    "next": [{"name": "q"}],
    "edges": [{"condition": "c", "to": {"name": "r"}}],
}

# The function, its arguments; the request: method, URL and body; the answer: its status and its value in the envelope,
# or the whole body where there is none.
CALLS: list[tuple[str, dict[str, Any], str, Any, int, Any]] = [
    (
        "get_v1_chat_session_active",
        {"customer_id": "+1", "agent_uuid": "a"},
        "GET /v1/chat/session/active?customer_id=%2B1&agent_uuid=a",
        None,
        200,
        {"success": True, "data": SESSION},
    ),
    (
        "get_v1_agents",
        {"limit": 5, "include_archived": False, "tag": ["a", "b"], "kind": "voice"},
        "GET /v1/agents?limit=5&include_archived=false&tag=a&tag=b&kind=voice",
        None,
        200,
        {"success": True, "data": [AGENT]},
    ),
    (
        "post_v1_agents",
        {"name": "Ann", "kind": "chat", "temperature": 0.5, "voice": {"name": "v"}, "settings": {"a": None}},
        "POST /v1/agents",
        {"name": "Ann", "kind": "chat", "temperature": 0.5, "voice": {"name": "v"}, "settings": {"a": None}},
        201,
        {"success": True, "data": AGENT},
    ),
    (
        "get_v1_agents_agent_id",
        {"agent_id": "a/b"},
        "GET /v1/agents/a%2Fb",
        None,
        200,
        {"success": True, "data": AGENT},
    ),
    (
        "put_v1_agents_agent_id",
        {"agent_id": "a", "name": "Ann", "kind": "both", "extra": "x", "type_": "standard"},
        "PUT /v1/agents/a",
        {"name": "Ann", "kind": "both", "extra": "x", "type": "standard"},
        200,
        {"success": True, "data": AGENT},
    ),
    (
        "patch_v1_agents_agent_id",
        {"agent_id": "a", "name": "B"},
        "PATCH /v1/agents/a",
        {"name": "B"},
        200,
        {"success": True, "data": AGENT},
    ),
    ("delete_v1_agents_agent_id", {"agent_id": "a"}, "DELETE /v1/agents/a", None, 204, None),
    ("get_v1_agents_agent_id_flow", {"agent_id": "a"}, "GET /v1/agents/a/flow", None, 200, FLOW),
    (
        "post_v1_chat_session",
        {"customer_id": "+1", "agent_uuid": "a", "idempotency_key": "k", "context": ["c"]},
        "POST /v1/chat/session",
        {"customer_id": "+1", "agent_uuid": "a", "context": ["c"]},
        201,
        {"success": True, "data": SESSION},
    ),
    ("get_v1_chat_session_id", {"id": "s"}, "GET /v1/chat/session/s", None, 200, {"success": True, "data": SESSION}),
    ("delete_v1_chat_session_id", {"id": "s", "reason": "r"}, "DELETE /v1/chat/session/s?reason=r", None, 202, None),
    (
        "post_v1_chat_session_id_support",
        {"id": "s", "operator": "o"},
        "POST /v1/chat/session/s/support",
        {"operator": "o"},
        200,
        {"success": True, "data": SESSION},
    ),
    (
        "delete_v1_chat_session_id_support",
        {"id": "s"},
        "DELETE /v1/chat/session/s/support",
        None,
        200,
        {"success": True, "data": SESSION},
    ),
    (
        "post_v1_chat_session_id_inject_context",
        {"id": "s", "body": ["c"]},
        "POST /v1/chat/session/s/inject-context",
        ["c"],
        202,
        {"success": True, "message": "m"},
    ),
    (
        "get_v1_chat_session_id_messages",
        {"id": "s", "cursor": "c"},
        "GET /v1/chat/session/s/messages?cursor=c",
        None,
        200,
        {"success": True, "data": [MESSAGE]},
    ),
    (
        "post_v1_chat_session_id_messages",
        {"id": "s", "content": "hello"},
        "POST /v1/chat/session/s/messages",
        {"content": "hello"},
        201,
        MESSAGE,
    ),
    (
        "get_v1_calls",
        {"status": ["ended", "new"]},
        "GET /v1/calls?status=ended&status=new",
        None,
        200,
        {"success": True, "data": {"7": CALL}},
    ),
    (
        "post_v1_calls",
        {"to": "+1", "from_": "+2", "agent": 3},
        "POST /v1/calls",
        {"to": "+1", "from": "+2", "agent": 3},
        200,
        CALL,
    ),
    ("post_v1_calls", {"to": "+1"}, "POST /v1/calls", {"to": "+1"}, 202, {"queued": True, "position": 1}),
    ("get_v1_calls_call_id", {"call_id": 7}, "GET /v1/calls/7", None, 203, CALL),
    ("get_v1_campaigns", {}, "GET /v1/campaigns", None, 200, [CAMPAIGN]),
    (
        "post_v1_campaigns",
        {"name": "c", "numbers": []},
        "POST /v1/campaigns",
        {"name": "c", "numbers": []},
        201,
        {"success": True, "data": CAMPAIGN},
    ),
    ("post_v1_campaigns_id_stop", {"id": "c"}, "POST /v1/campaigns/c/stop", None, 204, None),
]

SEND = """
import json, sys
from osvi_openapi import operations
from osvi_openapi.runtime import NO_BODY, to_json

results = {"operations": operations.__all__, "calls": []}
for name, arguments, *_, status, answer in json.loads(sys.argv[1]):
    operation = getattr(operations, name)(**arguments)
    drift = []
    assert operation.accepts(status)
    value = operation.read(status, NO_BODY if answer is None else answer, drift)
    content = json.loads(operation.content) if operation.content else None
    sent = [operation.method + " " + operation.url, content, dict(operation.headers)]
    results["calls"].append([sent, to_json(value), drift])
print(json.dumps(results))
"""

TYPES = """
from typing import TypeVar, assert_type
from osvi_openapi import models, operations
from osvi_openapi.runtime import Operation


T = TypeVar("T")


def sent(operation: Operation[T]) -> T:
    return operation.read(200, None, [])


assert_type(sent(operations.get_v1_chat_session_active(customer_id="")), models.ActiveSessionResponseData)
assert_type(sent(operations.get_v1_agents()), tuple[models.Agent, ...])
assert_type(sent(operations.get_v1_agents().whole), models.GetV1AgentsResponse200)
assert_type(sent(operations.delete_v1_agents_agent_id(agent_id="")), None)
assert_type(sent(operations.post_v1_calls(to="")), models.Call | models.PostV1CallsResponse202)
assert_type(sent(operations.get_v1_campaigns())[0].status, models.CampaignStatus | None)
operations.post_v1_agents(name="", kind="voice", voice=models.Voice(name="v"))
operations.post_v1_agents(name="")  # type: ignore[call-arg]
operations.get_v1_agents(limit="5")  # type: ignore[arg-type]
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    checkout = Checkout(tmp_path_factory.mktemp("large"), LARGE)
    checkout.make()
    return checkout.generated


def test_every_operation_is_sent_and_its_answer_read_without_loss(package: Path) -> None:
    command = [sys.executable, "-B", "-c", SEND, json.dumps(CALLS)]
    run = subprocess.run(
        command, check=False, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": os.fspath(package)}
    )
    assert run.returncode == 0, run.stderr
    results = json.loads(run.stdout)

    assert sorted({name for name, *_ in CALLS}) == results["operations"]
    for (name, arguments, request, body, _, answer), (sent, value, drift) in zip(CALLS, results["calls"], strict=True):
        assert sent[:2] == [request, body], name
        expected = answer["data"] if isinstance(answer, dict) and "data" in answer else answer
        assert without_nulls(value) == without_nulls(expected), name
        assert drift == [], name
        headers = {"Content-Type": "application/json"} if body is not None else {}
        assert sent[2] == headers | ({"Idempotency-Key": "k"} if "idempotency_key" in arguments else {}), name


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_nulls(one) for name, one in value.items() if one is not None}
    return [without_nulls(one) for one in value] if isinstance(value, list) else value


def test_the_package_is_typed_to_the_last_value(package: Path, tmp_path: Path) -> None:
    (tmp_path / "uses.py").write_text(TYPES)
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--python-version=3.12",
        "--config-file=",
        "--cache-dir",
        tmp_path / "cache",
    ]
    run = subprocess.run(
        [*command, package / "osvi_openapi", tmp_path / "uses.py"],
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=os.environ | {"MYPYPATH": os.fspath(package)},
    )
    assert run.returncode == 0, run.stdout


def test_a_deprecated_operation_and_parameter_say_so(package: Path) -> None:
    text = (package / "osvi_openapi" / "operations" / "delete_v1_chat_session_id.py").read_text()
    assert "    Deprecated.\n" in text
    assert "        reason: Deprecated." in text


def test_a_body_is_not_repeated_where_a_property_is_read_only(package: Path) -> None:
    text = (package / "osvi_openapi" / "operations" / "put_v1_agents_agent_id.py").read_text()
    assert '"id"' not in text
