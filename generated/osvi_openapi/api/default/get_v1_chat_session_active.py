from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.active_session_response import ActiveSessionResponse
from ...models.chat_v1_error import ChatV1Error
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    customer_id: str,
    agent_uuid: str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["customer_id"] = customer_id

    params["agent_uuid"] = agent_uuid

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/chat/session/active",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ActiveSessionResponse | ChatV1Error | None:
    if response.status_code == 200:
        response_200 = ActiveSessionResponse.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = ChatV1Error.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = ChatV1Error.from_dict(response.json())

        return response_401

    if response.status_code == 404:
        response_404 = ChatV1Error.from_dict(response.json())

        return response_404

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ActiveSessionResponse | ChatV1Error]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    customer_id: str,
    agent_uuid: str | Unset = UNSET,
) -> Response[ActiveSessionResponse | ChatV1Error]:
    """Get active session

     Looks up the active chat session(s) for a customer.

    With `agent_uuid`, returns the single active session for that customer + agent (or `404` if none).
    Without `agent_uuid`, returns an object of all active sessions for the customer, keyed by agent
    UUID.

    Args:
        customer_id (str):  Example: +15551112222.
        agent_uuid (str | Unset):  Example: agent_IsZ3Q6Sf_60Eh26XQMGbz-R_og.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ActiveSessionResponse | ChatV1Error]
    """

    kwargs = _get_kwargs(
        customer_id=customer_id,
        agent_uuid=agent_uuid,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    customer_id: str,
    agent_uuid: str | Unset = UNSET,
) -> ActiveSessionResponse | ChatV1Error | None:
    """Get active session

     Looks up the active chat session(s) for a customer.

    With `agent_uuid`, returns the single active session for that customer + agent (or `404` if none).
    Without `agent_uuid`, returns an object of all active sessions for the customer, keyed by agent
    UUID.

    Args:
        customer_id (str):  Example: +15551112222.
        agent_uuid (str | Unset):  Example: agent_IsZ3Q6Sf_60Eh26XQMGbz-R_og.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ActiveSessionResponse | ChatV1Error
    """

    return sync_detailed(
        client=client,
        customer_id=customer_id,
        agent_uuid=agent_uuid,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    customer_id: str,
    agent_uuid: str | Unset = UNSET,
) -> Response[ActiveSessionResponse | ChatV1Error]:
    """Get active session

     Looks up the active chat session(s) for a customer.

    With `agent_uuid`, returns the single active session for that customer + agent (or `404` if none).
    Without `agent_uuid`, returns an object of all active sessions for the customer, keyed by agent
    UUID.

    Args:
        customer_id (str):  Example: +15551112222.
        agent_uuid (str | Unset):  Example: agent_IsZ3Q6Sf_60Eh26XQMGbz-R_og.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ActiveSessionResponse | ChatV1Error]
    """

    kwargs = _get_kwargs(
        customer_id=customer_id,
        agent_uuid=agent_uuid,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    customer_id: str,
    agent_uuid: str | Unset = UNSET,
) -> ActiveSessionResponse | ChatV1Error | None:
    """Get active session

     Looks up the active chat session(s) for a customer.

    With `agent_uuid`, returns the single active session for that customer + agent (or `404` if none).
    Without `agent_uuid`, returns an object of all active sessions for the customer, keyed by agent
    UUID.

    Args:
        customer_id (str):  Example: +15551112222.
        agent_uuid (str | Unset):  Example: agent_IsZ3Q6Sf_60Eh26XQMGbz-R_og.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ActiveSessionResponse | ChatV1Error
    """

    return (
        await asyncio_detailed(
            client=client,
            customer_id=customer_id,
            agent_uuid=agent_uuid,
        )
    ).parsed
