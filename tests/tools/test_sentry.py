"""Sentry sees each attempt of each client, and no secret, whatever leaves a call."""

import pytest

pytest.importorskip("sentry_sdk")  # of the extra `tools`

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import sentry_sdk
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport
from support import CUSTOMER, Make, RawServer, raw_json, reset, serving, then_close


class Memory(Transport):
    """Keeps what Sentry would send."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[dict[str, Any]] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        self.sent += [item.payload.json for item in envelope.items if item.payload.json]

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Return the transactions, or the events of errors (which have no type)."""
        return [event for event in self.sent if event.get("type", "event") == kind]

    def flushed(self) -> list[dict[str, Any]]:
        """Return all; logs and streamed spans wait to be sent together."""
        sentry_sdk.flush()
        return self.sent

    @property
    def text(self) -> str:
        return json.dumps(self.flushed(), default=repr)


@pytest.fixture
def sentry_with(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[..., Memory]]:
    """Start Sentry with more options; it gets every record that is logged."""
    caplog.set_level(logging.DEBUG)
    with sentry_sdk.isolation_scope():
        yield start
    sentry_sdk.get_client().close()
    sentry_sdk.get_global_scope().set_client(None)


def start(**options: Any) -> Memory:
    memory = Memory()
    sentry_sdk.init(
        "https://public@sentry.invalid/1",
        transport=memory,
        traces_sample_rate=1.0,
        include_local_variables=True,
        enable_logs=True,
        max_value_length=1_000_000,  # so that no secret hides behind a cut
        **options,
    )
    return memory


@pytest.fixture
def sentry(sentry_with: Callable[..., Memory]) -> Memory:
    return sentry_with()


def capture(call: Callable[[], object]) -> None:
    """Give Sentry what leaves a call. The secrets are in no variable of this frame: Sentry sends those too."""
    try:
        call()
    except Exception as error:  # noqa: BLE001 - whatever it is
        sentry_sdk.capture_exception(error)


def test_sentry_has_a_span_and_a_breadcrumb_for_each_attempt(api_of: Make, server: RawServer, sentry: Memory) -> None:
    api = api_of(base_url=server.url)
    with sentry_sdk.start_transaction(name="caller"):
        api.list_active_sessions()
        sentry_sdk.capture_message("done")

    [event] = sentry.of("event")
    crumbs = [one["data"] for one in event["breadcrumbs"]["values"] if one["type"] == "http"]
    assert [crumb["http.response.status_code"] for crumb in crumbs] == [503, 200]
    [transaction] = sentry.of("transaction")
    spans = [span for span in transaction["spans"] if span["op"] == "http.client"]
    assert [span["data"]["http.response.status_code"] for span in spans] == [503, 200]


@pytest.mark.parametrize("options", [{}, {"data_collection": {"url_query_params": {"mode": "off"}}}])
def test_streamed_spans_hold_no_customer_id(
    api_of: Make, server: RawServer, sentry_with: Callable[..., Memory], options: dict[str, Any]
) -> None:
    sentry = sentry_with(trace_lifecycle="stream", **options)
    api = api_of(base_url=server.url)
    with sentry_sdk.traces.start_span(name="caller"):
        api.list_active_sessions()

    assert sentry.text.count("http.client") == 2
    assert "/v1/chat/session/active" in sentry.text
    assert CUSTOMER.lstrip("+") not in sentry.text


FAILURES: dict[str, Any] = {
    "refused": b"",
    "reset": reset,
    "no HTTP": then_close(b"nonsense\r\n\r\n"),
    "401": raw_json({"success": False, "error": "no"}, "401 No"),
    "broken": raw_json({"data": []}),
    "redirect": raw_json({}, "302 Found", "Location: https://elsewhere.invalid/"),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_no_event_of_a_failed_call_holds_a_secret(
    api_of: Make, sentry: Memory, failure: str, canaries: tuple[str, ...]
) -> None:
    with serving(FAILURES[failure]) as server, sentry_sdk.start_transaction(name="caller"):
        api = api_of(base_url=server.url, retries=1)
        if failure == "refused":
            server.close()
        capture(api.list_active_sessions)

    [event] = sentry.of("event")
    frames = [frame for one in event["exception"]["values"] for frame in one["stacktrace"]["frames"]]
    assert {frame["function"] for frame in frames if "vars" in frame} >= {"list_active_sessions", "finish"}
    assert sentry.of("transaction")
    assert not any(secret in sentry.text for secret in canaries)
