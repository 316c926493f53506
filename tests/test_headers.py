"""The headers of the user: which are allowed, and that they are sent. test_secrets.py tests that they stay secret."""

import re
import string
from typing import Any

import httpx
import osvi
import pytest
from canary import everything_about
from osvi_runtime import NO_BODY, Endpoint
from support import (
    EMPTY,
    HEADER,
    ONCE,
    RECORD,
    TOKEN,
    Make,
    answering,
    ok,
    operation_of,
    raw,
    raw_json,
    serving,
)

SECRET = "Header-Canary-456"


@ONCE
@pytest.mark.parametrize(
    "name",
    [
        *[HEADER, HEADER.lower(), "Accept", "Accept-Encoding", "Content-Type"],
        *["Host", "Content-Length", "Cookie", "Expect"],
        *["Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection"],
        *["TE", "Trailer", "Transfer-Encoding", "Upgrade"],
    ],
)
def test_a_header_that_this_package_or_http_sets_is_refused(make: Make, name: str) -> None:
    message = rf"^headers: '{name}' is set by this package or by HTTP itself; leave it out$"
    with pytest.raises(osvi.ConfigurationError, match=message):
        make(headers={name: SECRET})


@ONCE
@pytest.mark.parametrize(
    "name",
    ["", " ", "X Y", "X-Y ", " X-Y", "X:Y", "X-Y:", "X\r\nY", "X\nY", "X\x00", "X-Ä", "(X)", "X/Y", b"X", 1, None],
)
def test_an_invalid_name_is_refused(make: Make, name: Any) -> None:
    with pytest.raises(osvi.ConfigurationError, match=r"^headers: a name is not a valid HTTP header name$"):
        make(headers={name: SECRET})


@ONCE
@pytest.mark.parametrize(
    ("value", "why"),
    [
        *[(value, "a value of printable ASCII") for value in ("", " ", "\t", f" {SECRET}", f"{SECRET} ")],
        *[
            (f"{SECRET}{end}", "a value of printable ASCII")
            for end in ("\r\nX: y", "\n", "\r", "\x00", "\x7f", "\t", "ä")
        ],
        *[(SECRET.encode(), "not bytes"), (7, "not int"), (None, "not NoneType"), ([SECRET], "not list")],
    ],
)
def test_an_invalid_value_is_refused_and_not_quoted(make: Make, value: Any, why: str) -> None:
    with pytest.raises(osvi.ConfigurationError, match=rf"^headers: 'X-Gateway' must have .*{why}") as caught:
        make(headers={"X-Other": SECRET, "X-Gateway": value})

    assert not any(SECRET in text for text in everything_about(caught.value))


@ONCE
def test_every_character_of_a_token_of_http_may_be_in_a_name(make: Make) -> None:
    seen: list[httpx.Request] = []
    name = "!#$%&'*+-.^_`|~" + string.digits + string.ascii_letters
    make(transport=answering(ok({}), seen=seen), headers={name: SECRET}).list_active_sessions()

    assert seen[0].headers[name] == SECRET


@ONCE
def test_a_name_that_is_given_twice_is_refused(make: Make) -> None:
    with pytest.raises(osvi.ConfigurationError, match="a name occurs twice") as caught:
        make(headers={"X-Gateway": SECRET, "x-gateway": "y"})

    assert not any(SECRET in text for text in everything_about(caught.value))


@ONCE
@pytest.mark.parametrize("headers", [[("X-Gateway", SECRET)], f"X-Gateway: {SECRET}", (SECRET,), 7])
def test_headers_that_are_no_mapping_are_refused_and_not_quoted(make: Make, headers: Any) -> None:
    with pytest.raises(
        osvi.ConfigurationError, match=f"^headers must be a mapping, not {type(headers).__name__}$"
    ) as caught:
        make(headers=headers)

    assert not any(SECRET in text for text in everything_about(caught.value))


