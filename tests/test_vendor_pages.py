"""Several pages of the vendor, each with an operation of one API, become one openapi.yaml."""

import copy
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from edits import LARGE, with_edits
from repository import FIRST, Repository
from support import raw, serving

from codegen.document import kept
from codegen.document.merging import merged
from codegen.document.pages import extract, find
from codegen.document.reading import METHODS, DataFileError, Node, SpecError, load

PAGE = "# Page {}\n\n> Text with [a link](/elsewhere).\n\n````yaml\n{}\n````\n"


def read(sources: Iterable[str]) -> bytes:
    """Return the document of the pages at these addresses."""
    return kept.merge(find(sources)[0])


def referred(node: object) -> Iterator[tuple[str, str]]:
    """Yield the components that a part of LARGE needs."""
    if isinstance(node, dict) and "$ref" in node:
        kind, name = node["$ref"].split("/")[2:]
        yield kind, name
    elif isinstance(node, dict | list):
        for one in node.values() if isinstance(node, dict) else node:
            yield from referred(one)


def page(path: str, method: str) -> Node:
    """Return a document as the vendor writes it: one operation, and the components that it needs."""
    item = {name: one for name, one in LARGE["paths"][path].items() if name not in METHODS or name == method}
    needed: set[tuple[str, str]] = set()
    found = set(referred(item))
    while found - needed:
        needed |= found
        found = {one for kind, name in needed for one in referred(LARGE["components"][kind][name])}
    components: Node = {"securitySchemes": LARGE["components"]["securitySchemes"]}
    for kind, name in sorted(needed):
        components.setdefault(kind, {})[name] = LARGE["components"][kind][name]
    return copy.deepcopy(LARGE | {"paths": {path: item}, "components": components})


PAGES = [page(path, method) for path, item in LARGE["paths"].items() for method in item.keys() & set(METHODS)]


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., list[str]]:
    """Write documents to pages, and return the paths of these."""
    numbers = count()

    def to_pages(*documents: Node) -> list[str]:
        paths = [tmp_path / f"page-{next(numbers):02}.md" for _ in documents]
        for path, document in zip(paths, documents, strict=True):
            path.write_text(PAGE.format(path.stem, json.dumps(document)), encoding="utf-8")
        return [os.fspath(path) for path in paths]

    return to_pages


def test_pages_in_any_order_give_the_same_bytes_and_the_whole_api(write: Callable[..., list[str]]) -> None:
    pages = write(*PAGES)

    assert read(pages) == read(reversed(pages))
    assert load(read(pages)) == LARGE


def test_the_addresses_of_the_pages_do_not_change_the_bytes(write: Callable[..., list[str]]) -> None:
    assert read(write(*PAGES)) == read(write(*reversed(PAGES)))


def test_a_single_document_is_kept_byte_for_byte(tmp_path: Path) -> None:
    document = (FIRST).read_text(encoding="utf-8")
    (tmp_path / "page.md").write_text(f"# Page\n\n````yaml\n{document}````\n", encoding="utf-8")

    assert read([os.fspath(tmp_path / "page.md")] * 2) == document.encode()


@pytest.mark.parametrize(
    "document",
    [
        "# of the vendor\nopenapi: 3.1.0\n",
        "---\ninfo: {title: A, version: '1'}\n'openapi': '3.1.0'\n",
        json.dumps({"info": {"title": "A"}, "openapi": "3.1.0"}),
        json.dumps({"info": {"title": "A"}, "openapi": "3.1.0"}, indent=2),
    ],
)
def test_a_document_is_found_whatever_stands_before_its_version(document: str) -> None:
    text = f"# Page\n\n```sh\ncurl --openapi\n```\n\n```\n{document.strip()}\n```\n"

    assert extract("page.md", text.encode()) == f"{document.strip()}\n".encode()


def test_all_operations_are_taken_in_at_once_and_later_only_changes_are_reported(
    tmp_path: Path, write: Callable[..., list[str]]
) -> None:
    repository = Repository(tmp_path / "repository")
    first = repository.update(*write(*PAGES))

    assert first.returncode == 0, first.stdout + first.stderr
    assert first.stdout.count("  - `osvi.operations.") == len(PAGES) - 1
    assert "What breaks:\n  nothing\n" in first.stdout

    owner = {"name": "owner", "in": "query", "schema": {"type": "string"}}
    with_owner = {"agents.parameters.+": owner}
    changed = [with_edits(one, with_owner if "get" in one["paths"].get("/v1/agents", {}) else {}) for one in PAGES]
    second = repository.update(*write(*reversed(changed)))

    assert second.returncode == 0, second.stdout + second.stderr
    assert second.stdout.endswith(
        "What users gain, for the CHANGELOG:\n  - `get_v1_agents(owner=…)`: `str`.\nWhat breaks:\n  nothing\n"
    )


