"""Mocks of httpx stand in for the API; nothing leaves from under them unless aiohttp was asked for by name."""

import pytest

pytest.importorskip("respx")  # of the extra `tools`

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import osvi
import respx
import vcr  # type: ignore[import-untyped]
from pytest_httpx import HTTPXMock
from support import CUSTOMER, HEADER, RECORD, Make, RawServer
from vcr.errors import CannotOverwriteExistingCassetteException  # type: ignore[import-untyped]

ANSWER = {"success": True, "data": {"agent_x": RECORD}}
PATH = "/v1/chat/session/active"


@pytest.fixture(params=["httpcore", "httpx"])
def router(request: pytest.FixtureRequest) -> Iterator[respx.MockRouter]:
    """Give each of the two ways in which respx gets between."""
    with respx.mock(using=request.param, assert_all_called=False) as router:
        yield router


@pytest.mark.parametrize("make", ["sync", "async"], indirect=True)
def test_respx_answers_for_the_api(api_of: Make, router: respx.MockRouter, server: RawServer) -> None:
    router.get(server.url + PATH, params={"customer_id": CUSTOMER}).respond(json=ANSWER)

    assert list(api_of(base_url=server.url).list_active_sessions()) == ["agent_x"]
    assert server.requests == []


@pytest.mark.parametrize("make", ["sync", "async"], indirect=True)
@pytest.mark.usefixtures("router")
def test_a_call_without_a_route_of_respx_raises_and_sends_nothing(api_of: Make, server: RawServer) -> None:
    with pytest.raises(AssertionError, match="not mocked"):
        api_of(base_url=server.url).list_active_sessions()

    assert server.requests == []


@pytest.mark.parametrize("make", ["sync", "async"], indirect=True)
def test_pytest_httpx_answers_for_the_api(api_of: Make, httpx_mock: HTTPXMock, server: RawServer) -> None:
    httpx_mock.add_response(status_code=503)
    httpx_mock.add_response(json=ANSWER)

    assert list(api_of(base_url=server.url).list_active_sessions()) == ["agent_x"]
    assert len(httpx_mock.get_requests()) == 2
    assert server.requests == []


@pytest.mark.parametrize("make", ["sync", "async"], indirect=True)
@pytest.mark.httpx_mock(assert_all_requests_were_expected=False)
def test_a_call_without_a_response_of_pytest_httpx_raises_and_sends_nothing(
    api_of: Make, httpx_mock: HTTPXMock, server: RawServer
) -> None:
    with pytest.raises(osvi.RequestTimeoutError, match="No response can be found") as caught:
        api_of(base_url=server.url, retries=0).list_active_sessions()

    assert "5551112222" not in str(caught.value)
    assert len(httpx_mock.get_requests()) == 1
    assert server.requests == []


@pytest.mark.parametrize("make", ["sync", "async"], indirect=True)
def test_a_client_that_was_made_and_used_before_a_mock_is_mocked_too(api_of: Make, server: RawServer) -> None:
    api = api_of(base_url=server.url)
    api.list_active_sessions()
    sent = len(server.requests)

    with respx.mock(assert_all_called=False), pytest.raises(AssertionError, match="not mocked"):
        api.list_active_sessions()
    assert len(server.requests) == sent


@pytest.mark.parametrize("make", ["aiohttp"], indirect=True)
@pytest.mark.usefixtures("router", "httpx_mock")
def test_aiohttp_that_was_asked_for_by_name_goes_past_a_mock_of_httpx(api_of: Make, server: RawServer) -> None:
    assert list(api_of(base_url=server.url).list_active_sessions()) == ["agent_x"]
    assert len(server.requests) == 2


def without_customer(response: dict[str, Any]) -> dict[str, Any]:
    response["body"]["string"] = response["body"]["string"].replace(CUSTOMER.encode(), b"+10")
    return response


RECORDER = vcr.VCR(
    filter_headers=[HEADER, "X-Tenant"],
    filter_query_parameters=[("customer_id", "+10")],
    before_record_response=without_customer,
)


def test_vcrpy_records_and_replays_each_attempt_without_the_secrets(
    api_of: Make, server: RawServer, tmp_path: Path, canaries: tuple[str, ...]
) -> None:
    api = api_of(base_url=server.url)
    cassette = str(tmp_path / "cassette.yaml")
    with RECORDER.use_cassette(cassette):
        recorded = api.list_active_sessions()
    with RECORDER.use_cassette(cassette, record_mode="none") as played:
        replayed = api.list_active_sessions()

    assert list(recorded) == list(replayed) == ["agent_x"]
    assert len(server.requests) == played.play_count == 2
    text = Path(cassette).read_text(encoding="utf-8")
    assert "/v1/chat/session/active" in text
    for secret in (*canaries, CUSTOMER.lstrip("+")):
        assert secret not in text


def test_vcrpy_without_an_answer_raises_and_sends_nothing(api_of: Make, server: RawServer, tmp_path: Path) -> None:
    api = api_of(base_url=server.url)
    recorder = RECORDER.use_cassette(str(tmp_path / "cassette.yaml"), record_mode="none")
    with recorder, pytest.raises(CannotOverwriteExistingCassetteException):
        api.list_active_sessions()

    assert server.requests == []
