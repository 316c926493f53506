"""The operations as the spec describes them: which requests they take, and how they answer."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import resources
from typing import Any, Final
from urllib.parse import unquote

from osvi_openapi.runtime import MISSING, InvalidDataError, refuse, to_json

from osvi._sandbox.examples import example
from osvi._sandbox.messages import RecordedRequest, refusal, reply
from osvi._sandbox.schemas import Node, Schemas, types_of
from osvi._transport.mock import Reply

_METHODS: Final = ("GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE")


class SpecOperation:
    """An operation of the spec.

    Args:
        schemas: The schemas of the document.
        name: The method and the path, such as "GET /v1/chat/session/active".
        parameters: The parameters of the path, then those of the operation.
        node: The operation in the document.
    """

    def __init__(self, schemas: Schemas, name: str, parameters: list[Node], node: Node) -> None:
        self.name: Final = name
        self.needs_token: Final = node.get("security") != []
        self._schemas: Final = schemas
        self._parameters: Final = {(one["in"], one["name"]): one for one in map(schemas.resolve, parameters)}
        self._body: Final = schemas.resolve(node.get("requestBody"))
        self._responses: Final = {status: schemas.resolve(response) for status, response in node["responses"].items()}

    def example_of(self, parameter: str) -> Any:
        """Return the example of a parameter of the query."""
        node = self._parameters["query", parameter]
        return example(self._schemas, node.get("schema"), beside=node)

    def refusal_of(self, request: RecordedRequest) -> Reply | None:
        """Return the error for a request that the spec does not allow. None when it allows the request."""
        try:
            for (location, name), parameter in self._parameters.items():
                self._check_parameter(parameter, _values_of(request, location, name))
            self._check_body(request)
        except InvalidDataError as error:
            status = 422 if "422" in self._responses and "400" not in self._responses else 400
            return refusal(status, _code(error))
        return None

    def _check_parameter(self, parameter: Node, values: list[str]) -> None:
        path = (parameter["name"],)
        if not values and parameter.get("required"):
            refuse(MISSING, "a value", path)
        schema = self._schemas.resolve(parameter.get("schema"))
        for value in values:
            self._schemas.check_text(value, schema.get("items") if "array" in types_of(schema) else schema, path)

    def _check_body(self, request: RecordedRequest) -> None:
        if not request.content and self._body.get("required"):
            refuse(MISSING, "a value", ("body",))
        if request.content and (content := _json_content(self._body)) is not None:
            try:
                value = request.json
            except (ValueError, RecursionError):
                raise InvalidDataError("JSON", "text", ("body",)) from None
            self._schemas.check(value, content.get("schema"))

    def reply(self, status: int | None = None, data: Any = None) -> Reply:
        """Return an answer: the example of the spec, or one with data that a test gives.

        Args:
            status: The status. None is the first 2xx of the spec.
            data: The ``data`` of the body, or the body itself where it has no envelope. None is the spec's example.

        Raises:
            ValueError: The spec does not have this 2xx status, or its answer has no body to hold data.
            InvalidDataError: The spec does not allow the data.
        """
        if status is None:
            documented = next((status for status in self._responses if status.startswith("2")), "200")
            status = int(documented.upper().replace("X", "0"))
        keys = (str(status), f"{status // 100}XX", "default")
        response = next((self._responses[key] for key in keys if key in self._responses), None)
        content, is_success = _json_content(response or {}), status < 300  # noqa: PLR2004 - redirects and errors follow
        if (is_success and response is None) or (data is not None and not (is_success and content)):
            answer = f"answer {status}" if data is None else f"answer {status} that holds data"
            raise ValueError(f"{self.name} has no {answer}; its answers: {', '.join(self._responses)}")
        if response is None:
            return refusal(status, "sandbox_reply")
        if content is None:
            return Reply(status)
        body = example(self._schemas, content.get("schema"), beside=content)
        if isinstance(body, dict) and "success" in body:
            body = {**body, "success": is_success}
        return reply(body if data is None else self._body_with(to_json(data, nulls=False), body, content), status)

    def _body_with(self, data: Any, body: Any, content: Node) -> Any:
        """Return the body with these data, and with those parts of the example that the spec requires beside them."""
        schema = self._schemas.resolve(content.get("schema"))
        if {"success", "data"} <= schema.get("properties", {}).keys():
            needed = {"success", *schema.get("required", ())}
            data = {name: value for name, value in body.items() if name in needed} | {"data": data}
        self._schemas.check(data, schema, is_answer=True)
        return data


class Spec:
    """The operations of an OpenAPI document, by their names, and which of them a request asks for."""

    def __init__(self, document: Node) -> None:
        schemas = Schemas(document)
        self.operations: Final[dict[str, SpecOperation]] = {}
        for path, item in document["paths"].items():
            for method in _METHODS:
                if node := item.get(method.lower()):
                    parameters = [*item.get("parameters", ()), *node.get("parameters", ())]
                    self.operations[f"{method} {path}"] = SpecOperation(schemas, f"{method} {path}", parameters, node)
        # Where two paths match a request, the one with fewer parameters is meant.
        paths = sorted(document["paths"], key=lambda path: path.count("{"))
        self._patterns: Final = {
            path: re.compile("([^/]+)".join(map(re.escape, re.split(r"\{.*?\}", path)))) for path in paths
        }

    def find(self, method: str, path: str) -> tuple[SpecOperation | None, dict[str, str], list[str]]:
        """Return the operation that a request asks for, the parameters in its path, and the methods of the path.

        The operation is None when the path has none with this method. There are no methods when there is no such path.
        """
        for template, pattern in self._patterns.items():
            if match := pattern.fullmatch(path):
                names = re.findall(r"\{(.*?)\}", template)
                parameters = dict(zip(names, map(unquote, match.groups()), strict=True))
                allowed = [name for name in _METHODS if f"{name} {template}" in self.operations]
                return self.operations.get(f"{method} {template}"), parameters, allowed
        return None, {}, []


@cache
def packaged_spec() -> Spec:
    """Return the spec of the generated package: its ``openapi.json`` is ``openapi.yaml`` as JSON."""
    return Spec(json.loads(resources.files("osvi_openapi").joinpath("openapi.json").read_text(encoding="utf-8")))


def _json_content(node: Node) -> Node | None:
    contents = node.get("content", {}).items()
    return next(
        (content for kind, content in contents if kind.partition(";")[0].strip().lower().endswith("json")), None
    )


def _values_of(request: RecordedRequest, location: str, name: str) -> list[str]:
    """Return the values of a parameter in a request. An empty one counts as absent."""
    if location == "query":
        return [value for other, value in request.query if other == name and value]
    value = {"path": request.path_params, "header": request.headers}.get(location, {}).get(name)
    return [value] if value else []


def _code(error: InvalidDataError) -> str:
    """Return the code that says what is wrong and where: "customer_id_missing", "limit_not_an_integer"."""
    place = ".".join(error.path)
    if not place or place[0].isdigit():  # the body, or an item of it
        place = f"body.{place}".rstrip(".")
    what = "missing" if error.found == "nothing" else f"not_{error.expected}"
    return f"{place}_{re.sub('[ -]', '_', what)}"
