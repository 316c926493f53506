"""The networks of users: private certificates, proxies of every kind, and redirects to other hosts."""

import base64
import gc
import os
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import osvi
import pytest
import trustme
from canary import everything_about
from servers import SOCKS_CONNECTED, SOCKS_REFUSED, listening
from support import CUSTOMER, EMPTY, MOCKED, ONCE, TOKEN, Make, RawServer, raw, serving

NAMES = ("localhost", "127.0.0.1", "api.example")
PASSWORD = "p@ss:w/ört€"  # characters that must be percent-encoded, and one that Latin-1 does not have
QUOTED = "p%40ss%3Aw%2F%C3%B6rt%E2%82%AC"
BASIC = b"Basic " + base64.b64encode(f"user:{PASSWORD}".encode())


@pytest.fixture(autouse=True)
def _no_resolver(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve = socket.getaddrinfo

    def local(host: Any, *arguments: Any, **options: Any) -> Any:
        if host in {"localhost", "127.0.0.1", "::1", b"localhost", b"127.0.0.1", b"::1"}:
            return resolve(host, *arguments, **options)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", local)


@pytest.fixture(scope="module")
def company() -> trustme.CA:
    """Give the CA of a company, which is in no list of public ones."""
    return trustme.CA(organization_name="A company")


@pytest.fixture(scope="module")
def server_tls(company: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    company.issue_cert(*NAMES).configure_cert(context)
    return context


@pytest.fixture
def client_tls(company: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    company.configure_trust(context)
    return context


def header(request: bytes, name: str) -> list[bytes]:
    """Return the values of a header in the bytes of a request."""
    return re.findall(rb"(?im)^" + name.encode() + rb": *(.*?)\r$", request)


# Certificates


def test_a_server_of_an_unknown_authority_is_refused(make: Make, server_tls: ssl.SSLContext) -> None:
    with listening(EMPTY, tls=server_tls) as server:
        with pytest.raises(osvi.TransportError, match=r"(?i)certificate verify failed"):
            make(base_url=f"https://localhost:{server.port}", retries=0).list_active_sessions()
        assert server.requests == []


def test_the_authority_of_a_company_is_trusted_by_ssl_cert_file(
    make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, company: trustme.CA, server_tls: ssl.SSLContext
) -> None:
    company.cert_pem.write_to_path(os.fspath(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", os.fspath(tmp_path / "ca.pem"))
    with listening(EMPTY, tls=server_tls) as server:
        assert make(base_url=f"https://localhost:{server.port}").list_active_sessions() == {}


def test_an_ssl_context_overrides_the_environment(
    make: Make, monkeypatch: pytest.MonkeyPatch, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "no-such-file.pem")
    with listening(EMPTY, tls=server_tls) as server:
        assert make(base_url=f"https://localhost:{server.port}", ssl_context=client_tls).list_active_sessions() == {}


def test_a_certificate_of_another_host_is_refused(make: Make, company: trustme.CA, client_tls: ssl.SSLContext) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    company.issue_cert("other.example").configure_cert(context)
    with listening(EMPTY, tls=context) as server:
        with pytest.raises(osvi.TransportError, match=r"(?i)certificate"):
            make(base_url=f"https://localhost:{server.port}", ssl_context=client_tls, retries=0).list_active_sessions()
        assert server.requests == []


def test_a_client_certificate_is_sent_to_a_server_that_asks_for_one(
    make: Make, company: trustme.CA, client_tls: ssl.SSLContext
) -> None:
    asking = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    company.issue_cert(*NAMES).configure_cert(asking)
    company.configure_trust(asking)
    asking.verify_mode = ssl.CERT_REQUIRED
    with listening(EMPTY, tls=asking) as server:
        url = f"https://localhost:{server.port}"
        with pytest.raises(osvi.TransportError):
            make(base_url=url, ssl_context=client_tls, retries=0).list_active_sessions()
        company.issue_cert("client@company.example").configure_cert(client_tls)
        assert make(base_url=url, ssl_context=client_tls).list_active_sessions() == {}


# Which proxy


def is_proxied(make: Make, proxy: RawServer, url: str = "http://api.example") -> bool:
    """Tell whether a client uses the proxy. Without it, the name of the host is not resolved."""
    before = len(proxy.requests)
    with suppress(osvi.TransportError):
        make(base_url=url, allow_http=True, retries=0).list_active_sessions()
    return len(proxy.requests) > before


@ONCE
@pytest.mark.parametrize(
    "variables",
    [
        *({name: "{proxy}"} for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")),
        {"HTTP_PROXY": "{other}", "http_proxy": "{proxy}"},
        {"ALL_PROXY": "{other}", "HTTP_PROXY": "{proxy}"},
        {"HTTPS_PROXY": "{other}", "ALL_PROXY": "{proxy}"},  # that of the other scheme
    ],
)
@pytest.mark.parametrize("scheme", ["http://", ""])
def test_a_proxy_is_taken_from_the_variable_that_counts(
    make: Make, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], scheme: str
) -> None:
    with serving(EMPTY) as proxy, serving(EMPTY) as other:
        for name, value in variables.items():
            monkeypatch.setenv(name, value.format(proxy=f"{scheme}127.0.0.1:{proxy.port}", other=other.url))
        assert is_proxied(make, proxy)
        assert other.requests == []


@ONCE
@pytest.mark.parametrize(
    ("variable", "value", "proxied"),
    [
        ("NO_PROXY", "API.invalid", False),
        ("no_proxy", "api.invalid", False),
        ("NO_PROXY", "other.example, api.invalid", False),
        ("NO_PROXY", "api.invalid:80", False),  # the port is ours to add: the standard library does not look at it
        ("NO_PROXY", "api.invalid:81", True),
        ("NO_PROXY", ".invalid", False),
        ("NO_PROXY", "*", False),
        ("NO_PROXY", "pi.invalid", True),
    ],
)
def test_no_proxy_is_obeyed(
    make: Make, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, *, proxied: bool
) -> None:
    with serving(EMPTY) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv(variable, value)
        assert is_proxied(make, proxy, "http://api.invalid") == proxied


@pytest.mark.parametrize("name", ["HTTP_PROXY", "ALL_PROXY"])
def test_plain_http_to_this_machine_never_goes_through_a_proxy(
    make: Make, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with serving(EMPTY) as proxy, serving(EMPTY) as server:
        monkeypatch.setenv(name, proxy.url)
        assert make(base_url=server.url).list_active_sessions() == {}
        assert proxy.requests == []


@ONCE
@pytest.mark.parametrize("host", ["localhost", "[::1]"])
def test_each_name_of_this_machine_is_reached_without_a_proxy(
    make: Make, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    with serving(EMPTY) as proxy, serving(EMPTY) as server:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        assert not is_proxied(make, proxy, f"http://{host}:{server.port}")


@ONCE
def test_the_proxy_is_read_when_the_client_is_made(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(EMPTY) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        api = make(base_url="http://api.example", allow_http=True)
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
        assert api.list_active_sessions() == {}


# What passes through a proxy


def test_a_proxy_that_inspects_tls_works_with_the_authority_of_the_company(  # noqa: PLR0913, PLR0917 - fixtures
    make: Make,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    company: trustme.CA,
    server_tls: ssl.SSLContext,
    client_tls: ssl.SSLContext,
) -> None:
    with listening(EMPTY, tunnel=server_tls) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with pytest.raises(osvi.TransportError, match=r"(?i)certificate verify failed.*through the proxy"):
            make(base_url="https://api.example", retries=0).list_active_sessions()
        assert make(base_url="https://api.example", ssl_context=client_tls).list_active_sessions() == {}
        company.cert_pem.write_to_path(os.fspath(tmp_path / "ca.pem"))
        monkeypatch.setenv("SSL_CERT_FILE", os.fspath(tmp_path / "ca.pem"))
        assert make(base_url="https://api.example").list_active_sessions() == {}

    connects = [request for request in proxy.requests if request.startswith(b"CONNECT api.example:443 ")]
    assert len(connects) == 3
    for request in connects:
        assert TOKEN.encode() not in request
        assert header(request, "Proxy-Authorization") == []


@pytest.mark.parametrize(("userinfo", "sent"), [(f"user:{QUOTED}", BASIC), ("user", b"Basic dXNlcjo=")])
def test_the_credentials_of_a_proxy_are_sent_to_the_proxy_only(  # noqa: PLR0913, PLR0917 - fixtures
    make: Make,
    monkeypatch: pytest.MonkeyPatch,
    server_tls: ssl.SSLContext,
    client_tls: ssl.SSLContext,
    userinfo: str,
    sent: bytes,
) -> None:
    with listening(EMPTY, tunnel=server_tls) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://{userinfo}@127.0.0.1:{proxy.port}")
        options: Any = {"base_url": "https://api.example", "headers": {"X-Gateway": "secret-of-ours"}}
        assert make(ssl_context=client_tls, **options).list_active_sessions() == {}

    connect, request = proxy.requests
    assert b"secret-of-ours" not in connect
    assert header(request, "X-Gateway") == [b"secret-of-ours"]
    assert header(connect, "Proxy-Authorization") == [sent]
    assert header(request, "Proxy-Authorization") == header(request, "Authorization") == []


def test_a_connection_through_a_proxy_is_kept(
    make: Make, monkeypatch: pytest.MonkeyPatch, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    with listening(EMPTY, tunnel=server_tls) as tunnel, serving(EMPTY) as plain:
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:{QUOTED}@127.0.0.1:{tunnel.port}")
        monkeypatch.setenv("HTTP_PROXY", f"user:{QUOTED}@127.0.0.1:{plain.port}")
        for api in (
            make(base_url="https://api.example", ssl_context=client_tls),
            make(base_url="http://api.example", allow_http=True),
        ):
            assert api.list_active_sessions() == api.list_active_sessions() == {}

    assert len(tunnel.requests) == 3
    assert len(plain.connections) == 1
    for request in plain.requests:
        assert header(request, "Proxy-Authorization") == [BASIC]
        assert header(request, "Authorization") == []
        assert header(request, "Host") == [b"api.example"]


@pytest.mark.parametrize(
    ("scheme", "name"),
    [("http", "HTTP_PROXY"), ("https", "https_proxy"), ("https", "ALL_PROXY"), ("http", "all_proxy")],
)
def test_a_dead_proxy_is_named_with_its_variable_and_without_its_password(
    make: Make, monkeypatch: pytest.MonkeyPatch, scheme: str, name: str
) -> None:
    monkeypatch.setenv(name, "http://user:hunter2@127.0.0.1:1")
    with pytest.raises(osvi.TransportError) as caught:
        make(base_url=f"{scheme}://api.example", allow_http=True, retries=0).list_active_sessions()

    shown = name.upper() if os.name == "nt" else name  # Windows has the names of variables in upper case
    assert f"through the proxy http://127.0.0.1:1 of {shown}" in str(caught.value)
    assert "hunter2" not in repr(vars(caught.value)) + str(caught.value)


@pytest.mark.parametrize("status", ["407 Proxy Authentication Required", "502 Bad Gateway", "407 "])
def test_a_proxy_that_opens_no_tunnel_is_named_with_its_answer(
    make: Make, monkeypatch: pytest.MonkeyPatch, server_tls: ssl.SSLContext, status: str
) -> None:
    refusal = f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode()
    with listening(EMPTY, tunnel=server_tls, connected=refusal) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:hunter2@127.0.0.1:{proxy.port}")
        with pytest.raises(osvi.TransportError, match=f"ProxyError: {status.strip()}.*of HTTPS_PROXY") as caught:
            make(base_url="https://api.example", retries=0).list_active_sessions(CUSTOMER)

    assert "hunter2" not in str(caught.value)
    assert "5551112222" not in str(caught.value)


@ONCE
@pytest.mark.parametrize("value", ["http://user:12/hunter2@127.0.0.1:1", "user:12#hunter2@127.0.0.1:1"])
def test_a_password_that_was_not_encoded_is_not_shown(make: Make, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", value)
    with pytest.raises(osvi.ConfigurationError, match="the proxy of HTTPS_PROXY cannot be used") as caught:
        make()

    assert "hunter2" not in str(caught.value)


def test_a_proxy_that_is_an_argument_comes_before_that_of_the_environment(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with serving(EMPTY) as proxy:
        url = f"http://user:hunter2@127.0.0.1:{proxy.port}"
        assert make(base_url="http://api.example", allow_http=True, proxy=url).list_active_sessions() == {}
    assert header(proxy.requests[0], "Proxy-Authorization") == [b"Basic " + base64.b64encode(b"user:hunter2")]

    dead = httpx.URL("http://user:hunter2@127.0.0.1:1")
    with pytest.raises(osvi.TransportError, match=r"the proxy http://127\.0\.0\.1:1 of the argument proxy") as caught:
        make(base_url="http://api.example", allow_http=True, retries=0, proxy=dead).list_active_sessions()
    assert "hunter2" not in repr(vars(caught.value)) + str(caught.value)


@pytest.mark.parametrize("proxy", ["ftp://user:hunter2@127.0.0.1", "http://user:12/hunter2@127.0.0.1:1", "hunter2", 7])
@pytest.mark.parametrize("client", [osvi.Client, osvi.AsyncClient])
def test_a_proxy_that_cannot_be_used_is_refused_without_its_password(client: Any, proxy: Any) -> None:
    with pytest.raises(osvi.ConfigurationError, match=r"^proxy ") as caught:
        client(TOKEN, proxy=proxy)

    assert not any("hunter2" in text for text in everything_about(caught.value))


# Proxies that only httpx's pool has a way through


def is_refused_by_aiohttp(make: Make, **options: object) -> bool:
    """Tell whether the client has the aiohttp pool, and check that it refuses the proxy with an error that says why."""
    try:
        make(**options)
    except osvi.ConfigurationError as error:
        text = str(error)
    else:
        return False
    assert re.search(r'^pool="aiohttp" does not support the proxy .* of HTTPS?_PROXY.*pool="httpx" supports it', text)
    assert "hunter2" not in text
    return True


def test_a_proxy_that_is_reached_by_tls(
    make: Make, monkeypatch: pytest.MonkeyPatch, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    with (
        listening(EMPTY, tls=server_tls) as server,
        listening(tls=server_tls, relay=server.port) as proxy,
    ):
        monkeypatch.setenv("HTTPS_PROXY", f"https://user:hunter2@localhost:{proxy.port}")
        options = {"base_url": "https://api.example", "ssl_context": client_tls}
        if is_refused_by_aiohttp(make, **options):
            return
        assert make(**options).list_active_sessions() == {}

    assert proxy.requests[0].startswith(b"CONNECT api.example:443 ")
    assert header(proxy.requests[0], "Proxy-Authorization") == [b"Basic dXNlcjpodW50ZXIy"]


def test_a_proxy_that_is_reached_by_tls_with_an_unknown_certificate(
    make: Make, monkeypatch: pytest.MonkeyPatch, server_tls: ssl.SSLContext
) -> None:
    with listening(EMPTY, tls=server_tls) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"https://user:hunter2@localhost:{proxy.port}")
        options = {"base_url": "http://api.example", "allow_http": True, "retries": 0}
        if is_refused_by_aiohttp(make, **options):
            return
        with pytest.raises(
            osvi.TransportError, match=r"(?i)certificate verify failed.*through the proxy https://local"
        ):
            make(**options).list_active_sessions()


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
@pytest.mark.parametrize("login", [None, (b"user", PASSWORD.encode())])
def test_a_socks_proxy(
    make: Make, monkeypatch: pytest.MonkeyPatch, scheme: str, login: tuple[bytes, bytes] | None
) -> None:
    with listening(EMPTY, socks=SOCKS_CONNECTED, login=login) as proxy:
        userinfo = f"user:{QUOTED}@" if login else ""
        monkeypatch.setenv("HTTP_PROXY", f"{scheme}://{userinfo}127.0.0.1:{proxy.port}")
        options = {"base_url": "http://api.example", "allow_http": True}
        if is_refused_by_aiohttp(make, **options):
            return
        assert make(**options).list_active_sessions() == {}
        assert b"api.example\x00\x50" in proxy.targets[0]  # the proxy resolves the name
        assert header(proxy.requests[0], "Proxy-Authorization") == []


def test_tls_through_a_socks_proxy(
    make: Make, monkeypatch: pytest.MonkeyPatch, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    with listening(EMPTY, socks=SOCKS_CONNECTED, inner=server_tls) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"socks5://127.0.0.1:{proxy.port}")
        options = {"base_url": "https://api.example", "ssl_context": client_tls}
        if is_refused_by_aiohttp(make, **options):
            return
        assert make(**options).list_active_sessions() == {}
        assert b"api.example\x01\xbb" in proxy.targets[0]


# httpcore leaves the connection open to a SOCKS proxy that did not connect: it ends when it is collected.
UNCLOSED = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")


@UNCLOSED
@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (SOCKS_REFUSED, "ProxyError: .*Connection refused"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "no answer"),
        (b"", "no answer"),
    ],
)
def test_a_socks_proxy_that_does_not_connect_is_named(
    make: Make, monkeypatch: pytest.MonkeyPatch, reply: bytes, message: str
) -> None:
    with listening(EMPTY, socks=reply) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"socks5://127.0.0.1:{proxy.port}")
        options = {"base_url": "http://api.example", "allow_http": True, "retries": 0}
        if is_refused_by_aiohttp(make, **options):
            return
        with pytest.raises(osvi.TransportError, match=f"{message}.*through the proxy socks5://127.0.0.1:"):
            make(**options).list_active_sessions()
        gc.collect()


@contextmanager
def closing_late(server: socket.socket) -> Iterator[None]:
    """Close a server after 10 seconds: a client without a limit of its own fails, and does not hang."""
    timer = threading.Timer(10, server.close)
    timer.start()
    yield
    timer.cancel()
    timer.join()


@UNCLOSED
@pytest.mark.parametrize("scheme", ["http", "https", "socks5"])
def test_a_proxy_that_says_nothing_is_a_timeout(make: Make, monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, closing_late(silent):
        monkeypatch.setenv("HTTPS_PROXY", f"{scheme}://127.0.0.1:{silent.getsockname()[1]}")
        options = {"base_url": "https://api.example", "total_timeout": 0.2}
        if is_refused_by_aiohttp(make, **options):
            return
        with pytest.raises(osvi.RequestTimeoutError, match=r"the total_timeout of 0\.2 s .*of HTTPS_PROXY"):
            make(**options).list_active_sessions()
        gc.collect()


def test_no_login_is_read_from_netrc(make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login user password hunter2")
    monkeypatch.setenv("NETRC", os.fspath(tmp_path / "netrc"))
    with serving(EMPTY) as server:
        make(base_url=server.url).list_active_sessions()

    assert header(server.requests[0], "Authorization") == []


# Redirects


@pytest.mark.parametrize("status", ["302 Found", "308 Permanent Redirect"])
def test_a_redirect_to_another_host_never_gets_the_token(make: Make, status: str) -> None:
    with serving(EMPTY) as other:
        to = f"Location: {other.url}/v1/x?customer_id={CUSTOMER}#there"
        with (
            serving(raw(b"", status, to)) as server,
            pytest.raises(osvi.APIError, match=f"a redirect to {other.url}/v1/x, which is not followed"),
        ):
            make(base_url=server.url).list_active_sessions()
        assert other.connections == []


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("https://elsewhere.example/\x01/x?c=15551112222", "a redirect to https://elsewhere.example/"),
        ("https://elsewhere.example/\x7f?c=15551112222", "a redirect to https://elsewhere.example/"),
        ("https://[broken?c=15551112222", "a redirect to an invalid URL"),
        ("https://elsewhere.example:port/x?c=15551112222", "a redirect to https://elsewhere.example:port/x,"),
        ("https://elsewhere.example:99999/x?c=15551112222", "a redirect to https://elsewhere.example:99999/x,"),
    ],
)
def test_a_redirect_to_an_odd_place_says_where_without_the_query(make: Make, location: str, said: str) -> None:
    with serving(raw(b"", "302 Found", f"Location: {location}")) as server:
        with pytest.raises(osvi.OSVIError) as caught:
            make(base_url=server.url, retries=0).list_active_sessions()
        if isinstance(caught.value, osvi.TransportError) and not location.isprintable():
            return  # aiohttp's parser and h11 refuse some of these characters before the client sees them
        assert isinstance(caught.value, osvi.APIError)
        assert said in str(caught.value)
        assert "5551112222" not in str(caught.value)
        assert str(caught.value).isprintable()


@MOCKED
def test_the_request_of_a_redirect_is_not_built(make: Make) -> None:
    seen: list[httpx.Response] = []

    def redirect(request: httpx.Request) -> httpx.Response:
        seen.append(httpx.Response(302, headers={"Location": "https://elsewhere.example/"}, request=request))
        return seen[-1]

    with pytest.raises(osvi.APIError, match=r"a redirect to https://elsewhere.example/"):
        make(transport=httpx.MockTransport(redirect)).list_active_sessions()
    assert seen[0].next_request is None


def test_the_connection_is_kept_after_a_redirect(make: Make) -> None:
    with serving(raw(b"", "302 Found", "Location: https://elsewhere.example/"), EMPTY) as server:
        api = make(base_url=server.url)
        with pytest.raises(osvi.APIError):
            api.list_active_sessions()
        assert api.list_active_sessions() == {}
        assert len(server.connections) == 1
