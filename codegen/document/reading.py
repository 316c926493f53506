"""Loads an OpenAPI document as JSON, and finds its operations, statuses, references, properties, server and token."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import YAMLError

from codegen import CODEGEN

Spec = dict[str, Any]

HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


class SpecError(ValueError):
    """The document cannot be read, or no client can be generated from it. The message says where and why."""


class DataFileError(SpecError):
    """A data file of ``codegen/`` cannot be used. The message begins with its name."""


class NotServedError(SpecError):
    """Operations of the document cannot be served.

    Attributes:
        operations: The reasons, by the names of the operations.
        is_all: Whether no other operation is left.
    """

    def __init__(self, operations: Mapping[str, str], *, is_all: bool) -> None:
        self.operations, self.is_all = operations, is_all
        found = operations.items()
        lines = [f"{name}: {reason}; codegen/not_served.yaml can leave the operation out" for name, reason in found]
        lines += ["The lines for codegen/not_served.yaml:", *not_served_lines(operations)]
        super().__init__("\n".join(["openapi.yaml has operations that cannot be served:", *lines]))


def not_served_lines(operations: Mapping[str, str]) -> list[str]:
    """Return the lines of ``not_served.yaml`` for operations and their reasons."""
    return [f"{json.dumps(name)}: {json.dumps(reason)}" for name, reason in operations.items()]


class _JSONConstructor(SafeConstructor):
    """Constructs strings for timestamps without quotes, since JSON has no timestamps."""


_JSONConstructor.add_constructor("tag:yaml.org,2002:timestamp", SafeConstructor.construct_yaml_str)


def sha256(content: bytes) -> str:
    """Return the hex digest of a document."""
    return hashlib.sha256(content).hexdigest()


def data_file(name: str) -> dict[str, Any]:
    """Return the content of a data file of ``codegen/``. Empty if it has only comments, or if there is no such file.

    Raises:
        DataFileError: It is not YAML, or has no keys.
    """
    path = CODEGEN / f"{name}.yaml"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    try:
        # A line of its own for an empty mapping is passed over: entries may stand below it.
        found = YAML(typ="safe", pure=True).load(re.sub(r"(?m)^\{\}$", "", text)) or {}
    except YAMLError as error:
        raise DataFileError(f"codegen/{name}.yaml: not readable as YAML: {_with_lines(error)}") from error
    if not isinstance(found, dict):
        raise DataFileError(f"codegen/{name}.yaml: not a mapping: each line needs a key, a colon and a value")
    return found


def load(source: Path | bytes) -> Spec:
    """Parse YAML or JSON. Mapping keys become strings: an unquoted ``200`` is the status "200".

    Raises:
        SpecError: The source is not UTF-8 or not YAML, has a key twice, or is not an OpenAPI 3 document.
    """
    content = source.read_bytes() if isinstance(source, Path) else source
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = _JSONConstructor
    try:
        document = yaml.load(content.decode("utf-8"))
    except (UnicodeDecodeError, YAMLError) as error:
        raise SpecError(f"not readable as YAML: {_with_lines(error)}") from error
    if not isinstance(document, dict) or not str(document.get("openapi", "")).startswith("3."):
        raise SpecError('not an OpenAPI 3 document: there is no top-level "openapi: 3.x"')
    try:
        spec: Spec = json.loads(json.dumps(document, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise SpecError(f"contains a value that JSON cannot represent: {error}") from error
    return spec


def _with_lines(error: Exception) -> str:
    """Return the text of an error of the parser, without its name for the source."""
    return str(error).replace('in "<unicode string>", ', "in ")


def operations(spec: Spec) -> Iterator[tuple[str, str, str, Spec]]:
    """Yield the name of each operation ("GET /v1/..."), its path, its method in lower case, and its node."""
    for path, item in spec.get("paths", {}).items():
        methods = [method for method in METHODS if isinstance(item, dict) and method in item]
        yield from ((f"{method.upper()} {path}", path, method, item[method]) for method in methods)


def success_statuses(operation: Spec) -> list[str]:
    """Return the statuses of the successful answers: each 2xx, or "default" if there is no 2xx."""
    statuses = operation.get("responses", {})
    return [key for key in statuses if key.startswith("2")] or [key for key in statuses if key == "default"]


def json_schema(spec: Spec, node: Any) -> Any:
    """Return the schema of the JSON of a response or a body. None if it has no JSON."""
    contents = json_content(resolve(spec, node).get("content", {}))
    return next((content.get("schema", {}) for content in contents.values()), None)


def json_content(content: Spec) -> Spec:
    """Return the first content type that is JSON, with its node. An empty object if there is none."""
    types = {name: name.partition(";")[0].strip().lower() for name in content}
    found = [name for name, type_ in types.items() if type_ == "application/json" or type_.endswith("+json")]
    return {name: content[name] for name in found[:1]}


def resolve(spec: Spec, node: Any) -> Spec:
    """Return the node itself, or the target of its ``$ref``. An empty object for None.

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


def properties(spec: Spec, node: Any) -> dict[str, Spec]:
    """Return the schemas of an object's properties, those of its ``allOf`` too, in the order of the spec."""
    schema = resolve(spec, node)
    parts = [properties(spec, part) for part in schema.get("allOf", [])]
    return {name: node for part in [*parts, schema.get("properties", {})] for name, node in part.items()}


def server(spec: Spec) -> str:
    """Return the URL of the first server, without a slash at its end.

    Raises:
        SpecError: There is no server, or no request can be sent to its URL.
    """
    url = (spec.get("servers") or [{}])[0].get("url")
    if not re.fullmatch(r"https?://[^\s{}?#]+", str(url)):
        raise SpecError(f"servers: the first needs a URL that starts with https:// and has no variable, not {url!r}")
    return str(url).rstrip("/")


def token_header(spec: Spec) -> str:
    """Return the name of the header that carries the token.

    Raises:
        SpecError: components.securitySchemes has no apiKey in a header, or more than one.
    """
    schemes = spec.get("components", {}).get("securitySchemes", {})
    api_key = {"type": "apiKey", "in": "header"}
    names = [str(scheme["name"]) for scheme in schemes.values() if api_key.items() <= scheme.items()]
    if len(names) != 1 or not HEADER_NAME.fullmatch(names[0]):
        raise SpecError(f"components.securitySchemes: one apiKey in a header with a valid name is needed, not {names}")
    return names[0]
