"""What the clients are made with, checked once, with errors that say what to change."""

from __future__ import annotations

import ipaddress
import math
import os
import platform
import re
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Final, TypeVar

import attrs
import httpx

from osvi._version import __version__
from osvi.errors import ConfigurationError

SERVER: Final = "https://api.osvi.ai"  # openapi.yaml, servers
VARIABLE: Final = "OSVI_BASE_URL"
USER_AGENT: Final = f"osvi/{__version__} httpx/{httpx.__version__} python/{platform.python_version()}"

C = TypeVar("C", httpx.Client, httpx.AsyncClient)


@attrs.frozen
class Settings:
    """The options of a client, all usable. Durations are in seconds."""

    base_url: httpx.URL
    timeout: float
    retries: int
    total_timeout: float
    max_response_bytes: int


def settings(  # noqa: PLR0913 - the options of the clients
    *,
    base_url: str | None,
    timeout: float,
    retries: int,
    total_timeout: float,
    max_response_bytes: int,
    allow_http: bool,
) -> Settings:
    """Return the options, checked.

    Raises:
        ConfigurationError: one of them cannot be used.
    """
    for name, seconds in (("timeout", timeout), ("total_timeout", total_timeout)):
        if not _is_number(seconds) or not 0 < seconds < math.inf:
            raise ConfigurationError(f"{name} must be a number of seconds above 0, not {seconds!r}")
    for name, count, least in (("retries", retries, 0), ("max_response_bytes", max_response_bytes, 1)):
        if not _is_number(count) or count != int(count) or count < least:
            raise ConfigurationError(f"{name} must be a whole number from {least} up, not {count!r}")
    url = _base_url(base_url, allow_http=allow_http)
    return Settings(url, float(timeout), int(retries), float(total_timeout), int(max_response_bytes))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _base_url(given: str | None, *, allow_http: bool) -> httpx.URL:
    source = "base_url"
    if given is None and os.environ.get(VARIABLE):
        given, source = os.environ[VARIABLE], VARIABLE
    # What was given is not quoted in an error before it is known to hold no credentials.
    try:
        url = httpx.URL(SERVER if given is None else given)
    except (httpx.InvalidURL, TypeError):
        problem: str | None = f"{source} is no URL"
    else:
        problem = _problem(url, source, allow_http=allow_http)
        if problem is None:
            return url
    raise ConfigurationError(problem)


def _problem(url: httpx.URL, source: str, *, allow_http: bool) -> str | None:
    if url.userinfo:
        return f"{source} holds a user name or password, which this API does not use; the token is passed on its own"
    if url.scheme not in {"http", "https"} or not url.host:
        return f"{source} must begin with https:// and a host"
    if url.query or url.fragment:
        return f"{source} must not have a query or a fragment"
    if url.scheme == "http" and not allow_http and not _is_loopback(url.host):
        return f"{source} is plain http://, which would show the API token to the network; allow_http=True permits it"
    return None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def build(cls: type[C], settings: Settings, **options: Any) -> C:
    """Make the httpx client. With no ``transport``, the proxies and certificates are those of the environment.

    Raises:
        ConfigurationError: the environment names a proxy or a certificate file that httpx cannot use.
    """
    try:
        return cls(
            base_url=settings.base_url,
            timeout=settings.timeout,
            headers={"Accept": "application/json", "User-Agent": USER_AGENT},
            follow_redirects=False,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),  # the API has none; none are kept or sent
            **options,
        )
    except (ImportError, OSError, ValueError, httpx.InvalidURL) as error:
        # A proxy's URL may hold a password.
        reason = re.sub(r"//[^/@\s]*@", "//", f"{type(error).__name__}: {error}")
    raise ConfigurationError(f"httpx cannot use the proxy or certificate settings of the environment: {reason}")