X_TRACE = {"in": "header", "name": "X-Trace", "schema": {"type": "string"}}
STOP = "paths./v1/campaigns/{id}/stop"
OPERATION = "/paths/~1v1~1campaigns~1{id}~1stop/post"


def stop() -> Node:
    """Return a page of its own, to change."""
    return page("/v1/campaigns/{id}/stop", "post")


def test_wording_examples_and_order_do_not_contradict(write: Callable[..., list[str]]) -> None:
    other = with_edits(
        stop(),
        {
            "document": {"info": {"version": "2"}, "x-page": 1},
            "schemas.ChatV1Error": {"title": "An error", "description": "What went wrong.", "example": {}},
            f"{STOP}.post": {"summary": "Another", "tags": ["campaigns"], "operationId": "stop"},
            "error.success -> components.x": None,
            "components.x -> error.success": None,
        },
    )
    pages = write(stop(), other)

    assert read(pages) == read(reversed(pages))


# The edits of the page (see contract/edits.yaml), and what the two pages say, each with its place.
CONTRADICTIONS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a schema with two meanings": (
        {"error.error": {"type": "integer"}},
        [f'/components/schemas/ChatV1Error/properties/error/type is "{one}"' for one in ("string", "integer")],
    ),
    "a property that one page alone has, and requires": (
        {"error.detail": {"type": "string"}, "schemas.ChatV1Error": {"required": ["detail"]}},
        [f"/components/schemas/ChatV1Error/required is {one}" for one in ("absent", '["detail"]')],
    ),
    "an operation with two meanings": (
        {f"{STOP}.post.responses.204": None},
        [f"{OPERATION}/responses/204 is {one}" for one in ("absent", "{}")],
    ),
    "an operation with two names": (
        {
            f"{STOP}.post.parameters.id": {"name": "campaign"},
            f"{STOP} -> paths./v1/campaigns/{{campaign}}/stop": None,
        },
        [f"{OPERATION.replace('id', one)} is one operation under two names" for one in ("id", "campaign")],
    ),
    "two servers": (
        {"document.servers": [{"url": "https://other.osvi.ai"}]},
        [f'/servers is [{{"url": "https://{one}.osvi.ai"}}]' for one in ("api", "other")],
    ),
    "two security schemes of one name": (
        {"scheme": {"name": "X-API-Token"}},
        [f'/components/securitySchemes/ApiToken/name is "{one}"' for one in ("API-Token", "X-API-Token")],
    ),
    "parameters of a path that one page does not have": (
        {f"{STOP}.parameters": [X_TRACE]},
        [f"/paths/~1v1~1campaigns~1{{id}}~1stop/parameters is {one}" for one in ("absent", json.dumps([X_TRACE]))],
    ),
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_a_contradiction_is_refused_with_both_places(name: str, write: Callable[..., list[str]]) -> None:
    changed, places = CONTRADICTIONS[name]
    pages = write(stop(), with_edits(stop(), changed))
    for order in (pages, pages[::-1]):
        with pytest.raises(SpecError) as refused:
            read(order)

        report, _, to_settle = str(refused.value).partition("To settle it, ")
        title, *lines = report.splitlines()
        assert title == "the pages contradict each other:"
        found = {place: one for one, _, place in (line.strip().partition(": ") for line in lines)}
        assert {*places} == found.keys()
        assert {found[place] for place in places} == {*pages}
        assert len(to_settle.splitlines()) == 1 + len(places)


def test_a_contradiction_changes_nothing(tmp_path: Path, write: Callable[..., list[str]]) -> None:
    repository = Repository(tmp_path / "repository")
    before = repository.contents()
    result = repository.update(*write(stop(), with_edits(stop(), CONTRADICTIONS["two servers"][0])))

    assert result.returncode == 2
    assert "the pages contradict each other" in result.stderr
    assert repository.contents() == before


