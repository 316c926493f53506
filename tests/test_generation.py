"""generate.sh, on a copy of the generator and a spec. contract/test_edits.py has what it refuses, and why."""

import ast
import copy
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import osvi_openapi.spec
import pytest
from repository import FIRST, OPENAPI, Checkout, Repository

from codegen.document.pages import find
from codegen.document.reading import SpecError, load

INSTALLED = Path(osvi_openapi.__file__).parent


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path / "checkout")


@pytest.fixture
def generated(tmp_path: Path) -> Checkout:
    """Give a copy whose package is generated."""
    return Repository(tmp_path / "checkout")


def test_it_generates_the_package_that_is_installed(tmp_path: Path) -> None:
    checkout = Checkout(tmp_path / "checkout", OPENAPI)
    checkout.make()

    installed = [path for path in INSTALLED.rglob("*") if path.is_file() and path.parent.name != "__pycache__"]
    files = {path.relative_to(INSTALLED): path.read_bytes() for path in installed}
    made = [path for path in checkout.package.rglob("*") if path.is_file()]
    assert {path.relative_to(checkout.package): path.read_bytes() for path in made} == files
    assert Path("py.typed") in files
    copied = {"codegen", "generate.sh", "generated", "openapi.yaml", "wrapper"}
    assert {path.name for path in checkout.root.iterdir()} == copied


def test_the_package_names_the_spec_that_it_was_generated_from() -> None:
    assert hashlib.sha256(OPENAPI.read_bytes()).hexdigest() == osvi_openapi.spec.SPEC_SHA256


def test_the_check_finds_every_byte_and_every_file(generated: Checkout) -> None:
    assert generated.generate("--check").returncode == 0
    before = generated.contents()

    package = generated.package
    session, spec = package / "models" / "chat_v1_session.py", package / "spec.py"
    session.write_bytes(session.read_bytes().replace(b"Session UUID", b"The UUID"))
    (package / "models" / "chat_v1_error.py").unlink()
    (package.parent / "stray.txt").write_text("")
    spec.write_bytes(spec.read_bytes().replace(b"\n", b"\r\n"))
    (package / "__pycache__").mkdir()
    (package / "__pycache__" / "spec.cpython-311.pyc").write_bytes(b"")
    damaged = generated.contents()
    result = generated.generate("--check")

    assert result.returncode == 1
    assert "generated/osvi_openapi/models/chat_v1_error.py: missing" in result.stdout
    assert "generated/stray.txt: not generated from openapi.yaml" in result.stdout
    assert "generated/osvi_openapi/spec.py: differs in its line endings" in result.stdout
    assert '-    """The UUID.' in result.stdout
    assert "run ./generate.sh" in result.stderr
    assert generated.contents() == damaged

    generated.make()
    assert generated.contents() == before


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("openapi: 3.1.0", "openapi: [", "not readable as YAML"),
        ("openapi: 3.1.0", "swagger: '2.0'", "not an OpenAPI 3 document"),
        ("info:\n", "info: {}\ninfo:\n", "duplicate key"),
        ("info:\n", "x: .nan\ninfo:\n", "contains a value that JSON cannot represent"),
        ("          schema:\n            type: string\n            example: '+1", "          x: {y: '+1", "YAML"),
    ],
)
def test_a_document_that_cannot_be_read_is_refused(old: str, new: str, why: str) -> None:
    text = FIRST.read_text(encoding="utf-8")

    assert old in text
    with pytest.raises(SpecError, match=why):
        load(text.replace(old, new).encode())


def test_a_refused_spec_leaves_everything_as_it_was(generated: Checkout) -> None:
    generated.replace("openapi: 3.1.0", "openapi: [")
    before = generated.contents()
    result = generated.generate()

    assert result.returncode == 2
    assert "not readable as YAML" in result.stderr
    assert "generated/ are as they were" in result.stderr
    assert generated.contents() == before


UPLOAD = "{multipart/form-data: {schema: {type: object, properties: {a: {}}}}}"


