"""The documents of the vendor's pages, which ``codegen/pages/`` keeps as they came; ``openapi.yaml`` is their merge.

``codegen/pages/addresses.yaml`` has the address of each file. The document of a single page is ``openapi.yaml`` itself.
The address of a page is a URL, or what ``codegen/pages.yaml`` has. A file on this machine is no address: it stands for
the page whose operations it has; a page that is known from a file alone has the name of that.
"""

import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from codegen import CODEGEN, OPENAPI
from codegen.document import merging
from codegen.document.normal.nodes import operation_names
from codegen.document.pages import URL
from codegen.document.reading import Node, SpecError, as_yaml, data_file, data_list, load, on_disk, replace

FOLDER = CODEGEN / "pages"
ADDRESSES = FOLDER / "addresses.yaml"
HEAD = "# The addresses of the documents of the vendor's pages; python -m codegen update writes them.\n"

SETTLED = CODEGEN / "settled.yaml"

# Documents by the addresses of their pages, and these by the sources from which they were read.
Documents = Mapping[str, bytes]
Names = Mapping[str, str]
NONE: Names = MappingProxyType({})


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
    return data_list("pages")


def unwatched(pages: Collection[str]) -> list[str]:
    """Return the pages that ``pages.yaml`` does not have. None if it has no pages, or an index of them."""
    known = {*watched()}
    return sorted({*pages} - known) if known and known <= {*pages} else []


def read() -> dict[str, bytes]:
    """Return the documents that are kept, by the addresses of their pages. A file that is deleted is left out."""
    pages = data_file("pages/addresses") or _of_single()
    contents = {page: on_disk(OPENAPI if name == OPENAPI.name else FOLDER / name) for name, page in pages.items()}
    return {page: content for page, content in contents.items() if content is not None}


def addresses(found: Documents) -> dict[str, str]:
    """Return the addresses of the pages for which sources stand: a file for the one whose operations it has.

    Args:
        found: The documents, by their sources.
    """
    before, known = read(), watched()
    files = [one for one in found if one not in known and not URL.match(one)]
    operations = {page: _names(content) for page, content in before.items()}
    pages = {file: [page for page in before if set() < operations[page] <= _names(found[file])] for file in files}
    counts = Counter([*found.keys() - files, *(page for some in pages.values() for page in some)])
    # The name of a file, with the folders in which the files differ.
    folder = os.path.commonpath([Path(file).absolute().parent for file in files]) if files else ""
    names = {file: Path(file).absolute().relative_to(folder).as_posix() for file in files}
    stands = {file: some[0] for file, some in pages.items() if len(some) == 1 and counts[some[0]] == 1}
    return {source: stands.get(source) or names.get(source, source) for source in found}


def taken_in(found: Documents, indexes: Collection[str] = ()) -> Documents:
    """Return the documents after an update.

    Args:
        found: The documents of the update, by the addresses of their pages. Each replaces that of the same address, and
            together they replace those all of whose operations they have. The others are added.
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
    # Of equal documents, one is kept, rather the one that has an address.
    pages = {documents[page]: page for page in sorted(documents, key=lambda page: (":" in page, page))}
    return {page: documents[page] for page in sorted(pages.values())}


def changed(documents: Documents, before: Documents) -> list[str]:
    """Return a line for each page that is new, changed or gone."""
    pages, stays = {*documents, *before}, ", ".join(sorted({*documents} & {*before}))
    new = f"new, beside {stays}" if stays else "new"
    words = {page: new if page not in before else "changed" if page in documents else "gone" for page in pages}
    return sorted(f"{page}: {words[page]}" for page in pages if documents.get(page) != before.get(page))


def merge(documents: Documents, names: Names | None = None) -> bytes:
    """Return the document for those of all pages. A single one is not changed.

    Args:
        documents: The documents.
        names: The addresses of the pages that were read now, by their sources, which ``settled.yaml`` may have too.
            None if it is not known.

    Raises:
        SpecError: Documents contradict each other.
    """
    if len(documents) == 1:
        return next(iter(documents.values()))
    return as_yaml(_merged(documents, names))


def unneeded(documents: Documents) -> list[str]:
    """Return the places in ``settled.yaml`` where the documents do not contradict each other."""
    settled = data_file("settled")
    return merging.unneeded(_loaded(documents), settled) if settled else []


def write(documents: Documents, openapi: bytes, names: Names = NONE) -> None:
    """Write ``openapi.yaml``, and keep the documents if there are several.

    After a crash between two of the steps, the same update does the rest.

    Args:
        documents: The documents.
        openapi: The merge of these.
        names: The addresses of pages by their sources. In ``settled.yaml``, they replace these.
    """
    for source, page in names.items():
        if settled := on_disk(SETTLED):
            place = rb"(?<=[\s\"'])" + re.escape(source.encode()) + rb"(?=[\s\"',}])"
            replace(SETTLED, re.sub(place, page.encode(), settled))
    files = _file_names(documents)
    FOLDER.mkdir(exist_ok=True)
    for name in files.keys() - {OPENAPI.name}:
        replace(FOLDER / name, documents[files[name]])
    replace(OPENAPI, openapi)
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
    pages = watched()
    return {OPENAPI.name: pages[0] if len(pages) == 1 else OPENAPI.name}


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


def _merged(documents: Documents, names: Names | None = None) -> Node:
    return merging.merged(_loaded(documents), data_file("settled"), names)


def _loaded(documents: Documents) -> dict[str, Node]:
    return {page: load(content) for page, content in documents.items()}


def _names(content: bytes) -> set[str]:
    """Return the names of the operations. Empty if the document cannot be read, as after a conflict of git."""
    try:
        return operation_names(load(content))
    except SpecError:
        return set()
