"""The documents of several pages are kept as they came, and one can be updated alone."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from edits import with_edits
from repository import ROOT, Repository
from test_vendor_pages import PAGES

from codegen.document import kept, reading
from codegen.document.reading import DataFileError, Node, SpecError, load

Change = dict[str, bytes]


def document(spec: Node) -> bytes:
    return f"# as it came\r\n{json.dumps(spec)}\n".encode()


NAMES = ["https://docs.example/api/a.md", "https://docs.example/api/b.md", "https://docs.example/other/b.md"]
THREE = {name: document(page) for name, page in zip(NAMES, PAGES, strict=False)}
A, B, C = NAMES
ANOTHER = document(with_edits(PAGES[1], {"document": {"x-version": 2}}))


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder in the place of the repository, with three pages."""
    (tmp_path / "codegen").mkdir()
    (tmp_path / "openapi.yaml").write_bytes(document(PAGES[3]))
    monkeypatch.setattr(kept, "FOLDER", tmp_path / "codegen" / "pages")
    monkeypatch.setattr(kept, "OPENAPI", tmp_path / "openapi.yaml")
    monkeypatch.setattr(reading, "CODEGEN", tmp_path / "codegen")
    kept.write(THREE)
    return tmp_path


def test_each_document_is_kept_as_it_came_with_its_address(tree: Path) -> None:
    files = {path.name: path.read_bytes() for path in (tree / "codegen" / "pages").iterdir()}

    assert set(files) == {"addresses.yaml", "api-a.yaml", "api-b.yaml", "other-b.yaml"}
    assert {files["api-a.yaml"], files["api-b.yaml"], files["other-b.yaml"]} == {*THREE.values()}
    assert kept.read() == THREE
    assert load(tree / "openapi.yaml") == load(kept.merge(THREE))
    assert kept.is_merge()


def test_pages_whose_addresses_differ_in_punctuation_alone_are_both_kept(tree: Path) -> None:
    pages = {"https://docs.example/a/b.md": THREE[A], "https://docs.example/a-b.md": THREE[B]}
    kept.write(pages)

    assert kept.read() == pages
    assert len([*(tree / "codegen" / "pages").iterdir()]) == 3


def test_several_pages_replace_a_document_that_cannot_be_read(tree: Path) -> None:
    kept.write({A: THREE[A]})
    (tree / "openapi.yaml").write_bytes(b"<<<<<<< HEAD\n")
    documents, lines = kept.taken_in({A: THREE[A], B: THREE[B]}, ["https://docs.example/llms.txt"])

    assert documents == {A: THREE[A], B: THREE[B]}
    assert lines == [f"{A}: new", f"{B}: new", "openapi.yaml: gone from the index"]


def test_the_document_of_a_single_page_is_kept_once(tree: Path) -> None:
    kept.write({A: THREE[A]})

    assert (tree / "openapi.yaml").read_bytes() == THREE[A]
    assert not (tree / "codegen" / "pages").exists()
    assert kept.read() == {}
    assert kept.is_merge()


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize(
    ("found", "indexes", "removed", "expected", "lines"),
    [
        ({B: ANOTHER}, [], [], {**THREE, B: ANOTHER}, [f"{B}: changed"]),
        ({B: THREE[B]}, [], [], THREE, []),
        (
            {"new.md": ANOTHER},
            [],
            [],
            {A: THREE[A], "new.md": ANOTHER, C: THREE[C]},
            ["new.md: new", f"{B}: replaced by new.md"],
        ),
        ({"d.md": document(PAGES[3])}, [], [], {**THREE, "d.md": document(PAGES[3])}, ["d.md: new"]),
        ({B: document(PAGES[3])}, [], [], {**THREE, B: document(PAGES[3])}, [f"{B}: changed"]),
        (
            {A: THREE[A], B: ANOTHER},
            ["llms.txt"],
            [],
            {A: THREE[A], B: ANOTHER},
            [f"{B}: changed", f"{C}: gone from the index"],
        ),
        ({}, [], [C], {A: THREE[A], B: THREE[B]}, [f"{C}: removed"]),
        ({}, [], [], THREE, []),
        ({"a.md": THREE[A], A: THREE[A]}, [], [], {"a.md": THREE[A], B: THREE[B], C: THREE[C]}, ["a.md: new"]),
    ],
    ids=["changed", "the same", "moved", "new", "of another path", "an index", "removed", "none", "twice"],
)
def test_an_update_replaces_the_pages_whose_addresses_or_operations_it_has(
    found: Change, indexes: list[str], removed: list[str], expected: Change, lines: list[str]
) -> None:
    documents, said = kept.taken_in(found, indexes, removed)

    assert documents == expected
    assert said == sorted(lines)