def test_what_cannot_be_served_is_refused_all_at_once_with_the_lines_that_leave_it_out(generated: Checkout) -> None:
    before = generated.contents()
    post = f"post: {{requestBody: {{content: {UPLOAD}}}, responses: {{'204': {{description: x}}}}}}"
    generated.replace("paths:\n", f"paths:\n  /v1/b: {{{post}}}\n  /v1/c: {{{post}}}\n")
    refused = generated.generate()

    assert refused.returncode == 2
    reason = "a body of multipart/form-data"
    lines = [f'"POST /v1/{one}": "{reason}"' for one in "bc"]
    assert "\n".join(["by these lines in codegen/not_served.yaml:", *lines, ""]) in refused.stderr
    assert generated.contents() == {**before, "openapi.yaml": generated.spec.encode()}

    with generated.not_served.open("a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in ["{}", *lines])  # below an empty mapping, as the file once had it
    generated.make()
    modules = (generated.package / "operations").glob("_[a-z]*.py")
    assert [path.name for path in modules] == ["_get_v1_chat_session_active.py"]


def test_a_data_file_gives_the_function_of_an_operation_another_name(checkout: Checkout) -> None:
    functions = checkout.root / "codegen" / "functions.yaml"
    functions.write_text("GET /v1/chat/session/active: look_up\nGET /v1/gone: gone\n", encoding="utf-8")
    result = checkout.generate()

    assert result.returncode == 0, result.stderr
    assert "codegen/functions.yaml: GET /v1/gone is not needed any more; delete its line" in result.stdout
    script = "from osvi_openapi import operations; print(operations.look_up(customer_id='c').name, operations.__all__)"
    assert checkout.output("-c", script) == "GET /v1/chat/session/active ['look_up']\n"


@pytest.mark.parametrize(
    ("file", "text", "why"),
    [
        ("not_served.yaml", "a: 1\n'b: 2\n", "in line 2, column 1"),
        ("not_served.yaml", "- POST /v1/b\n", "not a mapping"),
        ("wording.yaml", "[", "not readable as YAML"),
        ("functions.yaml", "GET /v1/chat/session/active: 2nd", "'2nd' cannot be the name of one function"),
        ("functions.yaml", "GET /v1/chat/session/active: class", "'class' cannot be the name of one function"),
    ],
)
def test_an_error_in_a_data_file_names_the_file(checkout: Checkout, file: str, text: str, why: str) -> None:
    (checkout.root / "codegen" / file).write_text(text)
    result = checkout.generate()

    assert result.returncode == 2
    assert result.stderr.startswith(f"codegen/{file}: ")
    assert why in result.stderr


def test_a_broken_promise_is_reported_with_an_exit_status_of_its_own(generated: Checkout) -> None:
    generated.replace("help_requested", "needs_human")
    result = generated.generate()

    assert result.returncode == 1
    place = "openapi.yaml #/components/schemas/ChatV1Session/properties/help_requested"
    assert f"{place}: `ChatSession.help_requested` is gone\n" in result.stdout
    assert generated.generate("--check").returncode == 0
    assert generated.generate().stdout == result.stdout


@pytest.mark.parametrize(
    ("file", "entry"),
    [
        ("wording.yaml", "ChatV1Session.gone: Words."),
        ("wording.yaml", "Gone: Words."),
        ("not_served.yaml", "GET /v1/chat/session/active: can be served"),
        ("not_served.yaml", "POST /gone: gone"),
        ("functions.yaml", "GET /gone: gone"),
        ("config.yaml", "  Gone: {class_name: Missing, module_name: missing}"),
    ],
)
def test_an_entry_of_a_data_file_that_fits_nothing_is_named(checkout: Checkout, file: str, entry: str) -> None:
    path = checkout.root / "codegen" / file
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    before, title, after = text.partition("class_overrides:\n")
    path.write_text(f"{before}{title}{entry}\n{after}" if title else f"{before}{entry}\n", encoding="utf-8")
    result = checkout.generate()

    assert result.returncode == 0, result.stderr
    name = entry.partition(":")[0].strip()
    assert f"codegen/{file}: {name} is not needed any more; delete its line\n" in result.stdout


NAMES = ["field", "model", "record", "datetime", "class", "extra", "to_dict", "from_dict", "agent_uuid", "self", "_x"]


def test_a_property_may_have_any_name_and_a_class_the_name_of_a_runtime_class(checkout: Checkout) -> None:
    spec = load(checkout.openapi)
    schemas = spec["components"]["schemas"]
    schemas["Model"] = {"type": "object", "properties": {"a": {"type": "string"}}}
    schemas["ChatV1Session"]["properties"] |= {name: {"$ref": "#/components/schemas/Model"} for name in NAMES}
    checkout.openapi.write_text(json.dumps(spec), encoding="utf-8")
    checkout.make()
    script = f"""
from osvi_openapi.models import ChatV1Session, ModelSchema
record = {{name: {{"a": name}} for name in {NAMES}}}
session = ChatV1Session.from_dict(record)
assert session.extra == {{}}
assert {{name: value for name, value in session.to_dict().items() if value}} == record
"""
    checkout.output("-c", script)


def test_a_class_may_have_a_name_without_capital_letters_and_a_description_any_quotes(checkout: Checkout) -> None:
    spec = load(checkout.openapi)
    texts = {"a": 'a"', "b": '""', "c": '"""', "d": 'd\\"', "e": "e\\", "f": "\ud800"}
    properties = {name: {"type": "string", "description": text} for name, text in texts.items()}
    spec["components"]["schemas"]["\u65e5\u672c"] = {"type": "object", "properties": properties}
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/\u65e5\u672c"}}}
    spec["paths"]["/v1/x"] = {"get": {"responses": {"200": {"description": "x", "content": content}}}}
    checkout.openapi.write_text(json.dumps(spec), encoding="utf-8")
    checkout.make()
    script = f"""
import osvi_runtime
from osvi_openapi import models
assert osvi_runtime.descriptions(models.\u65e5\u672c).items() >= {texts | {"f": "?"}}.items()
"""
    checkout.output("-c", script)


def test_a_document_in_braces_may_be_yaml() -> None:
    assert load(b"{openapi: 3.1.0, paths: {}}") == {"openapi": "3.1.0", "paths": {}}
    with pytest.raises(SpecError, match='duplicate key "openapi"'):
        load(b'{"openapi": "3.1.0", "openapi": "3.1.0"}')


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "page.yaml").write_bytes(b"\xef\xbb\xbf" + FIRST.read_bytes())

    assert load(tmp_path / "page.yaml") == load(FIRST)
    assert find([os.fspath(tmp_path / "page.yaml")])[0].keys() == {os.fspath(tmp_path / "page.yaml")}


