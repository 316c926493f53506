"""The answers of the sandbox to every operation of ``openapi.yaml``, over its socket, validated by schemathesis."""

from collections.abc import Iterator

import pytest
from api import CALLS, LOOKUP, THOROUGH, Call
from hypothesis import given, strategies as st
from osvi.testing import Sandbox
from osvi_openapi.spec import TOKEN_HEADER
from schemathesis.checks import not_a_server_error
from schemathesis.openapi.checks import JsonSchemaError
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CUSTOMER, AGENT = Sandbox().customer_id, Sandbox().agent_uuid
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance]
LOOK = next(call for call in CALLS if call.name == LOOKUP)


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    sandbox = Sandbox()
    sandbox.open_session(CUSTOMER, agent_uuid="agent_x", mode="support", current_state="greeting")
    return sandbox


@pytest.fixture(scope="module")
def url(sandbox: Sandbox) -> Iterator[str]:
    with sandbox.serve() as url:
        yield url


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
@THOROUGH
@given(data=st.data())
def test_every_answer_of_the_sandbox_is_valid_by_the_spec(
    url: str, sandbox: Sandbox, call: Call, data: st.DataObject
) -> None:
    case = data.draw(call.cases)
    response = case.call(base_url=url, headers={TOKEN_HEADER: sandbox.token})

    case.validate_response(response, checks=CHECKS)


@pytest.mark.parametrize(("agent_uuid", "status"), [(None, 200), (AGENT, 200), ("agent_x", 200), ("agent_y", 404)])
def test_the_lookup_answers_with_and_without_an_agent(
    url: str, sandbox: Sandbox, agent_uuid: str | None, status: int
) -> None:
    query = {"customer_id": CUSTOMER} | ({"agent_uuid": agent_uuid} if agent_uuid else {})
    case = LOOK.requests.Case(query=query, headers={TOKEN_HEADER: sandbox.token})
    response = case.call(base_url=url)

    case.validate_response(response, checks=CHECKS)
    assert response.status_code == status


def test_an_answer_that_the_spec_does_not_allow_is_found() -> None:
    sandbox = Sandbox()
    with sandbox.serve() as url:
        query = {"customer_id": CUSTOMER, "agent_uuid": AGENT}
        case = LOOK.requests.Case(query=query, headers={TOKEN_HEADER: sandbox.token})
        answer = case.call(base_url=url)
        case.validate_response(answer, checks=CHECKS)
        sandbox.reply(LOOKUP, body={**answer.json(), "data": {**answer.json()["data"], "id": []}})

        with pytest.raises(BaseExceptionGroup) as caught:
            case.validate_response(case.call(base_url=url), checks=CHECKS)
        # The spec decides how many there are.
        assert {type(found) for found in caught.value.exceptions} == {JsonSchemaError}
