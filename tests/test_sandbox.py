"""The sandbox through both clients, in process and over a socket; and the pytest fixture."""

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Literal

import httpx
import osvi
import pytest
from osvi.testing import RecordedRequest, Sandbox, no_waits
from support import HEADER, SESSION, UNKNOWN, BlockingClient, Make

CUSTOMER = Sandbox().customer_id
AGENT = Sandbox().agent_uuid
ACTIVE = "GET /v1/chat/session/active"


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox()


# What the sandbox does is tested in process; how it answers, with each client and over a socket, which aiohttp needs.
EACH_WAY = pytest.mark.parametrize(
    "api", ["sync", "async", "sync served", "async served", "aiohttp served"], indirect=True
)


@pytest.fixture
def api(request: pytest.FixtureRequest, sandbox: Sandbox) -> Iterator[BlockingClient]:
    """Give a client of the sandbox: the sync one in process, or with the mark `EACH_WAY` all."""
    kind, _, is_served = getattr(request, "param", "sync").partition(" ")
    with sandbox.serve() as url:
        way = {"base_url": url, "timeout": 0.5} if is_served else {"transport": sandbox.transport}
        with BlockingClient(kind, token=sandbox.token, retries=0, **way) as api:
            yield api


@EACH_WAY
def test_the_first_session_is_the_example_of_the_spec(api: BlockingClient) -> None:
    sessions = api.list_active_sessions(CUSTOMER)

    assert list(sessions) == [AGENT]
    assert sessions[AGENT] == api.get_active_session(CUSTOMER, agent_uuid=AGENT)
    assert sessions[AGENT].customer_id == CUSTOMER
    assert api.list_active_sessions("+15550000000") == {}


def test_a_lookup_returns_the_session_that_was_opened(api: BlockingClient, sandbox: Sandbox) -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    opened = sandbox.open_session(
        CUSTOMER, agent_uuid="agent_x", mode="support", active_human="eve@example.com", created_at=moment
    )

    assert opened.mode == "support"
    assert opened.created_at == moment
    assert (opened.metadata.input_fields, opened.metadata.context) == ({}, ())
    assert api.get_active_session(CUSTOMER, agent_uuid="agent_x") == opened
    assert set(api.list_active_sessions(CUSTOMER)) == {AGENT, "agent_x"}
    assert api.get_active_session(CUSTOMER, agent_uuid=AGENT).id != opened.id


def test_a_second_session_of_a_customer_and_an_agent_replaces_the_first(api: BlockingClient, sandbox: Sandbox) -> None:
    first = sandbox.open_session("+1", agent_uuid="agent_x")
    second = sandbox.open_session("+1", agent_uuid="agent_x")

    assert first.id != second.id
    assert api.list_active_sessions("+1") == {"agent_x": second}


def test_a_lookup_does_not_find_a_closed_session(api: BlockingClient, sandbox: Sandbox) -> None:
    sandbox.close_session(CUSTOMER, agent_uuid=AGENT)

    assert api.find_active_session(CUSTOMER, agent_uuid=AGENT) is None
    with pytest.raises(osvi.SessionNotFoundError):
        api.get_active_session(CUSTOMER, agent_uuid=AGENT)
    with pytest.raises(LookupError, match=AGENT):
        sandbox.close_session(CUSTOMER, agent_uuid=AGENT)


def test_an_unknown_property_can_be_opened_in_extra(api: BlockingClient, sandbox: Sandbox) -> None:
    opened = sandbox.open_session("+1", agent_uuid="agent_x", mode="unheard-of", extra={UNKNOWN: 3})
    with pytest.warns(osvi.SpecDriftWarning) as caught:
        assert api.get_active_session("+1", agent_uuid="agent_x") == opened

    assert len(caught) == (1 if SESSION.others else 2)


