"""What the tools of the maintainer say when a document, a tool or a file fails them."""

from pathlib import Path
from typing import Any

import pytest
from repository import FIRST, ROOT, Checkout

from codegen import generate, update
from codegen.document.merging import merged
from codegen.document.normal.nodes import BrokenSchemaError, resolved
from codegen.document.reading import Node, SpecError, load
from codegen.promises import places, surface


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b'{"openapi": "3.1.0", "openapi": "3.1.0"}', 'duplicate key "openapi"'),
        (b"openapi: 3.1.0\nx: .nan\n", "contains a value that JSON cannot represent"),
    ],
)
def test_a_document_that_is_no_json_value_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(SpecError, match=why):
        load(content)


def test_a_document_in_braces_may_be_yaml() -> None:
    assert load(b"{openapi: 3.1.0, paths: {}}") == {"openapi": "3.1.0", "paths": {}}


def test_a_reference_that_leads_back_to_itself_is_refused() -> None:
    with pytest.raises(BrokenSchemaError, match="'#/b' leads back to itself"):
        resolved({"a": {"$ref": "#/b"}, "b": {"$ref": "#/a"}}, {"$ref": "#/b"})


def test_what_the_generator_does_not_expect_is_named_with_the_document(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def build(*_: object, **__: object) -> None:
        raise KeyError("unexpected")

    monkeypatch.setattr(generate, "build", build)
    with pytest.raises(SpecError, match=r"^first\.yaml: cannot be generated: KeyError\('unexpected'\)$"):
        generate.generate(FIRST, tmp_path)


def test_code_that_cannot_be_formatted_is_refused(tmp_path: Path) -> None:
    checkout = Checkout(tmp_path / "checkout")
    config = checkout.root / "codegen" / "config.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("ruff format", "ruff no-such-command"))
    result = checkout.generate()

    assert result.returncode == 2
    assert "the generated code cannot be formatted:\nerror: unrecognized subcommand 'no-such-command'" in result.stderr


def test_a_failure_of_mypy_is_raised_with_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "MYPY", ["--no-such-option"])
    with pytest.raises(RuntimeError, match=r"^mypy failed:\n(.|\n)*--no-such-option"):
        places.places(ROOT / "generated", surface.read())


def test_a_failure_of_the_generator_is_raised_with_its_text(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "generate.sh").write_text("echo 'no room' >&2; exit 2\n", encoding="utf-8")
    monkeypatch.setattr(update, "ROOT", tmp_path)
    with pytest.raises(SpecError, match=r"^no room$"):
        update.generate()


def test_where_every_promise_is_kept_nothing_is_accepted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(update, "generate", lambda: None)
    monkeypatch.setattr(places, "places", lambda *_: [])

    assert update.accept_breaks() == 0
    assert capsys.readouterr().out == "No longer promised:\n  nothing\nWhat is left to do:\n  nothing\n"


def page(path: str, **more: Any) -> Node:
    return {"openapi": "3.1.0", "paths": {path: {"get": {}}, "x-path": path}, **more}


def test_extensions_among_the_paths_and_the_components_are_not_merged() -> None:
    pages = {path: page(path, components={"x-kind": {path: {}}}) for path in ("/a", "/b")}

    assert merged(pages, {}) == {"openapi": "3.1.0", "paths": {"/a": {"get": {}}, "/b": {"get": {}}}}


def test_a_path_of_which_one_operation_has_two_names_keeps_its_others() -> None:
    paths: list[Node] = [{"/a/{x}": {"get": {}}}, {"/a/{id}": {"get": {}, "post": {}}}]
    pages = {str(number): {"openapi": "3.1.0", "paths": one} for number, one in enumerate(paths)}
    settled = {"/paths/~1a~1{id}/get": {"absent": True, "reason": "Support says so."}}

    assert merged(pages, settled)["paths"] == {"/a/{x}": {"get": {}}, "/a/{id}": {"post": {}}}


def test_a_schema_without_a_type_is_nullable_on_each_page_alike() -> None:
    schemas = [{"nullable": True, "enum": ["a", None]}, {"nullable": True, "enum": ["b", None]}]
    pages = {f"/{number}": page(f"/{number}", components={"schemas": {"A": one}}) for number, one in enumerate(schemas)}

    assert merged(pages, {})["components"]["schemas"]["A"] == {"nullable": True, "enum": ["a", None, "b"]}
