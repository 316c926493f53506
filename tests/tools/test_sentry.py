"""Sentry sees each attempt of each client, and no secret, whatever leaves a call."""

import pytest

pytest.importorskip("sentry_sdk")  # of the extra `tools`

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import osvi
import sentry_sdk
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport
from support import CUSTOMER, HEADER, Make, RawServer, answering, raw_json, reset, serving, then_close


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


def test_the_trace_of_sentry_goes_with_each_attempt(api_of: Make, server: RawServer, sentry: Memory) -> None:
    api = api_of(base_url=server.url)
    with sentry_sdk.start_transaction(name="caller") as transaction:
        api.list_active_sessions()

    assert len(server.requests) == 2
    assert sentry.of("transaction")
    for request in server.requests:
        assert f"sentry-trace: {transaction.trace_id}".encode() in request.lower()


async def _all(client: osvi.AsyncClient, customers: list[str]) -> None:
    async for _ in client.iter_active_sessions(customers, concurrency=3):
        pass


def test_the_lookups_of_many_customers_are_in_the_transaction_of_the_caller(
    api_of: Make, server: RawServer, sentry: Memory
) -> None:
    api = api_of(base_url=server.url)
    customers = ["+1", "+2", "+3"]
    with sentry_sdk.start_transaction(name="caller"):
        if isinstance(api.client, osvi.Client):
            list(api.client.iter_active_sessions(customers, concurrency=3))
        else:
            api.run(_all(api.client, customers))

    [transaction] = sentry.of("transaction")
    assert len([span for span in transaction["spans"] if span["op"] == "http.client"]) == 4  # one failed once


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


def test_no_record_of_a_call_that_sentry_gets_holds_the_customer_id(
    api_of: Make, server: RawServer, sentry: Memory
) -> None:
    api = api_of(base_url=server.url)
    api.list_active_sessions()
    sentry_sdk.capture_message("done")

    [event] = sentry.of("event")
    records = [one for one in event["breadcrumbs"]["values"] if one["type"] == "log"]
    assert "osvi" in {record["category"] for record in records}
    assert CUSTOMER.lstrip("+") not in str(records)
    logs = [item for sent in sentry.flushed() for item in sent.get("items", []) if "body" in item]
    assert logs
    assert CUSTOMER.lstrip("+") not in str(logs)


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


@pytest.mark.parametrize(
    ("make", "where"),
    [*((kind, "token") for kind in ("sync", "async", "aiohttp")), ("sync", "transport"), ("async", "transport")],
    indirect=["make"],
)
def test_no_event_of_an_exception_of_the_users_own_holds_a_secret(
    make: Make, sentry: Memory, where: str, canaries: tuple[str, ...]
) -> None:
    def broken_token() -> str:
        raise LookupError("no vault")

    options: dict[str, Any] = {"base_url": "http://127.0.0.1:1"}
    if where == "transport":
        options = {"transport": answering(LookupError("no mock"))}
    token = broken_token if where == "token" else canaries[0]
    capture(make(token=token, headers={"X-Tenant": canaries[1]}, **options).list_active_sessions)

    [event] = sentry.of("event")
    assert event["exception"]["values"][0]["type"] == "LookupError"
    assert '"_run"' in sentry.text
    assert not any(secret in sentry.text for secret in canaries)


BAD: dict[str, Any] = {
    "a token with a line end": {"token": "{}\n"},
    "a token that is no string": {"token": ["{}"]},
    "a header with a line end": {"headers": {"X-Tenant": "{}\n"}},
    "a header of ours": {"headers": {HEADER: "{}"}},
    "a port that cannot be": {"base_url": "https://api.osvi.ai:99999"},
    "plain http": {"base_url": "http://api.osvi.ai"},
}


@pytest.mark.parametrize("kind", [osvi.Client, osvi.AsyncClient])
@pytest.mark.parametrize("name", BAD)
def test_no_event_of_a_client_that_cannot_be_made_holds_a_secret(
    sentry: Memory, kind: type[osvi.Client | osvi.AsyncClient], name: str, canaries: tuple[str, ...]
) -> None:
    token, header = canaries
    options = {"token": token, "headers": {"X-Tenant": header}} | filled(BAD[name], token)
    capture(lambda: kind(**options))

    [event] = sentry.of("event")
    assert event["exception"]["values"][0]["type"] == "ConfigurationError"
    frames = [frame for one in event["exception"]["values"] for frame in one["stacktrace"]["frames"]]
    # This file has the secrets in its own variables.
    shown = json.dumps([frame for frame in frames if frame["abs_path"] != __file__], default=repr)
    assert '"__init__"' in shown
    assert not any(secret in shown for secret in canaries)


def filled(value: Any, token: str) -> Any:
    """Return a value with the token in its place."""
    if isinstance(value, dict):
        return {key: filled(one, token) for key, one in value.items()}
    return [filled(one, token) for one in value] if isinstance(value, list) else value.replace("{}", token)
