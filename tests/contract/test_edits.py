"""The checks, checked: each of many edits of the spec gives the finding that it should, or none.

The edits are made to ``base.yaml``, the vendor's document as it was when they were written, and compared with what the
wrapper was then: so a change of ``openapi.yaml`` turns red what it breaks, and not this.
"""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import checks
import pytest
from exceptions import NOT_SERVED
from facts import VALUES, Facts, Fields, Parameter, Served
from spec import load

Edit = Callable[[dict[str, Any]], object]

SPEC = load(Path(__file__).with_name("base.yaml"))
PATH = "/v1/chat/session/active"
SESSION = Fields(
    {
        "id": "string",
        "chat_agent_id": "integer",
        "account_id": "integer",
        "customer_id": "string",
        "mode": "enum of strings",
        "help_requested": "boolean",
        "status": "enum of strings",
        "current_state": "string or null",
        "metadata": "object",
        "active_human": "string or null",
        "created_at": "date-time",
        "updated_at": "date-time",
    },
    values={"mode": VALUES["SessionMode"], "status": VALUES["SessionStatus"]},
    nested={
        "metadata": Fields({"input_fields": "object", "state_fields": "object", "context": "array of string"}),
    },
)
FACTS = Facts(
    operations={
        f"GET {PATH}": Served(
            {"agent_uuid": Parameter("string", always=False), "customer_id": Parameter("string", always=True)},
            ("a map of records", "a record"),
            SESSION,
            {400: frozenset(), 401: frozenset(), 404: frozenset({"session_not_found"})},
        )
    },
    server="https://api.osvi.ai",
    header="API-Token",
    token_length=16,
    envelope={"success": "boolean", "data": "data"},
    error={"success": "boolean", "error": "string"},
)
OPERATION = f"paths.{PATH}.get"
RECORD = "components.schemas.ChatV1Session"


def operation(spec: Any) -> Any:
    return spec["paths"][PATH]["get"]


def responses(spec: Any) -> Any:
    return operation(spec)["responses"]


def answer(spec: Any) -> Any:
    return responses(spec)["200"]["content"]["application/json"]["schema"]


def one_of(spec: Any) -> Any:
    return answer(spec)["properties"]["data"]["oneOf"]


def record(spec: Any) -> Any:
    return spec["components"]["schemas"]["ChatV1Session"]["properties"]


def buckets(spec: Any) -> Any:
    return record(spec)["metadata"]["properties"]


def error(spec: Any) -> Any:
    return spec["components"]["schemas"]["ChatV1Error"]["properties"]


def scheme(spec: Any) -> Any:
    return spec["components"]["securitySchemes"]["ApiToken"]


def parameter(spec: Any, name: str) -> Any:
    return next(one for one in operation(spec)["parameters"] if one["name"] == name)


def rename(holder: Any, old: str, new: str) -> object:
    holder[new] = holder.pop(old)
    return holder


# For a run of edits that differ in a name.


def without_status(status: str) -> Edit:
    return lambda spec: responses(spec).pop(status)


def renamed(name: str) -> Edit:
    return lambda spec: rename(record(spec), name, f"{name}_2")


def without(name: str) -> Edit:
    return lambda spec: record(spec).pop(name)


def retyped(name: str) -> Edit:
    return lambda spec: record(spec).update({name: {"type": "array", "items": {"type": "number"}}})


def everywhere(node: Any, key: str, change: Callable[[Any], Any]) -> None:
    """Change the value of a key wherever it stands with a plain value."""
    if isinstance(node, dict):
        if isinstance(node.get(key), str | int | bool | list):
            node[key] = change(node[key])
        for value in node.values():
            everywhere(value, key, change)
    elif isinstance(node, list):
        for value in node:
            everywhere(value, key, change)


def drop_everywhere(node: Any, key: str) -> None:
    if isinstance(node, dict):
        node.pop(key, None)
        for value in node.values():
            drop_everywhere(value, key)
    elif isinstance(node, list):
        for value in node:
            drop_everywhere(value, key)


