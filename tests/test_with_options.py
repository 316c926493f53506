"""`with_options` and `on_answer`: other options on the same connections, and the facts of an answer."""

import warnings
from typing import Any

import httpx
import osvi
import pytest
from canary import everything_about
from osvi.testing import Sandbox, no_waits
from osvi_openapi.spec import TOKEN_HEADER
from support import EMPTY, MOCKED, ONCE, RECORD, TOKEN, Make, answering, ok, serving

CANARY = "header-canary-1"
OTHER = "fedcba9876543210"


def test_a_derived_client_uses_the_connections_of_the_first(make: Make) -> None:
    with serving(EMPTY) as server:
        api = make(base_url=server.url)
        api.list_active_sessions()
        api.with_options(timeout=5).list_active_sessions()

    assert len(server.connections) == 1


@MOCKED
def test_an_option_applies_to_the_derived_client_only(make: Make) -> None:
    seen: list[httpx.Request] = []
    api = make(transport=answering(httpx.Response(503), ok({}), seen=seen), retries=3)
    with pytest.raises(osvi.ServerError), no_waits():
        api.with_options(retries=0).list_active_sessions()
    assert len(seen) == 1
    assert api.list_active_sessions() == {}


@MOCKED
def test_a_token_of_another_account_is_sent_on_the_same_pool_and_kept_secret(make: Make) -> None:
    seen: list[httpx.Request] = []
    echo = httpx.Response(401, json={"success": False, "error": f"no such token: {OTHER}"})
    api = make(transport=answering(ok({}), echo, ok({}), ok({}), seen=seen))
    tenant = api.with_options(token=OTHER)
    assert tenant.list_active_sessions() == {}
    with pytest.raises(osvi.AuthenticationError) as caught:
        tenant.with_options(retries=0).list_active_sessions()
    api.list_active_sessions()
    api.with_options(token=lambda: OTHER).list_active_sessions()

    assert [request.headers[TOKEN_HEADER] for request in seen] == [OTHER, OTHER, TOKEN, OTHER]
    assert caught.value.message == "no such token: [token]"
    assert not any(OTHER in text for text in everything_about(caught.value))


@MOCKED
def test_a_token_of_another_account_is_checked_where_it_is_given(make: Make) -> None:
    api = make(transport=answering(ok({})))
    with pytest.raises(osvi.ConfigurationError, match="the API token is blank"):
        api.with_options(token=" ")
    with pytest.warns(UserWarning, match="has 5 characters") as caught:
        api.client.with_options(token="short")
    assert caught[0].filename == __file__


def test_the_timeout_of_the_derived_client_applies(make: Make) -> None:
    def silence(connection: Any) -> None:
        connection.recv(1)

    with serving(silence) as server:
        api = make(base_url=server.url).with_options(timeout=0.05, total_timeout=0.2, retries=0)
        with pytest.raises(osvi.RequestTimeoutError, match=r"the timeout of 0\.05 s"):
            api.list_active_sessions()


@ONCE
def test_headers_are_merged_and_the_value_none_removes_one(make: Make) -> None:
    seen: list[httpx.Request] = []
    api = make(transport=answering(ok({}), seen=seen), headers={"X-Team": "blue", "X-Trace": "1"})
    twin = api.with_options(headers={"x-trace": "2", "X-New": "3"})
    twin = twin.with_options(headers={"X-Team": None, "User-Agent": "app/1"})
    twin.list_active_sessions()
    api.list_active_sessions()

    first, second = (request.headers for request in seen)
    assert (first.get("x-team"), first["x-trace"], first["x-new"]) == (None, "2", "3")
    assert first["user-agent"].startswith("app/1 osvi/")
    assert (second["x-team"], second["x-trace"], second.get("x-new")) == ("blue", "1", None)


@MOCKED
def test_a_header_of_one_call_is_as_secret_as_the_token(make: Make) -> None:
    api = make(transport=answering(httpx.Response(401, text=f"no: {CANARY}")), headers={"X-A": "a"})
    twin = api.with_options(headers={"X-Key": CANARY})
    with pytest.raises(osvi.AuthenticationError) as caught:
        twin.list_active_sessions()
    assert CANARY not in caught.value.body + str(caught.value) + repr(twin.client)
    with pytest.raises(osvi.ConfigurationError) as refused:
        api.with_options(headers={"X-Key": f"{CANARY}\n"})
    assert not any(CANARY in text for text in everything_about(refused.value))


