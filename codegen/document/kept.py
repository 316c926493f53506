"""The documents of the vendor's pages, which ``codegen/pages/`` keeps as they came; ``openapi.yaml`` is their merge.

``codegen/pages/addresses.yaml`` has the address of each file. The document of a single page is ``openapi.yaml`` itself.
"""

import json
import re
import shutil
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from ruamel.yaml import YAML

from codegen import CODEGEN, OPENAPI
from codegen.document.merging import merged
from codegen.document.normal.nodes import operation_names
from codegen.document.reading import Node, SpecError, as_yaml, data_file, load, on_disk, replace

FOLDER = CODEGEN / "pages"
ADDRESSES = FOLDER / "addresses.yaml"
HEAD = "# The addresses of the documents of the vendor's pages; python -m codegen update writes them.\n"

# Documents by the addresses of their pages.
Documents = Mapping[str, bytes]


def openapi() -> bytes:
    """Return ``openapi.yaml``.

    Raises:
        SpecError: It cannot be read.
    """
    try:
        return OPENAPI.read_bytes()
    except OSError as error:
        raise SpecError(f"openapi.yaml: cannot be read: {error}") from error


def watched() -> list[str]:
    """Return the addresses that ``pages.yaml`` has."""
    file = CODEGEN / "pages.yaml"
    return [*(YAML(typ="safe").load(file) or [])] if file.exists() else []


def read(content_of: Callable[[Path], bytes | None] = on_disk) -> dict[str, bytes]:
    """Return the documents that are kept, by the addresses of their pages. A file that is deleted is left out.

    Args:
        content_of: Returns the content of a file.
    """
    addresses = data_file("pages/addresses", content_of) or _of_single()
    files = {address: OPENAPI if name == OPENAPI.name else FOLDER / name for name, address in addresses.items()}
    contents = {address: content_of(file) for address, file in files.items()}
    return {address: content for address, content in contents.items() if content is not None}


def taken_in(found: Documents, indexes: Collection[str] = ()) -> Documents:
    """Return the documents after an update.

    Args:
        found: The documents of the update. Each replaces that of the same address, and together they replace those
            all of whose operations they have. The others are added.
        indexes: The addresses of the indexes that were read. If there is one, they replace all.

    Raises:
        SpecError: No document would be left, or a page that is kept has no document any more.
    """
    before, recorded = read(), data_file("pages/addresses").values()
    if lost := [page for page in recorded if page in indexes]:
        raise SpecError(f"{', '.join(lost)}: no fenced block of the page holds an OpenAPI document any more")
    new = {name for content in found.values() for name in _names(content)}
    stays = {page: content for page, content in before.items() if not (found and _names(content) <= new)}
    documents = {**({} if indexes else stays), **found}
    if not documents:
        raise SpecError("no document is left: openapi.yaml is gone, and no page is given")
    pages = {documents[page]: page for page in sorted(documents, reverse=True)}  # of equal documents, one is kept
    return {page: documents[page] for page in sorted(pages.values())}


def changed(documents: Documents, before: Documents) -> list[str]:
    """Return a line for each page that is new, changed or gone."""
    pages = {*documents, *before}
    words = {page: "new" if page not in before else "changed" if page in documents else "gone" for page in pages}
    return sorted(f"{page}: {words[page]}" for page in pages if documents.get(page) != before.get(page))


def merge(documents: Documents) -> bytes:
    """Return the document for those of all pages. A single one is not changed.

    Raises:
        SpecError: Documents contradict each other.
    """
    if len(documents) == 1:
        return next(iter(documents.values()))
    return as_yaml(_merged(documents))


def write(documents: Documents) -> None:
    """Write ``openapi.yaml``, and keep the documents if there are several.

    After a crash between two of the steps, the same update does the rest.
    """
    files = _file_names(documents)
    FOLDER.mkdir(exist_ok=True)
    for name in files.keys() - {OPENAPI.name}:
        replace(FOLDER / name, documents[files[name]])
    replace(OPENAPI, merge(documents))
    replace(ADDRESSES, as_yaml(dict(files), HEAD))
    for path in FOLDER.iterdir():
        if path.name not in {*files, ADDRESSES.name}:
            path.unlink()
    if files == _of_single():
        shutil.rmtree(FOLDER)


def is_merge() -> bool:
    """Return whether ``openapi.yaml`` says what the documents that are kept say, in the same order."""
    documents = read()
    return len(documents) == 1 or json.dumps(_merged(documents)) == json.dumps(load(OPENAPI))


def _of_single() -> dict[str, str]:
    """Return the address of ``openapi.yaml``, if nothing else is known: the page that is watched, if it is one."""
    addresses = watched()
    return {OPENAPI.name: addresses[0] if len(addresses) == 1 else OPENAPI.name}


def _file_names(pages: Collection[str]) -> dict[str, str]:
    """Return the addresses of pages by the names of their files. That of a single page is ``openapi.yaml``."""
    if len(pages) == 1:
        return dict.fromkeys([OPENAPI.name], next(iter(pages)))
    files: dict[str, str] = {}
    for page in pages:
        name = re.sub(r"\W+", "-", re.sub(r"\.\w+$", "", urlsplit(page).path)).strip("-") or "page"
        while f"{name}.yaml" in {*files, ADDRESSES.name, OPENAPI.name}:
            name += "-"
        files[f"{name}.yaml"] = page
    return files


def _merged(documents: Documents) -> Node:
    return merged({page: load(content) for page, content in documents.items()}, data_file("settled"))


def _names(content: bytes) -> set[str]:
    """Return the names of the operations. Empty if the document cannot be read, as after a conflict of git."""
    try:
        return operation_names(load(content))
    except SpecError:
        return set()