def test_one_page_alone_replaces_one_page_alone(tree: Path) -> None:
    kept.write({A: THREE[A]})

    assert kept.taken_in({B: THREE[B]}, []) == ({B: THREE[B]}, [])
    several, _ = kept.taken_in({B: THREE[B], C: THREE[C]}, [])
    assert several == {B: THREE[B], C: THREE[C], "openapi.yaml": THREE[A]}
    assert tree.exists()


@pytest.mark.usefixtures("tree")
def test_a_page_that_has_lost_its_document_is_no_index() -> None:
    with pytest.raises(SpecError, match=f"{B}: no fenced block of the page holds an OpenAPI document any more"):
        kept.taken_in({C: THREE[C]}, [B])


@pytest.mark.usefixtures("tree")
def test_a_page_that_is_not_kept_cannot_be_removed() -> None:
    with pytest.raises(SpecError, match=r"not an address in codegen/pages/addresses\.yaml: d\.md"):
        kept.taken_in({}, [], ["d.md"])
    with pytest.raises(SpecError, match="no page would be left"):
        kept.taken_in({}, [], NAMES)


@pytest.mark.parametrize("damage", [lambda file: file.write_bytes(b"x"), Path.unlink])
def test_a_kept_document_that_is_not_what_came_is_refused_until_it_comes_again(
    tree: Path, damage: Callable[[Path], object]
) -> None:
    damage(tree / "codegen" / "pages" / "api-b.yaml")

    with pytest.raises(DataFileError, match=f"codegen/pages/api-b.yaml: not what came from {B}"):
        kept.is_merge()
    with pytest.raises(DataFileError):
        kept.taken_in({A: THREE[A]}, [])
    assert kept.taken_in({B: THREE[B]}, [])[0] == THREE


def test_openapi_yaml_has_to_be_the_merge_but_its_layout_is_free(tree: Path) -> None:
    openapi = tree / "openapi.yaml"
    openapi.write_text(json.dumps(load(openapi)), encoding="utf-8")
    assert kept.is_merge()

    openapi.write_text(json.dumps(with_edits(load(openapi), {"document.info": {"title": "Another"}})), encoding="utf-8")
    assert not kept.is_merge()


def test_an_openapi_yaml_with_a_conflict_of_git_can_be_replaced(tree: Path) -> None:
    kept.write({A: THREE[A]})
    (tree / "openapi.yaml").write_text("<<<<<<< HEAD\n", encoding="utf-8")

    assert kept.taken_in({A: THREE[A]}, [])[0] == {A: THREE[A]}


def test_git_and_the_source_distribution_keep_the_documents() -> None:
    assert "codegen/pages/** -text\n" in (ROOT / ".gitattributes").read_text(encoding="utf-8")
    assert '  "/codegen",\n' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_a_newer_page_of_several_is_taken_in_alone_and_the_check_compares_them(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repository")
    paths = [tmp_path / f"{name}.json" for name in "abc"]
    for path, page in zip(paths, PAGES, strict=False):
        path.write_text(json.dumps(page), encoding="utf-8")
    first = repository.update(*map(str, paths))
    assert first.returncode == 0, first.stdout + first.stderr

    paths[0].write_text(json.dumps(with_edits(PAGES[0], {"error.x_detail": {"type": "string"}})), encoding="utf-8")
    second = repository.update(str(paths[0]))
    assert second.returncode == 0, second.stdout + second.stderr
    assert f"Pages:\n  {paths[0]}: changed\n" in second.stdout
    assert "  - `ChatV1Error.x_detail`: `str`.\n" in second.stdout
    assert "What breaks:\n  nothing\n" in second.stdout
    assert repository.generate("--check").returncode == 0

    repository.openapi.write_text(repository.openapi.read_text(encoding="utf-8").replace("x_detail", "x_text"))
    assert "openapi.yaml: not the merge of codegen/pages" in repository.generate("--check").stdout
    assert repository.update().returncode == 0
    assert repository.generate("--check").returncode == 0

    removed = repository.run("-m", "codegen", "update", "--remove", str(paths[2]))
    assert removed.returncode == 1
    assert f"{paths[2]}: removed\n" in removed.stdout
    assert " is gone" in removed.stdout
