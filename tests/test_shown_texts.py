"""Texts of a server, as a person or a log sees them: clean, bounded, without what is private, in linear time."""

import html
import json
import logging
import time
import warnings
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx
import osvi
import pytest
from osvi._core.redaction import redact_library_text
from osvi.testing import no_waits
from support import MOCKED, ONCE, RECORD, TOKEN, Make, answering, raw, serving

CUSTOMER = "+15559998888"
HOSTILE = "a\n::error::\r\x1b[2J\x9b\u202e\u2028b"
MAIL = "Ann+Shop@Example.org"


def answered(status: int = 500, body: Any = None, **headers: str) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return httpx.Response(status, headers=lines, content=content)


def session(**properties: Any) -> dict[str, Any]:
    return {"success": True, "data": {**RECORD, **properties}}


PLACES: dict[str, Callable[[str], httpx.Response]] = {
    "a message": lambda text: answered(body={"error": f"{text} "}),
    "a code": lambda text: answered(body={"error": text}),
    "a body": lambda text: answered(body=text.encode()),
    "the name of a property": lambda text: answered(200, session(**{text: 1})),
    "the key of a broken session": lambda text: answered(200, {"success": True, "data": {text: {"id": 7}}}),
    "a request id": lambda text: answered(body={}, X_Request_Id=text),
    "a redirect": lambda text: answered(302, b"", Location=f"https://x/{text}"),
    "a content type": lambda text: answered(body=b"x", Content_Type=text),
    "a wait": lambda text: answered(429, {}, Retry_After=text),
}


def shown(api: Any, caplog: pytest.LogCaptureFixture, customer: str = CUSTOMER) -> list[str]:
    """Return all texts of a call that a person or a log sees."""
    caplog.set_level(logging.DEBUG)
    caplog.clear()
    texts: list[str] = []
    with warnings.catch_warnings(record=True) as caught, no_waits():
        warnings.simplefilter("always")
        for look_up in (api.get_active_session, api.list_active_sessions):
            try:
                look_up(customer)
            except osvi.OSVIError as error:
                texts += [str(error), str(getattr(error, "pointer", "")), str(getattr(error, "request_id", ""))]
    texts += [str(warning.message) for warning in caught]
    return texts + [record.getMessage() for record in caplog.records if record.name.startswith(("osvi", "http"))]


@MOCKED
@pytest.mark.parametrize("place", PLACES)
def test_texts_are_printable_and_bounded(make: Make, caplog: pytest.LogCaptureFixture, place: str) -> None:
    for text in (HOSTILE, "x" * 100_000):
        texts = shown(make(retries=0, transport=answering(*[PLACES[place](text)] * 2)), caplog)

        assert all(line.isprintable() and len(line) < 2_000 for line in texts), texts


@MOCKED
@pytest.mark.parametrize("place", ["the name of a property", "the key of a broken session", "a request id"])
def test_the_customer_is_in_no_text(make: Make, caplog: pytest.LogCaptureFixture, place: str) -> None:
    texts = shown(make(retries=0, transport=answering(*[PLACES[place](CUSTOMER)] * 2)), caplog)

    assert "[customer_id]" in "".join(texts)
    assert CUSTOMER[1:] not in "".join(texts)


@ONCE
@pytest.mark.parametrize(
    "spelling",
    [
        *(MAIL, MAIL.lower(), MAIL.replace("+", " "), quote(MAIL, safe=""), quote(MAIL, safe="").lower()),
        *(quote(quote(MAIL, safe=""), safe=""), MAIL.replace("+", "\\u002B"), MAIL.replace("@", "&#64;")),
    ],
)
def test_an_argument_is_replaced_in_each_spelling(make: Make, spelling: str) -> None:
    with pytest.raises(osvi.BadRequestError) as caught:
        make(transport=answering(answered(400, {"error": f"no <{spelling}>"}))).list_active_sessions(MAIL)

    assert caught.value.message == "no <[customer_id]>"


@ONCE
def test_of_a_long_argument_nothing_is_shown(make: Make) -> None:
    long = "word & word" * 300
    with pytest.raises(osvi.BadRequestError) as caught:
        make(transport=answering(answered(400, {"error": f"no {long}."}))).list_active_sessions(long)

    assert caught.value.message == "no [customer_id]"


