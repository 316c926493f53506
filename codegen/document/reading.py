"""Loads OpenAPI documents and data files, and finds the server of a document and the header of its token."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import YAMLError

from codegen import CODEGEN

# An object of an OpenAPI document, or the whole document.
Node = dict[str, Any]

HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# What a document may have, an alias counted as what it stands for. The largest that is known has 12 MB and 40 levels.
LARGEST = 50_000_000  # bytes
MOST_NODES = 5_000_000
MOST_MERGED = 500_000
DEEPEST = 100  # levels
TOO_DEEP = f"nested more deeply than {DEEPEST} levels"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")


class SpecError(ValueError):
    """The document cannot be read, or no client can be generated from it. The message says where and why."""


class DataFileError(SpecError):
    """A data file of ``codegen/`` cannot be used. The message begins with its name."""


class WriteError(Exception):
    """A file cannot be written. The message begins with its path."""


class _JSONConstructor(SafeConstructor):
    """Constructs strings for timestamps without quotes, since JSON has no timestamps, and bounds merge keys."""

    merged = 0  # entries that mappings have from merge keys (``<<``)

    def flatten_mapping(self, node: Any) -> None:
        entries = len(node.value)
        super().flatten_mapping(node)
        self.merged += len(node.value) - entries
        if self.merged > MOST_MERGED:
            raise SpecError(f"more than {MOST_MERGED} entries of mappings from merge keys (<<)")


_JSONConstructor.add_constructor("tag:yaml.org,2002:timestamp", SafeConstructor.construct_yaml_str)


def on_disk(path: Path) -> bytes | None:
    """Return the content of a file. None if there is none."""
    return path.read_bytes() if path.exists() else None


def data_file(name: str) -> dict[str, Any]:
    """Return the content of a data file of ``codegen/``. Empty if it has only comments, or if there is no such file.

    Args:
        name: Its name, without the suffix.

    Raises:
        DataFileError: It is not YAML, or has no keys.
    """
    found = _data(name) or {}
    if not isinstance(found, dict):
        raise DataFileError(f"codegen/{name}.yaml: not a mapping: each line needs a key, a colon and a value")
    return found


def data_list(name: str) -> list[str]:
    """Return the texts in a data file of ``codegen/``. Empty if there is no such file.

    Raises:
        DataFileError: It is not YAML, or no list of texts.
    """
    found = _data(name) or []
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise DataFileError(f"codegen/{name}.yaml: not a list of texts: each line needs a dash, a space and a text")
    return found


def _data(name: str) -> Any:
    try:
        # A line of its own for an empty mapping is passed over: entries may stand below it.
        return _parsed(re.sub(rb"(?m)^\{\}$", b"", on_disk(CODEGEN / f"{name}.yaml") or b""))
    except SpecError as error:
        raise DataFileError(f"codegen/{name}.yaml: {error}") from error


def as_yaml(node: Any, head: str = "", width: int = 120) -> bytes:
    """Return a YAML file with this first line, in which lines are no longer than the width, if they can be broken."""
    yaml, written = YAML(), BytesIO()
    yaml.width = width
    yaml.dump(node, written)
    return head.encode() + written.getvalue()


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Name a path in the error if it cannot be written.

    Raises:
        WriteError: It cannot be written.
    """
    try:
        yield
    except OSError as error:
        raise WriteError(f"{path}: cannot be written: {error.strerror}") from error


def replace(path: Path, content: bytes) -> None:
    """Write a file as a whole, so that none is half written.

    Raises:
        WriteError: It cannot be written.
    """
    new = path.with_name(f".{path.name}.new")
    with writing(path):
        new.write_bytes(content)
        new.replace(path)