def test_an_index_leads_to_its_pages_and_those_without_a_document_are_ignored(
    tmp_path: Path, write: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    pages = write(*PAGES)
    (tmp_path / "guide.md").write_text("# Guide\n\n- [Somewhere](https://example.org)\n", encoding="utf-8")
    links = [f"- [Page]({page if number % 2 else Path(page).name}#top): text" for number, page in enumerate(pages)]
    index = tmp_path / "llms.txt"
    index.write_text("\n".join(["# API", "", "## Docs", "", *links, "- [Guide](guide.md)", ""]), encoding="utf-8")

    assert read([os.fspath(index)]) == read(pages)
    assert "22 of the 23 pages that it links to hold an OpenAPI document" in capsys.readouterr().out


def test_an_index_at_a_url_leads_only_to_pages_of_the_same_server() -> None:
    text = b"# API\n\n- [Page](page.md)\n- [Elsewhere](https://example.org/page.md)\n"
    with serving(raw(text, "200 OK", "Connection: close"), raw(json.dumps(stop()).encode())) as server:
        assert load(read([f"{server.url}/docs/llms.txt"])) == stop()

    assert [re.findall(rb"GET (\S+)", one) for one in server.requests] == [[b"/docs/llms.txt"], [b"/docs/page.md"]]


def test_an_index_without_a_page_that_holds_a_document_is_refused(tmp_path: Path) -> None:
    (tmp_path / "llms.txt").write_text("- [Index](llms.txt)\n", encoding="utf-8")

    with pytest.raises(SpecError, match="no page that it links to holds one"):
        read([os.fspath(tmp_path / "llms.txt")])


def test_a_page_without_a_fenced_block_is_told_as_that(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("# Page\n\nWords.\n", encoding="utf-8")

    with pytest.raises(SpecError, match=r"page\.md: not an OpenAPI 3 document, and no fenced block .* holds one"):
        find([os.fspath(tmp_path / "page.md")])


def test_an_error_has_the_line_of_the_page(tmp_path: Path) -> None:
    text = "# Page\n\nWords.\n\n````yaml\nopenapi: 3.1.0\ninfo: {}\ninfo: {}\n````\n"
    (tmp_path / "page.md").write_text(text, encoding="utf-8")

    with pytest.raises(SpecError, match="in line 8, column 1"):
        find([os.fspath(tmp_path / "page.md")])


def test_a_missing_page_of_an_index_is_named(tmp_path: Path) -> None:
    (tmp_path / "llms.txt").write_text("- [Page](gone.md)\n", encoding="utf-8")

    with pytest.raises(SpecError, match=r"gone\.md: cannot be read"):
        read([os.fspath(tmp_path / "llms.txt")])


# Edits of one of two pages, and of the document that both become.
GROWTH: dict[str, dict[str, Any]] = {
    "a property, though it has the name of a wording": {"error.title": {"type": "string"}},
    "a value of an enum": {"error.kind.enum.+": "unknown"},
    "a property of a branch": {"error.cause.allOf.1.properties.x_at": {"type": "string"}},
}


@pytest.mark.parametrize("name", GROWTH)
def test_what_one_page_has_more_is_taken_in(name: str, write: Callable[..., list[str]]) -> None:
    before = with_edits(
        stop(),
        {
            "error.kind": {"type": "string", "enum": ["invalid"]},
            "error.cause": {"allOf": [{"type": "object"}, {"type": "object", "properties": {"x": {}}}]},
        },
    )
    after = with_edits(before, GROWTH[name])
    pages = write(before, after)

    assert read(pages) == read(reversed(pages))
    assert load(read(pages)) == after


def test_openapi_3_0_beside_3_1_is_no_contradiction(write: Callable[..., list[str]]) -> None:
    error, null = {"$ref": "#/components/schemas/ChatV1Error"}, {"type": "null"}
    old = {"error.error": {"type": "string", "nullable": True}, "error.cause": {"nullable": True, "allOf": [error]}}
    new = {"error.error": {"type": ["string", "null"]}, "error.cause": {"oneOf": [error, null]}}
    growth = {"error.error": {"enum": ["a", None]}, "error.x_new": {"type": "string"}}
    base = with_edits(stop(), {"error.error": {"enum": ["a"]}})
    pages = write(
        with_edits(with_edits(base, new), growth),
        with_edits(with_edits(base, old), {"document": {"openapi": "3.0.3", "x-page": 1}}),
    )
    document = load(read(pages))

    assert document["openapi"] == "3.1.0"
    assert read(pages) == read(reversed(pages))
    properties = document["components"]["schemas"]["ChatV1Error"]["properties"]
    assert properties["error"]["type"] == ["string", "null"]
    assert {*properties["error"]["enum"]} == {"a", None}
    assert properties["x_new"] == {"type": "string"}


@pytest.mark.parametrize("name", CONTRADICTIONS)
@pytest.mark.parametrize("right", [0, 1])
def test_a_line_of_the_error_settles_a_contradiction(name: str, right: int) -> None:
    pages = {"a.md": stop(), "b.md": with_edits(stop(), CONTRADICTIONS[name][0])}
    with pytest.raises(SpecError) as refused:
        merged(pages, {})
    report, _, to_settle = str(refused.value).partition("To settle it, ")
    page = report.splitlines()[1 + right].strip().partition(": ")[0]
    place, entry = json.loads(f"{{{to_settle.splitlines()[1 + right]}}}").popitem()

    with pytest.raises(DataFileError, match=r"settled\.yaml: .*: needs a reason"):
        merged(pages, {place: entry})
    settled = {place: {**entry, "reason": "Support says so."}}
    if name == "an operation with two names":  # the line says which name is absent
        page = "a.md" if page == "b.md" else "b.md"
    more = {"error.detail": {"type": "string"}} if "and requires" in name else {}
    assert merged(pages, settled) == with_edits(pages[page], more)
    assert merged(dict(reversed(pages.items())), settled) == with_edits(pages[page], more)
