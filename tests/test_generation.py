"""generate.sh, on a copy of what it works with."""

import ast
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import osvi_openapi.spec
import pytest
from spec import load
from support import need_generate_sh

ROOT = Path(__file__).resolve().parent.parent


class Checkout:
    """A copy of what makes code from a spec, and a spec: the one that the edits below were written for, or another."""

    def __init__(self, root: Path, spec: Path = ROOT / "tests" / "specs" / "first.yaml") -> None:
        need_generate_sh()
        self.root = root
        self.spec = root / "openapi.yaml"
        self.generated = root / "generated"
        shutil.copytree(ROOT / "codegen", root / "codegen", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "generate.sh", root)
        shutil.copy(spec, self.spec)

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", self.root / "generate.sh", *arguments],
            check=False,
            capture_output=True,
            text=True,
            cwd="/",
            env=os.environ | environment,
        )

    def make(self) -> None:
        result = self.run()
        assert result.returncode == 0, result.stderr

    def files(self) -> dict[str, bytes]:
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in self.root.rglob("*")
            if path.is_file() and path.parent.name != "__pycache__"
        }

    def replace(self, old: str, new: str) -> None:
        text = self.spec.read_text()
        assert old in text
        self.spec.write_text(text.replace(old, new))


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_it_makes_the_package_that_is_installed(tmp_path: Path) -> None:
    checkout = Checkout(tmp_path, ROOT / "openapi.yaml")
    checkout.make()

    import osvi_openapi  # noqa: PLC0415

    installed = Path(osvi_openapi.__file__).parent
    made = checkout.generated / "osvi_openapi"
    names = {path.relative_to(made) for path in made.rglob("*") if path.is_file()}
    assert names == {
        path.relative_to(installed)
        for path in installed.rglob("*")
        if path.is_file() and path.parent.name != "__pycache__"
    }
    for name in names:
        assert (made / name).read_bytes() == (installed / name).read_bytes(), name
    assert (made / "py.typed").exists()
    assert sorted(path.name for path in checkout.root.iterdir()) == [
        "codegen",
        "generate.sh",
        "generated",
        "openapi.yaml",
    ]


def test_the_package_names_the_spec_that_it_came_from() -> None:
    assert hashlib.sha256((ROOT / "openapi.yaml").read_bytes()).hexdigest() == osvi_openapi.spec.SPEC_SHA256


def test_the_check_finds_every_byte_and_every_file(checkout: Checkout) -> None:
    checkout.make()
    assert checkout.run("--check").returncode == 0
    before = checkout.files()

    package = checkout.generated / "osvi_openapi"
    session, readers = package / "models" / "chat_v1_session.py", package / "runtime" / "readers.py"
    session.write_bytes(session.read_bytes().replace(b"Session UUID", b"The UUID"))
    (package / "models" / "chat_v1_error.py").unlink()
    (checkout.generated / "stray.txt").write_text("")
    readers.write_bytes(readers.read_bytes().replace(b"\n", b"\r\n"))
    (package / "__pycache__").mkdir()
    (package / "__pycache__" / "spec.cpython-311.pyc").write_bytes(b"")
    damaged = checkout.files()
    result = checkout.run("--check")

    assert result.returncode == 1
    assert "generated/osvi_openapi/models/chat_v1_error.py: missing" in result.stdout
    assert "generated/stray.txt: not made from the spec" in result.stdout
    assert "generated/osvi_openapi/runtime/readers.py: differs in its line endings" in result.stdout
    assert "-        id: The UUID." in result.stdout
    assert "run ./generate.sh" in result.stderr
    assert checkout.files() == damaged

    checkout.make()
    assert checkout.files() == before