BREAKING: dict[str, tuple[Edit, str]] = {
    # the request
    "the path is renamed": (
        lambda s: rename(s["paths"], PATH, "/v2/chat/session/active"),
        f"paths (GET {PATH})",
    ),
    "the path is gone": (lambda s: s["paths"].clear(), f"paths (GET {PATH})"),
    "the method is another": (lambda s: rename(s["paths"][PATH], "get", "post"), f"paths (GET {PATH})"),
    "an operation is new": (
        lambda s: s["paths"].update({"/v1/agents": {"get": {"responses": {}}}}),
        "paths./v1/agents.get",
    ),
    "a method is new": (lambda s: s["paths"][PATH].update(delete={"responses": {}}), f"paths.{PATH}.delete"),
    "the parameter customer_id is renamed": (
        lambda s: parameter(s, "customer_id").update(name="customer"),
        f"{OPERATION}.parameters.customer_id",
    ),
    "the parameter agent_uuid is renamed": (
        lambda s: parameter(s, "agent_uuid").update(name="agent_id"),
        f"{OPERATION}.parameters.agent_uuid",
    ),
    "agent_uuid is gone": (
        lambda s: operation(s)["parameters"].pop(),
        f"{OPERATION}.parameters.agent_uuid",
    ),
    "agent_uuid becomes required": (
        lambda s: parameter(s, "agent_uuid").update(required=True),
        f"{OPERATION}.parameters.agent_uuid.required",
    ),
    "agent_uuid moves to a header": (
        lambda s: parameter(s, "agent_uuid").update({"in": "header"}),
        f"{OPERATION}.parameters.agent_uuid",
    ),
    "customer_id becomes an integer": (
        lambda s: parameter(s, "customer_id").update(schema={"type": "integer"}),
        f"{OPERATION}.parameters.customer_id.schema",
    ),
    "agent_uuid becomes a list": (
        lambda s: parameter(s, "agent_uuid").update(schema={"type": "array", "items": {"type": "string"}}),
        f"{OPERATION}.parameters.agent_uuid.schema",
    ),
    "agent_uuid loses its schema": (
        lambda s: parameter(s, "agent_uuid").pop("schema"),
        f"{OPERATION}.parameters.agent_uuid.schema",
    ),
    "a parameter is new": (
        lambda s: operation(s)["parameters"].append({"name": "page", "in": "query", "schema": {"type": "integer"}}),
        f"{OPERATION}.parameters.page",
    ),
    "a parameter is new for the whole path": (
        lambda s: s["paths"][PATH].update(
            parameters=[{"name": "X-Account", "in": "header", "required": True, "schema": {"type": "string"}}]
        ),
        f"{OPERATION}.parameters.X-Account",
    ),
    "a body is sent": (lambda s: operation(s).update(requestBody={"content": {}}), f"{OPERATION}.requestBody"),
    # the security and the server
    "the header is renamed": (lambda s: scheme(s).update(name="X-API-Token"), f"{OPERATION} security"),
    "the token moves to the query": (lambda s: scheme(s).update({"in": "query"}), f"{OPERATION} security"),
    "the token becomes a bearer token": (
        lambda s: s["components"]["securitySchemes"].update(ApiToken={"type": "http", "scheme": "bearer"}),
        f"{OPERATION} security",
    ),
    "the scheme is gone": (lambda s: s["components"]["securitySchemes"].clear(), f"{OPERATION} security"),
    "no security is needed": (lambda s: s.pop("security"), f"{OPERATION} security"),
    "the operation needs none": (lambda s: operation(s).update(security=[]), f"{OPERATION} security"),
    "a second secret is needed": (
        lambda s: (
            s["components"]["securitySchemes"].update(Key={"type": "apiKey", "in": "header", "name": "X-Key"}),
            s.update(security=[{"ApiToken": [], "Key": []}]),
        ),
        f"{OPERATION} security",
    ),
    "the token has another length": (
        lambda s: scheme(s).update(description="32-character API token"),
        "components.securitySchemes.ApiToken.description",
    ),
    "the token is shorter": (
        lambda s: scheme(s).update(description="8-character API token"),
        "components.securitySchemes.ApiToken.description",
    ),
    "the server is another": (lambda s: s.update(servers=[{"url": "https://api.osvi.com"}]), "servers"),
    "there is no server": (lambda s: s.pop("servers"), "servers"),
    "the operation has a server of its own": (
        lambda s: operation(s).update(servers=[{"url": "https://chat.osvi.ai"}]),
        "servers",
    ),
    # the statuses and the errors
    **{
        f"the status {status} is gone": (
            without_status(status),
            f"{OPERATION}.responses.{status}",
        )
        for status in ("200", "400", "401", "404")
    },
    "200 becomes 201": (lambda s: rename(responses(s), "200", "201"), f"{OPERATION}.responses.200"),
    "a second success is new": (
        lambda s: responses(s).update({"204": {"description": "None"}}),
        f"{OPERATION}.responses.204",
    ),
    "the code of the 404 is another": (
        lambda s: responses(s)["404"].update(description="None (`no_active_session`)."),
        f"{OPERATION}.responses.404.description",
    ),
    "the 404 has a second code": (
        lambda s: responses(s)["404"].update(description="None (`session_not_found`) or unknown (`agent_not_found`)."),
        f"{OPERATION}.responses.404.description",
    ),
    "a new error has another shape": (
        lambda s: responses(s).update(
            {
                "409": {
                    "description": "Conflict",
                    "content": {"application/json": {"schema": {"properties": {"reason": {"type": "string"}}}}},
                }
            }
        ),
        f"{OPERATION}.responses.409",
    ),
    "an error has no JSON": (lambda s: responses(s)["401"].pop("content"), f"{OPERATION}.responses.401"),
    "error is renamed": (lambda s: rename(error(s), "error", "code"), "components.schemas.ChatV1Error.error"),
    "error becomes an object": (
        lambda s: error(s).update(error={"type": "object"}),
        "components.schemas.ChatV1Error.error",
    ),
    "success of an error is gone": (
        lambda s: error(s).pop("success"),
        "components.schemas.ChatV1Error.success",
    ),
    "an error has a new property": (
        lambda s: error(s).update(details={"type": "string"}),
        "components.schemas.ChatV1Error.details",
    ),
    # the envelope and its branches
    "data is renamed": (
        lambda s: rename(answer(s)["properties"], "data", "result"),
        f"{OPERATION}.responses.200.data",
    ),
    "success is renamed": (
        lambda s: rename(answer(s)["properties"], "success", "ok"),
        f"{OPERATION}.responses.200.success",
    ),
    "success becomes a string": (
        lambda s: answer(s)["properties"].update(success={"type": "string"}),
        f"{OPERATION}.responses.200.success",
    ),
    "the envelope has a new property": (
        lambda s: answer(s)["properties"].update(next={"type": "string"}),
        f"{OPERATION}.responses.200.next",
    ),
    "the envelope is gone": (
        lambda s: responses(s)["200"]["content"]["application/json"].update(
            schema={"$ref": "#/components/schemas/ChatV1Session"}
        ),
        f"{OPERATION}.responses.200.data",
    ),
    "the answer is no JSON": (
        lambda s: rename(responses(s)["200"]["content"], "application/json", "text/csv"),
        f"{OPERATION}.responses.200",
    ),
    "a third branch": (
        lambda s: one_of(s).append({"type": "array", "items": {"type": "string"}}),
        f"{OPERATION}.responses.200.data",
    ),
    "the map becomes a list": (
        lambda s: one_of(s).__setitem__(1, {"type": "array", "items": {"$ref": "#/components/schemas/ChatV1Session"}}),
        f"{OPERATION}.responses.200.data",
    ),
    "the map is gone": (lambda s: one_of(s).pop(), f"{OPERATION}.responses.200.data"),
    "the single session is gone": (lambda s: one_of(s).pop(0), f"{OPERATION}.responses.200.data"),
    "the map holds strings": (
        lambda s: one_of(s)[1].update(additionalProperties={"type": "string"}),
        f"{OPERATION}.responses.200.data",
    ),
    "the map holds another kind of session": (
        lambda s: one_of(s)[1].update(additionalProperties={"type": "object", "properties": {"id": {}}}),
        f"{OPERATION}.responses.200.data",
    ),
    "data is no choice any more": (
        lambda s: answer(s)["properties"].update(data={"$ref": "#/components/schemas/ChatV1Session"}),
        f"{OPERATION}.responses.200.data",
    ),
    # the session
    **{f"{name} is renamed": (renamed(name), f"{RECORD}.{name}") for name in SESSION.kinds},
    **{f"{name} is gone": (without(name), f"{RECORD}.{name}") for name in SESSION.kinds},
    **{
        f"{name} becomes a list of numbers": (
            retyped(name),
            f"{name}",
        )
        for name in SESSION.kinds
    },
    "a property is new": (lambda s: record(s).update(priority={"type": "integer"}), f"{RECORD}.priority"),
    "an id becomes a string": (lambda s: record(s)["account_id"].update(type="string"), f"{RECORD}.account_id"),
    "an id becomes a number": (lambda s: record(s)["chat_agent_id"].update(type="number"), f"{RECORD}.chat_agent_id"),
    "a timestamp becomes a string": (lambda s: record(s)["created_at"].pop("format"), f"{RECORD}.created_at"),
    "a timestamp becomes a date": (lambda s: record(s)["updated_at"].update(format="date"), f"{RECORD}.updated_at"),
    "an enum becomes a string": (lambda s: record(s)["mode"].pop("enum"), f"{RECORD}.mode"),
    "a string becomes an enum": (lambda s: record(s)["current_state"].update(enum=["a"]), f"{RECORD}.current_state"),
    "an enum loses a value": (lambda s: record(s)["mode"].update(enum=["ai"]), f"{RECORD}.mode.enum"),
    "an enum renames a value": (lambda s: record(s)["status"].update(enum=["open", "closed"]), f"{RECORD}.status.enum"),
    "a property may be null": (lambda s: record(s)["id"].update(nullable=True), f"{RECORD}.id"),
    "an integer may be null": (
        lambda s: record(s)["account_id"].update(type=["integer", "null"]),
        f"{RECORD}.account_id",
    ),
    "a property may be null no more": (lambda s: record(s)["active_human"].pop("nullable"), f"{RECORD}.active_human"),
    "a property has no type": (lambda s: record(s)["help_requested"].pop("type"), f"{RECORD}.help_requested"),
    "metadata has no buckets": (lambda s: record(s)["metadata"].pop("properties"), "metadata"),
    "a bucket is renamed": (lambda s: rename(buckets(s), "context", "notes"), f"{RECORD}.metadata.context"),
    "a bucket is gone": (lambda s: buckets(s).pop("state_fields"), f"{RECORD}.metadata.state_fields"),
    "a bucket is new": (lambda s: buckets(s).update(tags={"type": "object"}), f"{RECORD}.metadata.tags"),
    "a bucket becomes a list": (
        lambda s: buckets(s).update(input_fields={"type": "array", "items": {}}),
        f"{RECORD}.metadata.input_fields",
    ),
    "the context holds objects": (
        lambda s: buckets(s)["context"].update(items={"type": "object"}),
        f"{RECORD}.metadata.context",
    ),
}

