"""Reads OpenAPI documents from the vendor's pages (files or URLs), and from the pages that an index links to."""

import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

from codegen.document.normal.nodes import below, operation_names
from codegen.document.reading import SpecError, load

FENCE = re.compile(rb"^(?P<fence>`{3,}|~{3,})[^\n]*\n(?P<text>.*?)^(?P=fence)[ \t]*$", re.DOTALL | re.MULTILINE)
# The key "openapi": at the beginning of a line in YAML (also after a byte order mark), or after another key in JSON.
DOCUMENT = re.compile(rb"(?:^(?:\xef\xbb\xbf)?[\"']?|[{,]\s*\")openapi[\"']?\s*:\s*[\"']?\d", re.MULTILINE)
HTML = re.compile(rb"\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE)
# A list item of an index: "- [Get session](https://…/get-session.md): what it does".
LINK = re.compile(r"^\s*[-*+]\s+\[[^\]\n]*\]\(<?([^)\s>]+)", re.MULTILINE)
URL = re.compile(r"https?://")
WIDTH = 300  # of a fault; some texts of the validator contain whole schemas


def find(sources: Iterable[str]) -> tuple[dict[str, bytes], list[str]]:
    """Return the documents of all sources, by the addresses of their pages, and the sources that are indexes.

    Raises:
        SpecError: A page cannot be read, or its document is not valid.
    """
    found: dict[str, bytes] = {}
    indexes = []
    for source in sources:
        documents = _documents(source)
        indexes += [] if source in documents else [source]
        found |= documents
    return found, indexes


def fetch(source: str) -> bytes:
    """Return the content of a file or a URL.

    A redirect is not followed, since it may lead to another page.

    Raises:
        SpecError: The file or the URL cannot be read.
    """
    import httpx  # noqa: PLC0415 - takes longer than all others, and files do not need it

    try:
        if not URL.match(source):
            return Path(source).read_bytes()
        answer = httpx.get(source, timeout=30)
        if answer.has_redirect_location:
            raise SpecError(f"{source}: has moved to {answer.headers['Location']}; give that address")
        return answer.raise_for_status().content
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise SpecError(f"{source}: cannot be read: {error}") from error


def extract(page: str, content: bytes) -> bytes | None:
    """Return the document of a page: the whole content, or the fenced block that has it. None if there is no document.

    Raises:
        SpecError: The page is in HTML, is cut off, or has several documents.
    """
    if HTML.match(content):
        raise SpecError(f"{page}: HTML, not an OpenAPI 3 document or a page in Markdown with one")
    text, _, rest = FENCE.sub(b"", content).partition(b"\n```")
    if not DOCUMENT.search(text) and DOCUMENT.search(rest):
        raise SpecError(f"{page}: cut off: the fenced block with the OpenAPI document has no end")
    blocks = {match["text"] for match in FENCE.finditer(content) if DOCUMENT.search(match["text"])}
    if len(blocks) > 1:
        raise SpecError(f"{page}: the page holds {len(blocks)} OpenAPI documents; save the right one to a file")
    if not blocks and (content.lstrip().startswith(b"{") or DOCUMENT.search(content)):
        return content
    return blocks.pop() if blocks else None


def _documents(source: str) -> dict[str, bytes]:
    """Return the document of a page, or the documents of the pages that an index links to, by their addresses."""
    content = fetch(source)
    if document := _valid_document(source, content):
        return {source: document}
    links = _links(source, content.decode("utf-8", "replace"))
    if not links:
        raise SpecError(f"{source}: not an OpenAPI 3 document, and no fenced block (```yaml) of the page holds one")
    found = {page: document for page in links if (document := _valid_document(page, fetch(page)))}
    print(f"{source}: {len(found)} of the {len(links)} pages that it links to hold an OpenAPI document")
    if not found:
        raise SpecError(f"{source}: not an OpenAPI 3 document, and no page that it links to holds one")
    return found


def _links(index: str, text: str) -> list[str]:
    """Return the addresses of the pages that an index links to. If it is at a URL, only those on the same server."""
    links = [urldefrag(link).url for link in LINK.findall(text)]
    found = sorted({urljoin(index, link) for link in links if link})  # which joins paths of files too
    if URL.match(index):
        return [page for page in found if urlsplit(page)[:2] == urlsplit(index)[:2]]
    return [page for page in found if urlsplit(page).scheme in {"", "http", "https"}]


def _valid_document(page: str, content: bytes) -> bytes | None:
    """Return the document of a page with this content, and print what is not valid in it. None if there is none.

    Vendors publish documents with single faults that change no operation, such as a space in the name of a component.

    Raises:
        SpecError: The document cannot be read, or is not valid and has no operation.
    """
    from openapi_spec_validator.shortcuts import get_validator_cls  # noqa: PLC0415 - takes long
    from openapi_spec_validator.validation.exceptions import ValidatorDetectError  # noqa: PLC0415

    document = extract(page, content)
    if document is None:
        return None
    lines_before = content[: content.index(document)].count(b"\n")
    try:
        spec = load(b"\n" * lines_before + document)  # so that an error names the line of the page
    except SpecError as error:
        raise SpecError(f"{page}: {error}") from error
    try:
        validator = get_validator_cls(spec).schema_validator
    except ValidatorDetectError:
        raise SpecError(f"{page}: OpenAPI {spec['openapi']} is not known") from None
    # Not those that the validator finds through references, which takes minutes for a large document.
    faults = {f"{below('#', *error.absolute_path)}: {error.message}" for error in validator.iter_errors(spec)}
    if faults:
        lines = [f"  {fault.splitlines()[0][:WIDTH]}" for fault in sorted(faults)]
        text = "\n".join([f"{page}: not a valid OpenAPI document:", *lines])
        if not operation_names(spec):
            raise SpecError(text)
        print(text)
    return document
