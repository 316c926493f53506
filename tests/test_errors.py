"""The class and the text of the error for each answer."""

import copy
import errno
import itertools
import json
import logging
import pickle
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

import httpx
import osvi
import pytest
from osvi._core.answers import retry_after
from osvi._core.redaction import redact_arguments
from osvi_runtime import NO_BODY, Endpoint
from support import (
    CUSTOMER,
    MOCKED,
    ONCE,
    Make,
    answering,
    operation_of,
    raw,
    reset,
    serving,
    then_close,
    then_reset,
)


def failing(make: Make, answer: httpx.Response, call: str = "get_active_session") -> osvi.APIError:
    with pytest.raises(osvi.APIError) as caught:
        getattr(make(transport=answering(answer), retries=0), call)()
    return caught.value


@ONCE
@pytest.mark.parametrize(
    ("status", "cls"),
    [
        (400, osvi.BadRequestError),
        (401, osvi.AuthenticationError),
        (403, osvi.PermissionDeniedError),
        (404, osvi.NotFoundError),
        (409, osvi.ConflictError),
        (422, osvi.UnprocessableEntityError),
        (429, osvi.RateLimitError),
        *((status, osvi.ServerError) for status in (500, 503, 520, 599)),
        *((status, osvi.APIError) for status in (204, 206, 304, 402, 418, 499, 600, 999)),
    ],
)
def test_each_status_has_its_class(make: Make, status: int, cls: type[osvi.APIError]) -> None:
    with serving(raw(b"" if status in {204, 304} else b"{}", f"{status} Whatever")) as server:
        api = make(base_url=server.url, retries=0)
        with pytest.raises(osvi.APIError) as caught:
            api.get_active_session()

    assert type(caught.value) is cls
    assert caught.value.status_code == status


@ONCE
@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({"success": False, "error": "agent_not_found"}, "agent_not_found", "agent_not_found"),
        ({"success": False, "error": "Agent.V2:not-FOUND"}, "Agent.V2:not-FOUND", "Agent.V2:not-FOUND"),
        ({"success": False, "error": "param is missing: x", "details": None}, None, "param is missing: x"),
        ({"success": False, "errors": ["field is required", "too long"]}, None, "field is required; too long"),
        ({"success": False, "errors": "one"}, None, "one"),
        ({"message": "Forbidden"}, None, "Forbidden"),
        ({"error": {"deep": 1}}, None, "Unprocessable {}, with a body of type application/json"),
        ({}, None, "Unprocessable {}, with a body of type application/json"),
        ({"success": False}, None, "Unprocessable {}, with a body of type application/json"),
        ([], None, "Unprocessable {}, with a body of type application/json"),
    ],
)
def test_the_code_and_the_message_are_read_from_every_shape_of_error_body(
    make: Make, body: Any, code: str | None, message: str
) -> None:
    error = failing(make, httpx.Response(422, json=body))

    assert error.code == code
    # The phrase of 422 differs between Python's versions.
    assert error.message in {message.format("Entity"), message.format("Content")}


@ONCE
@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (httpx.Response(200, json={"success": False}), 'a body with "success": false'),
        (httpx.Response(206, json={}), "Partial Content, with a body of type application/json"),
        (httpx.Response(502, content=b"x"), "Bad Gateway"),
        (httpx.Response(502, headers={"Content-Type": "text/html"}, content=b""), "Bad Gateway"),
    ],
)
def test_the_message_of_an_answer_without_one_describes_it(make: Make, answer: httpx.Response, message: str) -> None:
    assert failing(make, answer).message == message


@ONCE
def test_a_page_of_a_gateway_becomes_the_error_of_its_status(make: Make) -> None:
    error = failing(make, httpx.Response(502, html="<html><b>Bad Gateway</b></html>"))

    assert type(error) is osvi.ServerError
    assert error.message == "Bad Gateway, with an HTML page"  # it is the gateway's, so the base URL is right
    assert error.body == "<html><b>Bad Gateway</b></html>"
    assert str(error) == f"GET /v1/chat/session/active answered 502: {error.message}. Try again later"