@ONCE
@pytest.mark.parametrize("customer", ["+15559998888", "15559998888"])
@pytest.mark.parametrize("spelling", ["15559998888", "+15559998888", "%2b15559998888", "%2B15559998888"])
def test_a_phone_number_is_replaced_with_and_without_its_plus(make: Make, customer: str, spelling: str) -> None:
    with pytest.raises(osvi.BadRequestError) as caught:
        make(transport=answering(answered(400, {"error": f"no {spelling}"}))).list_active_sessions(customer)

    assert caught.value.message == "no [customer_id]"


@ONCE
@pytest.mark.parametrize(
    "write", [str, html.escape, lambda text: quote(text, safe=""), lambda text: text.replace("+", "\\u002b")]
)
def test_the_token_is_replaced_as_json_html_and_urls_write_it(make: Make, write: Callable[[str], str]) -> None:
    token = 'Ab+/"&<012345678'
    answer = answered(502, f"<p>{write(token)}</p>".encode())
    with pytest.raises(osvi.ServerError) as caught:
        make(token=token, retries=0, transport=answering(answer)).list_active_sessions()

    assert caught.value.body == "<p>[token]</p>"


@ONCE
@pytest.mark.parametrize("name", ["X-Audience", "X-Audience-Key"])
def test_a_code_is_read_before_secrets_are_replaced(make: Make, name: str) -> None:
    api = make(headers={name: "session_not_found"}, transport=answering(answered(404, {"error": "session_not_found"})))

    assert api.find_active_session() is None


@ONCE
def test_only_headers_with_the_name_of_a_secret_are_replaced(make: Make) -> None:
    sent = {"X-Request-ID": "request-0123456", "X-Signing-Secret": "signed-0123456"}
    answer = answered(500, {"error": "no signed-0123456 "}, X_Request_Id="request-0123456")
    with pytest.raises(osvi.ServerError) as caught:
        make(retries=0, headers=sent, transport=answering(answer)).list_active_sessions()

    assert (caught.value.request_id, caught.value.message) == ("request-0123456", "no [header]")


def test_a_factory_that_renders_records_early_sees_nothing_private(make: Make) -> None:
    seen, factory = [], logging.getLogRecordFactory()

    def rendered(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = factory(*args, **kwargs)
        seen.append(record.getMessage())
        return record

    loggers = [logging.getLogger(name) for name in ("osvi", "httpx", "httpcore")]
    levels = [logger.level for logger in loggers]
    logging.setLogRecordFactory(rendered)
    try:
        for logger in loggers:
            logger.setLevel(logging.DEBUG)
        answer = raw(b"{}", "500 No", f"X-Echo: {TOKEN} {CUSTOMER}", f"X-Request-Id: {CUSTOMER}")
        with serving(answer) as server, pytest.raises(osvi.ServerError):
            make(base_url=server.url, retries=0).list_active_sessions(CUSTOMER)
    finally:
        logging.setLogRecordFactory(factory)
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)

    assert any(text.startswith("GET /v1") for text in seen)
    assert not [text for text in seen if TOKEN in text or CUSTOMER[1:] in text]


@ONCE
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("letter", ["a", "/", "+", "\\", "%", "&#0", "1", "-", " ", ":", "a/ ", "[", "%25"])
def test_a_text_of_twice_the_length_takes_no_four_times_as_long(make: Make, place: str, letter: str) -> None:
    def seconds(length: int) -> float:
        answer = PLACES[place]((letter * length)[:length])
        times = []
        for _ in range(3):
            api = make(retries=0, transport=answering(*[answer] * 2))
            began = time.process_time()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    api.get_active_session(CUSTOMER)
                except osvi.OSVIError as error:
                    str(error)
            times.append(time.process_time() - began)
        return min(times)

    assert seconds(80_000) < 3 * seconds(40_000) + 0.02  # what is quadratic takes seconds


@pytest.mark.parametrize("letter", ["a", "/", "a/", ":", "a:/", "+", "-", " /", "\\", "%"])
def test_a_record_of_a_long_header_is_redacted_in_linear_time(letter: str) -> None:
    def seconds(length: int) -> float:
        began = time.process_time()
        redact_library_text([("customer_id", CUSTOMER), ("place", "///")], (letter * length)[:length], of_system=False)
        return time.process_time() - began

    assert seconds(100_000) < 3 * seconds(50_000) + 0.05  # what is quadratic takes seconds
