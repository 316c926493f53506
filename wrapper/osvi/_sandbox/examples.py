"""Examples of schemas: that of the vendor, or else one that is made from the types of the schema."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from osvi_runtime import MISSING, InvalidDataError
from osvi_runtime.formats import FORMATS

if TYPE_CHECKING:
    from osvi._sandbox.schemas import Node, Schemas

_SCALARS: Final[Node] = {"integer": 1, "number": 1.0, "boolean": False}


def example(schemas: Schemas, schema: Any, ancestors: tuple[int, ...] = ()) -> Any:
    """Return an example of a schema for an answer. An example of the vendor that the schema does not allow is ignored.

    Args:
        schemas: The schemas of the document.
        schema: The schema.
        ancestors: The ids of the schemas that contain this one. The example of one of them is `MISSING`, which ends the
            recursion.
    """
    target = schemas.resolve(schema)
    if id(target) in ancestors:
        return MISSING
    ancestors = (*ancestors, id(target))
    inner = schemas.not_null(target)
    for value in [value for node in (schema or {}, target, inner) for value in _vendor_examples(node)]:
        with suppress(InvalidDataError):
            schemas.check(value, target)  # lists all values of an enum
            schemas.check(value, target, is_answer=True)  # requires the read-only properties
            return value
    if "anyOf" in inner:
        records_first = sorted(inner["anyOf"], key=lambda branch: "properties" not in schemas.resolve(branch))
        named = inner.get("discriminator", {})
        examples = (_tagged(schemas, branch, named, example(schemas, branch, ancestors)) for branch in records_first)
        return next((value for value in examples if value is not MISSING), MISSING)
    type_ = inner.get("type", "string")
    if type_ == "object":
        return _object(schemas, inner, ancestors)
    if type_ == "array":
        item = example(schemas, inner.get("items"), ancestors)
        return [] if item is MISSING else [item]
    if inner is not target or type_ == "null":
        return None
    format_ = FORMATS.get(inner.get("format", ""))
    return _SCALARS.get(type_, format_.example if format_ else "example")


def _tagged(schemas: Schemas, branch: Node, named: Node, value: Any) -> Any:
    """Return the example of a branch of a union with its tag, if the branch does not list the tag itself.

    Args:
        schemas: The schemas of the document.
        branch: The branch.
        named: The discriminator of the union. Empty if there is none.
        value: The example.
    """
    name = unquote(str(branch.get("$ref") or branch.get("title") or "").rpartition("/")[2])
    properties = schemas.resolve(branch).get("properties", {})
    if not isinstance(value, dict) or not name or named.get("propertyName") not in properties:
        return value
    tag = next((tag for tag, title in named["mapping"].items() if title == name), name)
    with suppress(InvalidDataError):
        schemas.check(tag, properties[named["propertyName"]])
        return {**value, named["propertyName"]: tag}
    return value


def _vendor_examples(schema: Node) -> list[Any]:
    """Return the examples, the default and the listed values of a schema."""
    default, const = ([schema[key]] if key in schema else [] for key in ("default", "const"))
    return [*schema.get("examples", []), *default, *const, *schema.get("enum", [])]


def _object(schemas: Schemas, schema: Node, ancestors: tuple[int, ...]) -> Node:
    additional = schema.get("additionalProperties")
    properties = schema.get("properties") or ({"key": additional} if isinstance(additional, dict) else {})
    nodes = {name: node for name, node in properties.items() if node.get("writeOnly") is not True}
    values = {name: example(schemas, node, ancestors) for name, node in nodes.items()}
    return {name: value for name, value in values.items() if value is not MISSING}
