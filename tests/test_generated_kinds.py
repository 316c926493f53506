"""Schemas of every kind as properties and as bodies: generated, typed, read and written without loss."""

import json
from pathlib import Path
from typing import Any

from repository import FIRST, Checkout
from support import present

from codegen.document.reading import load


def ref(name: str, **beside: Any) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}", **beside}


TEXT, NODE = {"type": "string"}, ref("Node")
NODES = {"type": "object", "additionalProperties": NODE}
SCHEMAS: dict[str, Any] = {
    "Node": {
        "type": "object",
        "required": ["name", "maybe", "tags", "limits", "anything"],
        "properties": {
            "name": TEXT,
            "maybe": {"type": ["string", "null"]},
            "tags": {"type": ["array", "null"], "items": {"type": ["string", "null"]}},
            "limits": {"type": "object", "nullable": True, "additionalProperties": {"type": ["integer", "null"]}},
            "anything": {},
            "parent": NODE,
            "children": {"type": "array", "items": NODE},
            "by_name": NODES,
            "either": {"oneOf": [NODE, NODES]},
            "edge": ref("Edge"),
        },
    },
    "Edge": {"type": "object", "properties": {"to": {"oneOf": [NODE, ref("Edge")]}}},
    "Level": {"type": "string", "enum": ["low", "high"]},
    "Grade": {"type": "integer", "enum": [1, 2]},
    "Levels": {"type": "object", "additionalProperties": ref("Level")},
    "Bag": {"type": "object"},
    "Merged": {
        "allOf": [ref("ChatV1Error"), {"type": "object", "required": ["z"], "properties": {"z": {"type": "number"}}}]
    },
    "Pick": {"oneOf": [NODE, ref("Merged")], "discriminator": {"propertyName": "name"}},
}
LEAF = {"name": "n", "maybe": "x", "tags": ["a", None], "limits": {"a": None, "b": 1}, "anything": [1, {}]}
TREE = LEAF | {"maybe": None, "parent": LEAF, "children": [LEAF], "by_name": {"a": LEAF}, "either": {"a": LEAF}}

PICK = "Annotated[Node | Merged | UnknownModel, TaggedBy('name', {'Node': 'Node', 'Merged': 'Merged'})]"
# The schema of a property, an example, and the annotation of its field.
KINDS: list[tuple[dict[str, Any], Any, str]] = [
    ({"type": "number"}, 1.5, "float | None"),
    ({"type": "string", "format": "date"}, "2026-06-04", "datetime.date | None"),
    ({"type": "string", "format": "date-time", "nullable": True}, "2026-06-04T12:00:00Z", "datetime.datetime | None"),
    ({"type": "string", "format": "uuid"}, "u", "str | None"),
    ({"type": "string", "format": "binary"}, "b", "str | None"),
    (NODE, TREE, "Node | None"),
    (ref("Node", description="With words of its own."), LEAF, "Node | None"),
    ({"oneOf": [NODE, {"type": "null"}]}, LEAF, "Node | None"),
    (ref("Level"), "low", "Level | None"),
    (ref("Grade"), 2, "Literal[1, 2] | int | None"),
    ({"type": ["string", "null"], "enum": ["a", None]}, "a", "ChatV1SessionP10 | None"),
    ({"const": "x"}, "x", "Literal['x'] | str | None"),
    (ref("Levels"), {"a": "low"}, "Mapping[str, Level]"),
    (ref("Bag"), {"a": [1]}, "Mapping[str, Any]"),
    (ref("Merged"), {"z": 1.5, "error": "e"}, "Merged | None"),
    (ref("Pick"), {"z": 1}, f"{PICK} | None"),
    ({"type": "array", "items": ref("Pick")}, [{"z": 1}], f"tuple[{PICK}, ...]"),
    ({"type": "array"}, [None, {"a": 1}], "tuple[Any, ...]"),
    (
        {"type": "array", "items": {"type": "array", "items": {"type": "number"}}},
        [[1, 2.5], []],
        "tuple[tuple[float, ...], ...]",
    ),
    ({"type": ["string", "integer", "null"]}, 4, "str | int | None"),
    ({"anyOf": [TEXT, {"type": "array", "items": TEXT}]}, ["a"], "str | tuple[str, ...] | None"),
    ({"oneOf": [{"type": "array", "items": TEXT}, {"type": "array"}]}, ["x"], "ChatV1SessionP21 | None"),
    (
        {"type": "object", "properties": {"q": {"type": "object", "properties": {"w": {"type": "boolean"}}}}},
        {"q": {"w": True}},
        "ChatV1SessionP22 | None",
    ),
    (
        {"type": "object", "properties": {"k": TEXT}, "additionalProperties": {"type": "integer"}},
        {"k": "v", "other": 1},
        "ChatV1SessionP23 | None",
    ),
    ({}, {"x": [1]}, "Any"),
    ({"type": ["object", "null"], "properties": {"k": TEXT}}, None, "ChatV1SessionP25 | None"),
    ({"type": "string", "enum": ["a", "b"], "nullable": True}, None, "ChatV1SessionP26 | None"),
    ({"type": "null"}, None, "None"),
]