@ONCE
@pytest.mark.parametrize(
    ("status", "page"),
    [
        *[(status, {"text": "<HTML lang='en'>"}) for status in (200, 301, 401, 403, 404, 418)],
        (200, {"headers": {"Content-Type": "Text/HTML ; charset=utf-8"}, "text": "Welcome"}),
        (404, {"headers": {"Content-Type": "Text/HTML ; charset=utf-8"}, "text": "Welcome"}),
        (404, {"headers": {"Content-Type": "application/xhtml+xml"}, "text": "<?xml version='1.0'?>"}),
        (404, {"text": "\ufeff\n<!DOCTYPE html>\n<title>Welcome</title>"}),
    ],
)
def test_the_error_of_an_html_page_asks_about_the_base_url(make: Make, status: int, page: dict[str, Any]) -> None:
    answer = httpx.Response(status, **page)
    if status == 301:
        answer.headers["Location"] = "https://www.example/"
    with pytest.raises(osvi.OSVIError, match=r"an HTML page; is the base URL right\?") as caught:
        make(transport=answering(answer), retries=0).list_active_sessions()

    assert "?." not in str(caught.value)


@ONCE
@pytest.mark.parametrize("page", [{"json": {"html": "<html>"}}, {"text": "<htmlx>"}, {"text": "hello <html>"}])
@pytest.mark.parametrize("status", [200, 404])
def test_a_body_that_only_mentions_html_is_no_html_page(make: Make, status: int, page: dict[str, Any]) -> None:
    with pytest.raises(osvi.OSVIError) as caught:
        make(transport=answering(httpx.Response(status, **page))).get_active_session()

    assert "HTML" not in str(caught.value)


@ONCE
def test_a_message_that_ends_with_a_full_stop_gets_no_second_one(make: Make) -> None:
    error = failing(make, httpx.Response(401, json={"error": "The token is wrong."}))

    assert "answered 401: The token is wrong. Check the API token" in str(error)


@ONCE
def test_a_message_is_one_short_line_without_control_characters(make: Make) -> None:
    error = failing(make, httpx.Response(400, json={"error": "a\nb\x1b[31m c" + "d" * 9000}))

    assert error.message.startswith("a b[31m c")
    assert len(error.message) == 500


@MOCKED
@pytest.mark.parametrize(
    ("answer", "cls"),
    [
        (httpx.Response(404, json={"success": False, "error": "session_not_found"}), osvi.SessionNotFoundError),
        (httpx.Response(404, json={"success": False, "error": "agent_not_found"}), osvi.NotFoundError),
        (httpx.Response(404, html="<html>session_not_found</html>"), osvi.NotFoundError),
    ],
)
def test_only_a_404_with_the_code_session_not_found_is_a_missing_session(
    make: Make, answer: httpx.Response, cls: type[osvi.APIError]
) -> None:
    assert type(failing(make, answer)) is type(failing(make, answer, "list_active_sessions")) is cls
    if cls is osvi.SessionNotFoundError:
        assert make(transport=answering(answer)).find_active_session() is None
    else:
        assert type(failing(make, answer, "find_active_session")) is cls


@ONCE
def test_the_customer_id_is_kept_out_of_the_message(make: Make) -> None:
    text = "no +15551112222, no 15551112222, no %2B15551112222, but 155511122223"
    error = failing(make, httpx.Response(400, json={"error": text}))

    assert error.message == "no [customer_id], no [customer_id], no [customer_id], but 155511122223"
    assert text in error.body


@pytest.mark.parametrize("name", ["agent_uuid", r"extra.\s\1"])  # a free property may have a backslash
def test_an_argument_that_is_percent_encoded_is_kept_out_of_the_message(name: str) -> None:
    assert redact_arguments([(name, "a/b")], "no a/b, no a%2Fb") == f"no [{name}], no [{name}]"


