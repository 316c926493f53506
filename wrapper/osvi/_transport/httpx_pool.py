"""The connections of `Client`, on httpx.

Requests are sent by the public ``httpx.Client.send()`` on an ``httpx.HTTPTransport``, since tools that trace, record or
mock HTTP patch these. They are not made by ``httpx.Client.build_request()``, which parses the URL three times and
merges settings that never change.
"""

from __future__ import annotations

from contextlib import closing
from threading import TIMEOUT_MAX, Event
from typing import Any, Final

import httpx

from osvi._core.http import MIN_TIMEOUT, Request, Response
from osvi._transport.body import Body
from osvi._transport.connections import ONE_CONNECTION, Connections
from osvi._transport.current_request import current_request
from osvi._transport.failures import failure
from osvi._transport.origin import Network
from osvi.errors import OSVIError


class NoCookies(httpx.Cookies):
    """Keeps no cookies: the API sets none, and looking for them takes a tenth of the time of a call."""

    def extract_cookies(self, response: httpx.Response) -> None:
        """Do nothing."""


class _Client(httpx.Client):
    cookies: Any = NoCookies()

    def __init__(self, transport: httpx.BaseTransport) -> None:
        # trust_env is false since `origin` has read the environment.
        super().__init__(transport=transport, event_hooks={"response": [hide_location]}, trust_env=False)
        self.transport: Final = transport


class HttpxPool(Connections[_Client]):
    """The connections of a sync client, on httpx."""

    _client = _Client

    def _client_of(self, network: Network) -> _Client:
        from osvi._transport.deadline import limit_reads  # noqa: PLC0415 - httpx too imports httpcore this late

        transport = httpx.HTTPTransport(network.ssl_context, proxy=network.proxy, limits=ONE_CONNECTION)
        limit_reads(transport)
        return _Client(transport)

    def exchange(self, request: Request) -> Response | OSVIError:
        """Send a request, and return the response, or the error of the connection."""
        reset = current_request.set(request)
        try:
            return self._send(request)
        except BaseException as error:  # noqa: BLE001 - failure() raises what is no failure of the connection
            return failure(error, request, self)
        finally:
            current_request.reset(reset)

    def _send(self, request: Request) -> Response:
        # A function of its own, since `failure` cuts its frame, which holds what the server may have repeated.
        turn = self._begin_turn(Event)
        try:
            if turn is not None:
                turn.wait(min(request.remaining(), TIMEOUT_MAX))
            with (
                self._lend(turn) as http,
                closing(http.send(httpx_request(request), stream=True, auth=None)) as response,
            ):
                body = new_body(response, request)
                for chunk in response.iter_bytes() if response.is_stream_consumed else response.iter_raw():
                    if not body.add(chunk):
                        break
        finally:
            self._end_turn(turn)
            for client in self._disused():
                client.close()
        return finished(response, body)

    def close(self) -> None:
        for client in self._end():
            client.close()


_ALWAYS_WITH_LENGTH: Final = {"POST", "PUT", "PATCH"}  # also without a body (RFC 9110, 8.6)


def httpx_request(request: Request) -> httpx.Request:
    """Return a request for httpx. Callers do not keep it in a local variable: it holds the token."""
    remaining = max(request.remaining(), MIN_TIMEOUT)
    phase = min(request.options.timeout, remaining)
    url = httpx.URL(request.url)
    method, content = request.operation.method, request.operation.content or b""
    result = httpx.Request(
        method,
        url,
        headers=[
            ("Host", url.netloc.decode("ascii")),
            ("Connection", "keep-alive"),
            *([("Content-Length", str(len(content)))] if content or method in _ALWAYS_WITH_LENGTH else ()),
            *request.headers(),
        ],
        # With `content=`, httpx would look for missing headers, and build all headers again.
        stream=httpx.ByteStream(content),
        # The wait for a connection of the pool may take all of the remaining time: it does not depend on the server.
        extensions={"timeout": {"connect": phase, "read": phase, "write": phase, "pool": remaining}},
    )
    result.read()
    return result


def hide_location(response: httpx.Response) -> None:
    """Hide the header ``Location`` from httpx. ``all_headers`` of the extensions has it.

    httpx builds the request for a redirect even if it does not follow it. That request would hold the token for another
    host, and an invalid target would raise an exception.
    """
    response.extensions["all_headers"] = response.headers.raw
    if "location" in response.headers:
        del response.headers["location"]


def new_body(response: httpx.Response, request: Request) -> Body:
    """Return the body that a response will have.

    That of a mock may have been read already: `iter_bytes` has it decompressed.
    """
    return Body("" if response.is_stream_consumed else response.headers.get("content-encoding", ""), request)


def finished(response: httpx.Response, body: Body) -> Response:
    """Return a response whose body was read, with all headers."""
    # httpx makes the stream refer to the response, and only the garbage collector would end such a circle.
    response.stream = httpx.ByteStream(b"")
    # There are no extensions if a tool answers in the place of `httpx.Client.send`.
    return body.response(response.status_code, response.extensions.get("all_headers") or response.headers.raw)
