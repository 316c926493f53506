"""The operations of the spec: the requests that they allow, and their replies."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import resources
from typing import Any, Final
from urllib.parse import unquote

from osvi_runtime import MISSING, Anything, InvalidDataError, refuse

from osvi._sandbox.examples import example
from osvi._sandbox.messages import RecordedRequest, error_reply, reply
from osvi._sandbox.schemas import PRESENT, Node, Schemas
from osvi._transport.mock import Reply

# What stands between the items of an array in one text, by the style of the parameter.
_SEPARATORS: Final = {"spaceDelimited": " ", "pipeDelimited": "|"}


class SpecOperation:
    """An operation of the spec.

    Args:
        schemas: The schemas of the document.
        name: The method and the path, such as "GET /v1/chat/session/active".
        node: The operation in the document.
    """

    def __init__(self, schemas: Schemas, name: str, node: Node) -> None:
        self.name: Final = name
        self.needs_token: Final = node.get("security") != []
        self._schemas: Final = schemas
        self._parameters: Final = {(node["in"], node["name"]): node for node in node["parameters"]}
        self._body: Final[Node] = node.get("requestBody", {})
        self._responses: Final[dict[str, Node]] = node["responses"]

    def example_of(self, parameter: str) -> Any:
        """Return the example of a query parameter."""
        return example(self._schemas, self._parameters["query", parameter]["schema"])

    def example_of_record(self) -> Node:
        """Return the example of the record that ``data`` may be. An example of the answer may be of its other shape."""
        _, schema = self._response(200)
        data = self._schemas.resolve(self._schemas.resolve(schema)["properties"]["data"])
        record: Node = example(self._schemas, {"anyOf": data.get("anyOf", [data])})
        return record

    def refusal_of(self, request: RecordedRequest) -> Reply | None:
        """Return the error for a request that the spec does not allow. None if the spec allows the request."""
        try:
            for (location, name), parameter in self._parameters.items():
                self._check_parameter(parameter, _values_of(request, location, name))
            self._check_body(request)
        except InvalidDataError as error:
            status = 422 if "422" in self._responses and "400" not in self._responses else 400
            return self.error(status, _code(error))
        return None

    def _check_parameter(self, parameter: Node, values: list[str]) -> None:
        path, schema = (parameter["name"],), self._schemas.not_null(parameter["schema"])
        if schema.get("type") == "object":  # in parameters with names of its properties, which are not checked
            return
        if not values and parameter.get("required"):
            refuse(MISSING, PRESENT, path)
        if schema.get("type") == "array":
            style, schema = parameter.get("style", "form"), schema["items"]
            if parameter["in"] != "query" or not parameter.get("explode", style == "form"):
                values = [item for value in values for item in value.split(_SEPARATORS.get(style, ","))]
        for value in values:
            self._schemas.check_text(value, schema, path)

    def _check_body(self, request: RecordedRequest) -> None:
        if not request.content and self._body.get("required"):
            refuse(MISSING, PRESENT, ("body",))
        if request.content and (schema := _json_schema(self._body)) is not None:
            try:
                value = request.json
            except (ValueError, RecursionError):
                raise InvalidDataError("JSON", "text", ("body",)) from None
            self._schemas.check(value, schema)

    def reply(self, status: int | None = None, data: Any = None) -> Reply:
        """Return a reply: the example of the spec, or a reply with the data of a test.

        Args:
            status: The status. Default: the first 2xx of the spec, or else another status that it declares.
            data: The ``data`` of the body, or the body itself if it has no envelope. Default: the spec's example.

        Raises:
            ValueError: The spec does not have this 2xx status, or no JSON body for it that could contain data.
            InvalidDataError: The spec does not allow the data.
        """
        if status is None:
            first = min(self._responses, key=lambda key: (not key.startswith("2"), key != "default"), default="default")
            status = 200 if first == "default" else int(first.replace("X", "0"))
        response, schema = self._response(status)
        is_success = status < 300  # noqa: PLR2004 - redirects and errors follow
        is_undeclared = is_success and response is None and self._responses
        if is_undeclared or (data is not None and (schema is None or not is_success)):
            answer = f"answer {status}" if data is None else f"answer {status} that holds data"
            raise ValueError(f"{self.name} has no {answer}; its answers: {', '.join(self._responses)}")
        if response is None and not is_success:
            return error_reply(status, "sandbox_reply")
        if response is None or schema is None:
            return Reply(status)
        body = example(self._schemas, schema)
        if isinstance(body, dict) and "success" in body:
            body = {**body, "success": is_success}
        body = body if data is None else self._body_with(Anything.write(data, ()), schema)
        if isinstance(body, str):  # a text of JSON, not of HTML
            return reply(json.dumps(body), status, {"Content-Type": "application/json", **_content_type(response)})
        return reply(body, status, _content_type(response))

    def error(self, status: int, code: str, message: str = "") -> Reply:
        """Return an error. The other properties that the spec requires of its body are those of the example.

        If the spec does not allow the code and the message there, the whole body is the example.
        """
        response, schema = self._response(status)
        plain = error_reply(status, code, message)
        if response is None or schema is None:
            return plain
        body = self._required(schema) | json.loads(plain.body)
        try:
            self._schemas.check(body, schema, is_answer=True)
        except InvalidDataError:
            body = example(self._schemas, schema)
        return reply(body, status, _content_type(response))

    def _response(self, status: int) -> tuple[Node | None, Node | None]:
        """Return the response of the spec with a status, and the schema of its JSON."""
        keys = (str(status), f"{status // 100}XX", "default")
        response = next((self._responses[key] for key in keys if key in self._responses), None)
        return response, _json_schema(response or {})

    def _body_with(self, data: Any, schema: Node) -> Any:
        """Return a body with the data of a test; the other required properties are those of the example."""
        if {"success", "data"} <= self._schemas.resolve(schema).get("properties", {}).keys():
            data = self._required(schema) | {"success": True, "data": data}
        self._schemas.check(data, schema, is_answer=True)
        return data

    def _required(self, schema: Node) -> Node:
        """Return the properties of the example that the spec requires."""
        body, required = example(self._schemas, schema), self._schemas.resolve(schema).get("required", ())
        return {name: body[name] for name in required if name in body}


class Router:
    """The operations of an OpenAPI document in normal form by their names, and the routing of requests to them."""

    def __init__(self, document: Node) -> None:
        schemas, items = Schemas(document), document["paths"].items()
        nodes = {f"{method.upper()} {path}": node for path, item in items for method, node in item.items()}
        self.operations: Final = {name: SpecOperation(schemas, name, node) for name, node in nodes.items()}
        self._methods: Final = {path: [method.upper() for method in item] for path, item in items}
        # If two paths match a request, that with fewer parameters is taken.
        paths = sorted(document["paths"], key=lambda path: path.count("{"))
        self._patterns: Final = {
            path: re.compile("([^/]+)".join(map(re.escape, re.split(r"\{.*?\}", path)))) for path in paths
        }

    def find(self, method: str, path: str) -> tuple[SpecOperation | None, dict[str, str], list[str]]:
        """Return the operation of a request, the parameters in its path, and the methods of the path.

        The operation is None if the path has no operation with this method. The methods are empty if there is no such
        path.
        """
        for template, pattern in self._patterns.items():
            if match := pattern.fullmatch(path):
                names = re.findall(r"\{(.*?)\}", template)
                parameters = dict(zip(names, map(unquote, match.groups()), strict=True))
                return self.operations.get(f"{method} {template}"), parameters, self._methods[template]
        return None, {}, []


@cache
def packaged_spec() -> Router:
    """Return the spec in the generated package: ``openapi.json``, which is ``openapi.yaml`` in normal form."""
    return Router(json.loads(resources.files("osvi_openapi").joinpath("openapi.json").read_text(encoding="utf-8")))


def _json_schema(node: Node) -> Node | None:
    """Return the schema of the JSON of a body or an answer. None if it has no JSON."""
    return next((media["schema"] for media in node.get("content", {}).values() if media), None)


def _content_type(response: Node) -> dict[str, str]:
    """Return the header with the content type of an answer, which may be that of any JSON ("application/*")."""
    name = next(name for name, media in response["content"].items() if media)
    return {} if "*" in name else {"Content-Type": name}


def _values_of(request: RecordedRequest, location: str, name: str) -> list[str]:
    """Return the values of a parameter in a request. An empty value counts as absent."""
    if location == "query":
        return [value for key, value in request.query if key == name and value]
    value = {"path": request.path_params, "header": request.headers}.get(location, {}).get(name)
    return [value] if value else []


def _code(error: InvalidDataError) -> str:
    """Return the code for an invalid request, such as "customer_id_missing" or "limit_not_an_integer"."""
    place = ".".join(error.path)
    if not place or place[0].isdigit():  # the body, or an item of it
        place = f"body.{place}".rstrip(".")
    problem = "missing" if error.expected == PRESENT else f"not_{error.expected}"
    return f"{place}_{re.sub('[ -]', '_', problem)}"
