"""The logger ``osvi``: one record for each call, and one for each attempt."""

import logging
import subprocess
import sys

import httpx
import osvi
import pytest
from osvi.testing import no_waits
from support import CUSTOMER, EMPTY, MOCKED, TOKEN, Make, answering, ok, raw_json, serving


@MOCKED
def test_each_call_has_one_record_with_its_outcome(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "osvi")
    make(transport=answering(ok({}))).list_active_sessions()
    answer = httpx.Response(200, headers={"X-Request-Id": "r-7"}, json=ok({}).json())
    make(transport=answering(answer)).list_active_sessions()

    record, of_another = [record for record in caplog.records if record.name == "osvi"]
    assert vars(of_another)["request_id"] == "r-7"
    assert of_another.getMessage().endswith(" ms, request id r-7")
    assert record.levelno == logging.INFO
    fields = vars(record)
    assert fields["operation"] == "GET /v1/chat/session/active"
    assert (fields["status"], fields["outcome"], fields["attempts"]) == (200, "ok", 1)
    assert fields["milliseconds"] >= 0
    assert record.getMessage().startswith("GET /v1/chat/session/active: ok, status 200, 1 attempt(s), ")


def test_the_record_has_the_time_of_the_whole_call(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr("time.monotonic", lambda: now)

    def handle(_: httpx.Request) -> httpx.Response:
        nonlocal now
        now += 2.0125
        return ok({})

    caplog.set_level(logging.DEBUG, "osvi")
    with osvi.Client(TOKEN, transport=httpx.MockTransport(handle)) as client:
        client.list_active_sessions("+1")

    assert [vars(record)["milliseconds"] for record in caplog.records if record.name == "osvi"] == [2012.5, 2012.5]


@pytest.mark.parametrize("customer", ["+1", "1", "active", "+15551112222"])
def test_records_of_httpx_keep_all_but_the_customer(
    make: Make, caplog: pytest.LogCaptureFixture, customer: str
) -> None:
    caplog.set_level(logging.INFO, "httpx")
    with serving(EMPTY) as server:
        make(base_url=f"{server.url}/v1").list_active_sessions(customer)

    url = f"{server.url}/v1/v1/chat/session/active?customer_id=[customer_id]"
    for record in [record for record in caplog.records if record.name == "httpx"]:  # aiohttp has none
        assert record.getMessage() == f'HTTP Request: GET {url} "HTTP/1.1 200 OK"'
        assert record.args == ("GET", url, "HTTP/1.1", 200, "OK")


@pytest.mark.parametrize("library", ["httpx", "httpcore.connection", "httpcore.proxy", "httpcore.http11"])
@pytest.mark.parametrize("release", ["", "2"])
def test_records_of_httpx2_in_the_place_of_httpx_keep_all_but_the_customer(
    caplog: pytest.LogCaptureFixture, library: str, release: str
) -> None:
    package, _, module = library.partition(".")
    logger = logging.getLogger(f"{package}{release}.{module}".rstrip("."))

    def handle(request: httpx.Request) -> httpx.Response:
        logger.info("%s %s", request.method, str(request.url))
        return ok({})

    caplog.set_level(logging.INFO, logger.name)
    with osvi.Client(TOKEN, base_url="http://localhost", transport=httpx.MockTransport(handle)) as client:
        client.list_active_sessions("+15551112222")

    first = next(record for record in caplog.records if record.name == logger.name)
    assert first.getMessage() == "GET http://localhost/v1/chat/session/active?customer_id=[customer_id]"


def test_no_record_has_the_customer_where_httpx2_stands_for_httpx() -> None:
    if not hasattr(pytest.importorskip("httpx2"), "alias_httpx"):
        pytest.skip("this version of httpx2 cannot stand for httpx")
    script = f"""
import httpx2
httpx2.alias_httpx()
import logging, sys
logging.basicConfig(level=logging.DEBUG, stream=sys.stdout)
import osvi
sandbox = osvi.testing.Sandbox()
with sandbox.serve() as url, osvi.Client(sandbox.token, base_url=url) as client:
    client.list_active_sessions({CUSTOMER!r})
"""
    written = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout

    assert "INFO:httpx2:HTTP Request: GET http://127.0.0.1:" in written
    assert "DEBUG:httpcore2.http11:" in written
    assert CUSTOMER.lstrip("+") not in written


def test_records_about_a_request_of_the_token_callable_are_not_changed(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    with serving(raw_json({}, "200 OK", "X-Echo: +15551112222")) as vault:

        def token() -> str:
            httpx.get(f"{vault.url}/?customer_id=%2B15551112222")
            return TOKEN

        with osvi.Client(token, transport=answering(ok({}))) as client:
            client.list_active_sessions("+15551112222")

    texts = [record.getMessage() for record in caplog.records if record.name.startswith("httpcore")]
    assert any("(b'X-Echo', b'+15551112222')" in text for text in texts)
    first, second = [record for record in caplog.records if record.name == "httpx"]
    assert first.args == ("GET", httpx.URL(f"{vault.url}/?customer_id=%2B15551112222"), "HTTP/1.1", 200, "OK")
    assert "[customer_id]" in second.getMessage()


@MOCKED
def test_each_attempt_has_one_record_at_debug(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "osvi")
    api = make(transport=answering(httpx.ConnectError("no"), httpx.Response(503), httpx.Response(404)))
    with pytest.raises(osvi.NotFoundError), no_waits():
        api.list_active_sessions()

    seen = [
        (record.levelname, vars(record)["status"], vars(record)["outcome"], vars(record)["attempts"])
        for record in caplog.records
        if record.name == "osvi"
    ]
    assert seen == [
        ("DEBUG", None, "TransportError", 1),
        ("DEBUG", 503, "ServerError", 2),
        ("DEBUG", 404, "NotFoundError", 3),
        ("INFO", 404, "NotFoundError", 3),
    ]


def test_nothing_is_printed_without_a_handler() -> None:
    script = """
import osvi
sandbox = osvi.testing.Sandbox()
sandbox.fail(503, headers={"Retry-After": "0"}, times=1)
osvi.Client(sandbox.token, transport=sandbox.transport).list_active_sessions("+1")
"""
    result = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)

    assert (result.stdout, result.stderr) == ("", "")
