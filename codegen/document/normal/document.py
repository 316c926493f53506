"""Rewrites an OpenAPI document into an equal one in normal form.

Besides the schemas (`writer`), these parts of a document in normal form differ: an operation has all its parameters,
and there are no references except those to schemas. Statuses are written in upper case. Of the content types of a body
or an answer, only the first that is JSON has a schema. Unused components, ``operationId``, tags, links, callbacks,
webhooks and the headers of answers are left out.
"""

import re
from collections.abc import Iterator
from typing import Any

from attrs import frozen

from codegen.document.normal.nodes import BrokenSchemaError, Finding, Node, below, resolved, used
from codegen.document.normal.writer import Writer

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
# What stays of the parts of a document, except schemas.
_DOCUMENT = ("info", "servers", "security")
_OPERATION = ("summary", "description", "deprecated", "security", "servers")
_PARAMETER = ("name", "in", "description", "required", "deprecated", "style", "explode", "allowReserved")


@frozen
class Normal:
    """A document in normal form.

    Attributes:
        document: The document.
        widened: The places where it allows more values, since the normal form cannot express them.
        broken: The places where the document is wrong. In normal form, any value is allowed there.
        passed_over: The parts that no client can serve, such as webhooks.
    """

    document: Node
    widened: list[Finding]
    broken: list[Finding]
    passed_over: list[Finding]


def normal(document: Node) -> Normal:
    """Return the normal form of a document. The document is not changed."""
    return _Document(document).written()


def json_type(content: Node) -> str:
    """Return the content type that is JSON, application/json before others. Empty if there is none."""
    names = [name for name in content if _is_json(name.partition(";")[0].strip().lower())]
    return min(names, key=lambda name: (not name.startswith("application/json"), name), default="")


def _is_json(name: str) -> bool:
    return name in {"application/json", "*/*", "application/*"} or name.endswith("+json")


class _Document:
    def __init__(self, document: Node) -> None:
        self._document = document
        self._writer = Writer(document)
        self._passed_over: list[Finding] = []

    def written(self) -> Normal:
        items = _object(self._document, "paths").items()
        paths = {path: self._path_item(path, item) for path, item in items if path.startswith("/")}
        components: Node = {"schemas": self._writer.components()}
        if schemes := _object(_object(self._document, "components"), "securitySchemes"):
            components["securitySchemes"] = {name: resolved(self._document, node) for name, node in schemes.items()}
        for name in _object(self._document, "webhooks"):
            self._passed_over.append(Finding(below("#/webhooks", name), "a webhook"))
        kept = {key: self._document[key] for key in _DOCUMENT if key in self._document}
        written: Node = {"openapi": "3.1.0", **kept, "paths": paths, "components": components}
        names = used(written, [schema for *_, node in operations(written) for schema in schemas_of(node)])
        components["schemas"] = {name: components["schemas"][name] for name in sorted(names)}
        return Normal(written, sorted(self._writer.widened), sorted(self._writer.broken), sorted(self._passed_over))

    def _path_item(self, path: str, node: Any) -> Node:
        place = below("#/paths", path)
        item = self._resolved(node, place)
        methods = [method for method in METHODS if isinstance(item.get(method), dict)]
        return {method: self._operation(path, item, item[method], below(place, method)) for method in methods}

    def _operation(self, path: str, item: Node, node: Node, place: str) -> Node:
        written: Node = {key: node[key] for key in _OPERATION if key in node}
        references = [*_list(item, "parameters"), *_list(node, "parameters")]
        nodes = [self._resolved(reference, place) for reference in references]
        distinct = {(one.get("in"), one.get("name")): one for one in nodes}
        written["parameters"] = [
            self._parameter(one, below(place, "parameters", index))
            for index, one in enumerate(_of_path(path, [*distinct.values()]))
        ]
        if "requestBody" in node:
            written["requestBody"] = self._content(node["requestBody"], below(place, "requestBody"), "required")
        responses = _object(node, "responses").items()
        written["responses"] = {
            status.upper() if status.endswith("xx") else status: self._content(one, below(place, "responses", status))
            for status, one in responses
            if not status.startswith("x-")
        }
        for name in _object(node, "callbacks"):
            self._passed_over.append(Finding(below(place, "callbacks", name), "a callback"))
        return written

    def _parameter(self, node: Node, place: str) -> Node:
        written: Node = {key: node[key] for key in _PARAMETER if key in node} | self._examples(node)
        if "schema" in node:
            written["schema"] = self._writer.schema(node["schema"], below(place, "schema"))
        if "content" in node:
            written["content"] = {name: {} for name in _object(node, "content")}
        return written

    def _content(self, reference: Any, place: str, *keys: str) -> Node:
        """Return a body or an answer."""
        node = self._resolved(reference, place)
        written: Node = {key: node[key] for key in ("description", *keys) if key in node}
        content = _object(node, "content")
        if content:
            written["content"] = {
                name: self._media(content[name], below(place, "content", name)) if name == json_type(content) else {}
                for name in content
            }
        return written

    def _media(self, node: Any, place: str) -> Node:
        node = node if isinstance(node, dict) else {}
        return {"schema": self._writer.schema(node.get("schema"), below(place, "schema"))} | self._examples(node)

    def _examples(self, node: Node) -> Node:
        """Return the examples beside a schema, as its ``examples``."""
        examples = [node["example"]] if "example" in node else []
        for one in _object(node, "examples").values():
            examples += [example["value"] for example in [resolved(self._document, one)] if "value" in example]
        return {"examples": {str(index): {"value": value} for index, value in enumerate(examples)}} if examples else {}

    def _resolved(self, node: Any, place: str) -> Node:
        try:
            return resolved(self._document, node)
        except BrokenSchemaError as error:
            self._writer.broken.append(Finding(place, str(error)))
            return {}


def _of_path(path: str, parameters: list[Node]) -> Iterator[Node]:
    """Yield the parameters of an operation. In the path, they are strings if they are not declared."""
    names = dict.fromkeys(re.findall(r"\{([^{}]*)\}", path))
    for name in [
        name for name in names if ("path", name) not in {(node.get("in"), node.get("name")) for node in parameters}
    ]:
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
    yield from (node for node in parameters if node.get("in") != "path" or node.get("name") in names)


def operations(document: Node) -> Iterator[tuple[str, str, Node]]:
    """Yield the path, the method in lower case and the node of each operation of a document in normal form."""
    for path, item in document["paths"].items():
        for method, node in item.items():
            yield path, method, node


def schemas_of(operation: Node) -> Iterator[Node]:
    """Yield the schemas of an operation in normal form."""
    contents = [operation.get("requestBody", {}), *operation["responses"].values()]
    medias = [media for one in contents for media in one.get("content", {}).values()]
    yield from (node["schema"] for node in [*operation["parameters"], *medias] if "schema" in node)


def _object(node: Node, key: str) -> Node:
    value = node.get(key)
    return value if isinstance(value, dict) else {}


def _list(node: Node, key: str) -> list[Any]:
    value = node.get(key)
    return value if isinstance(value, list) else []