def test_quotes_in_the_spec_do_not_matter() -> None:
    text = FIRST.read_text(encoding="utf-8")
    quoted, bare = ("'2026-06-04T11:40:25.690486Z'", "        '200':"), ("2026-06-04T11:40:25.690486Z", "        200:")
    edited = text.replace(quoted[0], bare[0]).replace(quoted[1], bare[1])

    assert edited != text
    assert load(edited.encode()) == load(FIRST)


def test_the_callers_settings_do_not_matter(generated: Checkout, tmp_path: Path) -> None:
    (generated.root / "pyproject.toml").write_text("[tool.ruff]\nline-length = 20\n")
    hostile = tmp_path / "hostile"
    hostile.mkdir()
    (hostile / "ruff").write_text("#!/bin/sh\nexit 1\n")
    (hostile / "ruff").chmod(0o755)
    (hostile / "jinja2.py").write_text("raise SystemExit('not this one')")
    environment = {
        "PATH": f"{hostile}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.fspath(hostile),
        "RUFF_CONFIG": os.fspath(generated.root / "pyproject.toml"),
        "LC_ALL": "C",
    }

    assert generated.generate("--check", folder=hostile, **environment).returncode == 0


def test_other_documents_are_tried_in_a_folder_and_nothing_else_changes(generated: Checkout, tmp_path: Path) -> None:
    before = generated.contents()
    (tmp_path / "good.yaml").write_text(generated.spec, encoding="utf-8")
    (tmp_path / "bad.yaml").write_text("openapi: [", encoding="utf-8")
    result = generated.generate("--into", "tried", "good.yaml", "bad.yaml", folder=tmp_path)

    assert result.returncode == 0, result.stderr
    assert (tmp_path / "tried/good/surface.yaml").read_text() == generated.surface.read_text()
    assert (tmp_path / "tried/good/notes.txt").read_text() == (tmp_path / "tried/good/not_served.txt").read_text() == ""
    assert (tmp_path / "tried/good/osvi_openapi/models/chat_v1_session.py").exists()
    assert "not readable as YAML" in (tmp_path / "tried/bad/refused.txt").read_text()
    assert generated.contents() == before

    again = generated.generate("--into", "tried", "good.yaml", folder=tmp_path)
    assert (again.returncode, again.stderr.splitlines()[0]) == (
        2,
        "tried/good: exists, or is that of two documents: give another folder, or delete it",
    )
    assert (
        generated.generate("--into", "refused", "--leave-out", "bad.yaml", "gone.yaml", folder=tmp_path).returncode == 2
    )
    assert "No such file" in (tmp_path / "refused/gone/refused.txt").read_text()
    assert generated.generate("--into", "nothing", folder=tmp_path).returncode == 2


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
TEXTS = {"description": "PAYLOAD", "title": "PAYLOAD"}
STRING = {"type": "string", "default": "PAYLOAD", "example": "PAYLOAD", **TEXTS}
OBJECT = {"type": "object", "required": ["PAYLOAD"], "properties": {"PAYLOAD": STRING}}
PROPERTIES = {
    "PAYLOAD": STRING,
    "poisoned_enum": {**STRING, "enum": ["PAYLOAD", "plain"]},
    "poisoned_const": {"const": "PAYLOAD"},
    "poisoned_object": {**TEXTS, "type": "object", "properties": {"PAYLOAD": {"type": "integer"}}},
    "poisoned_choice": {**TEXTS, "oneOf": [{"$ref": "#/components/schemas/ChatV1Error"}, {"type": "object", **TEXTS}]},
}
BODY = {"description": "PAYLOAD", "required": True, "content": {"application/json": {"schema": OBJECT}}}