@ONCE
def test_an_argument_that_is_blank_leaves_the_message_as_it_is(make: Make) -> None:
    endpoint = Endpoint("PUT", "/v1/notes", answers={"204": NO_BODY}, locations={"body": "whole"})
    operation = operation_of(endpoint, body={"a": "", "b": " "})
    with pytest.raises(osvi.BadRequestError) as caught:
        make(transport=answering(httpx.Response(400, json={"error": "no (such) - note."}))).send(operation)

    assert caught.value.message == "no (such) - note."


@ONCE
@pytest.mark.parametrize(
    ("status", "location", "target"),
    [
        *[(status, "/login?next=/v1#top", "/login") for status in (301, 302, 303, 307, 308)],
        (302, "https://elsewhere.example/x?customer_id=%2B15551112222", "https://elsewhere.example/x"),
        (302, "https://user:word@elsewhere.example/", "https://elsewhere.example/"),
        (302, "//elsewhere.example/15551112222/", "//elsewhere.example/[customer_id]/"),
        (302, "mailto:x?c=15551112222", "mailto:x"),
        (302, "https://[", "an invalid URL"),
    ],
)
def test_a_redirect_is_an_error_that_names_its_target(make: Make, status: int, location: str, target: str) -> None:
    with serving(raw(b"", f"{status} Elsewhere", f"Location: {location}")) as server:
        with pytest.raises(osvi.APIError) as caught:
            make(base_url=server.url).get_active_session()
        assert len(server.requests) == 1

    assert caught.value.status_code == status
    assert caught.value.message == f"a redirect to {target}, which is not followed"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("0", 0.0),
        ("7", 7.0),
        (" 7 ", 7.0),
        ("1.5", 1.5),
        ("86400", 86400.0),
        ("Tue, 24 Nov 2026 12:00:30 GMT", 30.0),
        ("Tuesday, 24-Nov-26 12:00:30 GMT", 30.0),
        ("Tue, 24 Nov 2026 11:00:00 GMT", 0.0),
        ("Tue, 24 Nov 2026 12:00:30 -0000", 30.0),
        ("Tue, 24 Nov 2026 14:00:30 +0200", 30.0),
        ("-1", None),
        ("soon", None),
        ("", None),
        ("1e3", None),
        ("nan", None),
        ("٣", None),
        ("9" * 400, None),
        ("Tue, 99 Nov 2026 12:00:30 GMT", None),
        (f"Tue, 24 Nov {'9' * 30} 12:00:30 GMT", None),
    ],
)
def test_retry_after_is_seconds_from_now(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, datetime(2026, 11, 24, 12, tzinfo=UTC)) == seconds