OPENED: dict[str, Any] = {"customer_id": "+1", "agent_uuid": "agent_x"}


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({UNKNOWN: 3}, TypeError, f"not a property of a session: {UNKNOWN}; pass it in extra"),
        ({"help_requested": "no"}, ValueError, "/help_requested: expected a boolean, found string"),
        ({"customer_id": ""}, ValueError, "customer_id is blank"),
        ({"agent_uuid": " "}, ValueError, "agent_uuid is blank"),
        ({"agent_uuid": 7}, ValueError, "agent_uuid must be a string, not int"),
    ],
)
def test_a_session_that_no_client_could_read_or_look_up_cannot_be_opened(
    sandbox: Sandbox, given: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        sandbox.open_session(**OPENED | given)


def test_failures_happen_in_order_and_as_often_as_they_say(api: BlockingClient, sandbox: Sandbox) -> None:
    sandbox.fail(503, times=2)
    sandbox.fail(429, headers={"Retry-After": "7"}, body={"success": False, "error": "slow_down"}, times=1)
    sandbox.fail(body="<html>", times=1)

    for _ in range(2):
        with pytest.raises(osvi.ServerError, match="sandbox_fault"):
            api.list_active_sessions(CUSTOMER)
    with pytest.raises(osvi.RateLimitError) as limited:
        api.list_active_sessions(CUSTOMER)
    assert (limited.value.retry_after, limited.value.code) == (7.0, "slow_down")
    with pytest.raises(osvi.ContractError):
        api.list_active_sessions(CUSTOMER)
    assert api.list_active_sessions(CUSTOMER)


def test_a_failure_without_a_number_lasts_through_all_retries_until_recover(make: Make, sandbox: Sandbox) -> None:
    sandbox.fail(500)
    with sandbox.serve() as url, no_waits():
        api = make(token=sandbox.token, base_url=url)
        with pytest.raises(osvi.ServerError) as caught:
            api.list_active_sessions(CUSTOMER)
        sandbox.recover()
        assert api.list_active_sessions(CUSTOMER)

    assert caught.value.attempts == len(sandbox.requests) - 1 == 3


def test_recover_ends_all_failures_and_replies_and_keeps_the_sessions(api: BlockingClient, sandbox: Sandbox) -> None:
    opened = sandbox.open_session("+1", agent_uuid="agent_x")
    for times in (None, 2):
        sandbox.fail(500, times=times)
        sandbox.reply(ACTIVE, data={}, times=times)
    sandbox.recover()

    assert api.list_active_sessions("+1") == {"agent_x": opened}
    sandbox.close_session("+1", agent_uuid="agent_x")
    assert api.list_active_sessions("+1") == {}
    sandbox.reply(ACTIVE, status=404, times=1)
    with pytest.raises(osvi.NotFoundError):
        api.list_active_sessions("+1")


@EACH_WAY
@pytest.mark.parametrize(
    ("error", "cls"),
    [
        ("refused", osvi.TransportError),
        ("reset", osvi.TransportError),
        ("timeout", osvi.RequestTimeoutError),
    ],
)
def test_a_fault_is_a_transport_error_and_the_next_request_is_answered(
    api: BlockingClient, sandbox: Sandbox, error: Any, cls: type[osvi.OSVIError]
) -> None:
    sandbox.fail(error=error, times=1)
    with pytest.raises(cls) as caught:
        api.list_active_sessions(CUSTOMER)

    assert type(caught.value) is cls
    assert api.list_active_sessions(CUSTOMER)


@pytest.mark.parametrize(
    ("failure", "error", "message"),
    [
        ({}, TypeError, "a status, a body or an error"),
        ({"error": "time-out"}, ValueError, "no such error: 'time-out'; there are refused, reset, timeout"),
        ({"error": "reset", "status": 503}, TypeError, "an error, or the status, the body and the headers"),
        ({"error": "reset", "body": ""}, TypeError, "an error, or the status, the body and the headers"),
        ({"error": "reset", "headers": {}}, TypeError, "an error, or the status, the body and the headers"),
        ({"status": 204, "body": "text"}, ValueError, "an answer 204 has no body"),
        ({"status": 429, "headers": {"Retry-After": 7}}, TypeError, "must be str"),
        *(
            ({"status": status}, ValueError, f"a status is a number from 200 to 599, not {status}")
            for status in (0, 199, 600)
        ),
    ],
)
def test_a_failure_that_cannot_happen_is_refused(
    sandbox: Sandbox, failure: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        sandbox.fail(**failure)


@pytest.mark.parametrize("times", [0, -1, True, 1.0, "2"])
def test_a_number_of_answers_that_is_no_whole_number_from_1_up_is_refused(sandbox: Sandbox, times: Any) -> None:
    message = f"times must be a whole number from 1 up, or None for all requests, not {times!r}"
    with pytest.raises(ValueError, match=message):
        sandbox.fail(500, times=times)
    with pytest.raises(ValueError, match=message):
        sandbox.reply(ACTIVE, times=times)


@EACH_WAY
@pytest.mark.parametrize("status", [204, 304])
def test_a_failure_without_a_body_does_not_disturb_the_next_answer(
    api: BlockingClient, sandbox: Sandbox, status: int
) -> None:
    sandbox.fail(status, times=1)
    with pytest.raises(osvi.APIError, match=str(status)):
        api.list_active_sessions(CUSTOMER)

    assert api.list_active_sessions(CUSTOMER)


def test_a_header_of_a_failure_replaces_the_usual_one_in_any_case(sandbox: Sandbox) -> None:
    sandbox.fail(body="text", headers={"content-type": "text/plain"})
    with sandbox.serve() as url, httpx.Client(transport=sandbox.transport) as in_process:
        for answer in (httpx.get(url), in_process.get(url)):
            assert answer.headers.get_list("Content-Type") == ["text/plain"]


@EACH_WAY
def test_each_request_is_recorded(api: BlockingClient, sandbox: Sandbox) -> None:
    api.find_active_session(CUSTOMER, agent_uuid="agent_y")

    assert sandbox.requests == [
        RecordedRequest(
            "GET", "/v1/chat/session/active", {"customer_id": CUSTOMER, "agent_uuid": "agent_y"}, authenticated=True
        )
    ]


def test_the_path_of_a_request_is_recorded_percent_encoded(sandbox: Sandbox) -> None:
    with sandbox.serve() as url:
        for transport in (None, sandbox.transport):
            with (
                osvi.Client(sandbox.token, base_url=f"{url}/a%2Fb", transport=transport) as client,
                pytest.raises(osvi.NotFoundError),
            ):
                client.list_active_sessions(CUSTOMER)

    assert [request.path for request in sandbox.requests] == ["/a%2Fb/v1/chat/session/active"] * 2


def test_a_chunked_body_is_refused_and_not_read_as_the_next_request(sandbox: Sandbox) -> None:
    with sandbox.serve() as url, httpx.Client(base_url=url, headers={HEADER: sandbox.token}) as client:
        refused = client.post("/v1/chat", content=iter([b'{"a": 1}']))
        assert (refused.status_code, refused.json()["error"]) == (411, "content_length_missing")
        assert refused.headers["Connection"] == "close"
        assert client.get("/v1/chat/session/active", params={"customer_id": sandbox.customer_id}).is_success


def test_the_end_of_the_block_closes_the_connections_that_clients_keep(sandbox: Sandbox) -> None:
    with httpx.Client() as kept:
        with sandbox.serve() as url:
            kept.get(url)
        with pytest.raises(httpx.TransportError):
            kept.get(url)


MADE_AT_IMPORT: dict[str, Any] = {"token": "another-token-16", "base_url": "https://api.osvi.ai"}
OLD_CLIENTS = [osvi.AsyncClient(**MADE_AT_IMPORT), osvi.AsyncClient(**MADE_AT_IMPORT, pool="aiohttp")]


class TestFixture:
    """``osvi_sandbox``, of `osvi.pytest_plugin`."""

    def test_a_client_without_arguments_goes_to_the_sandbox(self, osvi_sandbox: Sandbox) -> None:
        opened = osvi_sandbox.open_session("+1", agent_uuid="agent_x")
        with osvi.Client() as client:
            assert client.list_active_sessions("+1") == {"agent_x": opened}
        assert len(osvi_sandbox.requests) == 1

    @pytest.mark.parametrize(
        "options",
        [
            {"token": "another-token-16"},
            {"token": lambda: "another-token-16"},
            {"base_url": "https://api.osvi.ai"},
            {"base_url": "https://gateway.example/osvi/v2"},
        ],
    )
    def test_a_client_is_answered_whatever_its_token_and_base_url(
        self, make: Make, osvi_sandbox: Sandbox, options: dict[str, Any]
    ) -> None:
        opened = osvi_sandbox.open_session("+1", agent_uuid="agent_x")
        assert make(**options).list_active_sessions("+1") == {"agent_x": opened}
        assert osvi_sandbox.requests[0].authenticated

    def test_a_client_of_an_earlier_test_is_answered(self, make: Make, request: pytest.FixtureRequest) -> None:
        old = make(base_url="https://api.osvi.ai")
        sandbox: Sandbox = request.getfixturevalue("osvi_sandbox")
        assert old.list_active_sessions(sandbox.customer_id).keys() == {sandbox.agent_uuid}

    @pytest.mark.parametrize("pool", ["httpx", "aiohttp"])
    def test_an_async_client_is_answered_in_one_event_loop_as_in_production(
        self, osvi_sandbox: Sandbox, pool: Literal["httpx", "aiohttp"]
    ) -> None:
        osvi_sandbox.fail(503, times=1)
        client = osvi.AsyncClient(pool=pool)
        assert asyncio.run(client.list_active_sessions("+1")) == {}
        for other in (client, client.with_options(timeout=1)):
            with pytest.raises(osvi.ConfigurationError, match="another event loop"):
                asyncio.run(other.list_active_sessions("+1"))
        assert asyncio.run(osvi.AsyncClient(pool=pool).list_active_sessions("+1")) == {}
        assert len(osvi_sandbox.requests) == 3

    @pytest.mark.parametrize("_", ["first", "second"])
    def test_the_event_loop_of_a_client_is_forgotten_when_a_test_begins(self, osvi_sandbox: Sandbox, _: str) -> None:
        for client in OLD_CLIENTS:
            assert asyncio.run(client.list_active_sessions("+1")) == {}
        assert len(osvi_sandbox.requests) == 2

    def test_a_client_with_a_transport_uses_that(self, osvi_sandbox: Sandbox) -> None:
        other = Sandbox()
        with osvi.Client(other.token, transport=other.transport) as client:
            client.list_active_sessions("+1")
        assert (len(other.requests), len(osvi_sandbox.requests)) == (1, 0)

    @pytest.mark.parametrize("failure", [{"error": "timeout"}, {"status": 429, "headers": {"Retry-After": "30"}}])
    def test_a_timeout_and_the_wait_before_an_attempt_take_no_time(
        self, make: Make, osvi_sandbox: Sandbox, failure: dict[str, Any]
    ) -> None:
        osvi_sandbox.fail(**failure)
        began = time.monotonic()
        with pytest.raises((osvi.RequestTimeoutError, osvi.RateLimitError)) as caught:
            make(retries=5).list_active_sessions("+1")
        assert time.monotonic() - began < 5
        assert caught.value.attempts == len(osvi_sandbox.requests) == 6
