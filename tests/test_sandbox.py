"""The OSVI in memory, as the documentation describes the real one."""

import asyncio
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import osvi
import pytest
from osvi.testing import RecordedRequest, Sandbox
from support import MOCKED, UNKNOWN, Api

Make = Callable[..., Api]

CUSTOMER = Sandbox().customer_id
AGENT = Sandbox().agent_uuid


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox()


@pytest.fixture(params=["sync", "async", "sync served", "async served", "aiohttp served"])
def api(request: pytest.FixtureRequest, sandbox: Sandbox) -> Iterator[Api]:
    """Give a client of the sandbox, in process or over a socket; aiohttp needs the socket."""
    kind, _, is_served = request.param.partition(" ")
    with sandbox.serve() as url:
        way = {"base_url": url, "timeout": 0.5} if is_served else {"transport": sandbox.transport}
        with Api(kind, token=sandbox.token, retries=0, **way) as api:
            yield api


def test_it_begins_with_the_example_of_the_spec(api: Api) -> None:
    sessions = api.list(CUSTOMER)

    assert list(sessions) == [AGENT]
    assert sessions[AGENT] == api.get(CUSTOMER, agent_uuid=AGENT)
    assert sessions[AGENT].customer_id == CUSTOMER
    assert api.list("+15550000000") == {}


@MOCKED
def test_a_wrong_token_is_a_401(make: Make, sandbox: Sandbox) -> None:
    with pytest.raises(osvi.AuthenticationError, match="invalid_api_token"):
        make(token="wrong-token-0000", transport=sandbox.transport).list()


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer sandbox"}, {"API-Token": "wrong-token-0000"}])
def test_a_401_names_the_header_that_it_wants(sandbox: Sandbox, headers: dict[str, str]) -> None:
    with sandbox.serve() as url:
        answer = httpx.get(f"{url}/v1/chat/session/active", headers=headers)

    assert answer.status_code == 401
    assert answer.json() == {
        "success": False,
        "error": "invalid_api_token",
        "message": "the header API-Token must hold the token of the sandbox",
    }


def test_a_sandbox_on_every_address_gives_a_base_url_that_a_client_takes(make: Make, sandbox: Sandbox) -> None:
    with sandbox.serve(host="0.0.0.0") as url:  # noqa: S104 - that is what is tested
        assert list(make(token=sandbox.token, base_url=url).list(CUSTOMER)) == [AGENT]


def test_a_missing_customer_is_a_400(sandbox: Sandbox) -> None:
    with sandbox.serve() as url:
        request = urllib.request.Request(f"{url}/v1/chat/session/active", headers={"API-Token": sandbox.token})
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request)
        with caught.value as answer:
            assert answer.status == 400
            assert json.load(answer) == {"success": False, "error": "customer_id_missing"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("POST", "/v1/chat/session/active", 405), ("GET", "/v1/chat", 404), ("PUT", "/", 404)],
)
def test_anything_else_is_a_404_or_a_405(sandbox: Sandbox, method: str, path: str, status: int) -> None:
    with sandbox.serve() as url:
        answer = httpx.request(method, url + path, headers={"API-Token": sandbox.token}, content=b"{}")

    assert answer.status_code == status
    assert answer.json()["success"] is False


def test_no_session_with_this_agent_is_a_404(api: Api) -> None:
    with pytest.raises(osvi.SessionNotFoundError):
        api.get(CUSTOMER, agent_uuid="agent_y")
    assert api.find(CUSTOMER, agent_uuid="agent_y") is None


def test_what_is_opened_is_what_a_lookup_returns(api: Api, sandbox: Sandbox) -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    opened = sandbox.open_session(
        CUSTOMER, agent_uuid="agent_x", mode="support", active_human="eve@example.com", created_at=moment
    )

    assert opened.mode == "support"
    assert opened.created_at == moment
    assert api.get(CUSTOMER, agent_uuid="agent_x") == opened
    assert set(api.list(CUSTOMER)) == {AGENT, "agent_x"}
    assert api.get(CUSTOMER, agent_uuid=AGENT).id != opened.id