HARMLESS: dict[str, Edit] = {
    "nothing": lambda _: None,
    "every description is other words": lambda s: everywhere(s, "description", lambda _: "Other words."),
    "every description is gone": lambda s: drop_everywhere(s, "description"),
    "every example is gone": lambda s: drop_everywhere(s, "example"),
    "the summary is other words": lambda s: operation(s).update(summary="Look up"),
    "the document is renamed": lambda s: s["info"].update(title="OSVI", version="1.1.0"),
    "the operation has an id, tags and is deprecated": lambda s: operation(s).update(
        operationId="activeSession", tags=["chat"], deprecated=True
    ),
    "the properties stand in another order": lambda s: s["components"]["schemas"]["ChatV1Session"].update(
        properties=dict(reversed(record(s).items()))
    ),
    "the branches stand in another order": lambda s: one_of(s).reverse(),
    "the parameters stand in another order": lambda s: operation(s)["parameters"].reverse(),
    "the statuses stand in another order": lambda s: operation(s).update(
        responses=dict(reversed(responses(s).items()))
    ),
    "an enum has a new value": lambda s: record(s)["mode"]["enum"].append("robot"),
    "an enum stands in another order": lambda s: record(s)["status"]["enum"].reverse(),
    "some properties become required": lambda s: s["components"]["schemas"]["ChatV1Session"].update(
        required=["id", "mode", "metadata"]
    ),
    "the envelope becomes required": lambda s: answer(s).update(required=["success", "data"]),
    "an error status is new": lambda s: responses(s).update({"429": responses(s)["401"]}),
    "all other errors are documented": lambda s: responses(s).update(default=responses(s)["401"]),
    "a class of errors is documented": lambda s: responses(s).update({"5XX": responses(s)["401"]}),
    "a second server": lambda s: s["servers"].insert(0, {"url": "https://eu.osvi.ai"}),
    "the server ends in a slash": lambda s: s.update(servers=[{"url": "https://api.osvi.ai/"}]),
    "strings have limits": lambda s: (
        parameter(s, "customer_id")["schema"].update(minLength=1, maxLength=64, pattern="^.+$"),
        record(s)["id"].update(format="uuid", minLength=36),
        record(s)["active_human"].update(format="email"),
    ),
    "integers have limits": lambda s: record(s)["account_id"].update(minimum=1, format="int64"),
    "the document is one of OpenAPI 3.0": lambda s: s.update(openapi="3.0.3"),
    "the parameters are those of the whole path": lambda s: s["paths"][PATH].update(
        parameters=operation(s).pop("parameters")
    ),
    "the answer is a component": lambda s: (
        s["components"]["schemas"].update(Answer=answer(s)),
        responses(s)["200"]["content"]["application/json"].update(schema={"$ref": "#/components/schemas/Answer"}),
    ),
    "the 200 is a component": lambda s: (
        s["components"].update(responses={"Active": responses(s)["200"]}),
        responses(s).update({"200": {"$ref": "#/components/responses/Active"}}),
    ),
    "the example of a parameter stands beside its schema": lambda s: parameter(s, "customer_id").update(
        example="+15553334444", schema={"type": "string"}
    ),
    "the choice is a component": lambda s: (
        s["components"]["schemas"].update(Data=answer(s)["properties"]["data"]),
        answer(s)["properties"].update(data={"$ref": "#/components/schemas/Data"}),
    ),
    "a session is closed to other properties": lambda s: s["components"]["schemas"]["ChatV1Session"].update(
        additionalProperties=False
    ),
    "a session is open to other properties": lambda s: s["components"]["schemas"]["ChatV1Session"].update(
        additionalProperties=True
    ),
    "properties are read-only, deprecated, extended": lambda s: (
        record(s)["id"].update(readOnly=True),
        record(s)["chat_agent_id"].update({"deprecated": True, "x-internal": True}),
    ),
    "a property has a default": lambda s: record(s)["help_requested"].update(default=False),
    "an enum has a default": lambda s: record(s)["mode"].update(default="ai"),
    "the document says more of itself": lambda s: s.update(
        tags=[{"name": "chat"}], externalDocs={"url": "https://docs.osvi.ai"}, **{"x-generated": "today"}
    ),
    "the answer has an example": lambda s: responses(s)["200"]["content"]["application/json"].update(
        example={"success": True, "data": {}}
    ),
    "the answer has headers": lambda s: responses(s)["200"].update(
        headers={"X-Request-Id": {"schema": {"type": "string"}}}
    ),
    "integers are listed": lambda s: record(s)["account_id"].update(enum=[7, 8]),
    "an object has no type but properties": lambda s: record(s)["metadata"].pop("type"),
    "the choice is any of its branches": lambda s: rename(answer(s)["properties"]["data"], "oneOf", "anyOf"),
    "the session of the map is written out": lambda s: one_of(s)[1].update(
        additionalProperties=copy.deepcopy(s["components"]["schemas"]["ChatV1Session"])
    ),
    "the session is put together": lambda s: s["components"]["schemas"].update(
        ChatV1Session={
            "allOf": [
                {"type": "object", "properties": dict(list(record(s).items())[:5])},
                {"type": "object", "properties": dict(list(record(s).items())[5:])},
            ],
            "description": "One session.",
        }
    ),
    "customer_id becomes optional": lambda s: parameter(s, "customer_id").update(required=False),
    "null is spelt as a type": lambda s: (
        record(s).update(current_state={"type": ["string", "null"]}),
        record(s).update(active_human={"anyOf": [{"type": "string"}, {"type": "null"}]}),
    ),
    "metadata is a component": lambda s: (
        s["components"]["schemas"].update(Metadata=record(s)["metadata"]),
        record(s).update(metadata={"$ref": "#/components/schemas/Metadata"}),
    ),
    "metadata refers to a component and adds to it": lambda s: (
        s["components"]["schemas"].update(Metadata=record(s)["metadata"]),
        record(s).update(metadata={"allOf": [{"$ref": "#/components/schemas/Metadata"}], "description": "Data."}),
    ),
    "an error response is a component": lambda s: (
        s["components"].update(responses={"Unauthorized": responses(s)["401"]}),
        responses(s).update({"401": {"$ref": "#/components/responses/Unauthorized"}}),
    ),
    "a parameter is a component": lambda s: (
        s["components"].update(parameters={"Agent": parameter(s, "agent_uuid")}),
        operation(s).update(parameters=[parameter(s, "customer_id"), {"$ref": "#/components/parameters/Agent"}]),
    ),
    "the session is renamed": lambda s: (
        rename(s["components"]["schemas"], "ChatV1Session", "Session"),
        one_of(s).__setitem__(0, {"$ref": "#/components/schemas/Session"}),
        one_of(s)[1].update(additionalProperties={"$ref": "#/components/schemas/Session"}),
    ),
    "the scheme is renamed": lambda s: (
        rename(s["components"]["securitySchemes"], "ApiToken", "Token"),
        s.update(security=[{"Token": []}]),
    ),
    "the header is written in lower case": lambda s: scheme(s).update(name="api-token"),
    "another way to log in": lambda s: (
        s["components"]["securitySchemes"].update(OAuth={"type": "oauth2", "flows": {}}),
        s["security"].append({"OAuth": []}),
    ),
    "a schema that nothing uses": lambda s: s["components"]["schemas"].update(Unused={"type": "object"}),
}


