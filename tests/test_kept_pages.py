"""The documents of several pages are kept as they came, and one can be updated alone."""

import json
from pathlib import Path

import pytest
from edits import with_edits
from repository import FIRST, ROOT, Repository
from test_vendor_pages import PAGES

from codegen.document import kept
from codegen.document.reading import Node, load


def document(spec: Node) -> bytes:
    return f"# as it came\r\n{json.dumps(spec)}\n".encode()


A, B, C = THREE = [document(page) for page in PAGES[:3]]
NAMES = [kept.file_name(content) for content in THREE]
KEPT = dict(zip(NAMES, THREE, strict=True))
ANOTHER = document(with_edits(PAGES[1], {"document": {"x-version": 2}}))


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder in the place of the repository, with three pages."""
    (tmp_path / "openapi.yaml").write_bytes(document(PAGES[3]))
    monkeypatch.setattr(kept, "FOLDER", tmp_path / "pages")
    monkeypatch.setattr(kept, "OPENAPI", tmp_path / "openapi.yaml")
    kept.write(KEPT)
    return tmp_path


def test_each_document_is_kept_as_it_came(tree: Path) -> None:
    assert {path.name: path.read_bytes() for path in (tree / "pages").iterdir()} == KEPT
    assert load(tree / "openapi.yaml") == load(kept.merge(KEPT))


def test_the_document_of_a_single_page_is_kept_once(tree: Path) -> None:
    kept.write({"a.yaml": A})

    assert (tree / "openapi.yaml").read_bytes() == A
    assert not (tree / "pages").exists()
    assert kept.taken_in({}, has_index=False) == {"openapi.yaml": A}
    assert [*kept.taken_in({"b.md": B}, has_index=False).values()] == [B]


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize(
    ("found", "has_index", "expected"),
    [
        ({"b.md": ANOTHER}, False, {**KEPT, NAMES[1]: ANOTHER}),
        ({}, False, KEPT),
        ({"a.md": A, "b.md": ANOTHER}, True, {NAMES[0]: A, NAMES[1]: ANOTHER}),
        ({"a.md": A, "again.md": A}, False, KEPT),
    ],
    ids=["changed", "none", "an index", "twice"],
)
def test_a_page_replaces_that_of_its_operation_and_an_index_all(
    found: dict[str, bytes], expected: dict[str, bytes], *, has_index: bool
) -> None:
    assert kept.taken_in(found, has_index=has_index) == expected


@pytest.mark.usefixtures("tree")
def test_two_pages_with_one_first_operation_are_both_kept() -> None:
    expected = {**KEPT, f"again-{NAMES[1]}": ANOTHER}
    assert kept.taken_in({"a.md": B, "b.md": ANOTHER}, has_index=False) == expected


def test_git_and_the_source_distribution_keep_the_documents() -> None:
    assert "codegen/pages/** -text\n" in (ROOT / ".gitattributes").read_text(encoding="utf-8")
    assert '  "/codegen",\n' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_a_newer_page_of_several_is_taken_in_alone(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repository", FIRST)
    paths = [tmp_path / f"{name}.json" for name in "abc"]
    for path, page in zip(paths, PAGES, strict=False):
        path.write_text(json.dumps(page), encoding="utf-8")
    repository.update(*map(str, paths))

    owner = {"name": "x_owner", "in": "query", "schema": {"type": "string"}}
    path, item = next(iter(PAGES[0]["paths"].items()))
    changed = {**PAGES[0], "paths": {path: {**item, "parameters": [owner]}}}
    paths[0].write_text(json.dumps(changed), encoding="utf-8")
    second = repository.update(str(paths[0]))
    assert second.returncode == 0, second.stdout + second.stderr
    assert "x_owner" in second.stdout
    assert repository.generate("--check").returncode == 0