def test_there_is_one_session_for_a_customer_and_an_agent(api: Api, sandbox: Sandbox) -> None:
    first = sandbox.open_session("+1", agent_uuid="agent_x")
    second = sandbox.open_session("+1", agent_uuid="agent_x")

    assert first.id != second.id
    assert api.list("+1") == {"agent_x": second}


def test_a_closed_session_is_gone(api: Api, sandbox: Sandbox) -> None:
    sandbox.close_session(CUSTOMER, agent_uuid=AGENT)

    assert api.find(CUSTOMER, agent_uuid=AGENT) is None
    with pytest.raises(LookupError, match=AGENT):
        sandbox.close_session(CUSTOMER, agent_uuid=AGENT)


def test_what_the_spec_does_not_know_goes_in_extra(api: Api, sandbox: Sandbox) -> None:
    opened = sandbox.open_session("+1", agent_uuid="agent_x", mode="unheard-of", extra={UNKNOWN: 3})
    with pytest.warns(osvi.SpecDriftWarning) as caught:
        assert api.get("+1", agent_uuid="agent_x") == opened

    assert len(caught) == 2
    unknown: dict[str, Any] = {UNKNOWN: 3}
    with pytest.raises(TypeError, match=f"no property of a session: {UNKNOWN}"):
        sandbox.open_session("+1", agent_uuid="agent_x", **unknown)
    with pytest.raises(ValueError, match="/help_requested: expected a boolean, not string"):
        sandbox.open_session("+1", agent_uuid="agent_x", help_requested="no")


def test_it_fails_on_demand_and_as_often_as_wanted(api: Api, sandbox: Sandbox) -> None:
    sandbox.fail(503, times=2)
    sandbox.fail(429, headers={"Retry-After": "7"}, body={"success": False, "error": "slow_down"})
    sandbox.fail(body="<html>")

    for _ in range(2):
        with pytest.raises(osvi.ServerError, match="sandbox_fault"):
            api.list(CUSTOMER)
    with pytest.raises(osvi.RateLimitError) as limited:
        api.list(CUSTOMER)
    assert (limited.value.retry_after, limited.value.code) == (7.0, "slow_down")
    with pytest.raises(osvi.ContractError):
        api.list(CUSTOMER)
    assert api.list(CUSTOMER)


def test_it_fails_for_ever_until_it_recovers(api: Api, sandbox: Sandbox) -> None:
    sandbox.fail(500, times=None)
    for _ in range(3):
        with pytest.raises(osvi.ServerError):
            api.list(CUSTOMER)
    sandbox.recover()

    assert api.list(CUSTOMER)


@pytest.mark.parametrize(
    ("error", "cls"),
    [
        ("refused", osvi.TransportError),
        ("reset", osvi.TransportError),
        ("timeout", osvi.RequestTimeoutError),
    ],
)
def test_it_does_not_answer_on_demand(api: Api, sandbox: Sandbox, error: Any, cls: type[osvi.OSVIError]) -> None:
    sandbox.fail(error=error)
    with pytest.raises(cls) as caught:
        api.list(CUSTOMER)

    assert type(caught.value) is cls
    assert api.list(CUSTOMER)


def test_a_failure_of_nothing_and_one_that_there_is_not_are_refused(sandbox: Sandbox) -> None:
    with pytest.raises(TypeError, match="a status, a body or an error"):
        sandbox.fail()
    unknown: Any = "time-out"
    with pytest.raises(ValueError, match="no such error: 'time-out'; there are refused, reset, timeout"):
        sandbox.fail(error=unknown)
    for status in (0, 199, 600):
        with pytest.raises(ValueError, match=f"a status is a number from 200 to 599, not {status}"):
            sandbox.fail(status)


def test_it_remembers_what_it_was_asked(api: Api, sandbox: Sandbox) -> None:
    api.find(CUSTOMER, agent_uuid="agent_y")

    assert sandbox.requests == [
        RecordedRequest(
            "GET", "/v1/chat/session/active", {"customer_id": CUSTOMER, "agent_uuid": "agent_y"}, authenticated=True
        )
    ]


