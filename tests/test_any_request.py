"""`request`: an endpoint that `openapi.yaml` lacks, with the engine of all others."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

import httpx
import osvi
import pytest
from canary import everything_about
from osvi.testing import RecordedRequest, Sandbox, no_waits
from osvi_openapi.spec import TOKEN_HEADER
from support import MOCKED, ONCE, TOKEN, Make, answering, ok

PATH = "/x-lacking/{id}/notes"
NOON = datetime(2026, 6, 4, 12, tzinfo=UTC)


def sent(make: Make, *arguments: Any, **options: Any) -> httpx.Request:
    """Return the request of a call."""
    seen: list[httpx.Request] = []
    make(transport=answering(ok({}), seen=seen)).call("request", *arguments, **options)
    return seen[0]


@MOCKED
def test_its_parts_are_encoded_and_sent_with_the_token(make: Make) -> None:
    query = {"to": ["+1", "é&="], "none": None, "is_new": True, "at": NOON}
    body = {"text": "é", "at": NOON, "n": None}
    request = sent(make, "POST", PATH, path_params={"id": "a/b?c"}, query=query, json=body)

    assert request.method == "POST"
    path = "/x-lacking/a%2Fb%3Fc/notes?to=%2B1&to=%C3%A9%26%3D&is_new=true&at=2026-06-04T12%3A00%3A00Z"
    assert request.url.raw_path.decode() == path
    assert json.loads(request.content) == {"text": "é", "at": "2026-06-04T12:00:00Z", "n": None}
    assert (request.headers["content-type"], request.headers[TOKEN_HEADER]) == ("application/json", TOKEN)
    assert sent(make, "PUT", "/x", json=osvi.NULL).content == b"null"
    assert "content-type" not in sent(make, "GET", "/x").headers


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        (httpx.Response(200, json={"success": True, "data": {"id": 1}, "meta": {}}), {"id": 1}),
        (httpx.Response(201, json={"id": 1, "data": None}), {"id": 1, "data": None}),
        (httpx.Response(200, json=[1, "2", None]), [1, "2", None]),
        (httpx.Response(204), None),
        (httpx.Response(200), None),
    ],
)
@MOCKED
def test_the_value_is_the_data_of_an_envelope_or_the_body(make: Make, answer: httpx.Response, value: Any) -> None:
    assert make(transport=answering(answer)).call("request", "GET", "/x") == value


@MOCKED
def test_errors_are_those_of_all_calls_and_hold_no_argument(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    failure = httpx.Response(404, json={"success": False, "error": "no note of secret-id for secret-query"})
    broken, html = httpx.Response(200, text="secret-body"), httpx.Response(200, html="<html>")
    api = make(transport=answering(failure, broken, html))
    options = {"path_params": {"id": "secret-id"}, "query": {"of": "secret-query"}, "json": {"a": ["secret-body"]}}
    with pytest.raises(osvi.NotFoundError, match=r"no note of \[id\] for \[of\]") as missing:
        api.call("request", "POST", PATH, **options)
    assert str(missing.value).startswith(f"POST {PATH} answered 404: ")
    with pytest.raises(osvi.ContractError, match="text that is not JSON"):
        api.call("request", "POST", PATH, **options)
    with pytest.raises(osvi.ContractError, match="an HTML page"):
        api.call("request", "POST", PATH, **options)
    assert "secret-" not in caplog.text
    assert "secret-" not in str(missing.value)


@MOCKED
def test_only_what_has_no_effect_twice_is_sent_twice(make: Make) -> None:
    for method, expected in {"GET": 3, "PUT": 3, "DELETE": 3, "POST": 1, "PATCH": 1}.items():
        seen: list[httpx.Request] = []
        with no_waits(), pytest.raises(osvi.ServerError):
            make(transport=answering(httpx.Response(503), seen=seen)).call("request", method, "/x")
        assert len(seen) == expected, method


@pytest.mark.parametrize(
    "path",
    [
        *("//evil.example/x", "https://evil.example", "@evil.example", ".evil.example", ":1", "", "x", "\\evil"),
        *("/x?a=b", "/x#a", "/x\n", "/x y", "/x\\y", "/é", "/%zz", "/a/../b", "/./a", "/a/%2E%2e/b", "/{id", "/{a/b}"),
    ],
)
@ONCE
def test_no_path_leads_elsewhere_with_the_token(make: Make, path: str) -> None:
    seen: list[httpx.Request] = []
    api = make(transport=answering(ok({}), seen=seen))
    with pytest.raises(ValueError, match=r"^path"):
        api.call("request", "GET", path)
    assert not seen


@pytest.mark.parametrize(
    ("arguments", "options", "problem"),
    [
        (("get", "/x"), {}, "method must be one of GET, HEAD"),
        (("TRACE", "/x"), {}, "method must be one of GET, HEAD"),
        (("GET", "/x/{id}"), {}, r"^path_params must have the names in braces of the path: id$"),
        (("GET", "/x"), {"path_params": {"id": "a"}}, r"^path_params must have the names in braces"),
        (("GET", "/{id}"), {"path_params": {"id": ".."}}, r"^path_params\.id: expected text for a part of the path"),
        (("GET", "/x"), {"query": {"a": {"b": 1}}}, r"^query\.a: expected a string, a number"),
        (("GET", "/x"), {"json": {"a": [object()]}}, r"^json\.a\.0: expected a value, found object$"),
        (("GET", "/x"), {"json": float("inf")}, r"^json: expected a number, found a number that JSON cannot"),
    ],
)
@ONCE
def test_an_argument_that_cannot_be_sent_is_refused(
    make: Make, arguments: tuple[str, str], options: dict[str, Any], problem: str
) -> None:
    seen: list[httpx.Request] = []
    api = make(transport=answering(ok({}), seen=seen))
    with pytest.raises(osvi.ConfigurationError, match=problem):
        api.call("request", *arguments, **options)
    assert not seen


def test_it_is_sent_over_each_pool(make: Make) -> None:
    sandbox = Sandbox()
    sandbox.reply(f"POST {PATH}", body=lambda request: {"of": request.path_params["id"], "sent": request.json})
    with sandbox.serve() as url:
        api = make(token=sandbox.token, base_url=url)
        assert api.call("request", "POST", PATH, path_params={"id": 7}, json={"a": 1}) == {"of": "7", "sent": {"a": 1}}


@ONCE
def test_an_endpoint_that_has_become_an_operation_is_named_in_the_debug_log(
    make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "osvi")
    api = make(transport=answering(ok({})))
    api.call("request", "GET", PATH, path_params={"id": "a"})
    assert "has become" not in caplog.text
    api.call("request", "GET", "/v1/chat/session/active", query={"customer_id": "a"})
    assert "GET /v1/chat/session/active has become osvi.operations.get_v1_chat_session_active" in caplog.text


@MOCKED
def test_the_sandbox_answers_it_with_a_body_that_is_set(make: Make) -> None:
    sandbox = Sandbox()
    api = make(token=sandbox.token, transport=sandbox.transport)

    def noted(request: RecordedRequest) -> Any:
        return {"success": True, "data": {"of": request.path_params["id"], "sent": request.json}}

    with pytest.raises(osvi.NotFoundError):
        api.call("request", "POST", PATH, path_params={"id": "a b"})
    sandbox.reply(f"POST {PATH}", body=noted, times=1)
    assert api.call("request", "POST", PATH, path_params={"id": "a b"}, json=[1]) == {"of": "a b", "sent": [1]}
    assert sandbox.requests[-1].operation == f"POST {PATH}"
    with pytest.raises(osvi.NotFoundError):
        api.call("request", "POST", PATH, path_params={"id": "a b"})
    with pytest.raises(osvi.APIError, match="method_not_allowed"):
        api.call("request", "GET", PATH, path_params={"id": "a b"})
    with pytest.raises(ValueError, match="another one needs a body"):
        sandbox.reply(f"GET {PATH}", data={})
    sandbox.recover()
    with pytest.raises(osvi.NotFoundError, match="not_found") as caught:
        api.call("request", "POST", PATH, path_params={"id": "a b"})
    assert not any(sandbox.token in text for text in everything_about(caught.value))