@ONCE
def test_the_text_of_a_contract_error_has_no_value(make: Make) -> None:
    operation = operation_of(Endpoint("POST", "/v1/notes", answers={"201": osvi.SessionMetadata}))
    answer = httpx.Response(201, json={"context": 7, "x": CUSTOMER}, headers={"X-Request-Id": "abc"})
    with pytest.raises(osvi.ContractError) as caught:
        make(transport=answering(answer)).send(operation)

    assert caught.value.status_code == 201
    assert str(caught.value) == (
        "POST /v1/notes: the answer breaks the spec at /context: expected an array of strings, found number"
        f" (status 201, request id abc, osvi {osvi.__version__}, openapi.yaml sha256 {osvi.SPEC_SHA256})"
    )


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (reset, "ReadError"),
        (then_close(b""), "RemoteProtocolError"),
        (then_close(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{}"), "RemoteProtocolError"),
        (then_reset(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{}"), "Re"),  # aiohttp: RemoteProtocolError
    ],
)
def test_an_incomplete_answer_is_a_transport_error(make: Make, answer: Any, kind: str) -> None:
    with serving(answer) as server, pytest.raises(osvi.TransportError) as caught:
        make(base_url=server.url, retries=0).get_active_session()

    assert type(caught.value) is osvi.TransportError
    assert f"no answer from 127.0.0.1:{server.port} ({kind}" in str(caught.value)


REFUSED, RESET = f"[Errno {errno.ECONNREFUSED}]", f"[Errno {errno.ECONNRESET}]"
# Before 4.13, anyio raised its exception for a reset without the cause.
ANYIO_NAMES_CAUSES = tuple(map(int, version("anyio").split(".")[:2])) >= (4, 13)


@pytest.mark.parametrize(("answer", "reason"), [(None, f"ConnectError: {REFUSED} "), (reset, f"ReadError: {RESET} ")])
def test_the_reason_of_the_system_is_in_the_error_and_in_the_record_of_the_attempt(
    make: Make, caplog: pytest.LogCaptureFixture, answer: Any, reason: str
) -> None:
    caplog.set_level(logging.DEBUG, "osvi")
    with serving(answer or b"") as server:
        if answer is None:
            server.close()
        api = make(base_url=server.url, retries=0)
        with pytest.raises(osvi.TransportError) as caught:
            api.list_active_sessions()

    error = caught.value
    is_named = ANYIO_NAMES_CAUSES or (api.kind, api.pool) != ("async", "httpx") or answer is None
    assert error.reason.startswith(reason if is_named else "ReadError")
    assert str(error) == f"GET /v1/chat/session/active: no answer from {server.url[7:]} ({error.reason})"
    records = [record for record in caplog.records if record.name == "osvi"]
    assert [record.levelname for record in records] == ["DEBUG", "INFO"]
    for record in records:
        assert record.getMessage().endswith(f": {error.reason}")
        assert vars(record)["reason"] == error.reason


# Customers that are words of a library or of the system.
@pytest.mark.parametrize(
    ("answer", "customer"),
    [
        *itertools.product([None, reset], ["a", "111", "104", "Errno", "connection", "Connection"]),
        *((then_close(b""), customer) for customer in ("a", "peer", "sent")),
    ],
)
def test_an_argument_that_is_a_word_by_chance_leaves_the_text_of_an_error_as_it_is(
    make: Make, answer: Any, customer: str
) -> None:
    errors: list[osvi.TransportError] = []
    with serving(answer or b"") as server:
        if answer is None:
            server.close()
        api = make(base_url=server.url, retries=0)
        for name in (CUSTOMER, customer):
            with pytest.raises(osvi.TransportError) as caught:
                api.list_active_sessions(name)
            errors.append(caught.value)

    assert errors[0].reason == errors[1].reason
    assert "[customer_id]" not in errors[1].reason


@MOCKED
@pytest.mark.parametrize("customer", [CUSTOMER, CUSTOMER[1:], "Alexander", "alice@example.com", "cust-77"])
@pytest.mark.parametrize(
    "raised",
    [
        lambda text: httpx.ConnectError(f"no route for {text}"),
        lambda text: OSError(f"no route for {text}"),
        lambda text: OSError(errno.EHOSTUNREACH, f"no route for {text}"),
        lambda text: httpx.ReadError(f"GET https://api.example/v1?customer_id={quote(text)}"),
    ],
)
def test_an_argument_in_the_text_of_an_exception_of_a_transport_is_replaced(
    make: Make, logs: list[str], raised: Callable[[str], Exception], customer: str
) -> None:
    api = make(transport=answering(raised(customer)), retries=0)
    with pytest.raises(osvi.TransportError) as caught:
        api.list_active_sessions(customer)

    assert "[customer_id]" in caught.value.reason
    for text in (str(caught.value), *caught.value.__dict__.get("__notes__", ()), *logs):
        assert customer not in text


@MOCKED
@pytest.mark.parametrize("customer", ["a", "7"])
def test_a_short_argument_is_replaced_in_a_url_and_nowhere_else(make: Make, customer: str) -> None:
    error = httpx.ReadError(f"a 7: GET <https://api.example/v1?customer_id={customer}> '/v1/{customer}'")
    with pytest.raises(osvi.TransportError) as caught:
        make(transport=answering(error), retries=0).list_active_sessions(customer)

    assert caught.value.reason == (
        "ReadError: a 7: GET <https://api.example/v1?customer_id=[customer_id]> '/v1/[customer_id]'"
    )


@MOCKED
def test_the_reasons_of_several_addresses_are_told_once_each(make: Make) -> None:
    group = ExceptionGroup("all", [OSError(5, "x"), OSError(6, "y"), ExceptionGroup("more", [OSError(5, "x")])])
    error = OSError("All connection attempts failed")
    error.__cause__, group.__cause__ = group, error  # a circle
    api = make(transport=answering(error), retries=0)
    with pytest.raises(osvi.TransportError, match=r"\(OSError: \[Errno 5\] x; \[Errno 6\] y\)"):
        api.list_active_sessions()


def test_an_unknown_host_is_a_transport_error(make: Make) -> None:
    with pytest.raises(osvi.TransportError, match=f"no answer from {'x' * 64}.invalid "):
        make(base_url=f"https://{'x' * 64}.invalid", retries=0).get_active_session()


@ONCE
def test_half_of_a_surrogate_pair_in_the_text_of_an_error_is_left_out(make: Make) -> None:
    error = httpx.ConnectError("no \udc80")
    with pytest.raises(osvi.TransportError, match=r"ConnectError: no\)"):
        make(transport=answering(error), retries=0).get_active_session()


def all_errors(make: Make) -> list[osvi.OSVIError]:
    answers: list[Any] = [
        httpx.Response(404, json={"success": False, "error": "session_not_found"}, headers={"X-Request-Id": "abc"}),
        httpx.Response(429, json={}, headers={"Retry-After": "7"}),
        httpx.Response(200, text="<html>"),
        httpx.ConnectError("[Errno 111] Connection refused"),
        httpx.ReadTimeout("too slow"),
    ]
    errors: list[osvi.OSVIError] = []
    for answer in answers:
        with pytest.raises(osvi.OSVIError) as caught:
            make(transport=answering(answer), retries=0).get_active_session()
        errors.append(caught.value)
    with pytest.raises(osvi.ConfigurationError) as caught_configuration:
        make(transport=answering(answers[0])).get_active_session("")
    return [*errors, caught_configuration.value]


@ONCE
def test_every_error_survives_pickle_and_copy(make: Make) -> None:
    for error in all_errors(make):
        for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):  # noqa: S301
            assert type(twin) is type(error)
            assert str(twin) == str(error)
            assert vars(twin) == vars(error)


@MOCKED
def test_no_exception_and_no_frame_of_httpx_is_behind_an_error(make: Make) -> None:
    for error in all_errors(make):
        assert error.__cause__ is None
        assert error.__context__ is None
        frames = [frame.f_code.co_filename for frame, _ in traceback.walk_tb(error.__traceback__)]
        assert not any("httpx" in name or "httpcore" in name for name in frames)


@pytest.mark.parametrize(
    "error",
    [
        osvi.ConfigurationError("no"),
        osvi.RequestTimeoutError("late"),
        osvi.RateLimitError("slow down", 429, "too_many", 7.5, "req-1", "GET /v1/x", body="private"),
        osvi.SessionNotFoundError("none", 404, "session_not_found", body="private"),
        osvi.ContractError("/data", "an object", "array", 200, "req-1", "GET /v1/x", body="private"),
    ],
)
def test_an_error_can_be_made_again_from_its_args_as_celery_does(error: osvi.OSVIError) -> None:
    args = json.loads(json.dumps(error.args))
    again = type(error)(*args)

    assert str(again) == str(error)
    assert "private" not in str(args)
    for name in ("status_code", "code", "message", "retry_after", "request_id", "pointer", "expected", "found"):
        assert getattr(again, name, None) == getattr(error, name, None)