@pytest.mark.parametrize("edit", [("REST API for", "A REST API for"), ("info:\n", "info:  # a comment\n")])
def test_any_edit_of_the_spec_makes_the_package_stale(checkout: Checkout, edit: tuple[str, str]) -> None:
    checkout.make()
    checkout.replace(*edit)

    result = checkout.run("--check")
    assert result.returncode == 1
    assert "SPEC_SHA256" in result.stdout
    checkout.make()
    assert checkout.run("--check").returncode == 0


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("openapi: 3.1.0", "openapi: [", "not readable as YAML"),
        ("openapi: 3.1.0", "swagger: '2.0'", "not an OpenAPI 3 document"),
        ("info:\n", "info: {}\ninfo:\n", "duplicate key"),
        ("          schema:\n            type: string\n            example: '+1", "          x: {y: '+1", "YAML"),
        ("$ref: '#/components/schemas/ChatV1Error'", "$ref: '#/components/schemas/Gone'", "Gone"),
        ("          type: integer\n", "          type: whole\n", "whole"),
        ("        '200':", "        'fine':", "fine"),
    ],
)
def test_a_spec_that_cannot_be_generated_leaves_what_was_there(
    checkout: Checkout, old: str, new: str, why: str
) -> None:
    checkout.make()
    before = {name: content for name, content in checkout.files().items() if name.startswith("generated/")}
    checkout.replace(old, new)

    result = checkout.run()

    assert result.returncode == 2
    assert why in result.stderr
    assert "generated/ is untouched" in result.stderr
    after = {name: content for name, content in checkout.files().items() if name.startswith("generated/")}
    assert after == before
    assert sorted(path.name for path in checkout.root.iterdir()) == [
        "codegen",
        "generate.sh",
        "generated",
        "openapi.yaml",
    ]


def test_a_parameter_without_a_schema_is_refused(checkout: Checkout) -> None:
    checkout.replace("        - name: agent_uuid\n", "        - {name: page, in: query}\n        - name: agent_uuid\n")
    result = checkout.run()

    assert result.returncode == 2
    assert "GET /v1/chat/session/active: the parameter 'page' in query (no schema" in result.stderr


PARAMETER = "        - name: agent_uuid\n"
PATHS = "paths:\n"
PROPERTY = "        id:\n          type: string\n"


def parameter(text: str) -> tuple[str, str]:
    """Return an edit: another parameter of the operation."""
    return PARAMETER, f"        - {{{text}}}\n{PARAMETER}"


def operation(text: str) -> tuple[str, str]:
    """Return an edit: another operation."""
    return PATHS, f"{PATHS}  /v1/b: {{{text}}}\n"


def body(text: str) -> tuple[str, str]:
    return operation(f"post: {{requestBody: {{content: {text}}}, responses: {{'204': {{description: x}}}}}}")


def answer(text: str) -> tuple[str, str]:
    return operation(f"get: {{responses: {{'200': {{description: x, content: {text}}}}}}}")


def properties(text: str) -> tuple[str, str]:
    """Return an edit: other properties of a session."""
    return PROPERTY, "".join(f"        {line}\n" for line in text.split("; ")) + PROPERTY


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (parameter("name: c, in: cookie, schema: {type: string}"), "the parameter 'c' in cookie"),
        (parameter("name: c, in: query, content: {application/json: {schema: {}}}"), "content type"),
        (parameter("name: c, in: query, schema: {type: object, properties: {a: {}}}"), "in query"),
        (parameter("name: c, in: query, explode: false, schema: {type: array, items: {type: string}}"), "style"),
        (parameter("name: c, in: query, style: pipeDelimited, schema: {type: string}"), "style"),
        (parameter("name: 'a b', in: header, schema: {type: string}"), "no name for a header"),
        (body("{multipart/form-data: {schema: {type: object, properties: {a: {}}}}}"), "multipart/form-data"),
        (body("{application/x-www-form-urlencoded: {schema: {type: object}}}"), "POST /v1/b: a body of"),
        (answer("{text/csv: {schema: {type: string}}}"), "GET /v1/b: an answer 200 of text/csv"),
        (operation("get: {responses: {'404': {description: x}}}"), "without a good answer"),
        (
            operation("get: {servers: [{url: 'https://b'}], responses: {'200': {description: x}}}"),
            "a server of its own",
        ),
    ],
)
def test_what_cannot_be_generated_rightly_is_refused_with_its_place(
    checkout: Checkout, edit: tuple[str, str], why: str
) -> None:
    checkout.replace(*edit)
    result = checkout.run()

    assert result.returncode == 2
    assert why in result.stderr
    assert "cannot be generated; codegen/not_served.yaml can leave the operation out" in result.stderr
    assert not checkout.generated.exists()