def found_after(edit: Edit) -> list[checks.Finding]:
    spec = copy.deepcopy(SPEC)
    edit(spec)
    return [one for check in checks.CHECKS for one in checks.findings(spec, FACTS, check)]


@pytest.mark.parametrize("name", BREAKING)
def test_a_breaking_edit_is_found_by_its_place(name: str) -> None:
    edit, place = BREAKING[name]
    found = found_after(edit)

    assert any(place in one.place for one in found), [one.place for one in found]
    for one in found:
        assert all((one.place, one.expected, one.found, one.file)), one
        assert str(one).startswith(f"openapi.yaml {one.place}: expected ")


@pytest.mark.parametrize("name", HARMLESS)
def test_a_harmless_edit_is_not_found(name: str) -> None:
    assert found_after(HARMLESS[name]) == []


def test_only_the_operations_that_are_new_are_found() -> None:
    def edit(spec: dict[str, Any]) -> None:
        for number in range(20):
            spec["paths"][f"/v1/thing/{number}"] = {
                "post": {
                    "parameters": [{"name": "x", "in": "header", "schema": {"type": "array"}}],
                    "responses": {"201": {"description": "made"}},
                }
            }

    assert sorted(one.place for one in found_after(edit)) == sorted(f"paths./v1/thing/{n}.post" for n in range(20))


