"""Null and free properties in bodies: both clients send them, and the sandbox and the contract tests take them."""

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

# The operation, its arguments, and its body.
SENT = """\
[
    ("post", dict(title="a", owner=None, level=None), {"title": "a", "owner": None, "level": None}),
    ("post", dict(title="a", owner="o", level="low", color=NULL, size=NULL, on=NULL, note=NULL, anything=NULL),
        {"title": "a", "owner": "o", "level": "low"}
        | dict.fromkeys(["color", "size", "on", "note", "anything"])),
    ("post", dict(title="a", owner="o", level="low", size=None, labels={"a": None, "b": "c"},
            note={"text": "t", "by": None, "until": None}, notes=[{"text": None, "by": "b", "until": NULL}]),
        {"title": "a", "owner": "o", "level": "low", "labels": {"a": None, "b": "c"},
            "note": {"text": "t", "by": None}, "notes": [{"by": "b", "until": None}]}),
    ("post", dict(title="a", owner="o", level="low", note=models.Note.from_dict({"by": None, "until": None})),
        {"title": "a", "owner": "o", "level": "low", "note": {"by": None}}),
    ("patch", dict(size=NULL), {"size": None}),
    ("patch", dict(extra={"one": 1, "none": None, "null": NULL}), {"one": 1, "none": None, "null": None}),
    ("patch", dict(extra={}), None),
    ("put", dict(extra="declared", extra_={"free": {"any": None}}), {"extra": "declared", "free": {"any": None}}),
    ("delete", dict(body={"a": None, "b": NULL}), {"a": None, "b": None}),
    ("options", dict(body=None), None),
    ("options", dict(body=["a", None]), ["a", None]),
    ("trace", dict(body=NULL), None),
]
"""

SEND = f"""
import asyncio, sys, warnings
import osvi
from osvi import NULL, models, operations

warnings.simplefilter("error")
cases = {SENT}
made = [getattr(operations, f"{{method}}_v1_notes_id")(id="n", **given) for method, given, _ in cases]

async def send(sandbox):
    async with osvi.AsyncClient(sandbox.token, transport=sandbox.transport) as client:
        for operation in made:
            await client.send(operation)

sync, async_ = osvi.testing.Sandbox(), osvi.testing.Sandbox()
with osvi.Client(sync.token, transport=sync.transport) as client:
    for operation in made:
        client.send(operation)
asyncio.run(send(async_))
for sandbox in (sync, async_):
    for request, (method, given, body) in zip(sandbox.requests, cases, strict=True):
        assert request.json == body, (method, given, request.json)
        assert bool(request.content) == (given not in ({{}}, {{"extra": {{}}}})), (method, given)
"""

SEND_NULL = """
import osvi
from osvi import NULL, operations

put, patch = operations.put_v1_drafts, operations.patch_v1_drafts
sandbox = osvi.testing.Sandbox()
with osvi.Client(sandbox.token, transport=sandbox.transport) as client:
    for operation, content in [
        (put(body=NULL), b"null"),
        (put(by="b", extra={"a": "b"}), b'{"by": "b", "a": "b"}'),
        (patch(body=NULL), b"null"),
        (patch(by="b"), b'{"by": "b"}'),
        (patch(), b""),
    ]:
        client.send(operation)
        assert sandbox.requests[-1].content == content, sandbox.requests[-1].content
        assert ("Content-Type" in sandbox.requests[-1].headers) == bool(content)
assert put(by="b", body=NULL, extra={"a": "b"}).content == b"null" and put().content == b"{}"
"""

REFUSED = """
import osvi
from osvi import NULL, operations

for method, given, problem in [
    ("post", {"title": NULL}, "/title: expected a string, found NullType"),
    ("post", {"title": None}, "/title: expected a string, found NoneType"),
    ("patch", {"title": NULL}, "/title: expected a string, found NullType"),
    ("patch", {"labels": NULL}, "/labels: expected an object, found NullType"),
    ("patch", {"after": NULL}, "/after: expected a string, found NullType"),
    ("patch", {"x_trace": NULL}, "/x_trace: expected a string, found NullType"),
    ("patch", {"extra": {"a": "secret"}}, "/extra/a: expected an integer or null, found str"),
    ("patch", {"notes": [{}, {"by": 1}]}, "/notes/1/by: expected a string, found int"),
    ("patch", {"note": {"until": 1}}, "/note/until: expected a string, found int"),
    ("patch", {"extra": {"size": 1}}, "/extra/size: expected a property that the spec does not declare, found one "),
    ("put", {"extra_": {"extra": 1}}, "/extra_/extra: expected a property that the spec does not declare, found one "),
]:
    arguments = {"title": "a", "owner": "o", "level": "low"} if method == "post" else {}
    try:
        raise AssertionError(getattr(operations, f"{method}_v1_notes_id")(id="n", **arguments | given))
    except osvi.InvalidDataError as error:
        assert str(error).startswith(problem), error
"""

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


@pytest.mark.parametrize("script", [SEND, SEND_NULL, REFUSED], ids=["sent", "a whole body", "refused"])
def test_null_and_free_properties_are_sent_where_the_spec_allows_them(repository: Repository, script: str) -> None:
    repository.output("-c", script)


def test_type_checkers_allow_null_where_the_spec_does(repository: Repository) -> None:
    (repository.root / "uses.py").write_text(TYPES, encoding="utf-8")
    repository.check_types("uses.py")


def test_the_contract_tests_of_requests_hold_for_null_and_free_properties(repository: Repository) -> None:
    result = repository.run("-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/contract/test_requests.py")

    assert result.returncode == 0, result.stdout