TWO_PATHS = """paths:
  /v1/a/x: {get: {responses: {'204': {description: x}}}}
  /v1/a/{x}:
    parameters: [{name: x, in: path, required: true, schema: {type: string}}]
    get: {responses: {'204': {description: x}}}
"""


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        ((PATHS, TWO_PATHS), "GET /v1/a/x and GET /v1/a/{x} would both be the operation get_v1_a_x"),
        (
            parameter("name: customerId, in: query, schema: {type: string}"),
            "'customer_id' in query and GET /v1/chat/session/active: 'customerId' in query would both be the argument",
        ),
        (
            parameter("name: customer_id, in: header, schema: {type: string}"),
            "'customer_id' in query and GET /v1/chat/session/active: 'customer_id' in header would both be",
        ),
        (
            body("{application/json: {schema: {type: object, properties: {a: {}, A: {}}}}}"),
            "PostV1BBody.a and PostV1BBody.A would both be the field a",
        ),
        (properties("Id: {}"), "ChatV1Session.Id and ChatV1Session.id would both be the field id"),
        (properties("kind: {type: string, enum: [a, A]}"), "chat_v1_session_kind"),
        (properties("kind: {type: string, enum: [ab, ab+]}"), "ChatV1Session/properties/kind: two values"),
        (("  - url: https://api.osvi.ai", "  - url: /v1"), "servers: the first has no URL"),
        (("      in: header", "      in: query"), "components.securitySchemes"),
    ],
)
def test_what_has_one_name_or_none_is_refused_with_both_places(
    checkout: Checkout, edit: tuple[str, str], why: str
) -> None:
    checkout.replace(*edit)
    result = checkout.run()

    assert result.returncode == 2
    assert why in result.stderr
    assert not checkout.generated.exists()


def test_an_operation_can_be_left_out_by_name(checkout: Checkout) -> None:
    checkout.replace(*body("{multipart/form-data: {schema: {type: object, properties: {a: {}}}}}"))
    listed = checkout.root / "codegen" / "not_served.yaml"
    listed.write_text("POST /v1/b: a multipart body\n")
    checkout.make()
    made = (checkout.generated / "osvi_openapi" / "operations").glob("[a-z]*.py")
    assert [path.name for path in made] == ["get_v1_chat_session_active.py"]

    listed.write_text("POST /v1/c: it is gone\n")
    result = checkout.run()
    assert result.returncode == 2
    assert "not_served.yaml names operations that the spec does not have: POST /v1/c" in result.stderr


def test_the_names_of_classes_stay_when_null_is_allowed(checkout: Checkout) -> None:
    checkout.make()
    before = {name for name in checkout.files() if name.startswith("generated/")}
    checkout.replace(
        "type: object\n          description: Bucketed", "type: [object, 'null']\n          description: Bucketed"
    )
    checkout.replace(
        "          enum:\n            - ai\n", "          nullable: true\n          enum:\n            - ai\n"
    )
    checkout.make()

    assert {name for name in checkout.files() if name.startswith("generated/")} == before
    text = (checkout.generated / "osvi_openapi" / "models" / "chat_v1_session.py").read_text()
    assert "mode: SessionMode | None = Field(Enumeration(SessionMode), default=None, nullable=True)" in text
    assert "metadata: SessionMetadata | None = Field(Record(SessionMetadata), default=None, nullable=True)" in text


