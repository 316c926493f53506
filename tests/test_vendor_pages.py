"""Several pages of the vendor, each with an operation of one API, become one openapi.yaml."""

import copy
import json
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest
from edits import LARGE, with_edits
from repository import FIRST, Repository
from ruamel.yaml import YAML
from support import raw, serving, then_close

from codegen.document import kept
from codegen.document.merging import merged
from codegen.document.pages import _links, extract, find
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


def test_pages_in_any_order_and_at_any_address_give_the_same_bytes_and_the_whole_api(
    write: Callable[..., list[str]],
) -> None:
    made = read(write(*PAGES))

    assert made == read(write(*reversed(PAGES)))
    assert load(made) == LARGE


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

    block = extract("page.md", text.encode())
    assert block is not None
    assert block.text == f"{document.strip()}\n".encode()


def test_all_operations_are_taken_in_at_once(tmp_path: Path, write: Callable[..., list[str]]) -> None:
    result = Repository(tmp_path / "repository").update(*write(*PAGES))

    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.count("  - `osvi.operations.") == len(PAGES) - 1
    assert "What breaks:\n  nothing\n" in result.stdout


STOP = "paths./v1/campaigns/{id}/stop"


def stop() -> Node:
    """Return a page of its own, to change."""
    return page("/v1/campaigns/{id}/stop", "post")


def test_wording_examples_and_order_do_not_contradict(write: Callable[..., list[str]]) -> None:
    page = with_edits(stop(), {"error.cause": {"type": "string", "default": "none"}})
    other = with_edits(
        page,
        {
            "document": {"info": {"version": "2"}, "x-page": 1},
            "schemas.ChatV1Error": {"title": "An error", "description": "What went wrong.", "example": {}},
            f"{STOP}.post": {"summary": "Another", "tags": ["campaigns"], "operationId": "stop"},
            "error.success -> components.x": None,
            "components.x -> error.success": None,
        },
    )
    pages = write(page, other)

    assert read(pages) == read(reversed(pages))


CONTRADICTIONS: Node = YAML(typ="safe").load(FIRST.with_name("contradictions.yaml"))


def refusal(pages: dict[str, Node]) -> tuple[list[str], list[str]]:
    """Return the places where pages contradict each other, and the lines that settle it."""
    with pytest.raises(SpecError) as refused:
        merged(pages, {})
    report, _, to_settle = str(refused.value).partition("\nTo settle it, ")
    title, *places = report.splitlines()
    assert title == "the pages contradict each other:"
    _, head, *lines = to_settle.splitlines()
    assert head.strip().startswith("# ")
    return [line.strip() for line in places], [line.strip() for line in lines]


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_a_contradiction_is_refused_with_all_places_and_the_lines_that_settle_it(name: str) -> None:
    places = CONTRADICTIONS[name]["places"]
    pages = {"a.md": stop(), "b.md": with_edits(stop(), CONTRADICTIONS[name]["edits"])}
    for order in (pages, dict(reversed(pages.items()))):
        found, lines = refusal(order)

        said = {place: {*parts.split(", ")} for place, _, parts in (line.partition(": ") for line in found)}
        assert said.keys() == places.keys()
        for place, texts in places.items():
            assert said[place] == {*"{} in a.md, {} in b.md".format(*texts).split(", ")}
        settling = [entry for line in lines for entry in json.loads(f"{{{line}}}").items()]
        assert {place for place, _ in settling} == {CONTRADICTIONS[name]["settled at"]}
        assert {entry["page"] for _, entry in settling} == {*pages}


def test_a_page_that_was_not_read_now_is_to_be_read_before_anything_is_settled() -> None:
    first = next(iter(CONTRADICTIONS.values()))
    pages = {"a.md": stop(), "b.md": with_edits(stop(), first["edits"])}
    with pytest.raises(SpecError) as refused:
        merged(pages, {}, {"saved.md": "b.md"})
    report, _, advice = str(refused.value).partition("\nNot read now, ")

    assert report.startswith("the pages contradict each other:\n")
    assert advice.splitlines() == [
        "but kept from before; give them to the same update, or to codegen/pages.yaml:",
        "  a.md",
    ]


