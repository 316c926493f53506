"""Reads an OpenAPI document as the JSON value that it stands for, and prepares it for the generator."""

import hashlib
import json
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import YAMLError

Spec = dict[str, Any]

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


def prepare(spec: Spec) -> Spec:
    """Return a copy for the generator, in which nothing but method and path names an operation's module.

    ``tags``, ``operationId`` and the ``title`` of a schema are wording to the API and names to the generator: left
    in, a vendor who adds one would move the modules and classes that the wrapper imports.

    Raises:
        SpecError: a parameter has no schema. The generator would drop it without a word.
    """
    spec = _without_titles(spec)
    for path, item in (spec.get("paths") or {}).items():
        operations = {method: item[method] for method in METHODS if isinstance(item, dict) and method in item}
        for place, holder in [(path, item), *((f"{method.upper()} {path}", op) for method, op in operations.items())]:
            if isinstance(holder, dict):
                _require_schemas(place, holder.get("parameters") or [])
        for operation in operations.values():
            operation.pop("tags", None)
            operation.pop("operationId", None)
    return spec


def _require_schemas(place: str, parameters: list[Any]) -> None:
    for parameter in parameters:
        if not parameter.keys() & {"$ref", "schema", "content"}:
            raise SpecError(f"{place}: the parameter {parameter.get('name')!r} has no schema")


def _without_titles(node: Any) -> Any:
    if isinstance(node, list):
        return [_without_titles(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: value if key in {"example", "examples", "default", "enum", "const", "info"} else _without_titles(value)
        for key, value in node.items()
        if not (key == "title" and isinstance(value, str))
    }
