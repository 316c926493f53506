# pyright: strict, reportUnnecessaryTypeIgnoreComment=true
"""Not run, but type-checked: what a user writes, and what must be an error (an ignore without need is one too)."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any, assert_never, assert_type

import attrs
import httpx
import osvi
from osvi.testing import Sandbox


def sync(client: osvi.Client) -> None:
    session = client.get_active_session("+1", agent_uuid="agent_x")
    assert_type(session, osvi.ChatSession)
    assert_type(client.find_active_session("+1", agent_uuid="agent_x"), osvi.ChatSession | None)
    assert_type(client.list_active_sessions("+1"), dict[str, osvi.ChatSession])

    client.get_active_session("+1")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    client.get_active_session("+1", "agent_x")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    client.get_active_session("+1", agent_uuid=None)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    client.list_active_sessions(15551112222)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


def many(client: osvi.Client) -> None:
    for result in client.iter_active_sessions(["+1", "+2"], concurrency=2):
        assert_type(result.sessions, dict[str, osvi.ChatSession] | None)
        assert_type(result.error, osvi.OSVIError | osvi.SpecDriftWarning | None)
    client.iter_active_sessions([1])  # type: ignore[list-item] # pyright: ignore[reportArgumentType]


async def async_many(client: osvi.AsyncClient, source: AsyncIterator[str]) -> None:
    async for result in client.iter_active_sessions(source):
        assert_type(result, osvi.CustomerSessions)


async def async_(client: osvi.AsyncClient) -> None:
    assert_type(await client.get_active_session("+1", agent_uuid="agent_x"), osvi.ChatSession)
    assert_type(await client.find_active_session("+1", agent_uuid="agent_x"), osvi.ChatSession | None)
    assert_type(await client.list_active_sessions("+1"), dict[str, osvi.ChatSession])


async def an_async_token() -> str:
    return "a token"


def tenants(client: osvi.Client, async_client: osvi.AsyncClient) -> None:
    assert_type(client.with_options(token="a token"), osvi.Client)
    assert_type(client.with_options(token=lambda: "a token", retries=0), osvi.Client)
    assert_type(async_client.with_options(token=an_async_token), osvi.AsyncClient)
    client.with_options(token=an_async_token)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    client.with_options(token=7)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


async def endpoints_without_types(client: osvi.Client, async_client: osvi.AsyncClient) -> None:
    assert_type(client.request("GET", "/v1/notes/{id}", path_params={"id": 7}, query={"of": ["a"]}), Any)
    assert_type(await async_client.request("POST", "/v1/notes", json={"text": "x", "at": None}), Any)
    client.request("GET")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    try:
        client.request("GET", "/v1/notes")
    except osvi.ConflictError as error:
        assert_type(error.status_code, int)


def connections() -> None:
    osvi.Client(proxy="http://proxy.example:3128", max_connections=10)
    osvi.AsyncClient(proxy=httpx.URL("socks5://proxy.example"), pool="httpx")
    osvi.Client(proxy=httpx.Proxy("http://a"))  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


def fields(session: osvi.ChatSession) -> None:
    assert_type(session.agent_uuid, str)
    open_enums(session.status, session.mode)
    properties(session.id, session.account_id, session.mode, session.created_at)
    properties(session.account_id, session.id, session.mode, session.created_at)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    assert_type(session.metadata, osvi.SessionMetadata)
    assert_type(session.metadata.input_fields, Mapping[str, Any])
    assert_type(session.metadata.context, tuple[str, ...])
    assert_type(session.extra, Mapping[str, Any])
    assert_type(session.to_dict(), dict[str, Any])
    assert_type(session.metadata.to_dict(), dict[str, Any])
    assert_type(attrs.evolve(session, mode=osvi.SessionMode.AI), osvi.ChatSession)

    session.id = "other"  # type: ignore[misc] # pyright: ignore[reportAttributeAccessIssue]
    session.metadata.input_fields["x"] = 1  # type: ignore[index] # pyright: ignore[reportIndexIssue]


def properties(
    text: str | None, number: int | None, mode: osvi.SessionMode | None, moment: datetime | None
) -> tuple[object, ...]:
    """Take properties of a session, which are never None once the spec requires them."""
    return text, number, mode, moment


def from_dict(data: dict[str, Any]) -> None:
    from_dict = osvi.ChatSession.from_dict
    assert_type(from_dict(data, agent_uuid="agent_x"), osvi.ChatSession)
    assert_type(osvi.SessionMetadata.from_dict(data), osvi.SessionMetadata)

    from_dict(data)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    from_dict(data, agent_uuid=3)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    from_dict(data, agent_uuid="agent_x", foo=3)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    osvi.SessionMetadata.from_dict(data, foo=3)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]


def operations() -> None:
    lookup = osvi.operations.get_v1_chat_session_active
    assert_type(lookup(customer_id="+1").whole, osvi.Operation[osvi.models.ActiveSessionResponse])

    lookup(customer_id=None)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    lookup(customer_id="+1", agent_uuid=3)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    lookup("+1")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]


def null(note: str | osvi.NullType | None = None) -> str | None:
    null(note=osvi.NULL)
    osvi.operations.get_v1_chat_session_active(
        customer_id="+1",
        agent_uuid=osvi.NULL,  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    )
    return None if note is osvi.NULL else note


def open_enums(status: osvi.SessionStatus | None, mode: osvi.SessionMode | None) -> int:
    if status == "dormant":  # a value of tomorrow
        return 1
    if mode is osvi.SessionMode.AI:
        return 2
    if mode is osvi.SessionMode.SUPPORT:
        return 3
    if mode is not None:
        assert_never(mode)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    return 4


def construction() -> None:
    sandbox = Sandbox()
    osvi.Client(token=sandbox.token, transport=sandbox.transport)
    osvi.AsyncClient(token=sandbox.token, transport=sandbox.transport)
    osvi.Client(token=lambda: "0123456789abcdef", timeout=5, retries=0)
    osvi.Client("0123456789abcdef", transport=httpx.HTTPTransport())
    osvi.AsyncClient("0123456789abcdef", transport=httpx.AsyncHTTPTransport())

    async def token() -> str:
        return "0123456789abcdef"

    osvi.AsyncClient(token=token)
    osvi.Client(token=token)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    osvi.Client("0123456789abcdef", "https://x")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    osvi.SessionMetadata(context=3)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    osvi.ChatSession()  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]


def errors(error: osvi.APIError, broken: osvi.ContractError) -> None:
    assert_type(error.status_code, int)
    assert_type(error.code, str | None)
    assert_type(error.retry_after, float | None)
    assert_type(broken.pointer, str)
    error.status_code = 500  # type: ignore[misc] # pyright: ignore[reportAttributeAccessIssue]
