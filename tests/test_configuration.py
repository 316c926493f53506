"""The token, the base URL, the limits, and the environment."""

import os
import re
import socket
import ssl
from pathlib import Path
from typing import Any

import httpx
import osvi
import pytest
import trio
from canary import everything_about
from osvi._transport import origin
from osvi.operations import get_v1_chat_session_active
from osvi_openapi.spec import SERVER
from support import CUSTOMER, EMPTY, HEADER, MOCKED, ONCE, TOKEN, BlockingClient, Make, answering, ok, serving


@ONCE
def test_the_token_is_the_argument_or_that_of_the_environment_when_the_client_is_made(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OSVI_API_TOKEN", "fedcba9876543210")
    seen: list[httpx.Request] = []
    made = [make(token=token, transport=answering(ok({}), seen=seen)) for token in (None, TOKEN)]
    monkeypatch.delenv("OSVI_API_TOKEN")
    for api in made:
        api.list_active_sessions()

    assert [request.headers[HEADER] for request in seen] == ["fedcba9876543210", TOKEN]


@ONCE
@pytest.mark.parametrize("value", [None, ""])
def test_without_a_token_the_error_names_the_variable(
    make: Make, monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    if value is not None:
        monkeypatch.setenv("OSVI_API_TOKEN", value)
    with pytest.raises(osvi.ConfigurationError, match="no API token: set OSVI_API_TOKEN"):
        make(token=None)


@ONCE
@pytest.mark.parametrize(
    ("token", "why"),
    [
        ("", "is blank"),
        ("   ", "is blank"),
        (
            "0123456789abcde\n",
            r"white space or a control character \(a line end, from the file that it was read from\?\)",
        ),
        ("0123456 89abcdef", "white space or a control character"),
        ("0123456\x0089abcdef", "white space or a control character"),
        ("0123456\x7f9abcdef", "white space or a control character"),
        ("0123456789abcdé", "not ASCII"),
        ("0123456789abcd\udce9", "not ASCII"),  # a byte of the environment that is not UTF-8
        (b"0123456789abcdef", "must be a string, not bytes"),
        (1234567890123456, "must be a string, not int"),
    ],
)
def test_an_invalid_token_is_refused_and_not_quoted(make: Make, token: Any, why: str) -> None:
    with pytest.raises(ValueError, match=why) as of_string:
        make(token=token)
    with pytest.raises(osvi.ConfigurationError, match=why) as of_callable:
        make(token=lambda: token, transport=answering(ok({}))).list_active_sessions()

    for caught in (of_string, of_callable):
        for text in everything_about(caught.value):
            assert str(token).strip() == "" or str(token) not in text


@ONCE
def test_a_token_of_another_length_is_a_warning_at_the_line_that_made_the_client(make: Make) -> None:
    with pytest.warns(UserWarning, match="the API token has 20 characters; the documentation says 16"):
        make(token="x" * 20)
    with pytest.warns(UserWarning, match="the API token has 20 characters") as caught:
        osvi.Client("x" * 20).close()
    assert caught[0].filename == __file__


@MOCKED
def test_a_token_callable_is_called_for_every_attempt(make: Make) -> None:
    tokens = iter([TOKEN, "fedcba9876543210", "aaaaaaaaaaaaaaaa"])
    seen: list[httpx.Request] = []
    unavailable = httpx.Response(503, headers={"Retry-After": "0"})
    make(
        token=lambda: next(tokens), transport=answering(unavailable, unavailable, ok({}), seen=seen)
    ).list_active_sessions()

    assert [request.headers[HEADER] for request in seen] == [TOKEN, "fedcba9876543210", "aaaaaaaaaaaaaaaa"]


def test_only_the_token_callable_of_an_async_client_may_be_async() -> None:
    async def token() -> str:
        return TOKEN

    seen: list[httpx.Request] = []
    with BlockingClient("async", token=token, transport=answering(ok({}), seen=seen)) as api:
        api.list_active_sessions()
    assert seen[0].headers[HEADER] == TOKEN

    with BlockingClient("sync", token=token, transport=answering(ok({}))) as api:  # noqa: SIM117
        with pytest.raises(osvi.ConfigurationError, match="only AsyncClient can await"):
            api.list_active_sessions()


@MOCKED
@pytest.mark.parametrize("error", [KeyError("vault"), httpx.ConnectError("the vault"), TimeoutError("the vault")])
def test_the_exception_of_a_token_callable_is_raised_and_nothing_is_sent(make: Make, error: Exception) -> None:
    def token() -> str:
        raise error.with_traceback(None) from OSError("why")

    seen: list[httpx.Request] = []
    transport, headers = answering(ok({}), seen=seen), {"X-Gateway": "Header-Canary-456"}
    with pytest.raises(type(error)) as caught:
        make(token=token, transport=transport, headers=headers).list_active_sessions()

    assert caught.value is error
    for text in everything_about(error):
        assert "Header-Canary-456" not in text
    assert isinstance(caught.value.__cause__, OSError)
    assert seen == []


@ONCE
def test_the_base_url_is_the_argument_then_the_environment_then_the_spec(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def host(**options: Any) -> str:
        seen: list[httpx.Request] = []
        make(transport=answering(ok({}), seen=seen), **options).list_active_sessions()
        return seen[0].url.host

    assert host() == httpx.URL(SERVER).host
    monkeypatch.setenv("OSVI_BASE_URL", "")
    assert host() == httpx.URL(SERVER).host
    monkeypatch.setenv("OSVI_BASE_URL", "https://staging.example")
    assert host() == "staging.example"
    assert host(base_url="https://other.example") == "other.example"


@ONCE
@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "must begin with https://"),
        ("api.osvi.ai", "must begin with https://"),
        ("ftp://api.osvi.ai", "must begin with https://"),
        ("https://", "must begin with https://"),
        ("https://api.osvi.ai:port", "is not a URL"),
        ("https://[::1", "is not a URL"),
        ("https://api.osvi.ai/\n", "is not a URL"),
        (b"https://api.osvi.ai", "is not a URL"),
        ("https://user:secret@api.osvi.ai", "contains a user name or password"),
        ("https://secret@api.osvi.ai", "contains a user name or password"),
        ("https://api.osvi.ai?x=secret", "must not have a query"),
        ("https://api.osvi.ai#secret", "must not have a query"),
        ("http://api.osvi.ai", "is plain http://.*allow_http=True"),
        ("http://128.0.0.1", "is plain http://.*allow_http=True"),
        ("http://localhost.example", "is plain http://.*allow_http=True"),
        ("http://[2001:db8::1]", "is plain http://.*allow_http=True"),
        ("https://api.osvi.ai:0", "must have a port from 1 to 65535$"),
        ("http://127.0.0.1:65536", "must have a port from 1 to 65535$"),
        (f"http://[::1]:{10**9}", "must have a port from 1 to 65535$"),
    ],
)
def test_a_base_url_that_cannot_be_used_is_refused(
    make: Make, monkeypatch: pytest.MonkeyPatch, url: Any, why: str
) -> None:
    with pytest.raises(osvi.ConfigurationError, match=f"base_url {why}") as caught:
        make(base_url=url)
    assert "secret" not in str(caught.value)

    if url and isinstance(url, str):
        monkeypatch.setenv("OSVI_BASE_URL", url)
        with pytest.raises(osvi.ConfigurationError, match=f"OSVI_BASE_URL {why}"):
            make()


