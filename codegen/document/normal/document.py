"""Rewrites an OpenAPI document into an equal one in normal form.

Besides the schemas (see ``writer``), a document in normal form differs in this: in place of ``paths``, it has
``operations`` by their names, such as "GET /v1/agents". An operation has all that its path has, such as parameters and
servers. There are no references except those to schemas. A parameter, a body or an answer with a ``schema`` has the
``place`` of it, and its examples are those of the schema. A body or an answer has the schema of its JSON and the
``content_type``, or in ``not_json`` the content types of which none is JSON. Unused components, ``operationId``, tags,
links, callbacks, webhooks and the headers of answers are left out.
"""

import re
from collections.abc import Collection, Iterator
from typing import Any

from attrs import frozen

from codegen.document.normal.keywords import schema_of
from codegen.document.normal.nodes import BrokenSchemaError, Finding, below, list_in, object_in, resolved
from codegen.document.normal.schemas import Schemas
from codegen.document.normal.writer import Writer
from codegen.document.reading import METHODS, Node

# What stays of a document, its operations, parameters, bodies and answers as it is.
KEPT = {"info", "servers", "security", "summary", "description", "deprecated", "required", "style", "explode"}
# The content types that are JSON, perhaps with parameters such as charset.
JSON = re.compile(r"\s*(application/json|\*/\*|application/\*|[^;]+\+json)\s*(;.*)?", re.IGNORECASE)
# OpenAPI ignores parameters with these names.
IGNORED = {("header", name) for name in ("accept", "authorization", "content-type")}


@frozen
class Normal:
    """A document in normal form.

    Attributes:
        document: The document.
        notes: The places where it allows more values, since the normal form cannot express them or the document is
            wrong, and those that it does not have, such as webhooks.
    """

    document: Node
    notes: list[Finding]


def normal(document: Node, left_out: Collection[str] = ()) -> Normal:
    """Return the normal form of a document. The document is not changed.

    Args:
        document: The document.
        left_out: The operations to leave out, such as "POST /v1/uploads".
    """
    return _Document(document, left_out).written()


def schemas_of(operation: Node) -> Iterator[tuple[str, str, Node]]:
    """Yield the place, the name and the schema of each parameter, body and answer of an operation in normal form."""
    nodes = [(node["name"], node) for node in operation["parameters"]]
    nodes.append(("body", operation.get("requestBody", {})))
    nodes += [(f"response_{status}", answer) for status, answer in operation["responses"].items()]
    yield from ((node["place"], name, node["schema"]) for name, node in nodes if "schema" in node)


def json_type(content: Node, schemas: Schemas | None = None) -> str:
    """Return the content type that is JSON. Empty if there is none.

    Of several, it is application/json, or else the first. Of a body, that of a record comes before.

    Args:
        content: The content types.
        schemas: The schemas of the document, for the content of a body.
    """

    def is_record(name: str) -> bool:
        return schemas is not None and bool(
            schemas.meaning(schema_of(object_in(content, name).get("schema"))).properties
        )

    names = filter(JSON.fullmatch, content)
    return min(names, key=lambda name: (not is_record(name), not is_plain_json(name)), default="")


def is_plain_json(content_type: str) -> bool:
    """Return whether a content type is application/json itself, perhaps with parameters such as a charset."""
    return content_type.partition(";")[0].strip().lower() == "application/json"