def poisoned(payload: str) -> Any:
    """Return the spec with a payload in every place that takes a text."""
    spec = copy.deepcopy(load(FIRST))
    spec["info"] |= {**TEXTS, "version": "PAYLOAD"}
    operation = spec["paths"]["/v1/chat/session/active"]["get"]
    operation |= {"summary": "PAYLOAD", "description": "PAYLOAD", "operationId": "PAYLOAD", "tags": ["PAYLOAD"]}
    operation["parameters"].append({"name": "PAYLOAD", "in": "query", "description": "PAYLOAD", "schema": STRING})
    for response in operation["responses"].values():
        response["description"] = "PAYLOAD"
    session = spec["components"]["schemas"]["ChatV1Session"]
    session |= {**TEXTS, "properties": session["properties"] | PROPERTIES}
    post = {"description": "PAYLOAD", "requestBody": BODY, "responses": {"204": {"description": "PAYLOAD"}}}
    in_path = payload.replace("{", "").replace("}", "")
    spec["paths"]["/v1/poisoned"] = {"post": post}
    spec["paths"][f"/v1/{in_path}"] = {"get": {"responses": {"200": {"description": "PAYLOAD"}}}}
    return json.loads(json.dumps(spec).replace("PAYLOAD", json.dumps(payload)[1:-1]))


USE = """
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


@pytest.mark.parametrize("payload", PAYLOADS)
def test_code_in_the_spec_does_not_become_code(checkout: Checkout, payload: str) -> None:
    checkout.openapi.write_text(json.dumps(poisoned(payload)), encoding="utf-8")
    if checkout.generate().returncode:  # to refuse it is safe too, if nothing is left behind
        assert payload != PAYLOADS[0], "this test passes by refusing everything"
        assert not checkout.package.exists()
        return

    for module in checkout.package.rglob("*.py"):
        names = {node.id for node in ast.walk(ast.parse(module.read_bytes())) if isinstance(node, ast.Name)}
        assert "__import__" not in names, module
    checkout.output("-c", USE, json.dumps(payload))
    assert not (checkout.root / "CANARY").exists()
