"""Schemas of every kind as properties and as bodies: generated, typed, read and written without loss."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from spec import load
from test_generation import ROOT, Checkout


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
    (ref("Grade"), 2, "int | None"),
    ({"type": ["string", "null"], "enum": ["a", None]}, "a", "ChatV1SessionP10 | None"),
    ({"const": "x"}, "x", "str | None"),
    (ref("Levels"), {"a": "low"}, "Mapping[str, Level]"),
    (ref("Bag"), {"a": [1]}, "Mapping[str, Any]"),
    (ref("Merged"), {"z": 1.5, "error": "e"}, "Merged | None"),
    (ref("Pick"), {"z": 1}, "Pick | None"),
    ({"type": "array", "items": ref("Pick")}, [{"z": 1}], "tuple[Pick, ...]"),
    ({"type": "array"}, [None, {"a": 1}], "tuple[Any, ...]"),
    (
        {"type": "array", "items": {"type": "array", "items": {"type": "number"}}},
        [[1, 2.5], []],
        "tuple[tuple[float, ...], ...]",
    ),
    ({"type": ["string", "integer", "null"]}, 4, "str | int | None"),
    ({"anyOf": [TEXT, {"type": "array", "items": TEXT}]}, ["a"], "str | tuple[str, ...] | None"),
    ({"oneOf": [TEXT, {"type": "string", "format": "date-time"}]}, "x", "ChatV1SessionP21 | None"),
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
]

READ = """
import json, pickle, sys
from osvi_openapi.models import ChatV1Session
from osvi_openapi.runtime import Record

record, drift = json.loads(sys.argv[1]), []
session = Record(ChatV1Session).read(record, (), drift)
assert ChatV1Session.from_dict(session.to_dict()) == session
assert pickle.loads(pickle.dumps(session)) == session
assert hash(session) == hash(ChatV1Session.from_dict(record))
print(json.dumps([session.to_dict(), drift, ChatV1Session.__annotations__]))
"""


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_nulls(one) for name, one in value.items() if one is not None}
    return [without_nulls(one) for one in value] if isinstance(value, list) else value


def test_every_kind_of_schema_is_typed_read_and_written(tmp_path: Path) -> None:
    spec = load(ROOT / "tests" / "specs" / "first.yaml")
    spec["components"]["schemas"] |= SCHEMAS
    names = [f"p{index}" for index in range(len(KINDS))]
    for name, (schema, _, _) in zip(names, KINDS, strict=True):
        spec["components"]["schemas"]["ChatV1Session"]["properties"][name] = schema
        content = {"application/json": {"schema": schema}}
        post = {"requestBody": {"content": content}, "responses": {"200": {"description": "x", "content": content}}}
        spec["paths"][f"/v1/{name}"] = {"post": post}
    checkout = Checkout(tmp_path)
    checkout.spec.write_text(json.dumps(spec), encoding="utf-8")
    checkout.make()

    record = {name: example for name, (_, example, _) in zip(names, KINDS, strict=True)}
    command = [sys.executable, "-B", "-c", READ, json.dumps(record)]
    environment = os.environ | {"PYTHONPATH": os.fspath(checkout.generated)}
    run = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    assert run.returncode == 0, run.stderr
    written, drift, annotations = json.loads(run.stdout)
    assert drift == []
    assert without_nulls(written) == without_nulls(record)
    assert {name: annotations[name] for name in names} == {
        name: annotation for name, (_, _, annotation) in zip(names, KINDS, strict=True)
    }

    check = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir", os.fspath(tmp_path / "cache")]
    run = subprocess.run([*check, checkout.generated], check=False, capture_output=True, text=True, cwd=tmp_path)
    assert run.returncode == 0, run.stdout
