"""Reads an OpenAPI document as the JSON value that it stands for, and what it says of the API as a whole."""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import YAMLError

Spec = dict[str, Any]

HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


class SpecError(ValueError):
    """The document is not one that a client can be made from; the message says where and why."""


class _JSONConstructor(SafeConstructor):
    """Makes nothing that JSON has no word for: a timestamp without quotes stays the string it looks like."""


_JSONConstructor.add_constructor("tag:yaml.org,2002:timestamp", SafeConstructor.construct_yaml_str)


def sha256(content: bytes) -> str:
    """Return the hex digest that names one version of the spec, to the byte."""
    return hashlib.sha256(content).hexdigest()


def load(source: Path | bytes) -> Spec:
    """Parse YAML or JSON. Mapping keys become strings: an unquoted ``200`` is the status "200".

    Raises:
        SpecError: it is not UTF-8, not YAML, has a key twice, or is no OpenAPI 3 document.
    """
    content = source.read_bytes() if isinstance(source, Path) else source
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = _JSONConstructor
    try:
        document = yaml.load(content.decode("utf-8"))
    except (UnicodeDecodeError, YAMLError) as error:
        raise SpecError(f"not readable as YAML: {error}") from error
    if not isinstance(document, dict) or not str(document.get("openapi", "")).startswith("3."):
        raise SpecError('not an OpenAPI 3 document: there is no top-level "openapi: 3.x"')
    try:
        spec: Spec = json.loads(json.dumps(document, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise SpecError(f"holds a value that JSON cannot: {error}") from error
    return spec


def operations(spec: Spec) -> Iterator[tuple[str, str, str, Spec]]:
    """Yield the operations: the place ("GET /v1/..."), the path, the method in lower case, and the operation."""
    for path, item in (spec.get("paths") or {}).items():
        for method in METHODS:
            if isinstance(item, dict) and isinstance(item.get(method), dict):
                yield f"{method.upper()} {path}", path, method, item[method]


def good_statuses(operation: Spec) -> list[str]:
    """Return the statuses of the answers that are no errors: each 2xx, or the default where there is none."""
    statuses = operation.get("responses") or {}
    return [one for one in statuses if one.startswith("2")] or [one for one in statuses if one == "default"]


def json_schema(spec: Spec, node: Any) -> Any:
    """Return the schema of the JSON that a response or a body holds; None when it holds no JSON."""
    contents = json_content(resolve(spec, node).get("content") or {})
    return next((one.get("schema", {}) for one in contents.values()), None)


def json_content(content: Spec) -> Spec:
    """Return the first content type that is JSON, with what the spec says of it; nothing when there is none."""
    kinds = {name: name.partition(";")[0].strip().lower() for name in content}
    found = [name for name, kind in kinds.items() if kind == "application/json" or kind.endswith("+json")]
    return {name: content[name] for name in found[:1]}


def resolve(spec: Spec, node: Any) -> Spec:
    """Return what a node stands for: itself, or what its ``$ref`` leads to; empty if there is none.

    Raises:
        SpecError: The reference leads back to itself.
    """
    seen = []
    while node and "$ref" in node:
        if node["$ref"] in seen:
            raise SpecError(f"{node['$ref']}: refers to itself")
        seen.append(node["$ref"])
        target: Any = spec
        for step in node["$ref"].removeprefix("#/").split("/"):
            key = step.replace("~1", "/").replace("~0", "~")
            target = target[int(key) if isinstance(target, list) else key]
        node = target
    return {} if node is None else node


def server(spec: Spec) -> str:
    """Return the URL of the first server, without a slash at its end.

    Raises:
        SpecError: there is none, or it is no URL that a request could go to.
    """
    url = (spec.get("servers") or [{}])[0].get("url")
    if not re.fullmatch(r"https?://[^\s{}?#]+", str(url)):
        raise SpecError(f"servers: the first has no URL that starts with https:// and holds no variable, but {url!r}")
    return str(url).rstrip("/")


def token_header(spec: Spec) -> str:
    """Return the name of the header that carries the token.

    Raises:
        SpecError: components.securitySchemes has no apiKey in a header, or more than one.
    """
    schemes = (spec.get("components") or {}).get("securitySchemes") or {}
    names = [str(one["name"]) for one in schemes.values() if (one.get("type"), one.get("in")) == ("apiKey", "header")]
    if len(names) != 1 or not HEADER_NAME.fullmatch(names[0]):
        raise SpecError(f"components.securitySchemes: {len(names)} apiKeys in a header of a name; one is needed")
    return names[0]
