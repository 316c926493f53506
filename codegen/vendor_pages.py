"""Reads the vendor's pages, from files and URLs: the OpenAPI document of each, or of those that an index links to."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

import httpx
from jsonschema_path.typing import Schema
from merge import merged
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator
from ruamel.yaml import YAML
from ruamel.yaml.compat import StringIO
from spec import Spec, SpecError, load

FENCE = re.compile(rb"^(?P<fence>`{3,}|~{3,})[^\n]*\n(?P<text>.*?)^(?P=fence)[ \t]*$", re.DOTALL | re.MULTILINE)
# The key, at the beginning of a line in YAML, or after another in JSON.
DOCUMENT = re.compile(rb"(?:^[\"']?|[{,]\s*\")openapi[\"']?\s*:\s*[\"']?\d", re.MULTILINE)
# A list item of an index: "- [Get session](https://…/get-session.md): what it does".
LINK = re.compile(r"^\s*[-*+]\s+\[[^\]\n]*\]\(<?([^)\s>]+)", re.MULTILINE)
URL = re.compile(r"https?://")


def read(sources: Iterable[str]) -> bytes:
    """Return one document for all sources: to the byte if there is one, merged if there are several.

    Raises:
        SpecError: a page cannot be read, a document is not valid, or two contradict each other.
    """
    found: dict[str, bytes] = {}
    for source in sources:
        found |= _documents(source)
    specs = {page: _validated(page, content) for page, content in found.items()}
    contents = set(found.values())
    return contents.pop() if len(contents) == 1 else _written(merged(specs))


def fetch(source: str) -> bytes:
    """Return what is at a path or a URL.

    A redirect is not followed: who moves a page may have put another in its place.

    Raises:
        SpecError: there is nothing, or it cannot be had.
    """
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
    """Return the document, as it is or out of the one fenced block of a page that holds it; None if there is none.

    Raises:
        SpecError: there is more than one.
    """
    blocks = {match["text"] for match in FENCE.finditer(content) if DOCUMENT.search(match["text"])}
    if len(blocks) > 1:
        raise SpecError(f"{page}: the page holds {len(blocks)} OpenAPI documents; save the one that is meant to a file")
    if not blocks and (content.lstrip().startswith(b"{") or DOCUMENT.search(content)):
        return content
    return blocks.pop() if blocks else None


def _documents(source: str) -> dict[str, bytes]:
    """Return the document of a page, or those of the pages that an index links to, by their pages."""
    content = fetch(source)
    document = extract(source, content)
    links = [] if document else _links(source, content.decode("utf-8", "replace"))
    if not links:
        return {source: document or content}
    linked = {page: extract(page, fetch(page)) for page in links}
    found = {page: one for page, one in linked.items() if one is not None}
    print(f"{source}: {len(found)} of the {len(linked)} pages that it links to hold an OpenAPI document")
    if not found:
        raise SpecError(f"{source}: not an OpenAPI 3 document, and no page that it links to holds one")
    return found


def _links(index: str, text: str) -> list[str]:
    """Return the addresses of the pages that an index links to: of a URL, those on the same server."""
    found = {urldefrag(link).url for link in LINK.findall(text)} - {""}
    if URL.match(index):
        addresses = {urljoin(index, link) for link in found}
        return sorted(one for one in addresses if urlsplit(one)[:2] == urlsplit(index)[:2])
    files = {str(Path(index).parent / link) for link in found if not urlsplit(link).scheme}
    return sorted(files | {link for link in found if URL.match(link)})


def _validated(page: str, content: bytes) -> Spec:
    """Return the document of a page, which has to be valid."""
    try:
        spec = load(content)
        validate(spec)
    except Exception as error:  # whatever it is, the page is not taken in
        raise SpecError(f"{page}: {error if isinstance(error, SpecError) else repr(error)}") from error
    return spec


def validate(spec: Schema) -> None:
    """Refuse what is no valid OpenAPI document.

    Raises:
        SpecError: with every violation and its place.
    """
    validator = OpenAPIV30SpecValidator if spec["openapi"].startswith("3.0") else OpenAPIV31SpecValidator
    errors = list(validator(spec).iter_errors())
    if errors:
        lines = [f"  {'.'.join(map(str, error.absolute_path)) or 'the document'}: {error.message}" for error in errors]
        raise SpecError("\n".join(["not a valid OpenAPI document:", *lines]))


def _written(spec: Spec) -> bytes:
    """Return a document as YAML."""
    yaml, text = YAML(), StringIO()
    yaml.width = 120
    yaml.dump(json.loads(json.dumps(spec)), text)  # a copy, as YAML would write what is there twice as an alias
    return text.getvalue().encode()
