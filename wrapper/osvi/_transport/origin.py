"""The base URL, the proxy and the other settings of connections. They are read once, when a client is made."""

from __future__ import annotations

import ipaddress
import os
import ssl
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from importlib.util import find_spec
from typing import Any, Final
from urllib.request import getproxies, proxy_bypass

import attrs
import httpx
from osvi_openapi.spec import SERVER

from osvi._core.options import whole_number
from osvi._core.token import Secret
from osvi.errors import ConfigurationError

VARIABLE: Final = "OSVI_BASE_URL"
_HIGHEST_PORT: Final = 65535


def checked_base_url(base_url: str | None, *, allow_http: bool) -> str:
    """Return the base URL, without a slash at its end. None stands for that of the environment or of the spec.

    Raises:
        ConfigurationError: The base URL is invalid, or it is plain HTTP to another machine.
    """
    source = "base_url"
    if base_url is None and os.environ.get(VARIABLE):
        base_url, source = os.environ[VARIABLE], VARIABLE
    url = _parsed(source, SERVER if base_url is None else base_url, partial(_base_url_problem, allow_http=allow_http))
    return str(url).rstrip("/")


def _parsed(source: str, text: Any, problem_of: Callable[[httpx.URL], str]) -> httpx.URL:
    """Return a URL that has no problem.

    Raises:
        ConfigurationError: It has. The message does not have the URL, which may hold credentials.
    """
    problem = "is not a URL"
    with suppress(httpx.InvalidURL, TypeError):  # whose messages quote the URL
        url = httpx.URL(text)
        if not (problem := problem_of(url)):
            return url
        del url
    del text  # tracebacks can show local variables
    raise ConfigurationError(f"{source} {problem}")


def _base_url_problem(url: httpx.URL, *, allow_http: bool) -> str:
    if url.userinfo:
        return "contains a user name or password, which this API does not use; pass the API token as token="
    if url.scheme not in {"http", "https"} or not url.host:
        return "must begin with https:// and a host"
    if url.query or url.fragment:
        return "must not have a query or a fragment"
    if not _is_port(url.port):
        return f"must have a port from 1 to {_HIGHEST_PORT}"
    if url.scheme == "http" and not allow_http and not _is_loopback(url.host):
        return "is plain http://, which would show the API token to the network; allow_http=True permits it"
    return ""


def _is_port(port: int | None) -> bool:
    return port is None or 0 < port <= _HIGHEST_PORT


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


@attrs.frozen(eq=False, repr=False)
class Network:
    """The settings of the connections to a server.

    Attributes:
        ssl_context: The settings of TLS.
        max_connections: How many may be open at a time.
        proxy: The proxy, which may have credentials. None if there is none.
        proxy_name: The proxy and its variable or argument, without credentials, for messages. Empty if there is none.
    """

    ssl_context: ssl.SSLContext
    max_connections: int = attrs.field(validator=whole_number(1))
    proxy: httpx.Proxy | None = None
    proxy_name: str = ""


def network_to(
    base_url: str, ssl_context: ssl.SSLContext | None, given_proxy: Secret[Any], max_connections: int
) -> Network:
    """Return the settings of the connections to a server. Those that are None are as the environment has them.

    Raises:
        ConfigurationError: The proxy or the certificate file cannot be used, or the number is invalid.
    """
    server = httpx.URL(base_url)
    if given_proxy.get() is None:
        url, source = _environment_proxy(server) or (None, "")
    else:
        url, source = _parsed("proxy", given_proxy.get(), _proxy_problem), "the argument proxy"
    uses_tls = "https" in {server.scheme, url and url.scheme}
    tls = ssl_context or _environment_tls(is_used=uses_tls)
    if url is None:
        return Network(tls, max_connections)
    http_proxy = httpx.Proxy(url, ssl_context=tls if url.scheme == "https" else None)
    return Network(tls, max_connections, http_proxy, f"the proxy {http_proxy.url} of {source}")


def _environment_proxy(server: httpx.URL) -> tuple[httpx.URL, str] | None:
    """Return the URL of the proxy for a server, and the variable that names it. None if there is none."""
    if server.scheme == "http" and _is_loopback(server.host):
        return None  # a proxy on another machine would get the token, and could not reach this machine
    proxies = getproxies()
    key = server.scheme if server.scheme in proxies else "all"
    port = server.port or {"http": 80, "https": 443}[server.scheme]
    if key not in proxies or proxy_bypass(server.host) or proxy_bypass(f"{server.host}:{port}"):
        return None
    names = (name for name, value in os.environ.items() if name.lower() == f"{key}_proxy" and value == proxies[key])
    variable = next(names, "the system settings")
    value = proxies[key].strip()
    text = value if "://" in value else f"http://{value}"
    return _parsed(f"the proxy of {variable} cannot be used: it", text, _proxy_problem), variable


def _proxy_problem(url: httpx.URL) -> str:
    if url.scheme not in {"http", "https", "socks5", "socks5h"}:
        return f"begins with {url.scheme}://; http, https, socks5 and socks5h are supported"
    if not url.host or not _is_port(url.port):
        return f"needs a host, and a port from 1 to {_HIGHEST_PORT}"
    if b"@" in url.raw_path or "@" in url.fragment:
        return "has a character in its password that must be percent-encoded"
    if url.scheme.startswith("socks") and find_spec("socksio") is None:
        return "is a SOCKS proxy, for which a package is missing: pip install 'httpx[socks]'"
    return ""


def _environment_tls(*, is_used: bool) -> ssl.SSLContext:
    variable = next((name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if os.environ.get(name)), "")
    path = os.environ.get(variable, "")
    source = f"{variable} names {path}, which" if variable else "the certificate file of certifi"
    # OpenSSL takes several folders. If none exists, it does not say so, and no certificate can be verified.
    if path and not any(map(os.path.exists, (path, *path.split(os.pathsep)))):
        raise ConfigurationError(f"{source} cannot be read: it does not exist")
    try:
        # To load the certificates takes a twentieth of the time of a short process. Without them, no server is trusted.
        return httpx.create_ssl_context() if is_used else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    except OSError as error:
        reason = error.strerror or str(error)
    raise ConfigurationError(f"{source} cannot be read: {reason}")
