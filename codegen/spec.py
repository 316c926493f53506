"""Reads an OpenAPI document as the JSON value that it stands for, and prepares it for the generator."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
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


def prepare(spec: Spec, not_served: Mapping[str, str] = MappingProxyType({})) -> Spec:
    """Return a copy for the generator, in which nothing but method and path names an operation's module.

    ``tags``, ``operationId`` and the ``title`` of a schema are wording to the API and names to the generator: left
    in, a vendor who adds one would move the modules and classes that users import. Nor may a schema that becomes
    nullable get another name: null is taken out of the types, and ``x-nullable`` says that it was there. Operations
    that are ``not_served`` are left out.

    Raises:
        SpecError: an operation that is not served does not exist, or a parameter has no schema. The generator would
            drop it without a word.
    """
    spec = _normal(spec)
    unknown = not_served.keys() - {place for place, *_ in operations(spec)}
    if unknown:
        raise SpecError(f"not_served.yaml names operations that the spec does not have: {', '.join(sorted(unknown))}")
    for path, item in (spec.get("paths") or {}).items():
        if isinstance(item, dict) and "$ref" in item:
            raise SpecError(f"{path}: a $ref in the place of operations, which the generator would pass over")
    for place, path, method, operation in list(operations(spec)):
        if place in not_served:
            del spec["paths"][path][method]
        for one in [*spec["paths"][path].get("parameters", []), *operation.get("parameters", [])]:
            if not one.keys() & {"$ref", "schema", "content"}:
                raise SpecError(f"{place}: the parameter {one.get('name')!r} has no schema")
        statuses = [str(status) for status in operation.get("responses") or {}]
        for status in statuses:
            answer = resolve(spec, operation["responses"][status])
            is_error = not status.startswith("2") and any(one.startswith("2") for one in statuses)
            if is_error and isinstance(answer, dict) and not json_content(answer.get("content") or {})[0]:
                answer.pop("content", None)  # the body of an error is not read, so it may be of any type
        operation.pop("tags", None)
        operation.pop("operationId", None)
    return spec


def operations(spec: Spec) -> Iterator[tuple[str, str, str, Spec]]:
    """Yield the operations: the place ("GET /v1/..."), the path, the method in lower case, and the operation."""
    for path, item in (spec.get("paths") or {}).items():
        for method in METHODS:
            if isinstance(item, dict) and isinstance(item.get(method), dict):
                yield f"{method.upper()} {path}", path, method, item[method]


def resolve(spec: Spec, node: Any) -> Any:
    """Return what a node stands for: itself, or what its ``$ref`` leads to.

    Raises:
        SpecError: the reference leads back to itself.
    """
    seen = []
    while isinstance(node, dict) and "$ref" in node:
        if node["$ref"] in seen:
            raise SpecError(f"{node['$ref']}: refers to itself")
        seen.append(node["$ref"])
        target: Any = spec
        for step in str(node["$ref"]).removeprefix("#/").split("/"):
            target = target.get(step.replace("~1", "/").replace("~0", "~"), {}) if isinstance(target, dict) else {}
        node = target
    return node


def json_content(content: Mapping[str, Any]) -> tuple[str, Any]:
    """Return the content type that is JSON, and what it holds; "" and nothing when there is none."""
    for name, one in content.items():
        kind = name.partition(";")[0].strip().lower()
        if kind == "application/json" or kind.endswith("+json"):
            return name, one
    return "", {}


# What holds data of the API, where no key is a keyword; and what holds names that the vendor chose.
_DATA = frozenset({"example", "examples", "default", "enum", "const", "info"})
_NAMED = frozenset({"properties", "schemas", "responses", "paths", "content", "requestBodies", "headers", "parameters"})


def _normal(node: Any, *, named: bool = False) -> Any:
    if isinstance(node, list):
        return [_normal(item) for item in node]
    if not isinstance(node, dict):
        return node
    if named:
        return {key: _normal(value) for key, value in node.items()}
    made = {
        key: value if key in _DATA else _normal(value, named=key in _NAMED)
        for key, value in node.items()
        if not (key == "title" and isinstance(value, str))
    }
    return _without_null(made)


def _without_null(schema: Spec) -> Spec:
    """Take null out of what a schema allows, so that it keeps its name, and put descriptions where they are kept."""
    nullable = schema.pop("nullable", False) is True
    if schema.get("type") == "array" and not schema.keys() & {"items", "prefixItems"}:
        schema["items"] = {}  # means the same, and the generator wants it
    if isinstance(schema.get("type"), list) and "null" in schema["type"] and len(schema["type"]) > 1:
        types = [one for one in schema["type"] if one != "null"]
        schema["type"], nullable = types[0] if len(types) == 1 else types, True
    values = schema.get("enum")
    if isinstance(values, list) and None in values and len(values) > 1:
        schema["enum"], nullable = [one for one in values if one is not None], True
    for keyword in ("oneOf", "anyOf"):
        branches = schema.get(keyword)
        if isinstance(branches, list) and {"type": "null"} in branches and len(branches) > 1:
            branches, nullable = [one for one in branches if one != {"type": "null"}], True
            del schema[keyword]
            alone = branches[0] if len(branches) == 1 else {keyword: branches}
            schema = {**alone, **schema}
    if str(schema.get("$ref")).startswith("#/components/schemas/") and (
        nullable or "description" in schema or "deprecated" in schema
    ):
        schema["allOf"] = [{"$ref": schema.pop("$ref")}]  # beside a $ref, the generator sees nothing
    return {**schema, "x-nullable": True} if nullable else schema


def server(spec: Spec) -> str:
    """Return the URL of the first server, without a slash at its end.

    Raises:
        SpecError: there is none, or it is no URL that a request could go to.
    """
    servers = spec.get("servers") or [{}]
    url = servers[0].get("url") if isinstance(servers, list) and isinstance(servers[0], dict) else None
    if not isinstance(url, str) or not re.fullmatch(r"https?://[^\s{}?#]+", url):
        raise SpecError(f"servers: the first has no URL that starts with https:// and holds no variable, but {url!r}")
    return url.rstrip("/")


def token_header(spec: Spec) -> str:
    """Return the name of the header that carries the token.

    Raises:
        SpecError: components.securitySchemes has no apiKey in a header, or more than one.
    """
    schemes = (spec.get("components") or {}).get("securitySchemes") or {}
    kinds = [one for one in schemes.values() if one.get("type") == "apiKey" and one.get("in") == "header"]
    if len(kinds) != 1 or not HEADER_NAME.fullmatch(str(kinds[0].get("name"))):
        raise SpecError(f"components.securitySchemes: {len(kinds)} apiKeys in a header of a name; one is needed")
    return str(kinds[0]["name"])
