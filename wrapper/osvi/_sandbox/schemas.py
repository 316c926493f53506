"""Checks JSON values against the schemas of an OpenAPI document in normal form; see ``codegen/document/normal``."""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import unquote

import osvi_runtime as runtime
from osvi_runtime import MISSING, InvalidDataError, Path, Reader, refuse
from osvi_runtime.formats import CONVERTED

Node = dict[str, Any]

# What is expected of a value of each type, and of a string of each format, and the reader that tests it. The errors of
# `Schemas.check` have these words and not those of the readers, since the codes of errors are made from them: a better
# text of a reader must not change a code, which programs compare. The word for a format is its name in the spec.
_KINDS: Final[dict[str, tuple[str, Reader]]] = {
    "string": ("a string", runtime.String),
    "integer": ("an integer", runtime.Integer),
    "number": ("a number", runtime.Number),
    "boolean": ("a boolean", runtime.Boolean),
    "null": ("null", runtime.Null),
    "array": ("an array", runtime.Array(runtime.Anything)),
    "object": ("an object", runtime.Map(runtime.Anything)),
    **{f"string {one.name}": (f"a {one.name}", one) for one in CONVERTED},
}
PRESENT: Final = "a value"  # what is expected where a required value is missing


_NULL: Final[Node] = {"type": "null"}


class Schemas:
    """The schemas of an OpenAPI document in normal form."""

    def __init__(self, document: Node) -> None:
        self._components = document["components"]["schemas"]

    def resolve(self, schema: Any) -> Node:
        """Return a schema, or the target of its reference. The same schema always gives the same object."""
        while isinstance(schema, dict) and "$ref" in schema:
            name = unquote(schema["$ref"].rpartition("/")[2]).replace("~1", "/").replace("~0", "~")
            schema = self._components[name]
        return schema if isinstance(schema, dict) else {}  # None or True, which allow any value

    def not_null(self, schema: Any) -> Node:
        """Return a schema without null."""
        schema = self.resolve(schema)
        return self.resolve(schema["anyOf"][0]) if _NULL in schema.get("anyOf", ()) else schema

    def check(self, value: Any, schema: Any, path: Path = (), *, is_answer: bool = False) -> None:
        """Check a value against a schema.

        An answer is checked as the client checks it: values that an enum does not list and unknown properties are
        allowed, and null counts as absent.

        Raises:
            InvalidDataError: The schema does not allow the value.
        """
        schema = self.resolve(schema)
        self._check_type(value, schema, path)
        values = [schema["const"]] if "const" in schema else schema.get("enum", [value])
        if value not in values and not (is_answer and type(value) in map(type, values)):
            refuse(value, "a listed value", path)
        if "anyOf" in schema:
            self._check_union(value, schema["anyOf"], path, is_answer=is_answer)
        for index, item in enumerate(value if isinstance(value, list) else ()):
            self.check(item, schema.get("items"), (*path, str(index)), is_answer=is_answer)
        if isinstance(value, dict):
            self._check_object(value, schema, path, is_answer=is_answer)

    def _check_type(self, value: Any, schema: Node, path: Path) -> None:
        """Check the type of a value, and the format of a string."""
        type_, format_ = schema.get("type", ""), schema.get("format")
        name, reader = _KINDS.get(f"{type_} {format_}", _KINDS.get(type_, ("", runtime.Anything)))
        try:
            reader.read(value, path, [])
        except InvalidDataError as error:
            # Without a type, and inside of an array or an object, only infinite numbers are refused, such as 1e400.
            expected = name if name and error.path == path else "a finite number"
            raise InvalidDataError(expected, error.found, error.path) from None

    def _check_union(self, value: Any, branches: list[Any], path: Path, *, is_answer: bool) -> None:
        errors: list[InvalidDataError] = []
        # An object is checked against the branches that declare one of its properties, if there are such branches.
        keys = value if isinstance(value, dict) else {}
        objects = [branch for branch in branches if self.resolve(branch).get("type") == "object"]
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
            if name not in value and not properties.get(name, {}).get("writeOnly" if is_answer else "readOnly"):
                refuse(MISSING, PRESENT, (*path, name))
        for name, item in value.items():
            is_unknown = additional is False and name not in properties
            is_write_only = properties.get(name, {}).get("writeOnly") is True
            if is_write_only if is_answer else is_unknown:
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
