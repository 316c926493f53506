"""Reads OpenAPI documents from the vendor's pages (files or URLs), and from the pages that an index links to."""

import re
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

from attrs import frozen

from codegen import report
from codegen.document.normal.nodes import below, operation_names
from codegen.document.reading import LARGEST, SpecError, load

# The first line of a fenced block, which is indented within a component of a page.
FENCE = re.compile(rb"([ \t]*)(?:(`{3,})[^`]*|(~{3,}).*)", re.DOTALL)
# The key "openapi": at the beginning of a line in YAML (also after a byte order mark), or after another key in JSON.
DOCUMENT = re.compile(rb"(?:^(?:\xef\xbb\xbf)?[\"']?|[{,]\s*\")openapi[\"']?\s*:\s*[\"']?\d", re.MULTILINE)
HTML = re.compile(rb"\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE)
# A list item of an index: "- [Get session](https://…/get-session.md): what it does".
LINK = re.compile(r"\s*[-*+]\s+\[[^\]]*\]\(<?([^)\s>]+)")
URL = re.compile(r"https?://")
RETRIED = {408, 429, 500, 502, 503, 504}
WAITS = (0.5, 1, 2)  # seconds before the next attempts
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
    """Return the content of a file or a URL. A URL that fails for the moment is tried again, as the client does.

    A redirect is not followed, since it may lead to another page.

    Raises:
        SpecError: The file or the URL cannot be read, or is too large.
    """
    import httpx  # noqa: PLC0415 - takes longer than all others, and files do not need it

    try:
        if not URL.match(source):
            with Path(source).open("rb") as file:
                content = file.read(LARGEST + 1)
        else:
            content = _fetched(source)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise SpecError(f"{source}: cannot be read: {error}") from error
    if len(content) > LARGEST:
        raise SpecError(f"{source}: larger than {LARGEST} bytes")
    return content


def _fetched(url: str) -> bytes:
    """Return the content at a URL, or the beginning of one that is too large."""
    import httpx  # noqa: PLC0415 - as above

    waits = list(WAITS)
    while True:
        try:
            return _fetched_once(url)
        except httpx.HTTPError as error:
            status = error.response.status_code if isinstance(error, httpx.HTTPStatusError) else 503
            if not waits or status not in RETRIED:
                raise
            time.sleep(waits.pop(0))


def _fetched_once(url: str) -> bytes:
    import httpx  # noqa: PLC0415 - as above

    content = bytearray()  # adding to bytes would copy them each time
    with httpx.stream("GET", url, timeout=30) as answer:
        if answer.has_redirect_location:
            raise SpecError(f"{url}: has moved to {answer.headers['Location']}; give that address")
        answer.raise_for_status()
        for chunk in answer.iter_bytes():
            content += chunk
            if len(content) > LARGEST:
                break
    return bytes(content)


@frozen
class Block:
    """A fenced block of a page, without its indentation.

    Attributes:
        text: Its lines, without those of the fence.
        line: The number of lines before it.
        is_closed: Whether the fence has an end.
    """

    text: bytes
    line: int
    is_closed: bool = True


def extract(page: str, content: bytes) -> Block | None:
    """Return the document of a page: the whole content, or the fenced block that has it. None if there is no document.

    Raises:
        SpecError: The page is in HTML, is cut off, or has several documents.
    """
    if HTML.match(content):
        raise SpecError(f"{page}: HTML, not an OpenAPI 3 document or a page in Markdown with one")
    outside: list[bytes] = []
    blocks = {block.text: block for block in _blocks(content, outside) if DOCUMENT.search(block.text)}
    if DOCUMENT.search(b"".join(outside)) or (not blocks and content.lstrip().startswith(b"{")):
        return Block(content, 0)
    if any(not block.is_closed for block in blocks.values()):
        raise SpecError(f"{page}: cut off: the fenced block with the OpenAPI document has no end")
    if len(blocks) > 1:
        raise SpecError(f"{page}: the page holds {len(blocks)} OpenAPI documents; save the right one to a file")
    return next(iter(blocks.values()), None)


def _blocks(content: bytes, outside: list[bytes]) -> Iterator[Block]:
    """Yield the fenced blocks of a page. The lines outside of them are appended to a list."""
    indent = fence = b""
    block: list[bytes] = []
    number = 0
    for number, line in enumerate(content.splitlines(keepends=True), 1):
        if fence:
            end = line.strip()
            if (
                len(end) >= len(fence)
                and not end.strip(fence[:1])
                and len(line) - len(line.lstrip()) <= len(indent) + 3
            ):
                yield Block(b"".join(block), number - 1 - len(block))
                fence = b""
            else:
                block.append(re.sub(rb"^[ \t]{0,%d}" % len(indent), b"", line))
        elif opening := FENCE.fullmatch(line):
            indent, fence, block = opening[1], opening[2] or opening[3], []
        else:
            outside.append(line)
    if fence:
        yield Block(b"".join(block), number - len(block), is_closed=False)


def _documents(source: str) -> dict[str, bytes]:
    """Return the document of a page, or the documents of the pages that an index links to, by their addresses."""
    content = fetch(source)
    if document := _valid_document(source, content):
        return {source: document}
    links = _links(source, content.decode("utf-8", "replace"))
    if not links:
        raise SpecError(f"{source}: not an OpenAPI 3 document, and no fenced block (```yaml) of the page holds one")
    found, problems = {}, []
    for page in links:
        try:
            if document := _valid_document(page, fetch(page)):
                found[page] = document
        except SpecError as error:
            problems.append(str(error))
    print(f"{source}: {len(found)} of the {len(links)} pages that it links to hold an OpenAPI document")
    if problems:
        raise SpecError("\n".join(problems))
    if not found:
        raise SpecError(f"{source}: not an OpenAPI 3 document, and no page that it links to holds one")
    return found


def _links(index: str, text: str) -> list[str]:
    """Return the addresses of the pages that an index links to. If it is at a URL, only those on the same server."""
    links = [urldefrag(link[1]).url for line in text.splitlines() if (link := LINK.match(line))]
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

    block = extract(page, content)
    if block is None:
        return None
    try:
        spec = load(b"\n" * block.line + block.text)  # so that an error names the line of the page
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
        print(report.lines(text))
    return block.text