@ONCE
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"timeout": 0}, "^timeout must be a number"),
        ({"total_timeout": float("inf")}, "^total_timeout must be a number"),
        ({"timeout": 1e300}, "^timeout must be a number of seconds above 0, and at most 1000000000$"),
        ({"retries": -1}, "^retries must be a whole number"),
        ({"retries": 10**5000}, "^retries must be a whole number from 0 up, and at most 1000000000$"),
        ({"headers": {"Host": "x"}}, "^headers: 'Host' is set"),
        ({"headers": {1: "x"}}, "^headers: a name is not"),
        ({"headers": ["X"]}, "^headers must be a mapping, not list$"),
        ({"on_answer": "print"}, "^on_answer must be callable"),
    ],
)
def test_an_invalid_option_is_refused(make: Make, options: dict[str, Any], message: str) -> None:
    with pytest.raises(osvi.ConfigurationError, match=message):
        make(transport=answering(ok({}))).with_options(**options)


@MOCKED
def test_closing_the_derived_client_closes_no_connection(make: Make) -> None:
    api = make(transport=answering(ok({})))
    twin = api.with_options(timeout=1)
    twin.close()
    assert twin.list_active_sessions() == api.list_active_sessions() == {}
    api.close()
    with pytest.raises(osvi.ConfigurationError, match="is closed; make a new one"):
        twin.list_active_sessions()


def test_the_derived_client_keeps_the_connections_of_the_first_alive(make: Make) -> None:
    with serving(EMPTY) as server, warnings.catch_warnings():
        warnings.simplefilter("error")
        twin = make(base_url=server.url).with_options(retries=0)
        assert twin.list_active_sessions() == {}


@MOCKED
def test_on_answer_is_called_for_each_call_with_an_answer(make: Make) -> None:
    told: list[osvi.Answer] = []
    answers = (
        httpx.Response(503, headers={"X-Request-Id": "one"}),
        httpx.Response(404, json={"error": "agent_not_found"}, headers={"X-Request-Id": "two", "X-Left": "7"}),
        ok([]),
        ok({"agent_x": RECORD}),
    )
    api = make(transport=answering(*answers), on_answer=told.append)
    with no_waits():
        for error in (osvi.NotFoundError, osvi.ContractError):
            with pytest.raises(error):
                api.list_active_sessions()
        api.list_active_sessions()

    assert [(answer.status_code, answer.request_id, answer.attempts) for answer in told] == [
        (404, "two", 2),
        (200, None, 1),
        (200, None, 1),
    ]
    assert told[0].headers["x-left"] == "7"
    assert "x-left" not in repr(told[0])
    assert {answer.operation for answer in told} == {"GET /v1/chat/session/active"}
    assert all(answer.seconds >= 0 for answer in told)


@MOCKED
def test_on_answer_is_not_called_without_an_answer(make: Make) -> None:
    told: list[osvi.Answer] = []
    api = make(transport=answering(httpx.ConnectError("no")), retries=0, on_answer=told.append)
    with pytest.raises(osvi.TransportError):
        api.list_active_sessions()
    assert told == []


@MOCKED
def test_an_exception_of_on_answer_is_raised_to_the_caller(make: Make) -> None:
    def on_answer(_: osvi.Answer) -> None:
        raise RuntimeError("of the callback")

    with pytest.raises(RuntimeError, match="of the callback"):
        make(transport=answering(ok({})), on_answer=on_answer).list_active_sessions()


def test_many_lookups_have_the_options_of_their_client() -> None:
    sandbox = Sandbox()
    told: list[osvi.Answer] = []
    with osvi.Client(sandbox.token, transport=sandbox.transport) as client:
        twin = client.with_options(headers={"X-Report": "nightly"}, on_answer=told.append)
        list(twin.iter_active_sessions(["+1", "+2", "+3"]))

    assert len(told) == 3
    assert [request.headers["X-Report"] for request in sandbox.requests] == ["nightly"] * 3
