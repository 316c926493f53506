"""The token and the headers of the user go to the API alone; the customer id stays out of logs and messages.

Each kind of failure is provoked with canaries for the secrets, and all that comes out is searched for them.
"""

import base64
import copy
import gc
import logging
import pickle
import warnings
from collections.abc import Callable
from typing import Any

import httpx
import osvi
import pytest
from canary import everything_about, everything_in
from osvi.testing import no_waits
from support import HEADER, MOCKED, RECORD, UNKNOWN, BlockingClient, Make, raw, raw_json, reset, serving, then_close

CANARY = 'Canary/+"0123456'
FORMS = (CANARY, CANARY.replace('"', '\\"'), CANARY.replace('"', '\\"').replace("/", "\\/"), "Canary%2F%2B%220123456")
GATEWAY, BEARER = "Header-Canary-456", "Bearer-Canary-789"
HEADERS = {"X-Gateway-Key": GATEWAY, "Authorization": f"Bearer {BEARER}"}
SECRETS = (*FORMS, GATEWAY, BEARER)
ECHO = f"{CANARY} {GATEWAY} {BEARER}"
CUSTOMER = "+15559998888"

ANSWERS: dict[str, Any] = {
    "refused": None,
    "reset": reset,
    "nothing": then_close(b""),
    "garbage": then_close(ECHO.encode() + b"\r\n\r\n"),
    "a status line": then_close(f"HTTP/1.1 {ECHO} OK\r\n\r\n".encode()),
    "a header": raw_json({}, "401 No", f"X-Echo: {ECHO}", f"X-Request-Id: {ECHO}-{CUSTOMER}"),
    "a broken header": then_close(f"HTTP/1.1 200 OK\r\n{ECHO}\r\n\r\n".encode()),
    "a content type": raw(b"no", "500 No", f"Content-Type: {ECHO}"),
    "a cookie": raw_json({}, "401 No", f"Set-Cookie: {GATEWAY}=1", f"Set-Cookie: {GATEWAY}/[]=1"),
    "a body": raw_json({"error": f"bad token {CANARY} of {CUSTOMER}", "headers": [GATEWAY, BEARER]}, "401 No"),
    "a code": raw_json({"error": CANARY}, "403 No"),
    "a code of a header": raw_json({"error": BEARER}, "403 No"),
    "a page": raw(f"<html>{SECRETS}</html>".encode(), "502 Bad"),
    "a body that is packed": raw(base64.b64encode(ECHO.encode()), "502 Bad", "Content-Encoding: gzip"),
    "a body with slashes escaped": raw(f'{{"error": "{FORMS[2]}"}}'.encode(), "400 Bad"),
    "a redirect": raw(b"", "302 Found", f"Location: https://x/{FORMS[3]}/{GATEWAY}?t={FORMS[3]}&c={CUSTOMER}"),
    "a 200 that says no": raw_json({"success": False, "error": f"{ECHO} {CUSTOMER}"}),
    "a broken session": raw_json({"success": True, "data": {"id": 7, CANARY: CANARY, GATEWAY: BEARER}}),
    "the place of an error": raw_json({"success": True, "data": {CANARY: None}}),
    "the place of an error, a header": raw_json({"success": True, "data": {GATEWAY: {"id": 7}}}),
    "a good session": raw_json({"success": True, "data": RECORD | {"id": CANARY, UNKNOWN: CANARY}}),
    "no JSON": raw(ECHO.encode()),
    "a value that is too large": raw(b"[" * 100_000),
}


def found(text: str) -> bool:
    return any(secret in text for secret in SECRETS)


@pytest.fixture
def api_of(make: Make) -> Callable[..., BlockingClient]:
    return lambda **options: make(**{"token": CANARY, "headers": HEADERS} | options)


@pytest.mark.parametrize("name", ANSWERS)
def test_no_failure_shows_a_secret(api_of: Callable[..., BlockingClient], logs: list[str], name: str) -> None:
    with serving(ANSWERS[name] or b"") as server, no_waits():
        api = api_of(base_url=server.url, retries=1)
        if ANSWERS[name] is None:
            server.close()
        outcome: Any
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                outcome = api.get_active_session(CUSTOMER)
            except osvi.OSVIError as error:
                outcome = error
                shown = list(everything_about(error))
            else:
                shown = [repr(outcome), repr(outcome.to_dict())]

    assert not isinstance(outcome, osvi.OSVIError) or "5559998888" not in str(outcome)
    for text in (*shown, *logs, *(str(warning.message) for warning in caught)):
        assert not found(text), text
    for text in logs:
        assert "5559998888" not in text, text
    # The body keeps what the server sent, except for the token.
    if name == "a body":
        assert isinstance(outcome, osvi.APIError)
        assert "bad token [token] of +15559998888" in outcome.body


def test_no_view_of_a_client_shows_a_secret(api_of: Callable[..., BlockingClient], logs: list[str]) -> None:
    with serving(raw_json({"success": True, "data": {}})) as server:
        api = api_of(base_url=server.url)
        api.list_active_sessions(CUSTOMER)
        client = api.client
        texts = [*everything_in(client), *logs]

    assert logging.getLogger("httpcore.http11").isEnabledFor(logging.DEBUG)
    assert not any(map(found, texts))
    assert len(texts) > 20

    for refuse in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="holds connections and a token"):
            refuse(client)


@MOCKED
@pytest.mark.parametrize(
    "options",
    [
        *({"base_url": url} for url in ("ftp://x", "https://user:word@x", "https://x:99999", "http://api.example")),
        *({"timeout": 0}, {"ssl_context": "x"}, {"token": [CANARY]}, {"headers": {HEADER: GATEWAY}}),
    ],
)
def test_no_error_about_another_argument_shows_a_secret(
    api_of: Callable[..., BlockingClient], options: dict[str, Any]
) -> None:
    with pytest.raises(osvi.ConfigurationError) as caught:
        api_of(**options)
    for text in everything_about(caught.value):
        assert not found(text), text


def test_a_token_of_another_length_is_not_shown_when_warnings_are_errors() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(UserWarning, match="has 17 characters") as caught:
            osvi.Client(CANARY + "7")
    for text in everything_about(caught.value):
        assert not found(text), text


def test_no_request_with_the_token_is_kept_after_a_call() -> None:
    # Only the closure in the client holds the token: no request, frame or exception does.
    with serving(raw_json({"success": True, "data": {}})) as server, osvi.Client(CANARY, base_url=server.url) as client:
        client.list_active_sessions(CUSTOMER)
        gc.collect()
        requests = [item for item in gc.get_objects() if isinstance(item, httpx.Request)]  # also those of other tests
    assert [request for request in requests if request.headers.get(HEADER) == CANARY] == []
