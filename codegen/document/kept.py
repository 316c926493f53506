"""The documents of several pages, which ``codegen/pages/`` keeps as they came; ``openapi.yaml`` is their merge.

``addresses.yaml`` beside them has the address and the digest of each. If there is a single page, its document is
``openapi.yaml``, and there is no such folder.
"""

import json
import re
import shutil
from collections.abc import Collection, Mapping
from functools import cache
from io import BytesIO
from urllib.parse import urlsplit

from ruamel.yaml import YAML

from codegen import CODEGEN, OPENAPI
from codegen.document.merging import merged
from codegen.document.reading import METHODS, DataFileError, Node, SpecError, data_file, load, sha256

FOLDER = CODEGEN / "pages"

# Documents by the addresses of their pages.
Documents = Mapping[str, bytes]
_load = cache(load)


def read(anew: Collection[str] = ()) -> dict[str, bytes]:
    """Return the documents that are kept, by the addresses of the pages. Empty if ``openapi.yaml`` is that of one page.

    Raises:
        DataFileError: A document is not what came from its page, and the page is not among those that are read anew.
    """
    documents = {}
    for name, page in data_file("pages/addresses").items():
        file = FOLDER / name
        documents[page["address"]] = file.read_bytes() if file.exists() else b""
        if sha256(documents[page["address"]]) != page["sha256"] and page["address"] not in anew:
            raise DataFileError(f"codegen/pages/{name}: not what came from {page['address']}; restore the file")
    return documents


def taken_in(
    found: Documents, indexes: Collection[str], removed: Collection[str] = ()
) -> tuple[dict[str, bytes], list[str]]:
    """Return the documents after an update, and a line for each page that has changed.

    Args:
        found: The documents of the update. Each replaces that of the same address, and together they replace those all
            of whose operations they have. One alone replaces one alone.
        indexes: The addresses of the indexes that were read. The pages that they do not have are gone.
        removed: The addresses of pages that are left out.

    Raises:
        SpecError: A page that is to be left out is not kept, or one that is kept has no document any more.
    """
    before = read(found) or {OPENAPI.name: OPENAPI.read_bytes()}
    if lost := before.keys() & indexes:
        raise SpecError(f"{', '.join(sorted(lost))}: no fenced block of the page holds an OpenAPI document any more")
    if unknown := {*removed} - before.keys():
        raise SpecError(f"not an address in codegen/pages/addresses.yaml: {', '.join(sorted(unknown))}")
    if len(before) == len(found) == 1:
        return dict(found), []
    documents, new_names = dict(found), {name for content in found.values() for name in _names(content)}
    lines = [f"{page}: new" for page in found.keys() - before.keys()]
    for page, content in before.items():
        if page in found:
            lines += [f"{page}: changed"] if content != found[page] else []
        elif page in removed:
            lines.append(f"{page}: removed")
        elif (names := _names(content)) and names <= new_names:
            lines.append(f"{page}: replaced by {', '.join(one for one in found if _names(found[one]) & names)}")
        elif indexes:
            lines.append(f"{page}: gone from the index")
        else:
            documents[page] = content
    if not documents:
        raise SpecError("no page would be left")
    pages = {documents[page]: page for page in sorted(documents, reverse=True)}  # of equal documents, one is kept
    return {page: documents[page] for page in sorted(pages.values())}, sorted(lines)


def merge(documents: Documents) -> bytes:
    """Return the document for those of all pages. A single one is not changed.

    Raises:
        SpecError: Documents contradict each other.
    """
    if len(documents) == 1:
        return next(iter(documents.values()))
    yaml, written = YAML(), BytesIO()
    yaml.width = 120
    yaml.dump(_merged(documents), written)
    return written.getvalue()


def write(documents: Documents) -> None:
    """Write ``openapi.yaml``, and keep the documents if there are several."""
    OPENAPI.write_bytes(merge(documents))
    shutil.rmtree(FOLDER, ignore_errors=True)
    if len(documents) == 1:
        return
    FOLDER.mkdir()
    addresses: dict[str, dict[str, str]] = {}
    for page, content in documents.items():
        name = re.sub(r"\W+", "-", re.sub(r"\.\w+$", "", urlsplit(page).path)).strip("-")
        while f"{name}.yaml" in addresses:
            name += "-"
        addresses[f"{name}.yaml"] = {"address": page, "sha256": sha256(content)}
        (FOLDER / f"{name}.yaml").write_bytes(content)
    YAML().dump(addresses, FOLDER / "addresses.yaml")


def is_merge() -> bool:
    """Return whether ``openapi.yaml`` says what the documents that are kept say, in the same order."""
    documents = read()
    return not documents or json.dumps(_merged(documents)) == json.dumps(load(OPENAPI))


def _merged(documents: Documents) -> Node:
    return merged({page: _load(content) for page, content in documents.items()}, data_file("settled"))


def _names(content: bytes) -> set[str]:
    """Return the names of the operations. Empty if the document cannot be read, as after a conflict of git."""
    try:
        paths = _load(content).get("paths", {}).items()
    except SpecError:
        return set()
    return {f"{method.upper()} {path}" for path, item in paths for method in METHODS if method in item}
