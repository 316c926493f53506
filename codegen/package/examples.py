"""The examples of a document, with which the sandbox answers: the vendor's, or else made from the schemas.

An example of the vendor that its schema does not allow in an answer is passed over.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from osvi_runtime import MISSING, Anything, Array, Boolean, Integer, InvalidDataError, Map, Null, Number, String
from osvi_runtime.formats import FORMATS

from codegen.document.forms import Forms
from codegen.document.normal.nodes import component_name, values_of
from codegen.document.reading import Node
from codegen.document.served import success_statuses

READERS: Final = {
    "array": Array(Anything),
    "boolean": Boolean,
    "integer": Integer,
    "null": Null,
    "number": Number,
    "object": Map(Anything),
    "string": String,
}
MADE: Final = {"boolean": False, "integer": 1, "null": None, "number": 1.0}
# The number of schemas around an object from which it has required properties alone, since each level multiplies.
DEEP: Final = 8


def examples(forms: Forms, functions: Mapping[str, str]) -> Node:
    """Return what the sandbox has to know of each operation of a document, by its name ("GET /v1/calls").

    - ``function``: the name of its function.
    - ``is_public``: whether it needs no token.
    - ``body``: whether a request has a body: "none", "optional" or "required".
    - ``parameters``: their examples.
    - ``refusal``: the status of the error for a request that is not allowed.
    - ``status``: the usual status of an answer: the first 2xx, or else another that is declared.
    - ``answers``: the answers by their statuses; see `_Examples.answer`.

    Args:
        forms: The forms of the schemas of the document.
        functions: The names of the functions, by those of the operations.
    """
    made, found = _Examples(forms), {}
    # If two paths match a request, the sandbox takes that with fewer parameters.
    for name, node in sorted(forms.document["operations"].items(), key=lambda pair: pair[0].count("{")):
        body, answers, successes = node.get("requestBody"), node["responses"], success_statuses(node)
        first = min(answers, key=lambda key: (key[0] != "2", key != "default"), default="default")
        found[name] = {
            "function": functions[name],
            "is_public": node.get("security") == [],
            "body": "none" if body is None else "required" if body.get("required") else "optional",
            "parameters": {parameter["name"]: made.of(parameter["schema"]) for parameter in node["parameters"]},
            "refusal": 422 if "422" in answers and "400" not in answers else 400,
            "status": 200 if first == "default" else int(first.replace("X", "0")),
            "answers": {
                status: made.answer(answer, is_success=status in successes) for status, answer in answers.items()
            }
            or {"200": {}},
        }
    return found


class _Examples:
    """Makes examples of schemas in normal form."""

    def __init__(self, forms: Forms) -> None:
        self._forms = forms

    def answer(self, node: Node, *, is_success: bool) -> Node:
        """Return what the sandbox has to know of an answer. Without a body, it is nothing.

        - ``type``, ``body``: the content type and the example.
        - ``envelope``, of a success: the required properties of an envelope. None if the body has none.
        - ``record``: an example of the first kind of ``data``, if it is of several kinds.
        - ``error``, of an error whose ``error`` may be a code: the required properties.
        """
        if "schema" not in node:
            return {}
        schema = node["schema"]
        answer = {"type": node["content_type"], "body": self.of(schema)}
        record = self._forms.resolved(schema)
        properties = record.get("properties", {})
        needed = {name: self.of(properties[name]) for name in record.get("required", ()) if name in properties}
        if "success" in properties and isinstance(answer["body"], dict):
            answer["body"] = answer["body"] | {"success": is_success}
        if is_success:
            kinds = self._branches(properties.get("data", {}))
            answer["envelope"] = needed if {"success", "data"} <= properties.keys() else None
            answer |= {"record": self.of(kinds[0])} if kinds else {}
        elif record.get("type", "object") == "object" and self._allows("code", properties.get("error", {})):
            answer["error"] = needed
        return answer

    def of(self, schema: Node, within: tuple[int, ...] = ()) -> Any:
        """Return an example of a schema for an answer.

        Args:
            schema: The schema.
            within: The ids of the schemas that contain it. For one of these, `MISSING` is returned, which ends the
                recursion.
        """
        inner = self._forms.resolved(schema)
        given = [value for node in (schema, inner) for value in _given(node) if self._allows(value, schema)]
        if given:
            return given[0]
        may_be_null = bool(inner) and self._allows(None, schema)
        if id(inner) in within:
            return None if may_be_null else MISSING
        within = (*within, id(inner))
        type_, format_ = inner.get("type", "string"), FORMATS.get(inner.get("format", ""))
        if "anyOf" in inner:
            values = [value for value in self._of_branches(inner, within) if value is not MISSING]
            return values[0] if values else MISSING
        if type_ == "object":
            return self._object(inner, within)
        if type_ == "array":
            return [item for item in [self.of(inner.get("items", {}), within)] if item is not MISSING]
        return None if may_be_null else MADE.get(type_, format_.example if format_ else "example")

    def _branches(self, schema: Node) -> list[Node]:
        """Return the branches of a union, first those that are records."""
        branches = self._forms.resolved(schema).get("anyOf", ())
        return sorted(branches, key=lambda branch: self._forms.of(branch) != "record")

    def _of_branches(self, union: Node, within: tuple[int, ...]) -> Iterator[Any]:
        """Yield examples of the branches of a union, each with its tag."""
        tags = self._forms.tags(union)
        for branch in self._branches(union):
            value = self.of(branch, within)
            if tags and tags.name in self._forms.resolved(branch).get("properties", {}) and isinstance(value, dict):
                value = value | {tags.name: next(tag for tag, tagged in tags.branches.items() if tagged is branch)}
            yield value

    def _object(self, schema: Node, within: tuple[int, ...]) -> Node:
        others, required = schema.get("additionalProperties"), schema.get("required", ())
        properties = schema.get("properties") or ({"key": others} if isinstance(others, dict) else {})
        values = {
            name: self.of(node, within)
            for name, node in properties.items()
            if not node.get("writeOnly") and (name in required or len(within) < DEEP)
        }
        return {name: value for name, value in values.items() if value is not MISSING}

    def _allows(self, value: Any, schema: Node) -> bool:
        """Return whether a schema allows a value in an answer, which has no properties that are only for requests."""
        if "$ref" in schema:
            schema = self._forms.document["components"]["schemas"][component_name(schema["$ref"])]
            return self._allows(value, schema)
        if "anyOf" in schema:
            return any(self._allows(value, branch) for branch in schema["anyOf"])
        type_, values = schema.get("type", ""), values_of(schema)
        reader = FORMATS.get(schema.get("format", ""), String) if type_ == "string" else READERS.get(type_, Anything)
        try:
            reader.read(value, (), [])
        except InvalidDataError:
            return False
        if isinstance(value, list):
            return all(self._allows(item, schema.get("items", {})) for item in value)
        if isinstance(value, dict):
            return self._allows_object(value, schema)
        return not values or value in values

    def _allows_object(self, value: Node, schema: Node) -> bool:
        properties, others = schema.get("properties", {}), schema.get("additionalProperties", {})
        hidden = {name for name, node in properties.items() if node.get("writeOnly")}
        missing = {*schema.get("required", ())} - hidden - value.keys()
        unknown = value.keys() - properties.keys() if others is False else ()
        if missing or unknown or hidden & value.keys():
            return False
        other = others if isinstance(others, dict) else {}
        return all(self._allows(item, properties.get(name, other)) for name, item in value.items())


def _given(schema: Node) -> list[Any]:
    """Return the vendor's examples, the default and the listed values of a schema."""
    return [*schema.get("examples", ()), *([schema["default"]] if "default" in schema else ()), *values_of(schema)]