@ONCE
def test_the_highest_port_is_allowed(make: Make) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 65535))  # and nobody listens
        with pytest.raises(osvi.TransportError, match="ConnectError"):
            make(base_url="http://127.0.0.1:65535", retries=0).list_active_sessions()


@ONCE
@pytest.mark.parametrize(
    "url", ["http://localhost:1", "http://127.0.0.1", "http://127.9.9.9:1", "http://[::1]:1", "http://api.localhost"]
)
def test_plain_http_is_allowed_to_this_machine_and_where_it_is_permitted(make: Make, url: str) -> None:
    make(base_url=url)
    make(base_url="http://api.osvi.ai", allow_http=True)


@ONCE
@pytest.mark.parametrize(
    ("option", "value"),
    [
        *[(name, value) for name in ("timeout", "total_timeout") for value in (0, -1, None, "10", float("nan"), True)],
        *[("timeout", float("inf")), ("total_timeout", float("inf"))],
        *[("retries", value) for value in (-1, 1.5, None, "2", True)],
        *[("max_response_bytes", value) for value in (0, -1, None, 0.5)],
    ],
)
def test_an_invalid_limit_is_refused(make: Make, option: str, value: Any) -> None:
    with pytest.raises(osvi.ConfigurationError, match=f"^{option} must be a"):
        make(**{option: value})


@ONCE
def test_the_least_limits_are_accepted(make: Make) -> None:
    make(retries=0, max_response_bytes=1, timeout=1e-9, total_timeout=1e-9)


