"""Examples of schemas: that of the vendor, or else one that is made from the types of the schema."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final

from osvi_runtime import MISSING, InvalidDataError

from osvi._sandbox.schemas import Node, Schemas, types_of

_STRINGS: Final = {"date-time": "2026-01-01T00:00:00Z", "date": "2026-01-01"}
_SCALARS: Final[Node] = {"integer": 1, "number": 1.0, "boolean": False}


def example(schemas: Schemas, schema: Any, *, owner: Node | None = None, ancestors: tuple[int, ...] = ()) -> Any:
    """Return an example of a schema. An example of the vendor that the schema does not allow is ignored.

    Args:
        schemas: The schemas of the document.
        schema: The schema.
        owner: The parameter or the content that has the schema. Its own examples come first.
        ancestors: The ids of the schemas that contain this one. The example of one of them is `MISSING`, which ends the
            recursion.
    """
    schema = schemas.resolve(schema)
    if id(schema) in ancestors:
        return MISSING
    ancestors = (*ancestors, id(schema))
    for value in (*_vendor_examples(schemas, owner or {}), *_vendor_examples(schemas, schema)):
        with suppress(InvalidDataError):
            schemas.check(value, schema, is_answer=True)
            return value
    branches = schema.get("oneOf") or schema.get("anyOf")
    if branches and "properties" not in schema:
        records_first = sorted(branches, key=lambda branch: "properties" not in schemas.resolve(branch))
        examples = (example(schemas, branch, ancestors=ancestors) for branch in records_first)
        return next((value for value in examples if value is not MISSING), MISSING)
    types = types_of(schema) or ["string"]
    if "object" in types:
        return _object(schemas, schema, ancestors)
    if "array" in types:
        item = example(schemas, schema.get("items"), ancestors=ancestors)
        return [] if item is MISSING else [item]
    if schema.get("nullable") or "null" in types:
        return None
    return _SCALARS.get(types[0], _STRINGS.get(schema.get("format", ""), "example"))


def _vendor_examples(schemas: Schemas, node: Node) -> list[Any]:
    """Return the examples, the default and the listed values of a schema, a parameter or a content."""
    examples = node.get("examples", [])
    if isinstance(examples, dict):
        examples = [schemas.resolve(item).get("value") for item in examples.values()]
    single, default, const = ([node[key]] if key in node else [] for key in ("example", "default", "const"))
    return [*single, *examples, *default, *const, *node.get("enum", [])]


def _object(schemas: Schemas, schema: Node, ancestors: tuple[int, ...]) -> Node:
    additional = schema.get("additionalProperties")
    properties = schema.get("properties") or ({"key": additional} if isinstance(additional, dict) else {})
    values = {name: example(schemas, node, ancestors=ancestors) for name, node in properties.items()}
    return {name: value for name, value in values.items() if value is not MISSING}
