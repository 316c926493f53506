"""What the clients send, validated against ``openapi.yaml`` by a library made for that."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from spec import load
from support import AGENT, CUSTOMER, RECORD, Api, answering, ok
from werkzeug.datastructures import Headers, ImmutableMultiDict

Make = Callable[..., Api]

HERE = Path(__file__).resolve()
# The spec as it is, and the one that the damages below were thought of for.
NOW, BASE = load(HERE.parents[2] / "openapi.yaml"), load(HERE.with_name("base.yaml"))


def lenient(spec: Any) -> OpenAPI:
    """Read a spec without the limits that it sets to strings: which customer ids there are is the user's business."""

    def without_limits(node: Any) -> Any:
        if isinstance(node, list):
            return [without_limits(item) for item in node]
        if not isinstance(node, dict):
            return node
        limits = {"minLength", "maxLength", "pattern", "format"}
        return {key: without_limits(value) for key, value in node.items() if key not in limits}

    return OpenAPI.from_dict(without_limits(spec))


class Sent:
    """A request of httpx, as openapi-core wants it."""

    def __init__(self, request: httpx.Request) -> None:
        self.host_url = f"{request.url.scheme}://{request.url.host}"
        self.path = request.url.path
        self.method = request.method.lower()
        self.body = request.content or None
        self.content_type = request.headers.get("Content-Type", "")
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(request.url.params.multi_items()),
            header=Headers(list(request.headers.items())),
            cookie=ImmutableMultiDict(),
        )


def sent(make: Make, call: str, **arguments: Any) -> httpx.Request:
    seen: list[httpx.Request] = []
    data = {} if call == "list" else RECORD
    getattr(make(transport=answering(ok(data), seen=seen)), call)(**arguments)
    return seen[0]


@pytest.mark.parametrize("call", ["get", "find", "list"])
@pytest.mark.parametrize("customer_id", [CUSTOMER, "é&=+ %2B", "x" * 500])
def test_every_request_is_one_of_the_spec(make: Make, call: str, customer_id: str) -> None:
    request = sent(make, call, customer_id=customer_id)
    unmarshalled = lenient(NOW).unmarshal_request(Sent(request))

    agent = {} if call == "list" else {"agent_uuid": AGENT}
    assert unmarshalled.parameters.query == {"customer_id": customer_id} | agent
    assert list((unmarshalled.security or {}).values()) == [request.headers["API-Token"]]


@pytest.mark.parametrize(
    "damage",
    [
        lambda request: request.headers.pop("API-Token"),
        lambda request: setattr(request, "url", request.url.copy_remove_param("customer_id")),
        lambda request: setattr(request, "url", request.url.copy_with(path="/v1/chat/session")),
        lambda request: setattr(request, "url", request.url.copy_with(host="other.example")),
        lambda request: setattr(request, "method", "POST"),
    ],
)
def test_a_request_that_is_none_of_the_spec_would_be_found(make: Make, damage: Callable[[Any], object]) -> None:
    request = sent(make, "list")
    damage(request)

    with pytest.raises(OpenAPIError):
        lenient(BASE).validate_request(Sent(request))