@ONCE
def test_the_headers_are_copied_from_any_mapping_when_the_client_is_made(make: Make) -> None:
    headers = httpx.Headers({"x-gateway": SECRET})
    with serving(EMPTY) as server:
        api = make(base_url=server.url, headers=headers)
        headers.clear()
        api.list_active_sessions()

    assert f"x-gateway: {SECRET}".encode() in server.requests[0]


def test_the_headers_are_sent_with_each_attempt_beside_those_of_the_package(make: Make) -> None:
    with serving(raw_json({}, "503 Busy", "Retry-After: 0"), EMPTY, EMPTY) as server:
        api = make(base_url=server.url, headers={"X-Gateway": SECRET, "Authorization": "Bearer abc"})
        api.list_active_sessions()
        api.list_active_sessions()

    assert len(server.requests) == 3
    lines = (f"X-Gateway: {SECRET}", "Authorization: Bearer abc", f"{HEADER}: {TOKEN}", "Accept: application/json")
    for request in server.requests:
        for line in lines:
            assert request.count(f"\r\n{line}\r\n".encode()) == 1
        for name in (b"accept", b"accept-encoding", b"host", b"user-agent"):
            assert len(re.findall(rb"(?im)^" + name + rb":", request)) == 1


def test_the_headers_of_an_operation_are_sent(make: Make) -> None:
    facts: dict[str, Any] = {"locations": {"key": "header", "body": "whole"}, "names": {"key": "Idempotency-Key"}}
    endpoint = Endpoint("POST", "/v1/notes", answers={"204": NO_BODY}, **facts)
    operation = operation_of(endpoint, key="k", body={"a": 1})
    with serving(raw(b"", "204 No Content")) as server:
        make(base_url=server.url).send(operation)

    for line in ("Idempotency-Key: k", "Content-Type: application/json"):
        assert server.requests[0].count(f"\r\n{line}\r\n".encode()) == 1


def test_a_user_agent_is_put_before_that_of_the_package(make: Make) -> None:
    with serving(EMPTY) as server:
        make(base_url=server.url, headers={"user-AGENT": "shop/1.0 (a comment)"}).list_active_sessions()
        make(base_url=server.url).list_active_sessions()

    ours = rf"osvi/{re.escape(osvi.__version__)} httpx/\S+ python/\S+\r\n".encode()
    assert re.search(rb"\r\nUser-Agent: shop/1\.0 \(a comment\) " + ours, server.requests[0])
    assert re.search(rb"\r\nUser-Agent: " + ours, server.requests[1])


@ONCE
def test_a_warning_about_the_answer_shows_no_header(make: Make) -> None:
    with serving(raw_json({"success": True, "data": RECORD | {SECRET: 1}})) as server:
        api = make(base_url=server.url, headers={"X-Gateway-Key": SECRET})
        with pytest.warns(osvi.SpecDriftWarning, match=r"/data/\[header\] is ") as caught:
            assert api.get_active_session().extra == {SECRET: 1}

    assert not any(SECRET in str(warning.message) for warning in caught)


@ONCE
@pytest.mark.parametrize(("value", "shown"), [("gateway", "gateway"), ("gateways", "[header]")])
def test_a_value_of_fewer_than_8_characters_is_left_in_an_answer(make: Make, value: str, shown: str) -> None:
    answer = httpx.Response(403, json={"error": f"no access by {value}"})
    with pytest.raises(osvi.PermissionDeniedError) as caught:
        make(transport=answering(answer), headers={"X-Gateway-Key": value}).list_active_sessions()

    assert caught.value.message == f"no access by {shown}"


@ONCE
def test_a_value_that_is_read_keeps_what_the_server_sent(make: Make) -> None:
    with serving(raw_json({"success": True, "data": RECORD | {"current_state": SECRET}})) as server:
        api = make(base_url=server.url, headers={"X-Tenant-Key": SECRET})
        assert api.get_active_session().current_state == SECRET