def test_it_remembers_the_path_as_it_came(sandbox: Sandbox) -> None:
    with sandbox.serve() as url:
        for transport in (None, sandbox.transport):
            with (
                osvi.Client(sandbox.token, base_url=f"{url}/a%2Fb", transport=transport) as client,
                pytest.raises(osvi.NotFoundError),
            ):
                client.list_active_sessions(CUSTOMER)

    assert [request.path for request in sandbox.requests] == ["/a%2Fb/v1/chat/session/active"] * 2


def test_one_sandbox_serves_both_clients_in_a_process(sandbox: Sandbox) -> None:
    async def look() -> dict[str, osvi.ChatSession]:
        async with osvi.AsyncClient(sandbox.token, transport=sandbox.transport) as client:
            return await client.list_active_sessions(CUSTOMER)

    with osvi.Client(sandbox.token, transport=sandbox.transport) as client:
        assert client.list_active_sessions(CUSTOMER) == asyncio.run(look())


def test_the_block_ends_while_clients_keep_connections(sandbox: Sandbox) -> None:
    with osvi.Client(sandbox.token, base_url="http://127.0.0.1:9") as unused:
        assert repr(unused) == "<osvi.Client of http://127.0.0.1:9>"
    with httpx.Client() as kept:
        with sandbox.serve() as url:
            kept.get(url)
        with pytest.raises(httpx.TransportError):
            kept.get(url)


class TestFixture:
    """What a user's test gets."""

    def test_a_client_without_arguments_goes_to_the_sandbox(self, osvi_sandbox: Sandbox) -> None:
        opened = osvi_sandbox.open_session("+1", agent_uuid="agent_x")
        with osvi.Client() as client:
            assert client.list_active_sessions("+1") == {"agent_x": opened}
        assert len(osvi_sandbox.requests) == 1

    def test_an_async_client_too(self, osvi_sandbox: Sandbox) -> None:
        osvi_sandbox.fail(503, headers={"Retry-After": "0"})

        async def main() -> dict[str, osvi.ChatSession]:
            async with osvi.AsyncClient() as client:
                return await client.list_active_sessions("+1")

        assert asyncio.run(main()) == {}
        assert len(osvi_sandbox.requests) == 2

    def test_calls_are_tried_again_without_waiting(
        self, osvi_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        waits: list[float] = []
        monkeypatch.setattr("time.sleep", waits.append)
        osvi_sandbox.fail(429, headers={"Retry-After": "30"}, times=None)
        with osvi.Client(retries=4) as client, pytest.raises(osvi.RateLimitError):
            client.list_active_sessions("+1")

        assert len(osvi_sandbox.requests) == 5
        assert not any(waits)

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
        assert make(**options).list("+1") == {"agent_x": opened}
        assert osvi_sandbox.requests[0].authenticated

    def test_a_client_of_an_earlier_test_is_answered(self, make: Make, request: pytest.FixtureRequest) -> None:
        old = make(base_url="https://api.osvi.ai")
        sandbox: Sandbox = request.getfixturevalue("osvi_sandbox")
        assert old.list(sandbox.customer_id).keys() == {sandbox.agent_uuid}

    def test_an_async_client_is_answered_in_each_event_loop(self, osvi_sandbox: Sandbox) -> None:
        client = osvi.AsyncClient()
        for _ in range(2):
            assert asyncio.run(client.list_active_sessions("+1")) == {}
        assert len(osvi_sandbox.requests) == 2

    def test_a_transport_of_ones_own_wins(self, osvi_sandbox: Sandbox) -> None:
        mine = Sandbox()
        with osvi.Client(mine.token, transport=mine.transport) as client:
            client.list_active_sessions("+1")
        assert (len(mine.requests), len(osvi_sandbox.requests)) == (1, 0)

    def test_a_timeout_takes_no_time(self, make: Make, osvi_sandbox: Sandbox) -> None:
        osvi_sandbox.fail(error="timeout", times=None)
        began = time.monotonic()
        with pytest.raises(osvi.RequestTimeoutError) as caught:
            make(retries=5).list("+1")
        assert time.monotonic() - began < 5
        assert caught.value.attempts == 6
