"""The operations of the sandbox: which requests they refuse, and how they answer."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import attrs
import httpx
import osvi
import pytest
from edits import FIRST, LARGE, OURS, with_edits
from normal_forms import document, read
from osvi._sandbox.active_sessions import ActiveSessions
from osvi._sandbox.operations import Spec
from osvi.testing import RecordedRequest, Sandbox
from osvi_runtime import NO_BODY, Drift
from packages import spec_of
from repository import ROOT
from support import HEADER, MOCKED, RECORD, Make

from codegen.document.forms import Forms
from codegen.document.normal import normal
from codegen.package.examples import examples

SPECS = ROOT / "tests" / "specs"
# The sessions are those of today, since that is what the sandbox opens.
SCHEMAS = OURS["components"]["schemas"] | LARGE["components"]["schemas"]
SCHEMAS["ChatV1Session"] = OURS["components"]["schemas"]["ChatV1Session"]
SPEC = spec_of(LARGE | {"components": LARGE["components"] | {"schemas": SCHEMAS}})
ACTIVE = "GET /v1/chat/session/active"
EITHER = [{"$ref": "#/components/schemas/Began"}, {"$ref": "#/components/schemas/Over"}]


# For what depends on the way to the sandbox: bytes, percent-encoding, methods. What it decides is tested in process.
SERVED_TOO = pytest.mark.parametrize("http", ["in process", "served"], indirect=True)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """Give a sandbox of a spec with more operations than the vendor has in one document."""
    monkeypatch.setattr("osvi.testing.packaged_spec", lambda: SPEC)
    return Sandbox()


@pytest.fixture
def http(request: pytest.FixtureRequest, large: Sandbox) -> Iterator[httpx.Client]:
    """Give a client of the sandbox: in process, or over a socket where the mark `SERVED_TOO` asks for that."""
    headers = {HEADER: large.token}
    if getattr(request, "param", "in process") == "in process":
        with httpx.Client(transport=large.transport, base_url="http://sandbox", headers=headers) as client:
            yield client
    else:
        with large.serve() as url, httpx.Client(base_url=url, headers=headers) as client:
            yield client


@pytest.fixture
def sandbox_of(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Sandbox]:
    """Give a function that returns the sandbox of a spec with other paths, and with other components."""

    def sandbox(paths: dict[str, Any], schemas: dict[str, Any] | None = None) -> Sandbox:
        spec = with_edits(FIRST, {})
        spec["paths"] |= paths
        spec["components"]["schemas"] |= schemas or {}
        made = spec_of(spec)
        monkeypatch.setattr("osvi.testing.packaged_spec", lambda: made)
        return Sandbox()

    return sandbox


def said(schema: Any, kind: str = "application/json") -> dict[str, Any]:
    """Return a body or an answer."""
    return {"description": "", "content": {kind: {"schema": schema}}}


AGENT = {"name": "Ada", "kind": "chat"}
CALLS: list[dict[str, Any]] = read((SPECS / "large_calls.yaml").read_text(encoding="utf-8"))["calls"]


@pytest.mark.parametrize("call", CALLS[1:], ids=lambda call: call["sent"])  # the first looks up a session
def test_every_operation_answers_with_its_example_which_the_client_reads_without_drift(
    http: httpx.Client, call: dict[str, Any]
) -> None:
    method, url = call["sent"].replace("status=new", "status=ringing").split(" ", 1)  # "new" is not listed
    answer = http.request(method, f"{url}{'&' if '?' in url else '?'}unknown=1", json=call.get("body"))
    operation, drift = SPEC.find(method, url.partition("?")[0])[0], Drift()
    assert operation is not None
    assert answer.status_code == operation.reply().status, answer.text
    body = answer.json() if answer.content else NO_BODY
    assert not isinstance(body, dict) or body.get("success", True) is True
    operation._module.ENDPOINT.answers[operation._key(answer.status_code)].read(body, (), drift)
    assert not drift.told


REFUSED = [
    ("GET", "/v1/chat/session/active", "", 400, "customer_id_missing"),
    ("GET", "/v1/chat/session/active?customer_id=", "", 400, "customer_id_missing"),
    ("GET", "/v1/agents?limit=many", "", 400, "limit_not_an_integer"),
    ("GET", "/v1/agents?include_archived=perhaps", "", 400, "include_archived_not_a_boolean"),
    ("GET", "/v1/agents?kind=fax", "", 400, "kind_not_a_listed_value"),
    ("GET", "/v1/agents?created_after=yesterday", "", 400, "created_after_not_a_date_time"),
    ("GET", "/v1/calls?status=ringing&status=lost", "", 400, "status_not_a_listed_value"),
    ("GET", "/v1/calls?on=2026-02-30", "", 400, "on_not_a_date"),
    ("GET", "/v1/calls/seven", "", 400, "call_id_not_an_integer"),
    ("POST", "/v1/agents", "", 422, "body_missing"),
    ("POST", "/v1/agents", "{", 422, "body_not_JSON"),
    ("POST", "/v1/agents", "[" * 100_000, 422, "body_not_JSON"),
    ("POST", "/v1/agents", "[]", 422, "body_not_an_object"),
    ("POST", "/v1/agents", '{"kind": "chat"}', 422, "name_missing"),
    ("POST", "/v1/agents", '{"name": null, "kind": "chat"}', 422, "name_not_a_string"),
    ("POST", "/v1/agents", '{"name": "a", "kind": "fax"}', 422, "kind_not_a_listed_value"),
    ("POST", "/v1/agents", '{"name": "a", "kind": "chat", "voice": {}}', 422, "voice.name_missing"),
    ("PUT", "/v1/agents/a", '{"name": "a", "kind": "chat", "limits": {"x": "1"}}', 400, "limits.x_not_an_integer"),
    ("POST", "/v1/chat/session/s/inject-context", '["a", 1]', 400, "body.1_not_a_string"),
    ("POST", "/v1/chat/session/s/inject-context", "{}", 400, "body_not_an_array"),
    ("PATCH", "/v1/agents/a", '{"temperature": "hot"}', 400, "temperature_not_a_number"),
    ("GET", "/v1/agents/", "", 404, "not_found"),
    ("GET", "/v2/agents", "", 404, "not_found"),
    ("PUT", "/v1/chat/session/active", "", 405, "method_not_allowed"),
]


@pytest.mark.parametrize(("method", "url", "content", "status", "code"), REFUSED)
def test_a_request_that_the_spec_does_not_allow_is_refused_with_a_code(  # noqa: PLR0913, PLR0917 - a table
    http: httpx.Client, method: str, url: str, content: str, status: int, code: str
) -> None:
    answer = http.request(method, url, content=content)

    assert (answer.status_code, answer.json()) == (status, {"success": False, "error": code})


@SERVED_TOO
@pytest.mark.parametrize(
    ("url", "allowed"), [("/v1/chat/session/active", "GET"), ("/v1/agents/a", "GET, PUT, DELETE, PATCH")]
)
def test_the_refusal_of_a_method_lists_those_of_the_path(http: httpx.Client, url: str, allowed: str) -> None:
    for method in ("HEAD", "POST"):  # a body after HEAD would be read as the answer to POST
        assert http.request(method, url).headers["Allow"] == allowed


@pytest.mark.parametrize("token", [{}, {"Authorization": "Bearer sandbox"}, {HEADER: "wrong-token-0000"}])
@pytest.mark.parametrize("url", ["/v1/agents?limit=many", "/v2"])
def test_a_wrong_token_is_refused_before_anything_else(http: httpx.Client, url: str, token: dict[str, str]) -> None:
    del http.headers[HEADER]
    answer = http.get(url, headers=token)

    assert answer.status_code == 401
    assert answer.json() == {
        "success": False,
        "error": "invalid_api_token",
        "message": f"the header {HEADER} must hold the token of the sandbox",
    }


@pytest.fixture
def odd(sandbox_of: Callable[..., Sandbox]) -> Sandbox:
    """Give a sandbox with an operation that has what those of the larger spec lack."""
    text_or_texts = {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
    typed = {"type": ["integer", "string", "null"], "format": "date"}
    properties = {"a": text_or_texts, "untyped": {"enum": ["chat"]}, "typed": typed}
    closed = {"type": "object", "properties": properties, "additionalProperties": False}
    envelope = {"properties": {"success": {}, "data": closed, "meta": {"type": "integer"}}, "required": ["meta"]}
    operation = {
        "security": [],
        "parameters": [{"name": "X-Id", "in": "header", "required": True, "schema": {"type": "integer"}}],
        "requestBody": said(closed),
        "responses": {"200": said(envelope)},
    }
    numbers = {"name": "n", "in": "query", "explode": False, "schema": {"type": "array", "items": {"type": "integer"}}}
    filters = {"name": "filter", "in": "query", "style": "deepObject", "schema": closed}
    search = {"security": [], "parameters": [numbers, filters], "responses": {"204": {"description": ""}}}
    return sandbox_of({"/{any}": {"get": operation}, "/x": {"post": operation, "get": search}})


@pytest.mark.parametrize(
    ("headers", "content", "status", "code"),
    [
        ({}, "", 400, "X-Id_missing"),
        ({"x-id": "one"}, "", 400, "X-Id_not_an_integer"),
        ({"x-id": "1"}, '{"b": 1}', 200, None),
        ({"x-id": "1"}, '{"a": ["x", 1]}', 400, "a.1_not_a_string"),
        ({"x-id": "1"}, '{"a": ["x"]}', 200, None),
        ({"x-id": "1"}, '{"untyped": 1e400}', 400, "untyped_not_a_string"),
        ({"x-id": "1"}, '{"a": [1e400]}', 400, "a.0_not_a_string"),
        ({"x-id": "1"}, '{"typed": "many"}', 400, "typed_not_a_date"),
    ],
)
def test_headers_and_choices_are_checked_and_unknown_properties_pass_and_a_public_operation_needs_no_token(
    odd: Sandbox, headers: dict[str, str], content: str, status: int, code: str | None
) -> None:
    with httpx.Client(transport=odd.transport) as http:
        answer = http.post("http://sandbox/x", headers=headers, content=content)

    assert (answer.status_code, answer.json().get("error")) == (status, code)


@pytest.mark.parametrize(
    ("query", "status"), [("n=1,2&n=3&filter[a]=x", 204), ("n=1,x", 400), ("filter[typed]=many", 204)]
)
def test_each_item_of_an_array_in_one_parameter_is_checked_and_no_property_of_an_object(
    odd: Sandbox, query: str, status: int
) -> None:
    with httpx.Client(transport=odd.transport) as http:
        assert http.get(f"http://sandbox/x?{query}").status_code == status


def test_an_envelope_has_its_required_properties_and_a_closed_object_may_have_others_in_an_answer(odd: Sandbox) -> None:
    odd.reply("POST /x", data={"b": 1})
    with httpx.Client(transport=odd.transport) as http:
        answer = http.post("http://sandbox/x", headers={"X-Id": "1"})

    assert answer.json() == {"success": True, "meta": 1, "data": {"b": 1}}
    with pytest.raises(ValueError, match="/data/untyped: expected a string, found number"):
        odd.reply("POST /x", data={"untyped": 1})


PET = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {"id": {"readOnly": True}, "name": {"type": "string"}},
}
SHELTER = {
    "properties": {
        "pet": PET,
        "either": {
            "oneOf": [PET, {"type": "object", "required": ["size"], "properties": {"size": {"type": "integer"}}}]
        },
        "note": {"type": "string"},
    }
}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ('{"pet": {"name": "Rex"}}', None),
        ('{"pet": {"id": 1}}', "pet.name_missing"),
        ('{"either": {"name": "Rex"}}', None),
        ('{"either": {"size": "x"}}', "either.size_not_an_integer"),
        ('{"either": {"id": 1}}', "either.name_missing"),
        ('{"either": []}', "either_not_an_object"),
        ('{"note": null}', "note_not_a_string"),
        ("null", "body_not_an_object"),
    ],
)
def test_a_body_is_checked_to_the_last_kind_and_need_not_have_what_only_answers_have(
    sandbox_of: Callable[..., Sandbox], content: str, code: str | None
) -> None:
    operation = {"security": [], "requestBody": said(SHELTER), "responses": {"204": {"description": ""}}}
    with httpx.Client(transport=sandbox_of({"/x": {"post": operation}}).transport) as http:
        answer = http.post("http://sandbox/x", content=content)

    assert (answer.json()["error"] if answer.content else None) == code


@pytest.mark.parametrize(
    ("schema", "query", "status"),
    [
        ({"type": "array", "items": {"type": ["integer", "string"]}}, "n=7&n=x", 200),
        ({"oneOf": [{"type": "integer"}, {"type": "array", "items": {"type": "boolean"}}]}, "n=7", 200),
        ({"oneOf": [{"type": "integer"}, {"type": "array", "items": {"type": "boolean"}}]}, "n=true&n=false", 200),
        ({"oneOf": [{"type": "integer"}, {"type": "array", "items": {"type": "boolean"}}]}, "n=x", 400),
        ({"type": "string"}, "n=7", 200),
        ({"type": "string"}, "n=" + "[" * 10_000, 200),
        ({"type": "string", "enum": ["7"]}, "n=7", 200),
        ({"type": "string", "enum": ["7"]}, "n=8", 400),
        ({}, "n=8", 200),
    ],
)
def test_a_text_is_read_as_json_or_as_a_string(
    sandbox_of: Callable[..., Sandbox], schema: Any, query: str, status: int
) -> None:
    parameter = {"name": "n", "in": "query", "required": True, "schema": schema}
    operation = {"security": [], "parameters": [parameter], "responses": {"200": {"description": ""}}}
    with httpx.Client(transport=sandbox_of({"/x": {"get": operation}}).transport) as http:
        assert http.get(f"http://sandbox/x?{query}").status_code == status
        assert http.get("http://sandbox/x").json()["error"] == "n_missing"


@pytest.mark.parametrize("kind", ["application/json", "*/*"])
def test_an_answer_that_is_a_text_is_json(sandbox_of: Callable[..., Sandbox], kind: str) -> None:
    paths = {"/x": {"get": {"security": [], "responses": {"200": said({"type": "string"}, kind)}}}}
    sandbox = sandbox_of(paths)
    with httpx.Client(transport=sandbox.transport) as http:
        answer = http.get("http://sandbox/x")

    assert (answer.json(), answer.headers["Content-Type"]) == ("example", "application/json")


@pytest.mark.parametrize(
    ("declared", "status"),
    [(["302", "404"], 302), (["404", "default"], 200), (["404", "2XX"], 200), (["5XX"], 500), ([], 200)],
)
def test_an_operation_answers_with_a_success_that_it_declares_or_else_with_another_of_its_statuses(
    sandbox_of: Callable[..., Sandbox], declared: list[str], status: int
) -> None:
    operation = {"security": [], "responses": {name: {"description": ""} for name in declared}}
    with httpx.Client(transport=sandbox_of({"/x": {"get": operation}}).transport) as http:
        assert http.get("http://sandbox/x").status_code == status


@pytest.mark.parametrize("written", ["application/vnd.x+json", "application/json; charset=utf-8"])
def test_an_answer_and_an_error_have_the_content_type_of_the_spec_and_ignored_headers_are_not_needed(
    sandbox_of: Callable[..., Sandbox], written: str
) -> None:
    answer = {"description": "", "content": {"text/csv": {}, **said({"type": "object"}, written)["content"]}}
    authorization = {"name": "Authorization", "in": "header", "required": True, "schema": {"type": "string"}}
    operation = {"parameters": [authorization], "responses": {"200": answer, "401": answer}}
    sandbox = sandbox_of({"/x": {"get": operation}})
    with httpx.Client(transport=sandbox.transport) as http:
        refused, answered = (http.get("http://sandbox/x", headers=one) for one in ({}, {HEADER: sandbox.token}))

    assert (refused.status_code, refused.headers["Content-Type"]) == (401, written)
    assert (answered.status_code, answered.headers["Content-Type"]) == (200, written)


@pytest.mark.parametrize(
    ("error", "body"),
    [
        ({"type": "object", "required": ["id"], "properties": {"id": {"example": 7}}}, {"error": {"id": 7}}),
        ({"type": "array", "items": {"type": "string"}}, {"error": ["example"]}),
    ],
)
def test_an_error_whose_code_the_spec_does_not_allow_is_its_example(
    sandbox_of: Callable[..., Sandbox], error: dict[str, Any], body: dict[str, Any]
) -> None:
    schema = {"type": "object", "required": ["error"], "properties": {"error": error}}
    operation = {"responses": {"200": {"description": ""}, "401": said(schema)}}
    with httpx.Client(transport=sandbox_of({"/x": {"get": operation}}).transport) as http:
        answer = http.get("http://sandbox/x")

    assert (answer.status_code, answer.json()) == (401, body)


def test_the_lookup_answers_with_all_that_the_spec_requires_and_with_a_session_whatever_its_example_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    needed = {"type": "object", "properties": {"id": {"type": "integer", "example": 7}}, "required": ["id"]}
    spec = with_edits(
        FIRST,
        {
            "answer": {"properties": {"x_new": needed}, "required": ["x_new"]},
            "schemas.ChatV1Error": {"properties": {"x_new": needed}, "required": ["x_new"]},
            "media": {"example": {"success": True, "data": {"agent_x": {"id": "x"}}, "x_new": {"id": 8}}},
        },
    )
    made = spec_of(spec)
    monkeypatch.setattr("osvi.testing.packaged_spec", lambda: made)
    sandbox = Sandbox()
    url = "http://sandbox/v1/chat/session/active"
    with httpx.Client(transport=sandbox.transport, params={"customer_id": sandbox.customer_id}) as http:
        refused = http.get(url)
        http.headers[HEADER] = sandbox.token
        found, one, none, incomplete = (
            http.get(url, params=params).json()
            for params in ({}, {"agent_uuid": sandbox.agent_uuid}, {"agent_uuid": "agent_y"}, {"customer_id": ""})
        )

    assert found == {"success": True, "data": {sandbox.agent_uuid: one["data"]}, "x_new": {"id": 8}}
    assert (one["data"]["mode"], one["x_new"]) == ("ai", {"id": 8})
    assert none == {"success": False, "error": "session_not_found", "x_new": {"id": 7}}
    assert incomplete == {"success": False, "error": "customer_id_missing", "x_new": {"id": 7}}
    assert (refused.status_code, refused.json()["x_new"]) == (401, {"id": 7})


class TestReply:
    """Answers that a test gives."""

    def test_data_go_into_the_envelope_or_are_the_body(self, large: Sandbox, http: httpx.Client) -> None:
        large.reply("GET /v1/agents/{agent_id}", data={"id": "7", **AGENT}, headers={"X-Request-Id": "r"})
        large.reply("GET /v1/campaigns", data=[{"name": "spring"}])
        answer = http.get("/v1/agents/7")

        assert answer.json() == {"success": True, "data": {"id": "7", **AGENT}}
        assert answer.headers["X-Request-Id"] == "r"
        assert http.get("/v1/campaigns").json() == [{"name": "spring"}]

    @SERVED_TOO
    def test_the_status_can_be_another_of_the_spec_or_an_error(self, large: Sandbox, http: httpx.Client) -> None:
        large.reply("POST /v1/calls", data={"queued": True}, status=202, times=1)
        large.reply("POST /v1/calls", status=503, times=1)
        large.reply("POST /v1/calls", status=418, body="<p>teapot", times=1)
        large.reply("GET /v1/agents/{agent_id}", status=404)
        answers = [http.post("/v1/calls", json={"to": "+1"}) for _ in range(4)]

        assert [answer.status_code for answer in answers] == [202, 503, 418, 200]
        assert answers[0].json() == {"queued": True}
        assert answers[1].json() == {"success": False, "error": "sandbox_reply"}
        assert answers[2].text == "<p>teapot"
        assert http.get("/v1/agents/a").json() == {"success": False, "error": "agent_not_found"}

    def test_answers_with_a_number_come_before_the_one_without(self, large: Sandbox, http: httpx.Client) -> None:
        operation = "POST /v1/chat/session/{id}/messages"
        for text, times in (("old", None), ("a", 1), ("b", 2), ("new", None)):
            large.reply(operation, data={"id": text}, times=times)
        large.fail(500, times=1)
        url = "/v1/chat/session/s/messages"
        answers = [http.post(url, json={"content": "?"}).json().get("id") for _ in range(6)]

        assert answers == [None, "a", "b", "b", "new", "new"]

    def test_a_request_that_is_refused_uses_up_no_answer(self, large: Sandbox, http: httpx.Client) -> None:
        large.reply("GET /v1/calls/{call_id}", data={"id": 7}, times=1)

        assert http.get("/v1/calls/seven").status_code == 400
        assert http.get("/v1/calls/7").json() == {"id": 7}

    def test_a_callable_gets_the_request_and_may_use_the_sandbox(self, large: Sandbox, http: httpx.Client) -> None:
        def start(request: RecordedRequest) -> Any:
            return large.open_session(request.json["customer_id"], agent_uuid=request.json["agent_uuid"])

        large.reply("POST /v1/chat/session", data=start)
        started = http.post("/v1/chat/session", json={"customer_id": "+1", "agent_uuid": "a"}).json()["data"]

        active = http.get("/v1/chat/session/active", params={"customer_id": "+1", "agent_uuid": "a"}).json()["data"]
        assert (started["id"], started["customer_id"]) == (active["id"], "+1")

    def test_a_callable_may_return_the_whole_body(self, large: Sandbox, http: httpx.Client) -> None:
        opened = large.open_session("+1", agent_uuid="a", current_state="greeting")
        large.reply(
            "GET /v1/agents",
            body=lambda request: {"success": True, "data": [opened], "meta": {"after": request.params["cursor"]}},
            status=203,
            headers={"X-Request-Id": "r"},
        )
        answer = http.get("/v1/agents?cursor=c")

        assert (answer.status_code, answer.headers["X-Request-Id"]) == (203, "r")
        assert answer.json()["meta"] == {"after": "c"}
        assert answer.json()["data"][0]["current_state"] == "greeting"

    @SERVED_TOO
    @pytest.mark.parametrize("body", [b"<p>", "<p>", {"success": True}, [1]])
    def test_a_callable_returns_any_body_that_can_be_given(self, large: Sandbox, http: httpx.Client, body: Any) -> None:
        large.reply("GET /v1/agents", body=body, times=1)
        large.reply("GET /v1/agents", body=lambda _: body)
        first, second = (http.get("/v1/agents") for _ in range(2))

        assert (first.status_code, first.content) == (second.status_code, second.content)
        assert first.headers["Content-Type"] == second.headers["Content-Type"]

    @SERVED_TOO
    def test_a_callable_finds_the_parameters_by_their_names(self, large: Sandbox, http: httpx.Client) -> None:
        large.reply(
            "GET /v1/chat/session/{id}/messages",
            data=lambda request: [{"id": f"{request.path_params['id']} after {request.params['cursor']}"}],
        )
        url = "/v1/chat/session/a%2Fb/messages?cursor=%2B1&tag=x&tag=y"

        assert http.get(url).json()["data"] == [{"id": "a/b after +1"}]
        request = large.requests[0]
        assert request.operation == "GET /v1/chat/session/{id}/messages"
        assert request.query == (("cursor", "+1"), ("tag", "x"), ("tag", "y"))
        assert (request.json, request.headers["host"]) == (None, httpx.URL(http.base_url).netloc.decode())
        assert large.token not in repr(attrs.asdict(request))

    @pytest.mark.parametrize(
        ("operation", "data", "problem"),
        [
            ("POST /v1/agents", {"id": 7, **AGENT}, "/data/id: expected a string, found number"),
            ("POST /v1/agents", AGENT, "/data/id: expected a string, found no value"),
            ("POST /v1/agents", [], "/data: expected an object, found array"),
            ("GET /v1/agents", [{"id": "a", **AGENT, "created_at": "now"}], "/data/0/created_at: expected a date-time"),
            ("GET /v1/calls/{call_id}", {"id": "a"}, "/id: expected an integer, found string"),
            ("POST /v1/agents", {"id": None, **AGENT}, "/data/id: expected a string, found null"),
            (ACTIVE, {"agent_x": RECORD | {"id": 7}}, "/data/agent_x/id: expected a string, found number"),
            (ACTIVE, {"agent_x": None}, "/data/agent_x: expected an object, found null"),
            ("DELETE /v1/agents/{agent_id}", {}, "has no answer 204 that holds data"),
        ],
    )
    def test_data_that_the_client_would_refuse_are_refused(
        self, large: Sandbox, operation: str, data: Any, problem: str
    ) -> None:
        with pytest.raises(ValueError, match=problem):
            large.reply(operation, data=data)

    @MOCKED
    def test_in_process_the_call_raises_the_exception_of_the_callable(self, make: Make) -> None:
        sandbox = Sandbox()
        sandbox.reply(ACTIVE, data=lambda _: {"agent_x": RECORD | {"id": 7}})
        with pytest.raises(ValueError, match="/data/agent_x/id: expected a string"):
            make(token=sandbox.token, transport=sandbox.transport).list_active_sessions()

    @pytest.mark.parametrize("error", [FileNotFoundError("no file"), UnicodeError("no text"), httpx.ReadError("reset")])
    def test_in_process_an_exception_of_io_in_the_callable_is_no_answer(
        self, osvi_sandbox: Sandbox, error: Exception
    ) -> None:
        def data(_: object) -> object:
            raise error

        osvi_sandbox.reply(ACTIVE, data=data)
        other = osvi.Client(osvi_sandbox.token, transport=osvi_sandbox.transport)
        with osvi.Client() as client, other:
            for one in (client, other):
                with pytest.raises(osvi.TransportError, match=f"{type(error).__name__}: {error}") as caught:
                    one.list_active_sessions("+1")
                assert caught.value.attempts == 3

    def test_over_a_socket_the_exception_of_the_callable_is_a_500_that_names_it(self) -> None:
        sandbox = Sandbox()
        sandbox.reply(ACTIVE, data=lambda request: request.params["agent"])
        with (
            sandbox.serve() as url,
            osvi.Client(sandbox.token, base_url=url, retries=0) as client,
            pytest.raises(osvi.ServerError, match="KeyError: 'agent'"),
        ):
            client.list_active_sessions("+1")

    @pytest.mark.parametrize(
        ("operation", "answer", "problem"),
        [
            ("GET /v1", {"data": {}}, r"not an operation of the spec: GET /v1; it has .*, POST /v1/agents"),
            ("GET /v1/agents", {"status": 201}, "GET /v1/agents has no answer 201; its answers: 200, 401"),
            ("GET /v1/agents", {"data": [], "status": 401}, "GET /v1/agents has no answer 401 that holds data"),
            ("DELETE /v1/chat/session/{id}", {"data": {}, "status": 200}, "no answer 200 .*: 202, default"),
            ("GET /v1/agents", {"status": 999}, "from 200 to 599, not 999"),
            ("GET /v1/agents", {"data": [], "body": []}, "data or a body, not both"),
            ("GET /v1/agents", {"data": list, "body": list}, "data or a body, not both"),
        ],
    )
    def test_an_answer_that_the_spec_does_not_have_is_refused(
        self, large: Sandbox, operation: str, answer: dict[str, Any], problem: str
    ) -> None:
        with pytest.raises(TypeError if "body" in answer else ValueError, match=problem):
            large.reply(operation, **answer)


def made_for(spec: dict[str, Any]) -> Any:
    """Return the example of the answer of the only operation."""
    (operation,) = examples(Forms(spec), {"POST /a": ""}).values()
    return operation["answers"]["200"]["body"]


@pytest.mark.parametrize(
    ("schema", "made"),
    [
        ({"type": "string", "example": "Alex", "default": "Kim"}, "Alex"),
        ({"type": "string", "examples": ["Alex"], "default": "Kim"}, "Alex"),
        ({"type": "string", "default": "Kim"}, "Kim"),
        ({"type": "integer", "example": "one"}, 1),
        ({"type": "string", "enum": ["ai", "support"], "example": "unlisted"}, "ai"),
        ({"type": "string"}, "example"),
        ({"type": "string", "nullable": True}, None),
        ({"const": "v1"}, "v1"),
        ({"type": "string", "format": "date-time"}, "2026-01-01T00:00:00Z"),
        ({"type": "string", "format": "date"}, "2026-01-01"),
        ({"type": "integer"}, 1),
        ({"type": "number"}, 1.0),
        ({"type": "boolean"}, False),
        ({"type": "array", "items": {"type": "integer"}}, [1]),
        ({"type": "object"}, {}),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, {"key": 1}),
        ({"anyOf": [{"type": "null"}, {"$ref": "#/components/schemas/A~1B"}]}, {"a": 5}),
        ({"oneOf": [{"type": "integer"}, {"type": "string"}]}, 1),
        ({"allOf": [{"$ref": "#/components/schemas/A~1B"}, {"properties": {"d": {"example": 2}}}]}, {"a": 5, "d": 2}),
        ({"$ref": "#/components/schemas/Loop"}, {"id": "example", "all": []}),
        ({"$ref": "#/components/schemas/Login"}, {"name": "example"}),
        ({"$ref": "#/components/schemas/Event"}, {"kind": "login"}),
        ({"oneOf": EITHER, "discriminator": {"propertyName": "kind"}}, {"kind": "Began"}),
        ({"oneOf": [*reversed(EITHER)], "discriminator": {"propertyName": "kind"}}, {"kind": "over"}),
        (
            {
                "properties": {"by": {"$ref": "#/components/schemas/Login"}, "at": {"type": "integer", "example": 7}},
                "required": ["id"],
                "example": {"by": {"pw": "a", "name": "Ann"}, "at": "noon", "more": [1]},
            },
            {"by": {"name": "Ann"}, "at": 7, "more": [1], "id": "example"},
        ),
        ({"oneOf": [{"type": "array", "items": {"type": "integer"}}, {"type": "string"}], "example": "one"}, "one"),
        ({"type": "array", "items": {"type": "integer"}, "example": [3, "four"]}, [3, 1]),
        ({"$ref": "#/components/schemas/Tree"}, {"of": "example"}),
        ({"$ref": "#/components/schemas/Parent"}, {"child": {"name": "example"}}),
    ],
)
def test_an_example_is_that_of_the_vendor_or_made_from_the_schema(schema: dict[str, Any], made: Any) -> None:
    loop = {"$ref": "#/components/schemas/Loop"}
    schemas = {
        "A/B": {"properties": {"a": {"type": "integer", "example": 5}}},
        "Loop": {"properties": {"id": {}, "next": loop, "all": {"type": "array", "items": loop}}},
        "Tree": {"properties": {"of": {"oneOf": [{"$ref": "#/components/schemas/Tree"}, {"type": "string"}]}}},
        "Login": {"properties": {"name": {}, "pw": {"type": "string", "writeOnly": True, "example": "secret"}}},
        "Began": {"properties": {"kind": {"type": "string"}}},
        "Over": {"properties": {"kind": {"const": "over"}}},
        "Event": {"oneOf": EITHER, "discriminator": {"propertyName": "kind", "mapping": {"login": "Began"}}},
        "Parent": {"properties": {"child": {"allOf": [{"$ref": "#/components/schemas/Child"}]}}},
        "Child": {"properties": {"name": {"type": "string"}, "parent": {"$ref": "#/components/schemas/Parent"}}},
    }

    assert made_for(normal(document(schema, schemas)).document) == made


def test_examples_beside_a_schema_come_first() -> None:
    spec = document({"properties": {"id": {"type": "string"}}})
    media = spec["paths"]["/a"]["post"]["responses"]["200"]["content"]["application/json"]
    media["examples"] = {"one": {"$ref": "#/components/examples/One"}, "two": {"value": {"id": "two"}}}
    spec["components"]["examples"] = {"One": {"value": {"id": "one"}}}
    made = normal(spec).document

    assert made_for(made) == {"id": "one"}


def test_the_spec_is_read_once_for_all_sandboxes(monkeypatch: pytest.MonkeyPatch) -> None:
    Sandbox()
    monkeypatch.setattr(Spec, "__init__", None)

    assert Sandbox().customer_id == "+15551112222"


def test_a_session_that_names_its_agent_names_that_of_its_lookup() -> None:
    named = with_edits(OURS, {"session.agent_uuid": {"type": "string", "example": "agent_of_the_example"}})
    active = ActiveSessions(spec_of(named))
    active.open("another", "agent_x", {}, None)

    sessions = json.loads(active.reply({"customer_id": "another"}).body)["data"]
    assert {agent: session["agent_uuid"] for agent, session in sessions.items()} == {"agent_x": "agent_x"}