@pytest.mark.parametrize("name", CONTRADICTIONS)
@pytest.mark.parametrize("right", ["a.md", "b.md"])
def test_a_line_of_the_error_settles_a_contradiction(name: str, right: str) -> None:
    pages = {"a.md": stop(), "b.md": with_edits(stop(), CONTRADICTIONS[name]["edits"])}
    entries = [json.loads(f"{{{line}}}") for line in refusal(pages)[1]]
    (place, entry), *_ = (pair for one in entries for pair in one.items() if pair[1]["page"] == right)

    with pytest.raises(DataFileError, match=r"settled\.yaml: .*: needs the page that is right, and a reason"):
        merged(pages, {place: entry})
    settled = {place: {**entry, "reason": "Support says so."}}
    assert merged(pages, settled) == pages[right]
    assert merged(dict(reversed(pages.items())), settled) == pages[right]


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


def test_a_dead_link_of_an_index_is_told_after_all_others_were_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("codegen.document.pages.WAITS", (0,))
    text = b"# API\n\n- [A](a.md)\n- [B](b.md)\n- [C](c.md)\n"
    gone, busy = raw(b"", "404 Not Found"), raw(b"", "503 Busy")
    document = raw(json.dumps(stop()).encode())
    with serving(*(raw(text), gone, document, busy)) as server, pytest.raises(SpecError) as caught:
        find([f"{server.url}/llms.txt"])

    assert re.findall("(.)[.]md: cannot be read: .* '([45]..)", str(caught.value)) == [("a", "404"), ("c", "503")]
    assert "1 of the 3 pages" in capsys.readouterr().out
    assert len(server.requests) == 5


def test_a_page_that_cannot_be_served_for_the_moment_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codegen.document.pages.WAITS", (0, 0, 0))
    answers = raw(b"", "503 Busy"), then_close(b""), raw(json.dumps(stop()).encode())
    with serving(*answers) as server:
        assert load(read([f"{server.url}/page.md"])) == stop()


ALIASES = "x0: &a0 [1,1,1,1,1,1,1,1,1]\n" + "".join(
    f"x{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
)
MERGES = "x0: &a0 {a: 1}\n" + "".join(
    f"x{n}: &a{n} {{<<: [{','.join([f'*a{n - 1}'] * 9)}], k: 1}}\n" for n in range(1, 12)
)
CHAIN = "x0: &a0 [1]\n" + "".join(f"x{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 3000))
JSON = '{"openapi": "3.1.0", "x": %s}'


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (ALIASES, "more than 5000000 values"),
        (MERGES, "from merge keys"),
        (CHAIN, "nested more deeply"),
        ("x: " + "[" * 100_000, "nested more deeply"),
        ("x:" + "".join(f"\n{' ' * n}a:" for n in range(1, 200)), "nested more deeply"),
        (JSON % ("[" * 100_000), "nested more deeply"),
        (JSON % ("9" * 5000), "4300 digits"),
        (f"x: {'9' * 5000}", "4300 digits"),
        ("x: &a [*a]", "Circular reference"),
    ],
)
def test_a_hostile_page_is_refused_with_a_sentence(text: str, why: str) -> None:
    with pytest.raises(SpecError, match=why):
        load((text if text.startswith("{") else f"openapi: 3.1.0\n{text}").encode())


def test_a_page_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codegen.document.pages.LARGEST", 1000)
    (tmp_path / "large.md").write_bytes(b" " * 1001)
    with serving(raw(b" " * 100_000)) as server:
        for source in (f"{server.url}/large.md", os.fspath(tmp_path / "large.md")):
            with pytest.raises(SpecError, match=r"large.md: larger than 1000 bytes"):
                find([source])


@pytest.mark.parametrize("unit", [b"```a\n", b"~~~\nx\n", b"\n", b"- [", b"- [a](", b"`", b"{ ", b"    "])
def test_a_page_is_scanned_in_linear_time(unit: bytes) -> None:
    def seconds(count: int) -> float:
        began = time.process_time()
        with suppress(SpecError):
            find_in(unit * count)
        return time.process_time() - began

    assert seconds(400_000) < 20 * max(seconds(50_000), 0.01)


def find_in(content: bytes) -> None:
    if extract("page.md", content) is None:
        _links("page.md", content.decode())


@pytest.mark.parametrize("indent", ["", "  ", "   ", "        "])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_fence_may_be_indented_and_lines_may_end_as_on_windows(tmp_path: Path, indent: str, end: str) -> None:
    document = (
        "openapi: 3.1.0\ninfo:\n  title: x\n  version: '1'\n  description: |\n    ```\n    text\n    ```\npaths: {}\n"
    )
    lines = ["# Page", "<Accordion>", *(indent + line for line in ("```yaml", *document.splitlines(), "```")), ""]
    (tmp_path / "page.md").write_bytes(end.join(lines).encode())

    assert load(read([os.fspath(tmp_path / "page.md")])) == load(document.encode())