# A second operation, of other kinds: a path parameter, a body, a list of records.
NOTES = "paths./v1/agents/{agentUuid}/notes.put"
NOTE = Fields({"text": "string", "author": "object"}, nested={"author": Fields({"name": "string"}, file="authors.py")})
BOTH = attrs.evolve(
    FACTS,
    operations={
        **FACTS.operations,
        "PUT /v1/agents/{agentUuid}/notes": Served(
            {
                "agent_uuid": Parameter("string", always=True),
                "limit": Parameter("integer", always=False),
                "body": Parameter("object", always=True),
            },
            ("a list of records",),
            NOTE,
            {404: frozenset({"agent_not_found"})},
        ),
    },
)


def with_notes(edit: Callable[[Any, Any], object]) -> list[str]:
    """Return the places of what is found in a spec with both operations, after an edit of the second and its record."""
    spec = copy.deepcopy(SPEC)
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/ChatV1Error"}}}
    note = {
        "type": "object",
        "properties": {
            "text": {"type": "string"},
            "author": {"type": "object", "properties": {"name": {"type": "string"}}},
        },
    }
    data = {"type": "array", "items": {"$ref": "#/components/schemas/Note"}}
    envelope = {"type": "object", "properties": {"success": {"type": "boolean"}, "data": data}}
    notes: dict[str, Any] = {
        "parameters": [
            {"name": "agentUuid", "in": "path", "required": True, "schema": {"type": "string"}},
            {"name": "limit", "in": "query", "schema": {"type": "integer"}},
        ],
        "requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}},
        "responses": {
            "200": {"description": "All notes.", "content": {"application/json": {"schema": envelope}}},
            "404": {"description": "Unknown (`agent_not_found`).", "content": error},
        },
    }
    spec["paths"]["/v1/agents/{agentUuid}/notes"] = {"put": notes}
    spec["components"]["schemas"]["Note"] = note
    edit(notes, note["properties"])
    return sorted(one.place for check in checks.CHECKS for one in checks.findings(spec, BOTH, check))


