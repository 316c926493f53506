"""OpenTelemetry sees each attempt of each client."""

import pytest

pytest.importorskip("opentelemetry.instrumentation.httpx")  # of the extra `tools`

import re
from collections.abc import Iterator

import osvi
from opentelemetry.instrumentation.aiohttp_client import AioHttpClientInstrumentor
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, Tracer
from support import HEADER, Make, RawServer


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
