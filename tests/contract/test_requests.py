"""The requests of the clients for every operation, validated against ``openapi.yaml`` by openapi-core."""

import json
from typing import Any

import httpx
import osvi
import pytest
from api import CALLS, LOOKUP, SPEC, THOROUGH, Call, without
from hypothesis import assume, given, strategies as st
from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from osvi_openapi.spec import TOKEN_HEADER
from osvi_runtime import InvalidDataError
from support import AGENT, CUSTOMER, TOKEN, BlockingClient
from werkzeug.datastructures import Headers, ImmutableMultiDict

HOST = "https://api.example.com"


def for_requests(node: Any) -> Any:
    """Return a spec in which requests need no properties that are read-only, and no parameter is null.

    openapi-core takes no list of types for a parameter, null has no encoding there, and a `deepObject` has one alone.
    """
    if isinstance(node, list):
        return [for_requests(item) for item in node]
    if not isinstance(node, dict):
        return node
    made = {key: for_requests(value) for key, value in node.items()}
    if isinstance(required := made.get("required"), list):
        made["required"] = [name for name in required if not made.get("properties", {}).get(name, {}).get("readOnly")]
    if "in" in made and isinstance(types := made.get("schema", {}).get("type"), list):
        [made["schema"]["type"]] = [type_ for type_ in types if type_ != "null"]
    if isinstance(made.get("discriminator", {}).get("propertyName"), str):
        del made["discriminator"]  # the tag of an inline branch is no reference, which openapi-core takes it for
    if made.get("style") == "deepObject":
        made["explode"] = True
    return made


LENIENT = without(for_requests(SPEC), "format", "readOnly")
# Of what is wrong in the document itself, `update` has its own report.
UNCHECKED: Any = None  # openapi-core takes None, though its types do not say so
JUDGE = OpenAPI.from_dict({**LENIENT, "servers": [{"url": HOST}]}, config=Config(spec_validator_cls=UNCHECKED))


class Sent:
    """Adapts a request of httpx to openapi-core."""

    def __init__(self, request: httpx.Request) -> None:
        self.host_url = f"{request.url.scheme}://{request.url.host}"
        self.path = request.url.raw_path.decode().partition("?")[0]
        self.method = request.method.lower()
        self.body = request.content or None
        self.content_type = request.headers.get("Content-Type", "")
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(request.url.params.multi_items()),
            header=Headers(list(request.headers.items())),
            cookie=ImmutableMultiDict(),
        )


def sent(kind: str, method: str, *arguments: Any, **options: Any) -> httpx.Request:
    """Return the request of a call."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(418)

    with (
        BlockingClient(kind, base_url=HOST, transport=httpx.MockTransport(answer)) as api,
        pytest.raises(osvi.APIError),
    ):
        api.call(method, *arguments, **options)
    return seen[0]


def texts(values: dict[str, Any]) -> list[tuple[str, str]]:
    """Return query parameters as texts of a URL, sorted."""
    pairs = [(name, one) for name, value in values.items() for one in (value if isinstance(value, list) else [value])]
    return sorted((name, str(one).lower() if isinstance(one, bool) else str(one)) for name, one in pairs)


def with_null(value: Any) -> Any:
    """Return a JSON value as an argument that is sent as it is: with NULL for null."""
    if isinstance(value, list):
        return [with_null(item) for item in value]
    if isinstance(value, dict):
        return {name: with_null(item) for name, item in value.items()}
    return osvi.NULL if value is None else value


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
@THOROUGH
@given(data=st.data(), kind=st.sampled_from(["sync", "async"]))
def test_every_request_is_valid_by_the_spec(call: Call, data: st.DataObject, kind: str) -> None:
    case = data.draw(call.cases)
    query = dict(case.query or {})
    headers = {name: value for name, value in (case.headers or {}).items() if name.lower() != TOKEN_HEADER.lower()}
    body = case.body if isinstance(case.body, dict | list | str | int | float) else None
    arguments = call.arguments_from({**(case.path_parameters or {}), **query, **headers})
    # The properties of an object are parameters, as schemathesis writes it.
    of_object = {name: one for name, one in query.items() if not call.arguments_from({name: one})}
    arguments |= call.arguments_from(dict.fromkeys(call.in_properties, of_object))
    deep: dict[str, Any] = {}  # and here with the name of the object
    for name, _, key in (one.partition("[") for one in of_object):
        deep.setdefault(name, {})[key.removesuffix("]")] = query[f"{name}[{key}"]
    arguments |= call.arguments_from(deep)
    declared = call.body_schema.get("properties", {})
    if case.body is None:
        arguments["body"] = osvi.NULL
    elif not declared and not call.extra:
        arguments |= {} if body is None else {"body": with_null(body)}
    elif isinstance(body, dict):
        sent_by_name = {name: one for name, one in body.items() if name in call.written}
        arguments |= call.arguments_from(with_null(sent_by_name), "body")
        others = {name: one for name, one in body.items() if call.extra and name not in declared}
        arguments |= {call.extra: with_null(others)} if call.extra else {}
        body = sent_by_name | others
        if not body and not call.body.get("required"):
            body = None  # none of the arguments of an optional body
    try:
        operation = call.function(**arguments)
    except (InvalidDataError, TypeError):  # a path of dots, a header that is not ASCII; a null that is required
        assume(condition=False)
    request = sent(kind, "send", operation)

    JUDGE.validate_request(Sent(request))
    assert sorted(request.url.params.multi_items()) == texts(query)
    assert {name: request.headers[name] for name in headers} == {name: str(one) for name, one in headers.items()}
    assert (json.loads(request.content) if request.content else None) == body
    assert request.headers[TOKEN_HEADER] == TOKEN


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize("method", ["get_active_session", "find_active_session", "list_active_sessions"])
def test_each_method_of_the_clients_sends_its_request(kind: str, method: str) -> None:
    customer_id = "é&=+ %2B"
    agent = {} if method == "list_active_sessions" else {"agent_uuid": AGENT}
    request = sent(kind, method, customer_id, **agent)

    JUDGE.validate_request(Sent(request))
    assert f"{request.method} {request.url.path}" == LOOKUP
    assert dict(request.url.params) == {"customer_id": customer_id} | agent


@pytest.mark.parametrize(
    "damage",
    [
        {"parameters": RequestParameters(query=ImmutableMultiDict({"customer_id": CUSTOMER}))},  # without the token
        {"path": "/v1/nowhere"},
        {"host_url": "https://other.example"},
        {"method": "trace"},
    ],
)
def test_a_request_that_the_spec_does_not_allow_is_found(damage: dict[str, Any]) -> None:
    request = Sent(sent("sync", "get_active_session", CUSTOMER, agent_uuid=AGENT))
    JUDGE.validate_request(request)
    vars(request).update(damage)

    with pytest.raises(OpenAPIError):
        JUDGE.validate_request(request)