@ONCE
@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("HTTPS_PROXY", "gopher://user:secret@127.0.0.1:1", "the proxy of HTTPS_PROXY cannot be used: it begins with"),
        (
            "https_proxy",
            "http://user:secret@127.0.0.1:port",
            "the proxy of https_proxy cannot be used: it is not a URL",
        ),
        ("HTTPS_PROXY", "http://user:secret@127.0.0.1:65536", "a port from 1 to 65535"),
        ("HTTPS_PROXY", "http://", "needs a host"),
    ],
)
def test_a_proxy_of_the_environment_that_cannot_be_used_is_named(
    make: Make, monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(osvi.ConfigurationError, match=re.escape(message)) as caught:
        make()

    assert "secret" not in str(caught.value)
    assert caught.value.__context__ is None


@ONCE
def test_a_socks_proxy_without_its_package_says_what_to_install(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://user:secret@127.0.0.1:1")
    monkeypatch.setattr(origin, "find_spec", lambda _: None)
    with pytest.raises(osvi.ConfigurationError, match=r"ALL_PROXY .*: pip install 'httpx\[socks\]'") as caught:
        make()

    assert "secret" not in str(caught.value)


@ONCE
def test_a_file_without_a_certificate_is_named_where_tls_is_used(
    make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "empty.pem").write_text("nothing")
    monkeypatch.setenv("SSL_CERT_FILE", os.fspath(tmp_path / "empty.pem"))
    message = r"SSL_CERT_FILE names .*empty\.pem, which cannot be read: "
    with pytest.raises(osvi.ConfigurationError, match=message):
        make()
    with serving(EMPTY) as server:
        assert make(base_url=server.url).list_active_sessions() == {}
    monkeypatch.setenv("HTTP_PROXY", "https://127.0.0.1:1")
    with pytest.raises(osvi.ConfigurationError, match=message):
        make(base_url="http://api.example", allow_http=True)


@ONCE
@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
@pytest.mark.parametrize("base_url", ["https://api.example", "http://127.0.0.1:1"])
def test_certificates_that_do_not_exist_are_refused_whether_tls_is_used_or_not(
    make: Make, monkeypatch: pytest.MonkeyPatch, variable: str, base_url: str
) -> None:
    monkeypatch.setenv(variable, "no-such-file")
    with pytest.raises(osvi.ConfigurationError, match=f"{variable} names no-such-file, which cannot be read: it does"):
        make(base_url=base_url)


@ONCE
def test_of_several_folders_of_certificates_one_must_exist(
    make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_DIR", os.pathsep.join(["no-such-folder", os.fspath(tmp_path)]))

    make(base_url="https://api.example")


@ONCE
@pytest.mark.parametrize("value", [True, False, "ca.pem", b"", ssl.SSLContext, 0])
def test_an_ssl_context_of_another_type_is_refused(make: Make, value: Any) -> None:
    with pytest.raises(
        osvi.ConfigurationError, match=f"^ssl_context must be an ssl.SSLContext, not {type(value).__name__}"
    ):
        make(ssl_context=value)


@ONCE
def test_an_ssl_context_and_a_transport_are_refused_together(make: Make) -> None:
    with pytest.raises(osvi.ConfigurationError, match=r"^ssl_context cannot be used with transport="):
        make(ssl_context=ssl.create_default_context(), transport=answering(ok({})))


@ONCE
@pytest.mark.parametrize(
    ("transport", "told"),
    [
        ("https://proxy", "str"),
        (httpx.HTTPTransport, "the class HTTPTransport"),
        (httpx.AsyncHTTPTransport, "the class AsyncHTTPTransport"),
        (object(), "object"),
    ],
)
def test_a_transport_without_the_method_of_a_transport_is_refused(make: Make, transport: Any, told: str) -> None:
    with pytest.raises(
        osvi.ConfigurationError, match=rf"^transport must be an object with handle_\w+\(\).*, not {told}$"
    ):
        make(transport=transport)


def test_a_transport_for_the_other_client_is_refused() -> None:
    transports: tuple[Any, Any] = httpx.HTTPTransport(), httpx.AsyncHTTPTransport()
    with pytest.raises(osvi.ConfigurationError, match=r"handle_async_request\(\)"):
        osvi.AsyncClient(TOKEN, transport=transports[0])
    with pytest.raises(osvi.ConfigurationError, match=r"handle_request\(\)"):
        osvi.Client(TOKEN, transport=transports[1])


@pytest.mark.parametrize("pool", ["", "urllib3", "AIOHTTP", None, True, 1, [], b"httpx"])
def test_an_unknown_pool_is_refused(pool: Any) -> None:
    with pytest.raises(osvi.ConfigurationError, match=r'^pool must be "httpx" or "aiohttp", not '):
        osvi.AsyncClient(TOKEN, pool=pool)


def test_the_pool_of_aiohttp_and_a_transport_are_refused_together() -> None:
    with pytest.raises(osvi.ConfigurationError, match=r'^pool="aiohttp" cannot be used with transport='):
        osvi.AsyncClient(TOKEN, pool="aiohttp", transport=answering(ok({})))


def test_the_pool_of_aiohttp_refuses_trio() -> None:
    async def main(url: str) -> None:
        async with osvi.AsyncClient(TOKEN, base_url=url, pool="aiohttp") as client:
            with pytest.raises(
                osvi.ConfigurationError, match=r'^pool="aiohttp" runs on asyncio alone; pool="httpx" runs'
            ):
                await client.list_active_sessions(CUSTOMER)

    with serving(EMPTY) as server:
        trio.run(main, server.url)
        assert server.requests == []


@pytest.mark.parametrize(
    ("operation", "problem"),
    [(get_v1_chat_session_active, "not function; call the function"), (None, "not NoneType"), ("GET /", "not str")],
)
def test_send_refuses_anything_but_an_operation(operation: Any, problem: str) -> None:
    sandbox = osvi.testing.Sandbox()
    with (
        osvi.Client(sandbox.token, transport=sandbox.transport) as client,
        pytest.raises(osvi.ConfigurationError) as caught,
    ):
        client.send(operation)

    assert str(caught.value) == f"send() takes an operation of osvi.operations, {problem}"
