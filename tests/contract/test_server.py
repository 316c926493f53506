"""The sandbox over its socket, against ``openapi.yaml``: schemathesis asks, and judges the answers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from osvi.testing import Sandbox
from payloads import modern
from reading import alternatives, json_schema, properties, resolve
from schemathesis.checks import not_a_server_error
from schemathesis.openapi.checks import JsonSchemaError
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from spec import load

PATH = "/v1/chat/session/active"
CUSTOMER = Sandbox().customer_id
AGENT = Sandbox().agent_uuid
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance]


def judged() -> Any:
    """Return the spec with what the vendor means and OpenAPI 3.1 does not.

    ``nullable`` is a keyword of 3.0, and a map of sessions satisfies both branches of the ``oneOf``: a session may hold
    anything beside its properties, and needs none of them.
    """
    spec = modern(load(Path(__file__).resolve().parents[2] / "openapi.yaml"))
    responses = spec["paths"][PATH]["get"]["responses"]
    response = resolve(spec, responses["200"])
    there = properties(spec, json_schema(response))
    schema = {
        "type": "object",
        "required": ["success", "data"],
        "properties": {**there, "data": {"anyOf": alternatives(spec, there["data"])}},
    }
    responses["200"] = {**response, "content": {"application/json": {"schema": schema}}}
    del spec["servers"]
    return schemathesis.openapi.from_dict(spec)


OPERATION = judged()[PATH]["GET"]


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    sandbox = Sandbox()
    sandbox.open_session(CUSTOMER, agent_uuid="agent_x", mode="support", current_state="greeting")
    return sandbox


@pytest.fixture(scope="module")
def url(sandbox: Sandbox) -> Iterator[str]:
    with sandbox.serve() as url:
        yield url


@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.generate],
)
@given(
    case=OPERATION.as_strategy(),
    known=st.booleans(),
    agent_uuid=st.sampled_from([None, AGENT, "agent_x", "agent_y"]),
    token=st.sampled_from(["sandbox-token-16", "wrong-token-0000", None]),
)
def test_every_answer_of_the_sandbox_is_one_of_the_spec(
    url: str, case: Any, *, known: bool, agent_uuid: str | None, token: str | None
) -> None:
    if known:
        case.query = {"customer_id": CUSTOMER} | ({"agent_uuid": agent_uuid} if agent_uuid else {})
    headers = {"API-Token": token} if token else {}
    response = case.call(base_url=url, headers=headers)

    case.validate_response(response, checks=CHECKS)
    expected = 401 if token != "sandbox-token-16" else 404 if known and agent_uuid == "agent_y" else None
    assert expected is None or response.status_code == expected


@pytest.mark.parametrize(
    "body",
    [
        {"success": "yes", "data": {}},
        {"success": True, "data": []},
        {"success": True, "data": {"id": 7}},
        {"success": True},
    ],
)
def test_an_answer_that_is_none_of_the_spec_would_be_found(body: dict[str, Any]) -> None:
    sandbox = Sandbox()
    sandbox.fail(body=body)
    with sandbox.serve() as url:
        case = OPERATION.Case(query={"customer_id": CUSTOMER}, headers={"API-Token": sandbox.token})
        with pytest.RaisesGroup(JsonSchemaError):
            case.validate_response(case.call(base_url=url), checks=CHECKS)
