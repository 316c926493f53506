"""Examples of schemas: the vendor's, or else one that is made from the schema."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final

from osvi_openapi.runtime import MISSING, InvalidDataError

from osvi._sandbox.schemas import Node, Schemas, types_of

_STRINGS: Final = {"date-time": "2026-01-01T00:00:00Z", "date": "2026-01-01"}
_SCALARS: Final[Node] = {"integer": 1, "number": 1.0, "boolean": False}


def example(schemas: Schemas, schema: Any, *, beside: Node | None = None, inside: tuple[int, ...] = ()) -> Any:
    """Return an example of a schema. An example of the vendor that the schema does not allow is ignored.

    Args:
        schemas: The schemas of the document.
        schema: The schema.
        beside: The parameter or the content that has the schema; its own examples come first.
        inside: The schemas that contain this one. The example of one of them is `MISSING`, which ends the recursion.
    """
    schema = schemas.resolve(schema)
    if id(schema) in inside:
        return MISSING
    inside = (*inside, id(schema))
    for given in (*_written(schemas, beside or {}), *_written(schemas, schema)):
        with suppress(InvalidDataError):
            schemas.check(given, schema, is_answer=True)
            return given
    branches = schema.get("oneOf") or schema.get("anyOf")
    if branches and "properties" not in schema:
        records_first = sorted(branches, key=lambda branch: "properties" not in schemas.resolve(branch))
        made = (example(schemas, branch, inside=inside) for branch in records_first)
        return next((value for value in made if value is not MISSING), MISSING)
    types = types_of(schema) or ["string"]
    if "object" in types:
        return _object(schemas, schema, inside)
    if "array" in types:
        item = example(schemas, schema.get("items"), inside=inside)
        return [] if item is MISSING else [item]
    if schema.get("nullable") or "null" in types:
        return None
    return _SCALARS.get(types[0], _STRINGS.get(schema.get("format", ""), "example"))


def _written(schemas: Schemas, node: Node) -> list[Any]:
    """Return the examples, the default and the listed values of a schema, a parameter or a content."""
    examples = node.get("examples", [])
    if isinstance(examples, dict):
        examples = [schemas.resolve(node).get("value") for node in examples.values()]
    first, default, const = ([node[key]] if key in node else [] for key in ("example", "default", "const"))
    return [*first, *examples, *default, *const, *node.get("enum", [])]


def _object(schemas: Schemas, schema: Node, inside: tuple[int, ...]) -> Node:
    others = schema.get("additionalProperties")
    inner = schema.get("properties") or ({"key": others} if isinstance(others, dict) else {})
    made = {name: example(schemas, node, inside=inside) for name, node in inner.items()}
    return {name: value for name, value in made.items() if value is not MISSING}