@pytest.mark.parametrize(
    ("edit", "places"),
    [
        (lambda _o, _n: None, []),
        (lambda o, _n: o["parameters"].pop(0), [f"{NOTES}.parameters.agent_uuid"]),
        (lambda o, _n: o["parameters"][1].update(schema={"type": "string"}), [f"{NOTES}.parameters.limit.schema"]),
        (lambda o, _n: o["parameters"][1].update(required=True), [f"{NOTES}.parameters.limit.required"]),
        (lambda o, _n: o["parameters"][1].update({"in": "header"}), [f"{NOTES}.parameters.limit"]),
        (lambda o, _n: o.pop("requestBody"), [f"{NOTES}.parameters.body"]),
        (lambda o, _n: o["responses"]["404"].update(description="`no_agent`"), [f"{NOTES}.responses.404.description"]),
        (lambda o, _n: o["responses"].pop("404"), [f"{NOTES}.responses.404"]),
        (
            lambda o, _n: o["responses"]["200"]["content"]["application/json"]["schema"]["properties"].update(
                data={"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Note"}}
            ),
            [f"{NOTES}.responses.200.data"],
        ),
        (lambda _o, n: n.update(text={"type": "integer"}), ["components.schemas.Note.text"]),
        (lambda _o, n: n["author"]["properties"].pop("name"), ["components.schemas.Note.author.name"]),
        (lambda _o, n: n["author"].pop("properties"), ["components.schemas.Note.author"]),
        (lambda _o, n: n.update(votes={"type": "integer"}), ["components.schemas.Note.votes"]),
    ],
)
def test_each_operation_is_held_to_its_own_facts(edit: Callable[[Any, Any], object], places: list[str]) -> None:
    assert with_notes(edit) == places


