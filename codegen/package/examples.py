"""The examples of a document, with which the sandbox answers: the vendor's, or else made from the schemas.

What the schemas do not allow in an answer of the vendor's examples is passed over.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from osvi_runtime import MISSING, Anything, Array, Boolean, Drift, Integer, InvalidDataError, Map, Null, Number, String
from osvi_runtime.formats import FORMATS

from codegen.document.forms import Forms
from codegen.document.normal.nodes import values_of
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
# Examples of an operation have all properties of the objects with fewer schemas around them than a depth, and the
# required ones of those within. Each level multiplies: the first depth counts with which few enough values are made.
DEPTHS: Final = {8: 150, 4: 150, 2: 150, 1: 150, 0: 10_000}


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
    found = {}
    # If two paths match a request, the sandbox takes that with fewer parameters.
    for name, node in sorted(forms.document["operations"].items(), key=lambda pair: pair[0].count("{")):
        body, answers, successes = node.get("requestBody"), node["responses"], success_statuses(node)
        usual = [*successes, *answers, "default"][0]
        parameters, made_answers = _parameters_and_answers(forms, node)
        found[name] = {
            "function": functions[name],
            "is_public": node.get("security") == [],
            "body": "none" if body is None else "required" if body.get("required") else "optional",
            "parameters": parameters,
            "refusal": 422 if "422" in answers and "400" not in answers else 400,
            "status": 200 if usual == "default" else int(usual.replace("X", "0")),
            "answers": made_answers or {"200": {}},
        }
    return found


def _parameters_and_answers(forms: Forms, node: Node) -> tuple[Node, Node]:
    """Return the examples of the parameters of an operation by their names, and of its answers by their statuses.

    Where even the required properties are too many values, there are none.
    """
    successes = success_statuses(node)
    for depth, most in DEPTHS.items():
        made = _Examples(forms, depth, most)
        try:
            parameters = {parameter["name"]: made.of(parameter["schema"]) for parameter in node["parameters"]}
            answers = {
                status: made.answer(answer, is_success=status in successes)
                for status, answer in node["responses"].items()
            }
        except _TooManyError:
            continue
        return parameters, answers
    return {}, {status: {} for status in node["responses"]}


class _TooManyError(Exception):
    """More values are needed than an example may have."""


class _Examples:
    """Makes examples of schemas in normal form.

    Args:
        forms: The forms of the schemas.
        depth: The number of schemas around an object from which it has required properties alone.
        most: How many values may be made. Those of the vendor's examples do not count.
    """

    def __init__(self, forms: Forms, depth: int, most: int) -> None:
        self._forms, self._depth, self._left = forms, depth, most

    def answer(self, node: Node, *, is_success: bool) -> Node:
        """Return what the sandbox has to know of an answer. Without a body, it is nothing.

        - ``type``, ``body``: the content type and the example.
        - ``others``: of an envelope, or of an error whose ``error`` may be a code, the other properties that are
          required.
        - ``record``: an example of the first kind of ``data``, if it is of several kinds.
        """
        if "schema" not in node:
            return {}
        record, body = self._forms.resolved(node["schema"]), self.of(node["schema"])
        properties, answer = record.get("properties", {}), {"type": node["content_type"], "body": body}
        if "success" in properties and isinstance(body, dict):
            body["success"] = is_success
        if is_success:
            has_others = {"success", "data"} <= properties.keys()
        else:
            code = self.of(properties.get("error", {}), ["code"])
            has_others = record.get("type", "object") == "object" and code == "code"
        if has_others:
            names = {*record.get("required", ())} - {"success", "data", "error"}
            answer["others"] = {name: self.of(node) for name, node in properties.items() if name in names}
        if is_success and (kinds := self._branches(properties.get("data", {}))):
            answer["record"] = self.of(kinds[0])
        return answer

    def of(self, schema: Node, given: Iterable[Any] = (), within: tuple[int, ...] = ()) -> Any:
        """Return an example of a schema for an answer.

        Args:
            schema: The schema.
            given: What the examples of the schema around it have in its place. They come before its own.
            within: The ids of the schemas that contain it. If one of these has no example, `MISSING` is returned,
                which ends the recursion.
        """
        inner, may_be_null = self._forms.resolved(schema), "nullable" in schema
        # An example of a schema within itself would have no end.
        given = [*given] if id(inner) in within else [*given, *_given(schema), *_given(inner)]
        first = next((value for value in given if _fits(value, inner) or (value is None and may_be_null)), MISSING)
        if (first is None and may_be_null) or (first is MISSING and id(inner) in within):
            return None if may_be_null else MISSING
        self._left -= first is MISSING
        if self._left < 0:
            raise _TooManyError
        within = (*within, id(inner))
        if "anyOf" in inner:
            return self._of_union(inner, given, within)
        type_ = inner.get("type", "string")
        if type_ == "object":
            return self._of_object(inner, first, within)
        if type_ == "array":
            items = [[item] for item in first] if isinstance(first, list) else [[]]
            values = [self.of(inner["items"], item, within) for item in items]
            return [value for value in values if value is not MISSING]
        if first is MISSING:
            format_ = FORMATS.get(inner.get("format", ""))
            return None if may_be_null else MADE.get(type_, format_.example if format_ else "example")
        return first

    def _branches(self, schema: Node) -> list[Node]:
        """Return the branches of a union, first those that are records."""
        branches = self._forms.resolved(schema).get("anyOf", ())
        return sorted(branches, key=lambda branch: self._forms.of(branch) != "record")

    def _of_union(self, union: Node, given: list[Any], within: tuple[int, ...]) -> Any:
        """Return an example that is given and fits a branch, or else that of the first branch that has one."""
        tags, values = self._forms.tags(union), []
        for branch in self._branches(union):
            value = self.of(branch, given, within)
            if tags and isinstance(value, dict) and tags.name in value:
                own = [tag for tag, tagged in tags.branches.items() if tagged is branch]
                value[tags.name] = value[tags.name] if value[tags.name] in own else own[0]
            if value is not MISSING:
                values.append(value)
        return next((value for value in values if value in given), values[0] if values else MISSING)

    def _of_object(self, schema: Node, given: Any, within: tuple[int, ...]) -> Node:
        """Return an example with what is given and what is required, or with all properties if nothing is given."""
        properties, required = schema.get("properties", {}), schema.get("required", ())
        others = schema.get("additionalProperties")
        others = others if isinstance(others, dict) else {}
        if given is MISSING:
            nodes, given = properties or ({"key": others} if others else {}), {}
            wanted = nodes if len(within) <= self._depth else required
        else:
            nodes, wanted = dict.fromkeys(given, others) | properties, {*given, *required}
        values = {
            name: self.of(node, [given[name]] if name in given else (), within)
            for name, node in nodes.items()
            if name in wanted and not node.get("writeOnly")
        }
        return {name: value for name, value in values.items() if value is not MISSING}


def _given(schema: Node) -> list[Any]:
    """Return the vendor's examples, the default and the listed values of a schema."""
    return [*schema.get("examples", ()), *([schema["default"]] if "default" in schema else ()), *values_of(schema)]


def _fits(value: Any, schema: Node) -> bool:
    """Return whether a value is of the type of a schema and of its listed values, whatever it contains."""
    reader = FORMATS.get(schema.get("format", "")) or READERS.get(schema.get("type", ""), Anything)
    try:
        reader.read(value, (), Drift())
    except InvalidDataError:
        return False
    return value in (values_of(schema) or [value])