# The annotations of the arguments of an operation with a required body, a Node.
ARGUMENTS = {
    "name": "str",
    "maybe": "str | None",
    "tags": "Sequence[str | None] | None",
    "limits": "Mapping[str, int | None] | None",
    "anything": "Any",
    "parent": "Node | Mapping[str, Any] | None",
    "children": "Sequence[Node | Mapping[str, Any]] | None",
    "by_name": "Mapping[str, Node | Mapping[str, Any]] | None",
    "either": "Node | Mapping[str, Any] | Mapping[str, Node | Mapping[str, Any]] | None",
    "edge": "Edge | Mapping[str, Any] | None",
}

CALL = """
import inspect, json, typing
from osvi_openapi import operations
from osvi_openapi.models import Node
from osvi_openapi.operations import post_v1_node, post_v1_nothing
from osvi_runtime import InvalidDataError

for name in operations.__all__:
    typing.get_type_hints(getattr(operations, name))
leaf = {"name": "n", "maybe": None, "tags": None, "limits": {"a": None}, "anything": None}
node = Node.from_dict(leaf)
post_v1_node(**leaf, parent=node, children=[leaf, node], by_name={"a": node}, either={"a": leaf}, edge={})
post_v1_nothing(nothing=None)
made = post_v1_node(**leaf, either={"name": "n", "parent": None}, by_name={"a": {"parent": None}})
assert json.loads(made.content) == leaf | {"either": {"name": "n"}, "by_name": {"a": {}}}
for wrong in ({"name": None}, {"tags": [1]}, {"limits": {"a": "x"}}, {"children": node}, {"edge": node}, {"either": 1}):
    try:
        raise AssertionError(post_v1_node(**leaf | wrong))
    except InvalidDataError as error:
        assert error.path[0] in wrong
print(json.dumps({name: one.annotation for name, one in inspect.signature(post_v1_node).parameters.items()}))
"""

READ = """
import json, pickle, sys
from osvi_openapi.models import ChatV1Session
from osvi_runtime import Drift, Record, descriptions

record, drift = json.loads(sys.argv[1]), Drift()
session = Record(ChatV1Session).read(record, (), drift)
assert ChatV1Session.from_dict(session.to_dict()) == session
assert pickle.loads(pickle.dumps(session)) == session
assert hash(session) == hash(ChatV1Session.from_dict(record))
print(json.dumps([session.to_dict(), drift.texts(), ChatV1Session.__annotations__, descriptions(ChatV1Session)]))
"""


def test_every_kind_of_schema_is_typed_read_and_written(tmp_path: Path) -> None:
    spec = load(FIRST)
    names = [f"p{index}" for index in range(len(KINDS))]
    schemas, examples, types = (dict(zip(names, column, strict=True)) for column in zip(*KINDS, strict=True))
    spec["components"]["schemas"] |= SCHEMAS
    spec["components"]["schemas"]["ChatV1Session"]["properties"] |= schemas
    for name, schema in schemas.items():
        content = {"application/json": {"schema": schema}}
        post = {"requestBody": {"content": content}, "responses": {"200": {"description": "x", "content": content}}}
        spec["paths"][f"/v1/{name}"] = {"post": post}
    nothing = {"type": "object", "properties": {"nothing": {"type": "null"}}}
    for path, schema in {"/v1/node": NODE, "/v1/nothing": nothing}.items():
        body = {"required": True, "content": {"application/json": {"schema": schema}}}
        spec["paths"][path] = {"post": {"requestBody": body, "responses": {"200": {"description": "x"}}}}
    checkout = Checkout(tmp_path / "checkout")
    checkout.openapi.write_text(json.dumps(spec), encoding="utf-8")
    checkout.make()

    written, drift, annotations, descriptions = json.loads(checkout.output("-c", READ, json.dumps(examples)))
    assert not drift
    assert present(written) == present(examples)
    assert {name: annotations[name] for name in names} == types
    assert json.loads(checkout.output("-c", CALL)) == ARGUMENTS
    assert descriptions["p6"] == "With words of its own."
    checkout.check_types()