def test_everything_that_is_wrong_is_told() -> None:
    def edit(operation: Any, note: Any) -> None:
        operation["parameters"][0].update({"in": "header"})
        operation["parameters"][1].update(schema={"type": "string"})
        operation["responses"] = {"202": {"description": "Later."}, **operation["responses"]}
        note.update(votes={"type": "integer"}, text={"type": "integer"})

    assert with_notes(edit) == [
        "components.schemas.Note.text",
        "components.schemas.Note.votes",
        f"{NOTES}.parameters.agentUuid",
        f"{NOTES}.parameters.limit.schema",
        f"{NOTES}.responses.202",
    ]
    spec = copy.deepcopy(SPEC)
    spec["paths"]["/v2"] = copy.deepcopy(spec["paths"][PATH])
    facts = attrs.evolve(FACTS, operations={**FACTS.operations, "GET /v2": FACTS.operations[f"GET {PATH}"]})
    for path in (PATH, "/v2"):
        schema = spec["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        schema["properties"]["data"]["oneOf"].pop()
    assert len(checks.findings(spec, facts, checks.shapes)) == 2


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("agent_uuid is gone", "a parameter, found customer_id in query"),
        ("agent_uuid becomes required", "an optional parameter, found a required one"),
        ("agent_uuid becomes a list", "string, found array of string"),
        ("a parameter is new", "a parameter that the wrapper sends, found a new one in query"),
        ("a second secret is needed", "found apiKey in header api-token and apiKey in header x-key"),
        ("no security is needed", "apiKey in header api-token, found no security"),
        ("the token has another length", "a token of 16 characters, found one of 32"),
        ("there is no server", "https://api.osvi.ai, found no server"),
        ("the status 404 is gone", "a documented status, found 200, 400, 401"),
        ("the 404 has a second code", "a class for each code, found none for agent_not_found"),
        ("the code of the 404 is another", "the code session_not_found, found no_active_session"),
        ("the map is gone", "a map of records or a record, found a record"),
        ("the map holds another kind of session", "one kind of record, found another, of ['id']"),
        ("an enum loses a value", "the value support, found ai"),
        ("metadata has no buckets", "an object with properties, found object"),
    ],
)
def test_a_finding_says_what_is_there(name: str, told: str) -> None:
    edit, _ = BREAKING[name]

    assert any(told in str(one) for one in found_after(edit)), [str(one) for one in found_after(edit)]


