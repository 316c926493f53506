"""Take in a new spec: ``python codegen/update_spec.py FILE_OR_URL``, where ``pip install -e '.[test]'`` has been run.

FILE_OR_URL is an OpenAPI document, or a page of the vendor's documentation with one in a fenced block. The document is
validated, written to ``openapi.yaml`` to the byte, and made into code; then this prints what changed in the contract,
and what the wrapper needs. Exit status: 0 nothing is left to do, 1 the wrapper is to be changed, 2 refused, and
everything is as it was.
"""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
from jsonschema_path.typing import Schema
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator
from spec import SpecError, load, sha256

ROOT = Path(__file__).resolve().parent.parent
OPENAPI = ROOT / "openapi.yaml"

sys.path[:0] = [str(ROOT / "generated"), str(ROOT / "wrapper"), str(ROOT / "tests" / "contract")]
import checks  # noqa: E402 - these are found by the line above
import reading  # noqa: E402
from facts import facts  # noqa: E402

FENCE = re.compile(rb"^(?P<fence>`{3,}|~{3,})[^\n]*\n(?P<text>.*?)^(?P=fence)[ \t]*$", re.DOTALL | re.MULTILINE)


def fetch(source: str) -> bytes:
    """Return what is at a path or a URL.

    Raises:
        SpecError: there is nothing, or it cannot be had.
    """
    try:
        if re.match(r"https?://", source):
            return httpx.get(source, follow_redirects=True, timeout=30).raise_for_status().content
        return Path(source).read_bytes()
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise SpecError(f"cannot be read: {error}") from error


def extract(content: bytes) -> bytes:
    """Return the document, as it is or out of the one fenced block of a page that holds it.

    Raises:
        SpecError: there is none, or more than one.
    """
    blocks = {match["text"] for match in FENCE.finditer(content) if re.match(rb"[\s\"{]*openapi\b", match["text"])}
    if len(blocks) > 1:
        raise SpecError(f"the page holds {len(blocks)} OpenAPI documents; save the one that is meant to a file")
    return blocks.pop() if blocks else content


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


def contract(spec: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what a spec promises: each place with what is there, and without wording, examples and order."""
    yield "servers", ", ".join(sorted(str(server.get("url")) for server in spec.get("servers", [])))
    for name, scheme in spec.get("components", {}).get("securitySchemes", {}).items():
        yield f"security scheme {name}", f"{scheme.get('type')} in {scheme.get('in')} {scheme.get('name')}"
    for name, _, item, operation in reading.operations(spec):
        yield name, f"security {operation.get('security', spec.get('security'))}"
        for node in [*item.get("parameters", []), *operation.get("parameters", [])]:
            parameter = reading.resolve(spec, node)
            need = "required" if parameter.get("required") else "optional"
            kind = reading.kind(spec, parameter.get("schema"))
            yield f"{name} parameter {parameter.get('name')}", f"{need} {kind} in {parameter.get('in')}"
        if body := reading.resolve(spec, operation.get("requestBody")):
            yield f"{name} body", "required" if body.get("required") else "optional"
            yield from _schema(spec, reading.json_schema(body) or {}, f"{name} body", ())
        for status, response in (operation.get("responses") or {}).items():
            resolved = reading.resolve(spec, response)
            yield f"{name} answer {status}", reading.kind(spec, reading.json_schema(resolved) or {"type": "no JSON"})
            yield from _schema(spec, reading.json_schema(resolved) or {}, f"{name} answer {status}", ())
    for name, schema in spec.get("components", {}).get("schemas", {}).items():
        yield name, reading.kind(spec, schema)
        yield from _schema(spec, schema, name, ())


def _schema(spec: Mapping[str, Any], schema: Any, place: str, above: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield the parts of a schema; a component is told once, under its own name."""
    if not isinstance(schema, Mapping) or ("$ref" in schema and place.count(".")):
        return
    for keyword in ("oneOf", "anyOf"):
        if keyword in schema:
            branches = [one.get("$ref", reading.kind(spec, one)) for one in schema[keyword] if isinstance(one, Mapping)]
            yield f"{place} {keyword}", " | ".join(sorted(branches))
    if "enum" in schema:
        yield f"{place} values", ", ".join(sorted(map(str, schema["enum"])))
    for name, inner in schema.get("properties", {}).items():
        yield f"{place}.{name}", reading.kind(spec, inner)
        if name not in above:
            yield from _schema(spec, inner, f"{place}.{name}", (*above, name))


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line for each difference between two contracts."""
    before, after = dict(contract(old)), dict(contract(new))
    for place in sorted(before.keys() | after.keys()):
        if place not in after:
            yield f"- {place}: {before[place]}"
        elif place not in before:
            yield f"+ {place}: {after[place]}"
        elif before[place] != after[place]:
            yield f"~ {place}: {before[place]} -> {after[place]}"


def main(arguments: list[str]) -> int:
    """Run the script; return its exit status."""
    if len(arguments) != 1 or arguments[0] in {"-h", "--help"}:
        print(__doc__)
        return 0 if arguments[:1] in (["-h"], ["--help"]) else 2
    before = OPENAPI.read_bytes()
    try:
        content = extract(fetch(arguments[0]))
        new = load(content)
        validate(new)
    except SpecError as error:
        print(f"{arguments[0]}: {error}\nopenapi.yaml and generated/ are untouched.", file=sys.stderr)
        return 2
    OPENAPI.write_bytes(content)
    if subprocess.run(["bash", ROOT / "generate.sh"], check=False).returncode:
        OPENAPI.write_bytes(before)
        print("openapi.yaml is as it was.", file=sys.stderr)
        return 2
    print(f"openapi.yaml: sha256 {sha256(before)} -> {sha256(content)}\n")
    report("What changed in the contract", changes(load(before), new), "nothing; wording, examples or order at most")
    ours = facts()
    needed = [str(one) for check in checks.CHECKS for one in checks.findings(new, ours, check)]
    report("What the wrapper needs", needed, "nothing")
    return 1 if needed else 0


def report(title: str, lines: Iterator[str] | list[str], nothing: str) -> None:
    """Print a section."""
    print(f"{title}:", *(list(lines) or [nothing]), sep="\n  ")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
