"""Resolves the references of the schemas of an OpenAPI document, and checks JSON values against the schemas."""

from __future__ import annotations

import json
from functools import reduce
from operator import getitem, or_
from typing import Any, Final

import osvi_runtime as runtime
from osvi_runtime import MISSING, InvalidDataError, Path, Reader, refuse

Node = dict[str, Any]

_READERS: Final[dict[str, Reader[Any]]] = {
    "string": runtime.String,
    "integer": runtime.Integer,
    "number": runtime.Number,
    "boolean": runtime.Boolean,
    "null": runtime.Null,
    "array": runtime.Array(runtime.Anything),
    "object": runtime.Map(runtime.Anything),
}
_FORMATS: Final[dict[str, Reader[Any]]] = {"date-time": runtime.DateTime, "date": runtime.Date}


def types_of(schema: Node) -> list[str]:
    """Return the types that a schema allows. An empty list allows all types."""
    types = schema.get("type", "object" if "properties" in schema else [])
    return [types] if isinstance(types, str) else types


class Schemas:
    """The schemas of an OpenAPI document."""

    def __init__(self, document: Node) -> None:
        self._document = document
        self._resolved: dict[int, Node] = {}  # by the identity of a node of the document

    def resolve(self, node: Any) -> Node:
        """Follow the reference of a node and merge its ``allOf``. The same node always gives the same object."""
        if not isinstance(node, dict):  # None or True, which allow any value
            return {}
        if id(node) not in self._resolved:
            self._resolved[id(node)] = self._merged(node)
        return self._resolved[id(node)]

    def _merged(self, node: Node) -> Node:
        if "$ref" in node:
            steps = [step.replace("~1", "/").replace("~0", "~") for step in node["$ref"].split("/")[1:]]
            return self.resolve(reduce(getitem, steps, self._document))
        if "allOf" not in node:
            return node
        parts = [*map(self.resolve, node["allOf"]), node]
        merged = {key: value for part in parts for key, value in part.items() if key != "allOf"}
        if "properties" in merged:
            merged["properties"] = {name: node for part in parts for name, node in part.get("properties", {}).items()}
            merged["required"] = [name for part in parts for name in part.get("required", ())]
        return merged

    def check(self, value: Any, schema: Any, path: Path = (), *, is_answer: bool = False) -> None:
        """Check a value against a schema.

        An answer is checked as the client checks it: values that an enum does not list and unknown properties are
        allowed, and null counts as absent.

        Raises:
            InvalidDataError: The schema does not allow the value.
        """
        schema = self.resolve(schema)
        if value is None and schema.get("nullable"):
            return
        string = _FORMATS.get(schema.get("format", ""), runtime.String)
        readers = [string if name == "string" else _READERS[name] for name in types_of(schema)]
        reduce(or_, readers or [runtime.Anything]).read(value, path, [])
        values = [schema["const"]] if "const" in schema else schema.get("enum", [value])
        if value not in values and not (is_answer and type(value) in map(type, values)):
            refuse(value, "a listed value", path)
        if branches := schema.get("oneOf") or schema.get("anyOf"):
            self._check_choice(value, branches, path, is_answer=is_answer)
        for index, item in enumerate(value if isinstance(value, list) else ()):
            self.check(item, schema.get("items"), (*path, str(index)), is_answer=is_answer)
        if isinstance(value, dict):
            self._check_object(value, schema, path, is_answer=is_answer)

    def _check_choice(self, value: Any, branches: list[Any], path: Path, *, is_answer: bool) -> None:
        errors: list[InvalidDataError] = []
        # An object is checked against the branches that declare one of its properties, if there are such branches.
        keys = value if isinstance(value, dict) else {}
        objects = [branch for branch in branches if "object" in (types_of(self.resolve(branch)) or ["object"])]
        matching = [branch for branch in objects if keys.keys() & self.resolve(branch).get("properties", keys).keys()]
        for branch in matching or branches:
            try:
                return self.check(value, branch, path, is_answer=is_answer)
            except InvalidDataError as error:
                errors.append(error)
        # The deepest error is that of the branch that fits best.
        raise max(errors, key=lambda error: len(error.path))

    def _check_object(self, value: Node, schema: Node, path: Path, *, is_answer: bool) -> None:
        properties, additional = schema.get("properties", {}), schema.get("additionalProperties")
        required = schema.get("required", ())
        for name in required:
            if name not in value and (is_answer or not self.resolve(properties.get(name)).get("readOnly")):
                refuse(MISSING, "a value", (*path, name))
        for name, item in value.items():
            if additional is False and name not in properties and not is_answer:
                refuse(item, "absent", (*path, name))
            if item is not None or not is_answer or name in required or name not in properties:
                self.check(item, properties.get(name, additional), (*path, name), is_answer=is_answer)

    def check_text(self, text: str, schema: Any, path: Path) -> None:
        """Check the text of a parameter against a schema: as JSON ("7", "true"), or else as a string.

        Raises:
            InvalidDataError: The schema does not allow the text in either form.
        """
        try:
            self.check(json.loads(text), schema, path)
        except ValueError:
            self.check(text, schema, path)
