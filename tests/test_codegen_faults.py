"""What the tools of the maintainer say when a document, a tool or a file fails them."""

from pathlib import Path
from typing import Any

import pytest
from repository import FIRST, Checkout

from codegen import generate
from codegen.document.merging import merged, unneeded
from codegen.document.reading import Node, SpecError


def test_what_the_generator_does_not_expect_is_named_with_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    def package(*_: object, **__: object) -> None:
        raise KeyError("unexpected")

    monkeypatch.setattr(generate, "Package", package)
    with pytest.raises(SpecError, match=r"^first\.yaml: cannot be generated: KeyError\('unexpected'\)$"):
        generate.planned(FIRST.read_bytes(), FIRST.name)


def test_code_that_cannot_be_formatted_is_refused(tmp_path: Path) -> None:
    checkout = Checkout(tmp_path / "checkout")
    config = checkout.root / "codegen" / "config.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("ruff format", "ruff no-such-command"))
    result = checkout.generate()

    assert result.returncode == 2
    assert "the generated code cannot be formatted:\nerror: unrecognized subcommand 'no-such-command'" in result.stderr


def page(path: str, **more: Any) -> Node:
    return {"openapi": "3.1.0", "paths": {path: {"get": {}}, "x-path": path}, **more}


def test_extensions_among_the_paths_and_the_components_are_not_merged() -> None:
    pages = {path: page(path, components={"x-kind": {path: {}}}) for path in ("/a", "/b")}

    assert merged(pages, {}) == {"openapi": "3.1.0", "paths": {"/a": {"get": {}}, "/b": {"get": {}}}}


def test_a_path_of_which_one_operation_has_two_names_keeps_its_others() -> None:
    paths: list[Node] = [{"/a/{x}": {"get": {}}}, {"/a/{id}": {"get": {}, "post": {}}}]
    pages = {str(number): {"openapi": "3.1.0", "paths": one} for number, one in enumerate(paths)}
    settled = {"/paths/~1a~1{id}/get": {"page": "0", "reason": "Support says so."}}

    assert merged(pages, settled)["paths"] == {"/a/{x}": {"get": {}}, "/a/{id}": {"post": {}}}


def test_an_entry_that_no_contradiction_needs_has_no_effect_and_is_named() -> None:
    pages = {
        str(number): page(f"/{number}", components={"schemas": {"A": {"title": str(number)}}}) for number in (1, 2)
    }
    place = "/components/schemas/A"
    settled = {place: {"page": "2", "reason": "Support says so."}}

    assert merged(pages, settled)["components"]["schemas"]["A"] == {"title": "1"}
    assert unneeded(pages, settled) == [place]

    pages["2"]["components"]["schemas"]["A"]["type"] = "string"
    assert merged(pages, settled)["components"]["schemas"]["A"] == {"title": "2", "type": "string"}
    assert unneeded(pages, settled) == []
