"""Null and free properties in bodies: type checkers allow them where the spec does, and the clients send them."""

import json
from typing import Any

import pytest
from repository import FIRST, Repository

from codegen.document.reading import load

TEXT, NULLABLE = {"type": "string"}, {"type": ["string", "null"]}
COUNT = {"type": ["integer", "null"]}
NOTE = {"$ref": "#/components/schemas/Note"}
NOTE_PROPERTIES = {"text": TEXT, "by": NULLABLE, "until": {"type": "string", "nullable": True}, "on": {"type": "null"}}
PROPERTIES: dict[str, Any] = {
    "title": TEXT,
    "owner": NULLABLE,
    "level": {"type": ["string", "null"], "enum": ["low", None]},
    "color": {"type": "string", "enum": ["red"], "nullable": True},
    "size": COUNT,
    "on": {"type": "null"},
    "anything": {},
    "note": {"anyOf": [NOTE, {"type": "null"}]},
    "notes": {"type": "array", "items": NOTE},
    "labels": {"type": "object", "additionalProperties": NULLABLE},
}
LIST = {"type": ["array", "null"], "items": NULLABLE}
# The schemas of the bodies, by the methods of /v1/notes/{id}, and whether the body is required.
BODIES: dict[str, tuple[Any, bool]] = {
    "post": ({"type": "object", "properties": PROPERTIES, "required": ["title", "owner", "level"]}, True),
    "patch": ({"type": "object", "properties": PROPERTIES, "additionalProperties": COUNT}, False),
    "put": ({"type": "object", "properties": PROPERTIES | {"extra": TEXT}, "additionalProperties": {}}, True),
    "delete": ({"type": "object", "additionalProperties": NULLABLE}, True),
    "options": (LIST, True),
    "trace": (LIST, False),
}
PARAMETERS = [
    {"name": "id", "in": "path", "required": True, "schema": TEXT},
    {"name": "after", "in": "query", "schema": NULLABLE},
    {"name": "X-Trace", "in": "header", "schema": NULLABLE},
]

TYPES = """
from typing import Literal, assert_type

from osvi_openapi.operations import options_v1_notes_id, patch_v1_notes_id, post_v1_notes_id, trace_v1_notes_id
from osvi_openapi.operations import put_v1_drafts
from osvi_runtime import NULL, NullType

patch_v1_notes_id(id="n", size=NULL, color=NULL, on=NULL, note=NULL, anything=NULL, extra={"a": None})
patch_v1_notes_id(id="n", title=NULL)  # type: ignore[arg-type]
patch_v1_notes_id(id="n", after=NULL)  # type: ignore[arg-type]
patch_v1_notes_id(id="n", extra={"a": "b"})  # type: ignore[dict-item]
post_v1_notes_id(id="n", title="a", owner=None, level=None)
post_v1_notes_id(id="n", title=None, owner=None, level=None)  # type: ignore[arg-type]
post_v1_notes_id(id="n", title=NULL, owner=None, level=None)  # type: ignore[arg-type]
options_v1_notes_id(id="n", body=None)
trace_v1_notes_id(id="n", body=NULL)
put_v1_drafts(body=NULL)
put_v1_drafts(body={"by": "b"})  # type: ignore[arg-type]


def size_of(size: int | NullType | None) -> int | None:
    if size is NULL:
        assert_type(size, Literal[NullType.NULL])
        return None
    return size
"""


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    spec = load(FIRST)
    spec["components"]["schemas"]["Note"] = {"type": "object", "required": ["by"], "properties": NOTE_PROPERTIES}
    done = {"204": {"description": "Done."}}
    spec["paths"]["/v1/notes/{id}"] = {"parameters": PARAMETERS} | {
        method: {"requestBody": {"required": required, "content": {"application/json": {"schema": schema}}}}
        | {"responses": done}
        for method, (schema, required) in BODIES.items()
    }
    draft = {"type": ["object", "null"], "required": ["by"], "properties": {"by": TEXT}, "additionalProperties": TEXT}
    spec["paths"]["/v1/drafts"] = {
        method: {"requestBody": {"required": required, "content": {"application/json": {"schema": draft}}}}
        | {"responses": done}
        for method, required in (("put", True), ("patch", False))
    }
    repository = Repository(tmp_path_factory.mktemp("null") / "repository")
    repository.openapi.write_text(json.dumps(spec), encoding="utf-8")
    repository.make()
    return repository


def test_type_checkers_allow_null_where_the_spec_does(repository: Repository) -> None:
    (repository.root / "uses.py").write_text(TYPES, encoding="utf-8")
    repository.check_types("uses.py")


def test_the_contract_tests_hold_for_null_and_free_properties(repository: Repository) -> None:
    files = (f"tests/contract/test_{name}.py" for name in ("requests", "server"))
    result = repository.run("-m", "pytest", "-q", "-p", "no:cacheprovider", *files)

    assert result.returncode == 0, result.stdout
