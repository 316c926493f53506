"""What each call sends and what its answer means. Pure, and the only importer of generated endpoints.

A new endpoint is an `Endpoint` and a function here, a one-line method on each client, and a test: see CONTRIBUTING.md.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final, Generic, TypeVar, cast
from urllib.parse import urlencode

import attrs
from osvi_openapi.api.default import get_v1_chat_session_active

from osvi._core import answers, decoding
from osvi._core.answers import REFUSED, Answer
from osvi._core.decoding import Drift, Mismatch, pointer
from osvi.errors import APIError, ConfigurationError, ContractError, OSVIError, SessionNotFoundError
from osvi.sessions import ChatSession

T = TypeVar("T")


@attrs.frozen
class Endpoint:
    """An operation of the spec that is served, and what is relied on, which tests/contract compares with the spec."""

    name: str  # the method and the path, as in the spec
    module: Any  # the one that the generator made of it
    shapes: Collection[str]  # what data may be: "a record", "a list of records", "a map of records", or a JSON type
    record: type[Any] | None  # the class of the records in it
    errors: Mapping[int, Collection[str]]  # the statuses with the codes that we tell apart

    def request(self, **parameters: Any) -> dict[str, Any]:
        """Return the arguments of httpx's ``request()``; a parameter that is None is not sent."""
        # Private to the generator, and its only function that does not also read the answer; tests/contract holds it.
        arguments: dict[str, Any] = self.module._get_kwargs(**parameters)  # noqa: SLF001
        return arguments


@attrs.frozen
class Operation(Generic[T]):
    """One call: what is sent, and how the ``data`` of a good answer is read."""

    endpoint: Endpoint
    request: dict[str, Any] = attrs.field(repr=False)
    decode: Callable[[Any, Drift], T] = attrs.field(repr=False)
    # Arguments, by their names, that are kept out of every message and log record.
    private: Mapping[str, str] = attrs.field(factory=dict, repr=False)
    # The error that says that there is none, for a call that returns None then.
    absent: type[APIError] | None = None

    @property
    def name(self) -> str:
        """The method and the path, as in the spec."""
        return self.endpoint.name

    @property
    def method(self) -> str:
        """The HTTP method."""
        return str(self.request["method"]).upper()

    @property
    def url(self) -> str:
        """The path and the query, relative to the base URL."""
        query = urlencode(self.request.get("params") or {})
        return f"{self.request['url']}?{query}" if query else str(self.request["url"])

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers that are arguments, and the type of the body."""
        return self.request.get("headers") or {}

    @property
    def content(self) -> bytes | None:
        """The body, None when there is none."""
        return json.dumps(self.request["json"]).encode() if "json" in self.request else None

    @property
    def is_idempotent(self) -> bool:
        """Whether to send it twice does no more than to send it once (RFC 9110, 9.2.2)."""
        return self.method not in {"POST", "PATCH"}


ACTIVE_SESSION: Final = Endpoint(
    "GET /v1/chat/session/active",
    get_v1_chat_session_active,
    shapes=["a record", "a map of records"],
    record=ChatSession,
    errors={400: (), 401: (), 404: ("session_not_found",)},
)


def get_active_session(customer_id: str, agent_uuid: str) -> Operation[ChatSession]:
    """One session, which must be there."""
    return Operation(
        ACTIVE_SESSION,
        ACTIVE_SESSION.request(**_texts(customer_id=customer_id, agent_uuid=agent_uuid)),
        lambda data, drift: decoding.session(data, agent_uuid, ("data",), drift),
        private={"customer_id": customer_id},
    )


def find_active_session(customer_id: str, agent_uuid: str) -> Operation[ChatSession | None]:
    """One session, or None."""
    operation: Operation[Any] = get_active_session(customer_id, agent_uuid)
    return attrs.evolve(operation, absent=SessionNotFoundError)


def list_active_sessions(customer_id: str) -> Operation[dict[str, ChatSession]]:
    """All sessions of a customer."""
    return Operation(
        ACTIVE_SESSION,
        ACTIVE_SESSION.request(**_texts(customer_id=customer_id)),
        lambda data, drift: decoding.session_map(data, ("data",), drift),
        private={"customer_id": customer_id},
    )


def _texts(**arguments: str) -> dict[str, str]:
    """Return the arguments, if each is a string that says something.

    Raises:
        ConfigurationError: one is none.
    """
    for name, value in arguments.items():
        if not isinstance(value, str):
            raise ConfigurationError(f"{name} must be a string, not {type(value).__name__}")
        if not value.strip():
            raise ConfigurationError(f"{name} is blank")
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise ConfigurationError(f"{name} holds half of a surrogate pair, which no URL can carry")
    return arguments


def outcome(operation: Operation[T], answer: Answer, drift: Drift) -> T | OSVIError:
    """Return what the answer means: the value, or the error to raise. Oddities of a usable one go to ``drift``."""
    if answer.status == 200:  # noqa: PLR2004 - the one good status of the spec
        try:
            data = answers.data(answer, drift)
            if data is not REFUSED:
                return operation.decode(data, drift)
        except Mismatch as error:
            mismatch = error
        else:
            return answers.refusal(answer, operation)
        return ContractError(
            answer.redact(pointer(mismatch.path).encode()).decode(),
            expected=mismatch.expected,
            found=mismatch.found,
            body=answer.text,
            request_id=answer.request_id,
            operation=operation.name,
        )
    refusal = answers.refusal(answer, operation)
    if operation.absent is not None and isinstance(refusal, operation.absent):
        return cast("T", None)
    return refusal
