"""The token goes to the API and nowhere else; the customer id stays out of what is logged and said.

A canary for a token, through every failure there is, and a search for it in all that comes out.
"""

import asyncio
import copy
import gc
import pickle
import warnings
from collections.abc import Callable
from typing import Any

import httpx
import osvi
import pytest
from canary import everything_about, everything_in
from osvi.testing import no_waits
from support import AGENT, MOCKED, RECORD, UNKNOWN, Api, answering, raw, raw_json, reset, serving, then_close

Make = Callable[..., Api]

CANARY = 'Canary/+"0123456'
FORMS = (CANARY, CANARY.replace('"', '\\"'), CANARY.replace('"', '\\"').replace("/", "\\/"), "Canary%2F%2B%220123456")
CUSTOMER = "+15559998888"

ANSWERS: dict[str, Any] = {
    "refused": None,
    "reset": reset,
    "nothing": then_close(b""),
    "garbage that repeats it": then_close(CANARY.encode() + b"\r\n\r\n"),
    "a status line that repeats it": then_close(f"HTTP/1.1 {CANARY} OK\r\n\r\n".encode()),
    "a header that repeats it": raw_json({}, "401 No", f"X-Token: {CANARY}", f"X-Request-Id: {CANARY}-{CUSTOMER}"),
    "a broken header that repeats it": then_close(f"HTTP/1.1 200 OK\r\n{CANARY}\r\n\r\n".encode()),
    "a body that repeats it": raw_json({"error": f"bad token {CANARY} of {CUSTOMER}"}, "401 No"),
    "a code that repeats it": raw_json({"error": CANARY}, "403 No"),
    "a page that repeats it": raw(f"<html>{FORMS}</html>".encode(), "502 Bad"),
    "a body with slashes escaped": raw(f'{{"error": "{FORMS[2]}"}}'.encode(), "400 Bad"),
    "a redirect that repeats it": raw(b"", "302 Found", f"Location: https://x/{FORMS[3]}?t={FORMS[3]}&c={CUSTOMER}"),
    "a 200 that says no": raw_json({"success": False, "error": f"{CANARY} {CUSTOMER}"}),
    "a broken session that repeats it": raw_json({"success": True, "data": {"id": 7, CANARY: CANARY}}),
    "a place that repeats it": raw_json({"success": True, "data": {CANARY: None}}),
    "a good session that repeats it": raw_json({"success": True, "data": RECORD | {"id": CANARY, UNKNOWN: CANARY}}),
    "no JSON": raw(CANARY.encode()),
    "a value that is too large": raw(b"[" * 100_000),
}


def found(text: str) -> bool:
    return any(form in text for form in FORMS)


@pytest.fixture
def api_of(make: Make) -> Callable[..., Api]:
    return lambda **options: make(token=CANARY, **options)


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("call", ["get", "find", "list"])
def test_no_failure_shows_the_token(api_of: Callable[..., Api], logs: list[str], name: str, call: str) -> None:
    with serving(ANSWERS[name] or b"") as server, no_waits():
        api = api_of(base_url=server.url, retries=1)
        if ANSWERS[name] is None:
            server.close()
        arguments = {} if call == "list" else {"agent_uuid": AGENT}
        outcome: Any
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                outcome = getattr(api, call)(CUSTOMER, **arguments)
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
    # What the server repeated is still to be seen, but for the token.
    if name == "a body that repeats it":
        assert isinstance(outcome, osvi.APIError)
        assert "bad token [token] of +15559998888" in outcome.body


def test_an_interrupt_shows_no_token() -> None:
    def interrupt(_: httpx.Request) -> httpx.Response:
        raise KeyboardInterrupt

    with (
        osvi.Client(CANARY, transport=httpx.MockTransport(interrupt)) as client,
        pytest.raises(KeyboardInterrupt) as caught,
    ):
        client.list_active_sessions(CUSTOMER)

    assert not any(map(found, everything_about(caught.value)))


@MOCKED
def test_no_view_of_a_client_shows_the_token(api_of: Callable[..., Api]) -> None:
    client = api_of(transport=answering(httpx.Response(200))).client

    texts = list(everything_in(client))
    assert not any(map(found, texts))
    assert len(texts) > 20

    for refuse in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="holds connections and a token"):
            refuse(client)


@MOCKED
@pytest.mark.parametrize("token", [CANARY + "\n", CANARY + " ", "é" + CANARY, CANARY.encode()])
def test_a_bad_token_is_shown_by_no_error(make: Make, token: Any) -> None:
    errors: list[BaseException] = []
    for options in ({"token": token}, {"token": lambda: token}):
        try:
            make(transport=answering(httpx.Response(200)), **options).list()
        except osvi.ConfigurationError as caught:
            errors.append(caught)
    assert len(errors) == 2

    for error in errors:
        for text in everything_about(error):
            assert not found(text), text


def test_a_good_token_is_not_shown_by_an_error_about_something_else(make: Make) -> None:
    for options in ({"base_url": "ftp://x"}, {"timeout": 0}, {"base_url": f"https://{'user'}:word@x"}):
        with pytest.raises(osvi.ConfigurationError) as caught:
            make(token=CANARY, **options)
        for text in everything_about(caught.value):
            assert not found(text), text


def test_a_token_of_another_length_is_not_shown_when_warnings_are_errors() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(UserWarning, match="has 17 characters") as caught:
            osvi.Client(CANARY + "7")
    for text in everything_about(caught.value):
        assert not found(text), text


def test_a_cancellation_shows_no_token() -> None:
    async def main(url: str) -> BaseException:
        async with osvi.AsyncClient(CANARY, base_url=url) as client:
            task = asyncio.create_task(client.list_active_sessions(CUSTOMER))
            await asyncio.sleep(0.1)
            task.cancel()
            try:
                await task
            except asyncio.CancelledError as cancelled:
                return cancelled
        raise AssertionError

    with serving(lambda connection: connection.recv(1)) as server:
        cancellation = asyncio.run(main(server.url))
    for text in everything_about(cancellation):
        assert not found(text), text


def test_a_proxy_sees_the_token_of_no_https_request(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(raw(b"", "403 Forbidden", "Connection: close")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with pytest.raises(osvi.TransportError, match="ProxyError"):
            make(token=CANARY, base_url="https://api.example", retries=0).list(CUSTOMER)

    assert proxy.requests[0].startswith(b"CONNECT api.example:443")
    assert not found(proxy.requests[0].decode())
    assert b"5559998888" not in proxy.requests[0]


def test_the_records_of_others_are_left_alone(logs: list[str]) -> None:
    with serving(raw(b"")) as server:
        httpx.get(f"{server.url}/?customer_id={CUSTOMER}")

    assert any("5559998888" in text for text in logs)


def test_no_token_lingers_after_a_call() -> None:
    # The one that the client holds is in a closure; no request, frame or exception keeps another.
    with serving(raw_json({"success": True, "data": {}})) as server, osvi.Client(CANARY, base_url=server.url) as client:
        client.list_active_sessions(CUSTOMER)
        gc.collect()
        holders = [one for one in gc.get_objects() if isinstance(one, httpx.Request) and "API-Token" in one.headers]
    assert holders == []