def _parsed(content: bytes) -> Any:
    """Parse JSON or YAML.

    Raises:
        SpecError: It is not UTF-8 or not YAML, or has a key twice.
    """
    try:
        text = content.decode("utf-8-sig")
        with suppress(ValueError):  # what is no JSON, or has a key twice, is left to the parser of YAML
            return json.loads(text, object_pairs_hook=_object)
        yaml = YAML(typ="safe", pure=True)
        yaml.Constructor = _JSONConstructor
        return yaml.load(text)
    except RecursionError:
        raise SpecError(TOO_DEEP) from None
    except SpecError:
        raise
    except (ValueError, YAMLError) as error:  # such as a number of more digits than Python reads
        # Without the name that the parser has for the source
        raise SpecError(f"not readable as YAML: {error}".replace('in "<unicode string>", ', "in ")) from error


def _object(pairs: list[tuple[str, Any]]) -> Node:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a key twice")
    return made


def load(source: Path | bytes) -> Node:
    """Parse YAML or JSON. Mapping keys become strings: an unquoted ``200`` is the status "200".

    Raises:
        SpecError: The source is not UTF-8 or not YAML, has a key twice, or is not an OpenAPI 3 document.
    """
    document = _parsed(source.read_bytes() if isinstance(source, Path) else source)
    if not isinstance(document, dict) or not str(document.get("openapi", "")).startswith("3."):
        raise SpecError('not an OpenAPI 3 document: there is no top-level "openapi: 3.x"')
    if _size(document, {}) > MOST_NODES:
        raise SpecError(f"more than {MOST_NODES} values, an alias counted as what it stands for")
    try:
        text = json.dumps(document, allow_nan=False, ensure_ascii=False)
        spec: Node = json.loads(text.encode("utf-8", "replace"))  # halves of surrogate pairs become question marks
    except RecursionError:
        raise SpecError(TOO_DEEP) from None
    except (TypeError, ValueError) as error:
        raise SpecError(f"contains a value that JSON cannot represent: {error}") from error
    return spec


def _size(node: Any, known: dict[int, int], level: int = 0) -> int:
    """Return the number of values in a part of a document; a text counts for each hundred of its characters.

    Args:
        node: The part.
        known: The sizes of objects and arrays by their ids: an alias is the same object.
        level: The number of objects and arrays around the part.

    Raises:
        SpecError: The part is nested too deeply.
    """
    if level > DEEPEST:
        raise SpecError(TOO_DEEP)
    if isinstance(node, str):
        return 1 + len(node) // 100
    if not isinstance(node, dict | list):
        return 1
    if id(node) not in known:
        known[id(node)] = 1  # also of a part within itself, which JSON cannot represent
        parts = node.values() if isinstance(node, dict) else node
        known[id(node)] += sum(_size(part, known, level + 1) for part in parts)
    return known[id(node)]


def server(spec: Node) -> str:
    """Return the URL of the first server, with the defaults of its variables, without a slash at its end.

    Raises:
        SpecError: There is no server, or no request can be sent to its URL.
    """
    first = (spec.get("servers") or [{}])[0]
    url = str(first.get("url"))
    for name, variable in first.get("variables", {}).items():
        url = url.replace(f"{{{name}}}", str(variable.get("default", f"{{{name}}}")))
    if not re.fullmatch(r"https?://[^\s{}?#]+", url):
        needed = "a URL that starts with https://, and a default for each variable"
        raise SpecError(f"servers: the first needs {needed}, not {first.get('url')!r}")
    return url.rstrip("/")


def token_header(document: Node) -> str:
    """Return the name of the header that carries the token, of a document in normal form.

    Raises:
        SpecError: components.securitySchemes has no apiKey in a header, or more than one that operations use.
    """
    schemes, api_key = document["components"]["securitySchemes"], {"type": "apiKey", "in": "header"}
    headers = {name: str(scheme["name"]) for name, scheme in schemes.items() if api_key.items() <= scheme.items()}
    alternatives = [one for node in (document, *document["operations"].values()) for one in node.get("security") or ()]
    names = [headers[name] for name in headers if any(name in one for one in alternatives)] or [*headers.values()]
    if len(names) != 1 or not HEADER_NAME.fullmatch(names[0]):
        raise SpecError(f"components.securitySchemes: one apiKey in a header with a valid name is needed, not {names}")
    return names[0]
