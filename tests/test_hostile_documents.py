"""A document whose texts and schemas are hostile: the package is small and readable, and no report repeats them."""

import ast
import itertools
import json
import tokenize
from pathlib import Path
from typing import Any

from packages import spec_of
from repository import FIRST, Repository

from codegen import report
from codegen.document.reading import load
from codegen.generate import generate_each

KEYWORD, NONE = "\U0001d422\U0001d41f", "\U0001d40d\U0001d428\U0001d427\U0001d41e"  # if and None, after NFKC
HIDDEN = "\u202e\u2066\x85\u2028\x1b\x07"
LINES = "\n```\n# Not a heading\n~~~\n::error::forged\n##[error]forged"


def document(schemas: dict[str, Any], **operation: Any) -> dict[str, Any]:
    answer = {"description": "Done.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "x", "version": "1"},
        "servers": [{"url": "https://api.example.org"}],
        "security": [{"token": []}],
        "paths": {f"/v1/{n}": {"get": {"responses": {"200": answer}, **operation}} for n in range(300)},
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "apiKey", "in": "header", "name": "X-Token"}},
        },
    }


def test_examples_grow_with_the_document_and_no_faster() -> None:
    """Each schema of a chain has five properties of the next: 5 to the power of 12 values."""
    chain = "ABCDEFGHIJKLM"
    schemas: dict[str, Any] = {
        name: {
            "type": "object",
            "required": [f"p{n}" for n in range(5)],
            "properties": {f"p{n}": {"$ref": f"#/components/schemas/{below}"} for n in range(5)},
        }
        for name, below in itertools.pairwise(chain)
    }
    schemas["M"] = {"type": "string"}

    assert sum(len(repr(one)) for one in spec_of(document(schemas)).operations.values()) < 1_000_000


def test_names_and_docstrings_of_a_hostile_document_are_python(tmp_path: Path) -> None:
    properties = {name: {"type": "string", "description": f"a{HIDDEN}b"} for name in (KEYWORD, "if", "\ufb01")}
    schemas = {
        "A": {"type": "object", "description": f"x{HIDDEN}y", "properties": {"x": {"$ref": "#/components/schemas/B"}}},
        "B": {
            "type": "object",
            "properties": properties | {NONE: {"enum": [KEYWORD, "if"]}},
        },
    }
    hostile = tmp_path / "hostile.yaml"
    hostile.write_text(json.dumps(document(schemas, summary=f"s{HIDDEN}t")), encoding="utf-8")

    assert generate_each([hostile], tmp_path / "into", leaves_out=False) == 0
    for path in (tmp_path / "into").rglob("*.py"):
        with tokenize.open(path) as file:
            text = file.read()
        ast.parse(text)
        assert not {*HIDDEN} & {*text}, path


def test_a_path_cannot_forge_a_line_of_a_report(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repository")
    spec = load(FIRST)
    spec["paths"][f"/v1/x{LINES}{HIDDEN}"] = {"get": {"responses": {"204": {"description": "None."}}}}
    result = repository.update(repository.page(json.dumps(spec)))
    found = result.stdout + result.stderr

    assert "forged" in found
    assert not {*HIDDEN} & {*found}
    assert [line for line in found.splitlines() if line.lstrip().startswith(("#", "~", "`", "::"))] == []


def test_lines_of_a_report_are_printable_and_no_commands() -> None:
    text = f"a\x1b\u202e\n  ::error::b\n ##[group]c\n    d\u2028::e\n{'f' * 5000}"
    shown = report.lines(text).splitlines()

    assert shown[:-1] == ["a", ">   ::error::b", ">  ##[group]c", "    d", "> ::e"]
    assert shown[-1] == "f" * report.LONGEST
    assert report.section("Title:", ["a\nb", "c"]) == "Title:\n  a b\n  c"