NAMES = ["field", "model", "record", "datetime", "class", "extra", "to_dict", "from_dict", "agent_uuid", "self", "_x"]


def test_a_property_may_have_any_name_and_a_class_that_of_one_of_ours(checkout: Checkout) -> None:
    checkout.replace(*properties("; ".join(f"{name}: {{$ref: '#/components/schemas/Model'}}" for name in NAMES)))
    schema = "    ChatV1Error:\n"
    checkout.replace(schema, f"    Model: {{type: object, properties: {{a: {{type: string}}}}}}\n{schema}")
    checkout.make()
    script = f"""
from osvi_openapi.models import ChatV1Session, ModelSchema
record = {{name: {{"a": name}} for name in {NAMES}}}
session = ChatV1Session.from_dict(record)
assert session.extra == {{}}
assert {{name: value for name, value in session.to_dict().items() if value}} == record
"""
    environment = os.environ | {"PYTHONPATH": os.fspath(checkout.generated)}
    assert subprocess.run([sys.executable, "-B", "-c", script], check=False, env=environment).returncode == 0


def test_names_in_the_spec_move_no_module(checkout: Checkout) -> None:
    checkout.replace(
        "      summary: Get active session\n",
        "      summary: Get active session\n      operationId: activeSession\n      tags: [chat]\n",
    )
    checkout.replace("      description: A chat session record.", "      title: Conversation")
    checkout.make()

    package = checkout.generated / "osvi_openapi"
    assert (package / "operations" / "get_v1_chat_session_active.py").exists()
    assert (package / "models" / "chat_v1_session.py").exists()


def test_quotes_in_the_spec_do_not_matter(checkout: Checkout) -> None:
    checkout.make()
    before = checkout.files()
    checkout.replace("'2026-06-04T11:40:25.690486Z'", "2026-06-04T11:40:25.690486Z")
    checkout.replace("        '200':", "        200:")
    checkout.make()

    changed = {name for name, content in checkout.files().items() if content != before[name]}
    assert changed == {"openapi.yaml", "generated/osvi_openapi/spec.py"}


def test_the_callers_settings_do_not_matter(checkout: Checkout, tmp_path: Path) -> None:
    checkout.make()
    (checkout.root / "pyproject.toml").write_text("[tool.ruff]\nline-length = 20\n")
    hostile = tmp_path / "hostile"
    hostile.mkdir()
    (hostile / "ruff").write_text("#!/bin/sh\nexit 1\n")
    (hostile / "ruff").chmod(0o755)
    (hostile / "jinja2.py").write_text("raise SystemExit('not this one')")
    environment = {
        "PATH": f"{hostile}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.fspath(hostile),
        "RUFF_CONFIG": os.fspath(checkout.root / "pyproject.toml"),
        "LC_ALL": "C",
    }

    assert checkout.run("--check", **environment).returncode == 0


PAYLOADS = [
    "__import__('pathlib').Path('CANARY').touch()",
    '"""\n__import__("pathlib").Path("CANARY").touch()\n"""',
    "\"); __import__('pathlib').Path('CANARY').touch(); (\"",
    "'); __import__('pathlib').Path('CANARY').touch(); ('",
    "{{ self.__init__.__globals__ }}{% raw %}{{ 7*7 }}",
    "\\\"\"\"\n__import__('pathlib').Path('CANARY').touch()\n#",
    "x\n    __import__('pathlib').Path('CANARY').touch()",
    "${__import__('pathlib').Path('CANARY').touch()}",
]