class _Document:
    def __init__(self, document: Node, left_out: Collection[str]) -> None:
        self._document = document
        self._left_out = left_out
        self._writer = Writer(document)

    def written(self) -> Normal:
        operations: dict[str, Node] = {}
        for path, item in object_in(self._document, "paths").items():
            if not path.startswith("x-"):
                operations |= self._operations(f"/{path.removeprefix('/')}", item)
        schemes = object_in(object_in(self._document, "components"), "securitySchemes")
        components = {
            "schemas": dict(sorted(self._writer.components().items())),
            "securitySchemes": {name: self._resolved(node, "#/components") for name, node in schemes.items()},
        }
        self._pass_over(self._document, "webhooks", "#")
        written = {"openapi": "3.1.0", **_kept(self._document), "operations": operations, "components": components}
        return Normal(written, sorted(self._writer.notes))

    def _operations(self, path: str, node: Any) -> dict[str, Node]:
        """Return the operations of a path, by their names."""
        place = below("#/paths", path)
        item = self._resolved(node, place)
        self._pass_over(item, "additionalOperations", place)
        methods = {f"{method.upper()} {path}": method for method in METHODS if isinstance(item.get(method), dict)}
        return {
            name: self._operation(path, item, item[method], below(place, method))
            for name, method in methods.items()
            if name not in self._left_out
        }

    def _operation(self, path: str, item: Node, node: Node, place: str) -> Node:
        self._pass_over(node, "callbacks", place)
        parameters = [*list_in(item, "parameters"), *list_in(node, "parameters")]
        written = _kept({**item, **node})
        written["parameters"] = self._parameters(path, parameters, place)
        if "requestBody" in node:
            body_place = below(place, "requestBody")
            written["requestBody"] = self._content(node["requestBody"], body_place, self._writer.schemas)
        written["responses"] = {
            status.replace("xx", "XX"): self._content(answer, below(place, "responses", status))
            for status, answer in object_in(node, "responses").items()
            if not status.startswith("x-")
        }
        return written

    def _parameters(self, path: str, nodes: list[Any], place: str) -> list[Node]:
        """Return the parameters of an operation: those that its path needs, and the last of each name and location."""
        names = re.findall(r"\{([^{}]*)\}", path)
        found: dict[tuple[str, str], Node] = {("path", name): {"schema": {"type": "string"}} for name in names}
        for node in nodes:
            parameter = self._resolved(node, place, in_place={"in": "query", "name": "", "schema": node})
            location, name = str(parameter.get("in")), str(parameter.get("name"))
            if (location, name) in found or (location != "path" and (location, name.lower()) not in IGNORED):
                found[location, name] = parameter
        return [
            {"in": location, "name": name, **_kept(node)}
            | (self._with_schema(node, below(place, location, name)) if "schema" in node else {})
            for (location, name), node in found.items()
        ]

    def _content(self, reference: Any, place: str, schemas: Schemas | None = None) -> Node:
        """Return an answer, or, with ``schemas``, a body."""
        node = self._resolved(reference, place, in_place={"content": {"application/json": {"schema": reference}}})
        content = object_in(node, "content")
        name = json_type(content, schemas)
        others = [other for other in content if other != name]
        if not name:
            return _kept(node) | ({"not_json": others} if others else {})
        if others:
            self._writer.notes.append(Finding(place, f"only as JSON, not as {', '.join(others)}"))
        content_type = "application/json" if "*" in name else name
        return {"content_type": content_type} | _kept(node) | self._with_schema(object_in(content, name), place)

    def _with_schema(self, node: Node, place: str) -> Node:
        """Return the schema of a node, with the examples of both, and its place."""
        schema = self._writer.schema(node.get("schema"), place)
        named = [self._resolved(example, place) for example in object_in(node, "examples").values()]
        examples = [node["example"]] if "example" in node else []
        examples += [example["value"] for example in named if "value" in example]
        schema |= {"examples": [*examples, *schema.get("examples", ())]} if examples else {}
        return {"place": place, "schema": schema}

    def _resolved(self, node: Any, place: str, in_place: Node | None = None) -> Node:
        """Return a node that is no schema, or the target of its reference. If that leads to nothing, ``in_place``."""
        try:
            return resolved(self._document, node)
        except BrokenSchemaError as error:
            if in_place is None:
                self._writer.notes.append(Finding(place, str(error)))
            return in_place or {}

    def _pass_over(self, node: Node, key: str, place: str) -> None:
        self._writer.notes += [Finding(below(place, key, name), "passed over") for name in object_in(node, key)]


def _kept(node: Node) -> Node:
    return {key: value for key, value in node.items() if key in KEPT}
