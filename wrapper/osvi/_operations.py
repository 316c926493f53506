"""What each call sends and what its answer means. Pure, and the only importer of generated endpoints.

A new endpoint is one function here, a one-line method on each client, and a test.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import attrs
from osvi_openapi.api.default import get_v1_chat_session_active

from osvi import _answers, _decoding
from osvi._answers import REFUSED, Answer
from osvi._decoding import Drift, Mismatch, pointer
from osvi.errors import ConfigurationError, ContractError, OSVIError, SessionNotFoundError

if TYPE_CHECKING:
    from osvi.sessions import ChatSession

T = TypeVar("T")

ACTIVE_SESSION: Final = "GET /v1/chat/session/active"


@attrs.frozen
class Operation(Generic[T]):
    """One call: what is sent, and how the ``data`` of a good answer is read."""

    name: str
    request: dict[str, Any] = attrs.field(repr=False)  # the arguments of httpx's request()
    customer_id: str = attrs.field(repr=False)  # kept out of every message
    decode: Callable[[Any, Drift], T] = attrs.field(repr=False)
    # What stands for "there is none"; without it, SessionNotFoundError is raised.
    on_not_found: Callable[[], T] | None = attrs.field(default=None, repr=False)


def get_active_session(customer_id: str, agent_uuid: str) -> Operation[ChatSession]:
    """One session, which must be there."""
    return Operation(
        ACTIVE_SESSION,
        _request(customer_id=customer_id, agent_uuid=agent_uuid),
        customer_id,
        lambda data, drift: _decoding.session(data, agent_uuid, ("data",), drift),
    )


def find_active_session(customer_id: str, agent_uuid: str) -> Operation[ChatSession | None]:
    """One session, or None."""
    operation: Operation[Any] = get_active_session(customer_id, agent_uuid)
    return attrs.evolve(operation, on_not_found=lambda: None)


def list_active_sessions(customer_id: str) -> Operation[dict[str, ChatSession]]:
    """All sessions of a customer."""
    return Operation(
        ACTIVE_SESSION,
        _request(customer_id=customer_id),
        customer_id,
        lambda data, drift: _decoding.session_map(data, ("data",), drift),
    )


def _request(**parameters: str) -> dict[str, Any]:
    for name, value in parameters.items():
        if not isinstance(value, str):
            raise ConfigurationError(f"{name} must be a string, not {type(value).__name__}")
        if not value.strip():
            raise ConfigurationError(f"{name} is blank")
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise ConfigurationError(f"{name} holds half of a surrogate pair, which no URL can carry")
    # Private to the generator, and its only function that does not also read the answer; tests/contract holds it.
    return get_v1_chat_session_active._get_kwargs(**parameters)  # noqa: SLF001


def outcome(operation: Operation[T], answer: Answer, drift: Drift) -> T | OSVIError:
    """Return what the answer means: the value, or the error to raise. Oddities of a usable one go to ``drift``."""
    if answer.status == 200:  # noqa: PLR2004 - the one good status of the spec
        try:
            data = _answers.data(answer, drift)
            if data is not REFUSED:
                return _read(operation, data, drift)
        except Mismatch as error:
            mismatch = error
        else:
            return _answers.refusal(answer, operation)
        return ContractError(
            pointer(mismatch.path),
            expected=mismatch.expected,
            found=mismatch.found,
            body=answer.text,
            request_id=answer.request_id,
            operation=operation.name,
        )
    refusal = _answers.refusal(answer, operation)
    if operation.on_not_found is not None and isinstance(refusal, SessionNotFoundError):
        return operation.on_not_found()
    return refusal


def _read(operation: Operation[T], data: Any, drift: Drift) -> T:
    try:
        return operation.decode(data, drift)
    except Mismatch as mismatch:
        mismatch.path = ("data", *mismatch.path)
        raise
