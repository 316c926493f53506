"""Take in a new spec: ``python codegen/update_spec.py FILE_OR_URL``, where ``pip install -e '.[test]'`` has been run.

FILE_OR_URL is an OpenAPI document, or a page of the vendor's documentation with one in a fenced block. The document is
validated, written to ``openapi.yaml`` to the byte, and made into code; then this prints what users gain, in lines for
the changelog, and what breaks them or the wrapper. Exit status: 0 nothing is left to do, 1 something breaks, 2 refused,
and everything is as it was.
"""

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import changes
import httpx
import surface
from jsonschema_path.typing import Schema
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator
from spec import Spec, SpecError, load, sha256

ROOT = Path(__file__).resolve().parent.parent
OPENAPI = ROOT / "openapi.yaml"

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


def breaks(promised: list[str], there: set[str], spec: Spec) -> Iterator[str]:
    """Yield what users lose, and what the wrapper takes the spec for and it is not. An exception is a finding too."""
    yield from changes.findings(promised, there)
    sys.path[:0] = [str(ROOT / folder) for folder in ("generated", "wrapper", "tests/contract")]
    try:
        import checks  # noqa: PLC0415 - it imports the wrapper, which may need what the spec no longer gives

        yield from checks.findings(spec)
    except Exception as error:  # noqa: BLE001
        yield f"wrapper/osvi: {error!r}: change it, or give a class its former name in codegen/config.yaml"


def main(arguments: list[str]) -> int:
    """Run the script; return its exit status."""
    if len(arguments) != 1 or arguments[0] in {"-h", "--help"}:
        print(__doc__)
        return 0 if arguments[:1] in (["-h"], ["--help"]) else 2
    before, promised = OPENAPI.read_bytes(), surface.read()
    try:
        content = extract(fetch(arguments[0]))
        spec = load(content)
        validate(spec)
        OPENAPI.write_bytes(content)
        subprocess.run(["bash", ROOT / "generate.sh"], check=True, stdout=subprocess.DEVNULL)
    except Exception as error:  # noqa: BLE001 - whatever it is, the spec is not taken in
        OPENAPI.write_bytes(before)
        told = error if isinstance(error, SpecError | subprocess.CalledProcessError) else repr(error)
        print(f"{arguments[0]}: {told}\nopenapi.yaml and generated/ are as they were.", file=sys.stderr)
        return 2
    there = surface.facts(ROOT / "generated")
    print(f"openapi.yaml: sha256 {sha256(before)} -> {sha256(content)}\n")
    gained = changes.gains(surface.added(promised, there), promised)
    report("What users gain, for the CHANGELOG", [f"- {line}" for line in gained], "nothing")
    found = list(breaks(promised, there, spec))
    report("What breaks", found, "nothing")
    return 1 if found else 0


def report(title: str, lines: Iterable[str], nothing: str) -> None:
    """Print a section."""
    print(f"{title}:", *(list(lines) or [nothing]), sep="\n  ")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