@pytest.mark.parametrize(
    "name",
    [
        "an operation is new",
        "a method is new",
        "a parameter is new",
        "a body is sent",
        "a second success is new",
        "the 404 has a second code",
        "an error has a new property",
        "the envelope has a new property",
        "a property is new",
        "a bucket is new",
    ],
)
def test_what_is_new_can_be_left_out_with_a_reason(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    edit, place = BREAKING[name]
    monkeypatch.setitem(NOT_SERVED, place, "nobody has asked for it")

    assert found_after(edit) == []


def test_a_finding_that_holds_for_two_operations_is_told_once() -> None:
    spec = copy.deepcopy(SPEC)
    error(spec).update(details={"type": "string"})
    spec["paths"]["/v2"] = spec["paths"][PATH]
    facts = attrs.evolve(FACTS, operations={**FACTS.operations, "GET /v2": FACTS.operations[f"GET {PATH}"]})

    assert len([one for check in checks.CHECKS for one in checks.findings(spec, facts, check)]) == 1


def test_an_exception_needs_a_use(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = copy.deepcopy(SPEC)
    spec["paths"]["/v1/agents"] = {"get": {"responses": {}}}
    monkeypatch.setitem(NOT_SERVED, "paths./v1/agents.get", "nobody has asked for it")

    assert checks.findings(spec, FACTS, checks.every_operation_is_served) == []
    assert checks.stale_exceptions(spec, FACTS) == []
    assert checks.stale_exceptions(SPEC, FACTS) == ["paths./v1/agents.get"]


@pytest.mark.parametrize("name", ["there is no server", "the code of the 404 is another", "mode is gone"])
def test_no_exception_excuses_a_broken_contract(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    edit, _ = BREAKING[name]
    for one in found_after(edit):
        monkeypatch.setitem(NOT_SERVED, one.place, "no reason counts")

    assert len(found_after(edit)) == 1
