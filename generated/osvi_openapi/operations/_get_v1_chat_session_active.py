from __future__ import annotations

from typing import Final

from osvi_runtime import Endpoint, Enveloped

from ..models import ActiveSessionResponse, ActiveSessionResponseData

ENDPOINT: Final = Endpoint(
    "GET",
    "/v1/chat/session/active",
    answers={"200": ActiveSessionResponse},
    locations={"customer_id": "query", "agent_uuid": "query"},
)


def get_v1_chat_session_active(
    *, customer_id: str, agent_uuid: str | None = None
) -> Enveloped[ActiveSessionResponseData, ActiveSessionResponse]:
    """Get active session

    Looks up the active chat session(s) for a customer.

    With `agent_uuid`, returns the single active session for that customer + agent (or `404` if none). Without
    `agent_uuid`, returns an object of all active sessions for the customer, keyed by agent UUID.

    Args:
        customer_id: Your identifier for the customer.
        agent_uuid: Optional agent filter. When provided, the response `data` is a single session object; when
            omitted, `data` is keyed by agent UUID.

    Answers:
        200: Active session(s) found. The shape of `data` depends on whether `agent_uuid` was supplied.

    Errors:
        400: `customer_id` is missing.
        401: Invalid or missing API token
        404: `agent_uuid` was supplied but no active session exists for that customer + agent (`session_not_found`).

    `GET /v1/chat/session/active` in openapi.yaml.
    """
    return ENDPOINT.operation(get_v1_chat_session_active, locals())
