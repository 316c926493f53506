"""OpenTelemetry, and what wraps ``send()`` of httpx as Datadog and New Relic do, see each attempt of each client."""

import pytest

pytest.importorskip("opentelemetry.instrumentation.httpx")  # of the extra `tools`

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import httpx
import osvi
from opentelemetry.instrumentation.aiohttp_client import AioHttpClientInstrumentor
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, Tracer
from support import HEADER, Make, RawServer, raw_json, reset, serving


class Tracing:
    """What OpenTelemetry was given."""

    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        self.provider = TracerProvider()
        self.provider.add_span_processor(SimpleSpanProcessor(self._exporter))
        self.tracer: Tracer = self.provider.get_tracer(__name__)

    @property
    def spans(self) -> list[ReadableSpan]:
        return list(self._exporter.get_finished_spans())


@pytest.fixture
def tracing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Tracing]:
    # What the page says of captured headers: all of them, but for the secrets.
    monkeypatch.setenv("OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_CLIENT_REQUEST", ".*")
    monkeypatch.setenv("OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_SANITIZE_FIELDS", f"{HEADER.lower()},x-tenant")
    tracing = Tracing()
    instrumentors = (HTTPXClientInstrumentor(), AioHttpClientInstrumentor())
    for instrumentor in instrumentors:
        instrumentor.instrument(tracer_provider=tracing.provider)
    yield tracing
    for instrumentor in instrumentors:
        instrumentor.uninstrument()


def parents(spans: list[ReadableSpan]) -> set[int | None]:
    return {span.parent and span.parent.span_id for span in spans}


def test_opentelemetry_has_a_span_for_each_attempt_under_that_of_the_caller(
    api_of: Make, server: RawServer, tracing: Tracing
) -> None:
    api = api_of(base_url=server.url)
    with tracing.tracer.start_as_current_span("caller"):
        api.list_active_sessions()

    *attempts, caller = tracing.spans
    assert [span.kind for span in attempts] == [SpanKind.CLIENT] * 2
    assert [(span.attributes or {})["http.status_code"] for span in attempts] == [503, 200]
    assert parents(attempts) == {caller.context and caller.context.span_id}


def test_each_attempt_carries_the_traceparent_of_its_span(api_of: Make, server: RawServer, tracing: Tracing) -> None:
    api_of(base_url=server.url).list_active_sessions()

    sent = [re.findall(rb"(?im)^traceparent: 00-([0-9a-f]{32})-([0-9a-f]{16})-..\r$", one) for one in server.requests]
    assert sent == [
        [(f"{span.context.trace_id:032x}".encode(), f"{span.context.span_id:016x}".encode())]
        for span in tracing.spans
        if span.context
    ]
    assert len(sent) == 2


async def _all(client: osvi.AsyncClient, customers: list[str]) -> list[osvi.CustomerSessions]:
    return [result async for result in client.iter_active_sessions(customers, concurrency=3)]


def test_the_lookups_of_many_customers_are_under_the_span_of_the_caller(
    api_of: Make, server: RawServer, tracing: Tracing
) -> None:
    api = api_of(base_url=server.url)
    customers = [f"+{number}" for number in range(9)]
    with tracing.tracer.start_as_current_span("caller"):
        if isinstance(api.client, osvi.Client):
            results = list(api.client.iter_active_sessions(customers, concurrency=3))
        else:
            results = api.run(_all(api.client, customers))

    *attempts, caller = tracing.spans
    assert [result.error for result in results] == [None] * 9
    assert len(attempts) == 10  # one of them failed once
    assert parents(attempts) == {caller.context and caller.context.span_id}


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        reset,
        raw_json({"success": False, "error": "no"}, "401 No"),
        raw_json({"data": []}),
        raw_json({}, "302 Found", "Location: https://elsewhere.invalid/"),
    ],
    ids=["refused", "reset", "401", "broken", "redirect"],
)
def test_no_span_of_a_failed_call_holds_a_secret(
    api_of: Make, tracing: Tracing, answer: Any, canaries: tuple[str, ...]
) -> None:
    with serving(answer) as server:
        api = api_of(base_url=server.url, retries=1)
        if answer == b"":
            server.close()
        with tracing.tracer.start_as_current_span("caller"), pytest.raises(osvi.OSVIError):
            api.list_active_sessions()

    assert len(tracing.spans) >= 2
    for span in tracing.spans:
        shown = f"{span.to_json()} {span.events!r} {span.status.description}"
        assert "[REDACTED]" in shown or span.name == "caller"
        assert not any(secret in shown for secret in canaries)


@pytest.fixture
def sends(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Wrap ``send()`` of both httpx clients, as Datadog and New Relic do, and give the statuses that it saw."""
    seen: list[int] = []
    send, asend = httpx.Client.send, httpx.AsyncClient.send

    def traced(client: httpx.Client, request: httpx.Request, **options: Any) -> httpx.Response:
        response = send(client, request, **options)
        seen.append(response.status_code)
        return response

    async def atraced(client: httpx.AsyncClient, request: httpx.Request, **options: Any) -> httpx.Response:
        response = await asend(client, request, **options)
        seen.append(response.status_code)
        return response

    monkeypatch.setattr(httpx.Client, "send", traced)
    monkeypatch.setattr(httpx.AsyncClient, "send", atraced)
    return seen


@pytest.mark.parametrize("make", ["sync", "async"], indirect=True)
def test_what_wraps_the_send_of_httpx_sees_each_attempt(api_of: Make, server: RawServer, sends: list[int]) -> None:
    api_of(base_url=server.url).list_active_sessions()

    assert sends == [503, 200]


@pytest.mark.parametrize("make", ["sync", "async"], indirect=True)
def test_a_wrapper_sees_a_client_that_was_used_before_it(
    api_of: Make, server: RawServer, request: pytest.FixtureRequest
) -> None:
    api = api_of(base_url=server.url)
    api.list_active_sessions()
    sends = request.getfixturevalue("sends")
    api.list_active_sessions()

    assert sends == [200]


def test_a_lookup_that_is_cancelled_ends_its_span(tracing: Tracing) -> None:
    async def main(url: str, **options: Any) -> None:
        async with osvi.AsyncClient("0123456789abcdef", base_url=url, **options) as client:
            task = asyncio.create_task(client.list_active_sessions("+1"))
            while not server.requests:  # noqa: ASYNC110 - the server is in a thread
                await asyncio.sleep(0.001)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    with serving(lambda _: server.stopping.wait()) as server:
        asyncio.run(main(server.url))

    assert [span.name for span in tracing.spans] == ["GET"]