INFO = "openapi: 3.1.0\ninfo: {title: x, version: '1'}\n"


@pytest.mark.parametrize(
    ("page", "why"),
    [
        ("# Page\n\nWords.\n", r"page\.md: not an OpenAPI 3 document, and no fenced block .* holds one"),
        ("- [Index](page.md)\n", "no page that it links to holds one"),
        ("- [Page](gone.md)\n", r"gone\.md: cannot be read"),
        (f"# Page\n\nWords.\n\n````yaml\n{INFO}info: {{}}\n````\n", "in line 8, column 1"),
        ("```yaml\nopenapi: 3.1.0\n```\n```yaml\nopenapi: 3.0.0\n```\n", "holds 2 OpenAPI documents"),
        ("# Page\n\n```yaml\nopenapi: 3.1.0\npaths:\n", "cut off: the fenced block .* has no end"),
        ("<!DOCTYPE html>\n<pre>\nopenapi: 3.1.0\n</pre>", "HTML, not an OpenAPI 3 document or a page in Markdown"),
        (f"{INFO}paths: {{/a: {{get: {{responses: {{}}}}}}, /a: {{}}}}\n", "duplicate key"),
        (f"{INFO}paths: []\n", "not a valid OpenAPI document:\n  #/paths: "),
        (INFO.replace("3.1.0", "3.9.0"), r"OpenAPI 3\.9\.0 is not known"),
    ],
)
def test_a_page_that_cannot_be_used_is_told_why(tmp_path: Path, page: str, why: str) -> None:
    (tmp_path / "page.md").write_text(page, encoding="utf-8")

    with pytest.raises(SpecError, match=why):
        find([os.fspath(tmp_path / "page.md")])


def test_openapi_3_0_beside_3_1_is_no_contradiction() -> None:
    error, null = {"$ref": "#/components/schemas/ChatV1Error"}, {"type": "null"}
    old = {"error.error": {"type": "string", "nullable": True}, "error.cause": {"nullable": True, "allOf": [error]}}
    new = {"error.error": {"type": ["string", "null"]}, "error.cause": {"oneOf": [error, null]}}
    document = {"document": {"openapi": "3.0.3", "x-page": 1}}
    pages = {"a.md": with_edits(with_edits(stop(), old), document), "b.md": with_edits(stop(), new)}

    assert merged(pages, {})["openapi"] == "3.1.0"
    assert merged(pages, {}) == merged(dict(reversed(pages.items())), {})


@pytest.mark.parametrize("kind", ["responses", "parameters", "requestBodies"])
def test_other_components_are_compared_in_normal_form_too(kind: str) -> None:
    schemas = [{"type": "string", "nullable": True}, {"type": ["string", "null"]}, {"type": "integer"}]
    media = [{"content": {"application/json": {"schema": one}}} for one in schemas]
    parameters = [{"name": "x", "in": "query", "schema": one} for one in schemas]
    parts = parameters if kind == "parameters" else [{"description": "x", **one} for one in media]
    pages = {f"{at}.md": with_edits(stop(), {"components": {kind: {"X": part}}}) for at, part in enumerate(parts)}

    assert merged({name: pages[name] for name in ("0.md", "1.md")}, {})["components"][kind]["X"] in parts
    places, lines = refusal(pages)
    assert all(f"/components/{kind}/X/" in place for place in places)
    assert places
    assert len(lines) == 2


def test_of_three_pages_each_meaning_is_told_once() -> None:
    other = with_edits(stop(), {"error.error": {"type": "integer"}})
    third = with_edits(other, {"document": {"x-page": 1}})
    places, lines = refusal({"a.md": stop(), "b.md": other, "c.md": third})

    assert (len(places), len(lines)) == (1, 2)


@pytest.mark.parametrize("other", [{"$ref": "#/components/schemas/ChatV1Error"}, {"type": ["string", "null"]}])
def test_a_component_that_only_refers_to_another_or_may_be_null_is_compared(other: Node) -> None:
    pages = {
        f"{at}.md": with_edits(stop(), {"components": {"schemas": {**stop()["components"]["schemas"], "X": schema}}})
        for at, schema in enumerate([{"type": "string"}, other])
    }

    assert all("/components/schemas/X/" in place for place in refusal(pages)[0])
