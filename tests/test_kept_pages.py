"""The documents of several pages are kept as they came, and one can be updated alone."""

import json
import re
from contextlib import suppress
from pathlib import Path

import pytest
from edits import with_edits
from repository import ROOT, Repository
from test_vendor_pages import PAGES

from codegen.document import kept, reading
from codegen.document.reading import Node, SpecError, load

Change = dict[str, bytes]


def document(spec: Node) -> bytes:
    return f"# as it came\r\n{json.dumps(spec)}\n".encode()


NAMES = ["https://docs.example/api/a.md", "https://docs.example/api/b.md", "https://docs.example/other/b.md"]
THREE = {name: document(page) for name, page in zip(NAMES, PAGES, strict=False)}
A, B, C = NAMES
ANOTHER = document(with_edits(PAGES[1], {"document": {"x-version": 2}}))


def write(documents: kept.Documents) -> None:
    kept.write(documents, kept.merge(documents))


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder in the place of the repository, with three pages."""
    (tmp_path / "codegen").mkdir()
    (tmp_path / "openapi.yaml").write_bytes(document(PAGES[3]))
    monkeypatch.setattr(kept, "FOLDER", tmp_path / "codegen" / "pages")
    monkeypatch.setattr(kept, "OPENAPI", tmp_path / "openapi.yaml")
    monkeypatch.setattr(kept, "ADDRESSES", tmp_path / "codegen" / "pages" / "addresses.yaml")
    monkeypatch.setattr(kept, "CODEGEN", tmp_path / "codegen")
    monkeypatch.setattr(reading, "CODEGEN", tmp_path / "codegen")
    write(THREE)
    return tmp_path


def test_each_document_is_kept_as_it_came_with_its_address(tree: Path) -> None:
    files = {path.name: path.read_bytes() for path in (tree / "codegen" / "pages").iterdir()}

    assert set(files) == {"addresses.yaml", "api-a.yaml", "api-b.yaml", "other-b.yaml"}
    assert {files["api-a.yaml"], files["api-b.yaml"], files["other-b.yaml"]} == {*THREE.values()}
    assert files["addresses.yaml"].decode().endswith(f"api-a.yaml: {A}\napi-b.yaml: {B}\nother-b.yaml: {C}\n")
    assert kept.read() == THREE
    assert load(tree / "openapi.yaml") == load(kept.merge(THREE))
    assert kept.is_merge()


def test_pages_whose_addresses_differ_in_punctuation_alone_are_both_kept(tree: Path) -> None:
    pages = {"https://docs.example/a/b.md": THREE[A], "https://docs.example/a-b.md": THREE[B]}
    write(pages)

    assert kept.read() == pages
    assert len([*(tree / "codegen" / "pages").iterdir()]) == 3


def test_several_pages_replace_a_document_that_cannot_be_read(tree: Path) -> None:
    write({A: THREE[A]})
    (tree / "openapi.yaml").write_bytes(b"<<<<<<< HEAD\n")

    assert kept.taken_in({B: THREE[B], C: THREE[C]}) == {B: THREE[B], C: THREE[C]}


@pytest.mark.parametrize(("watched", "address"), [([A], A), ([A, B], "openapi.yaml"), ([], "openapi.yaml")])
def test_the_address_of_a_single_page_is_the_one_that_is_watched(tree: Path, watched: list[str], address: str) -> None:
    (tree / "codegen" / "pages.yaml").write_text(json.dumps(watched), encoding="utf-8")
    write({address: THREE[A]})

    assert not (tree / "codegen" / "pages").exists()
    assert kept.read() == {address: THREE[A]}


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize(
    ("found", "indexes", "expected", "lines"),
    [
        ({B: ANOTHER}, [], {**THREE, B: ANOTHER}, [f"{B}: changed"]),
        ({B: THREE[B]}, [], THREE, []),
        (
            {"new.md": ANOTHER},
            [],
            {A: THREE[A], "new.md": ANOTHER, C: THREE[C]},
            [f"{B}: gone", f"new.md: new, beside {A}, {C}"],
        ),
        ({"d.md": document(PAGES[3])}, [], {**THREE, "d.md": document(PAGES[3])}, [f"d.md: new, beside {A}, {B}, {C}"]),
        ({B: document(PAGES[3])}, [], {**THREE, B: document(PAGES[3])}, [f"{B}: changed"]),
        ({A: THREE[A], B: ANOTHER}, ["llms.txt"], {A: THREE[A], B: ANOTHER}, [f"{B}: changed", f"{C}: gone"]),
        ({}, [], THREE, []),
        (
            {"a.md": THREE[A], A: THREE[A]},
            [],
            THREE,
            [],
        ),
    ],
    ids=["changed", "the same", "moved", "new", "of another path", "an index", "none", "twice"],
)
def test_an_update_replaces_the_pages_whose_addresses_or_operations_it_has(
    found: Change, indexes: list[str], expected: Change, lines: list[str]
) -> None:
    documents = kept.taken_in(found, indexes)

    assert documents == expected
    assert kept.changed(documents, THREE) == sorted(lines)


def test_a_page_of_other_operations_is_added_to_the_first(tree: Path) -> None:
    write({A: THREE[A]})
    write(kept.taken_in({B: THREE[B]}))

    assert kept.read() == {A: THREE[A], B: THREE[B]}
    assert kept.is_merge()
    write(kept.taken_in({A: THREE[A]}, ["llms.txt"]))
    assert (tree / "openapi.yaml").read_bytes() == THREE[A]
    assert kept.read() == {A: THREE[A]}


@pytest.mark.usefixtures("tree")
def test_a_page_that_has_lost_its_document_is_no_index() -> None:
    with pytest.raises(SpecError, match=f"{B}: no fenced block of the page holds an OpenAPI document any more"):
        kept.taken_in({C: THREE[C]}, [B])


def test_a_page_is_taken_out_by_deleting_its_file(tree: Path) -> None:
    (tree / "codegen" / "pages" / "api-b.yaml").unlink()
    assert not kept.is_merge()
    write(kept.taken_in({}))

    assert kept.read() == {A: THREE[A], C: THREE[C]}
    assert kept.is_merge()


def test_openapi_yaml_has_to_be_the_merge_but_its_layout_is_free(tree: Path) -> None:
    openapi = tree / "openapi.yaml"
    openapi.write_text(json.dumps(load(openapi)), encoding="utf-8")
    assert kept.is_merge()

    openapi.write_text(json.dumps(with_edits(load(openapi), {"document.info": {"title": "Another"}})), encoding="utf-8")
    assert not kept.is_merge()


def test_git_keeps_the_documents_to_the_byte() -> None:
    assert "codegen/pages/** -text\n" in (ROOT / ".gitattributes").read_text(encoding="utf-8")


class KilledError(Exception):
    """Stands for the end of the process."""


@pytest.mark.parametrize("before", [{A: THREE[A]}, THREE])
@pytest.mark.parametrize("after", [{A: THREE[A]}, {A: THREE[A], B: ANOTHER}])
@pytest.mark.parametrize("steps", range(6))
@pytest.mark.usefixtures("tree")
def test_after_a_kill_the_same_update_does_the_rest(
    before: Change, after: Change, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(before)
    left = [None] * steps

    def until_killed(path: Path, content: bytes) -> None:
        if not left:
            raise KilledError
        left.pop()
        reading.replace(path, content)

    with monkeypatch.context() as patch, suppress(KilledError):
        patch.setattr(kept, "replace", until_killed)
        write(after)
    write(kept.taken_in(after, ["llms.txt"]))

    assert kept.read() == after
    assert kept.is_merge()


def test_a_newer_page_of_several_is_taken_in_alone_and_the_check_compares_them(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repository")
    paths = [tmp_path / f"{name}.json" for name in "abc"]
    for path, page in zip(paths, PAGES, strict=False):
        path.write_text(json.dumps(page), encoding="utf-8")
    first = repository.update(*map(str, paths))
    assert first.returncode == 0, first.stdout + first.stderr

    owner = {"name": "owner", "in": "query", "schema": {"type": "string"}}
    ((path, item),) = PAGES[0]["paths"].items()
    paths[0].write_text(json.dumps(PAGES[0] | {"paths": {path: item | {"parameters": [owner]}}}), encoding="utf-8")
    second = repository.update(str(paths[0]))
    assert second.returncode == 0, second.stdout + second.stderr
    assert "Pages:\n  openapi.yaml: changed\n" in second.stdout
    assert re.search(
        r"in CHANGELOG.md:\n  - `\w+\(owner=…\)`: `str`\.\n(  .*\n)*What breaks:\n  nothing\n", second.stdout
    )
    assert repository.generate("--check").returncode == 0

    repository.openapi.write_text(repository.openapi.read_text(encoding="utf-8").replace("owner", "person"))
    assert "openapi.yaml: not the merge of codegen/pages" in repository.generate("--check").stdout
    assert repository.update().returncode == 0
    assert repository.generate("--check").returncode == 0


def test_a_source_in_settled_yaml_is_replaced_by_the_address_of_its_page(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled = tree / "codegen" / "settled.yaml"
    monkeypatch.setattr(kept, "SETTLED", settled)
    merged = kept.merge(THREE)
    settled.write_text('"/paths/~1a": {page: saved/a.md, reason: "saved/a.md.old is not it"}\n', encoding="utf-8")
    kept.write(THREE, merged, {"saved/a.md": A})

    assert settled.read_text(encoding="utf-8") == (f'"/paths/~1a": {{page: {A}, reason: "saved/a.md.old is not it"}}\n')
