"""The code that is generated from a larger spec: its 22 operations are sent and read."""

import json
from typing import Any

import pytest
from repository import ROOT, Checkout
from ruamel.yaml import YAML
from support import present

SPECS = ROOT / "tests" / "specs"
CALLS: list[dict[str, Any]] = YAML(typ="safe", pure=True).load(SPECS / "large_calls.yaml")["calls"]

SEND = """
import json, sys
from osvi_openapi import operations
from osvi_runtime import NO_BODY, Drift, to_json

results = {"operations": operations.__all__, "calls": []}
for call in json.loads(sys.argv[1]):
    operation = getattr(operations, call["call"])(**call["with"])
    drift = Drift()
    value = operation.read(operation.reader(call["status"]), call.get("answer", NO_BODY), drift)
    content = json.loads(operation.content) if operation.content else None
    sent = [operation.method + " " + operation.url, content, dict(operation.headers)]
    results["calls"].append([*sent, to_json(value), drift.texts()])
print(json.dumps(results))
"""

ANNOTATIONS = """
import typing
from osvi_openapi import models, operations
for name in models.__all__:
    cls = getattr(models, name)
    typing.get_type_hints(cls)
    if not issubclass(cls, str):
        typing.get_type_hints(cls.__init__)
for name in operations.__all__:
    typing.get_type_hints(getattr(operations, name))
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    checkout = Checkout(tmp_path_factory.mktemp("large") / "checkout", SPECS / "large.yaml")
    checkout.make()
    return checkout


def test_every_operation_is_sent_and_its_answer_read_without_loss(checkout: Checkout) -> None:
    results = json.loads(checkout.output("-c", SEND, json.dumps(CALLS)))

    assert sorted({call["call"] for call in CALLS}) == results["operations"]
    for call, (request, body, headers, value, drift) in zip(CALLS, results["calls"], strict=True):
        answer = call.get("answer")
        assert (request, body) == (call["sent"], call.get("body"))
        assert present(value) == present(answer["data"] if isinstance(answer, dict) and "data" in answer else answer)
        assert not drift, request
        content_type = {"Content-Type": "application/json"} if "body" in call else {}
        assert headers == content_type | call.get("headers", {}), request


def test_the_docstring_names_what_only_the_whole_body_has(checkout: Checkout) -> None:
    script = "from osvi_openapi import operations\nprint(operations.{}.__doc__)"
    assert "That of `.whole` is the whole body, with `meta`." in checkout.output("-c", script.format("get_v1_agents"))
    assert "whole" not in checkout.output("-c", script.format("get_v1_calls"))


def test_the_annotations_of_the_package_can_be_evaluated(checkout: Checkout) -> None:
    checkout.output("-c", ANNOTATIONS)


def test_a_deprecated_operation_and_parameter_say_so(checkout: Checkout) -> None:
    text = (checkout.package / "operations" / "_delete_v1_chat_session_id.py").read_text()
    assert "    Deprecated.\n" in text
    assert "        reason: Deprecated." in text


def test_a_body_has_no_argument_for_a_property_that_is_read_only(checkout: Checkout) -> None:
    text = (checkout.package / "operations" / "_put_v1_agents_agent_id.py").read_text()
    assert '"id"' not in text