def poisoned(payload: str) -> dict[str, Any]:
    """Return the spec with a payload in every place that takes a text."""
    spec: dict[str, Any] = load(ROOT / "tests" / "specs" / "first.yaml")
    operation = spec["paths"]["/v1/chat/session/active"]["get"]
    spec["info"] |= {"title": payload, "description": payload, "version": payload}
    operation |= {"summary": payload, "description": payload, "operationId": payload, "tags": [payload]}
    operation["parameters"].append(
        {
            "name": payload,
            "in": "query",
            "description": payload,
            "schema": {"type": "string", "default": payload, "example": payload, "title": payload},
        }
    )
    for response in operation["responses"].values():
        response["description"] = payload
    schemas = spec["components"]["schemas"]
    schemas["ChatV1Session"] |= {"description": payload, "title": payload}
    schemas["ChatV1Session"]["properties"] |= {
        payload: {"type": "string", "description": payload, "default": payload, "example": payload},
        "poisoned_enum": {"type": "string", "enum": [payload, "plain"], "description": payload, "default": payload},
        "poisoned_const": {"const": payload},
        "poisoned_object": {"type": "object", "title": payload, "properties": {payload: {"type": "integer"}}},
        "poisoned_choice": {
            "description": payload,
            "oneOf": [{"$ref": "#/components/schemas/ChatV1Error"}, {"type": "object", "description": payload}],
        },
    }
    spec["paths"]["/v1/poisoned"] = {
        "post": {
            "description": payload,
            "requestBody": {
                "description": payload,
                "required": True,
                "content": {
                    "application/json": {
                        "schema": {
                            "type": "object",
                            "required": [payload],
                            "properties": {payload: {"type": "string", "description": payload, "default": payload}},
                        }
                    }
                },
            },
            "responses": {"204": {"description": payload}},
        }
    }
    in_path = payload.replace("{", "").replace("}", "")
    spec["paths"][f"/v1/{in_path}"] = {"get": {"responses": {"200": {"description": payload}}}}
    return spec


@pytest.mark.parametrize("payload", PAYLOADS)
def test_code_in_the_spec_becomes_no_code(checkout: Checkout, payload: str) -> None:
    checkout.spec.write_text(json.dumps(poisoned(payload)), encoding="utf-8")
    result = checkout.run()
    if result.returncode:  # refused is safe too, and must leave nothing behind
        assert "generated/ is untouched" in result.stderr
        assert not checkout.generated.exists()
        return

    for module in (checkout.generated / "osvi_openapi").rglob("*.py"):
        tree = ast.parse(module.read_text(encoding="utf-8"))
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        assert "__import__" not in names, module
    script = """
import importlib, inspect, json, pathlib, pkgutil, sys, osvi_openapi
for module in pkgutil.walk_packages(osvi_openapi.__path__, "osvi_openapi."):
    importlib.import_module(module.name)
from osvi_openapi import models, operations
payload = json.loads(sys.argv[1])
model = models.ChatV1Session
assert model.from_dict({payload: payload, "poisoned_const": payload}).to_dict()[payload] == payload
post = operations.post_v1_poisoned
(name,) = inspect.signature(post).parameters
assert json.loads(post(**{name: "x"}).content) == {payload: "x"}
for documented in (model, post, operations.get_v1_chat_session_active):
    assert payload.split()[0].strip("\\"'")[:10] in inspect.getdoc(documented)
assert not pathlib.Path("CANARY").exists()
"""
    environment = os.environ | {"PYTHONPATH": os.fspath(checkout.generated)}
    command = [sys.executable, "-B", "-c", script, json.dumps(payload)]
    ran = subprocess.run(command, check=False, capture_output=True, text=True, cwd=checkout.root, env=environment)
    assert ran.returncode == 0, ran.stderr
    assert not (checkout.root / "CANARY").exists()


def test_some_of_the_code_in_a_spec_gets_as_far_as_a_package(checkout: Checkout) -> None:
    # So that the test above does not pass by refusing everything.
    checkout.spec.write_text(json.dumps(poisoned(PAYLOADS[0])), encoding="utf-8")
    checkout.make()

    texts = [module.read_text(encoding="utf-8") for module in (checkout.generated / "osvi_openapi").rglob("*.py")]
    assert any("CANARY" in text for text in texts)
