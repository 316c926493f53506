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

import osvi
import pytest
from spec import load

ROOT = Path(__file__).resolve().parent.parent


class Checkout:
    """A copy of what makes code from a spec, and a spec: the one that the edits below were written for, or another."""

    def __init__(self, root: Path, spec: Path = ROOT / "tests" / "contract" / "base.yaml") -> None:
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
    assert hashlib.sha256((ROOT / "openapi.yaml").read_bytes()).hexdigest() == osvi.SPEC_SHA256


def test_the_check_finds_every_byte_and_every_file(checkout: Checkout) -> None:
    checkout.make()
    assert checkout.run("--check").returncode == 0
    before = checkout.files()

    package = checkout.generated / "osvi_openapi"
    (package / "client.py").write_bytes((package / "client.py").read_bytes().replace(b"base URL", b"Base URL"))
    (package / "errors.py").unlink()
    (checkout.generated / "stray.txt").write_text("")
    (package / "types.py").write_bytes((package / "types.py").read_bytes().replace(b"\n", b"\r\n"))
    (package / "__pycache__").mkdir()
    (package / "__pycache__" / "client.cpython-311.pyc").write_bytes(b"")
    damaged = checkout.files()
    result = checkout.run("--check")

    assert result.returncode == 1
    assert "generated/osvi_openapi/errors.py: missing" in result.stdout
    assert "generated/stray.txt: not made from the spec" in result.stdout
    assert "generated/osvi_openapi/types.py: differs in its line endings" in result.stdout
    assert "-        ``base_url``: The Base URL" in result.stdout
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
    assert "GET /v1/chat/session/active: the parameter 'page' has no schema" in result.stderr


def test_names_in_the_spec_move_no_module(checkout: Checkout) -> None:
    checkout.replace(
        "      summary: Get active session\n",
        "      summary: Get active session\n      operationId: activeSession\n      tags: [chat]\n",
    )
    checkout.replace("      description: A chat session record.", "      title: Conversation")
    checkout.make()

    package = checkout.generated / "osvi_openapi"
    assert (package / "api" / "default" / "get_v1_chat_session_active.py").exists()
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
    spec: dict[str, Any] = load(ROOT / "tests" / "contract" / "base.yaml")
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
    operation["responses"]["200"]["description"] = payload
    schemas = spec["components"]["schemas"]
    schemas["ChatV1Session"] |= {"description": payload, "title": payload}
    schemas["ChatV1Session"]["properties"] |= {
        payload: {"type": "string", "description": payload, "default": payload, "example": payload},
        "poisoned_enum": {"type": "string", "enum": [payload, "plain"], "description": payload, "default": payload},
        "poisoned_const": {"const": payload},
        "poisoned_object": {"type": "object", "title": payload, "properties": {payload: {"type": "integer"}}},
    }
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
import importlib, pathlib, pkgutil, osvi_openapi
for module in pkgutil.walk_packages(osvi_openapi.__path__, "osvi_openapi."):
    importlib.import_module(module.name)
osvi_openapi.models.ChatV1Session.from_dict({}).to_dict()
assert not pathlib.Path("CANARY").exists()
"""
    environment = os.environ | {"PYTHONPATH": os.fspath(checkout.generated)}
    command = [sys.executable, "-W", "ignore", "-B", "-c", script]
    ran = subprocess.run(command, check=False, capture_output=True, text=True, cwd=checkout.root, env=environment)
    assert ran.returncode == 0, ran.stderr
    assert not (checkout.root / "CANARY").exists()


def test_some_of_the_code_in_a_spec_gets_as_far_as_a_package(checkout: Checkout) -> None:
    # So that the test above does not pass by refusing everything.
    checkout.spec.write_text(json.dumps(poisoned(PAYLOADS[0])), encoding="utf-8")
    checkout.make()

    texts = [module.read_text(encoding="utf-8") for module in (checkout.generated / "osvi_openapi").rglob("*.py")]
    assert any("CANARY" in text for text in texts)
