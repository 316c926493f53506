"""Take in a new spec: ``python codegen/update_spec.py FILE_OR_URL ...``, after ``pip install -e '.[test]'``.

FILE_OR_URL is an OpenAPI document, a page of the vendor's documentation with one in a fenced block, or an index of
such pages (``llms.txt``). Each document is validated. One alone is written to ``openapi.yaml`` to the byte, several are
merged, and code is made of it. Then this prints what users gain, in lines for the changelog, and what breaks them or
the wrapper. Exit status: 0 nothing is left to do, 1 something breaks, 2 refused, and everything is as it was.
"""

import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import changes
import surface
import vendor_pages
from spec import Spec, SpecError, load, sha256

ROOT = Path(__file__).resolve().parent.parent
OPENAPI = ROOT / "openapi.yaml"


def regenerate(content: bytes) -> None:
    """Write ``openapi.yaml``, and make the code of it."""
    OPENAPI.write_bytes(content)
    subprocess.run(["bash", ROOT / "generate.sh"], check=True, stdout=subprocess.DEVNULL)


def take_in(content: bytes) -> tuple[list[str], list[str]]:
    """Write ``openapi.yaml`` and regenerate; return what users gain, and what breaks them or the wrapper.

    Raises:
        SpecError: the document cannot be made into code; everything is as it was.
    """
    before, promised = OPENAPI.read_bytes(), surface.read()
    try:
        regenerate(content)
    except Exception as error:
        OPENAPI.write_bytes(before)
        raise SpecError(str(error)) from error
    there = surface.facts(ROOT / "generated")
    gained = changes.gains(surface.added(promised, there), promised)
    return [f"- {line}" for line in gained], [*breaks(promised, there, load(content))]


def breaks(promised: list[str], there: set[str], spec: Spec) -> Iterator[str]:
    """Yield what users lose, and what the wrapper takes the spec for and it is not. An exception is a finding too."""
    yield from changes.findings(promised, there)
    sys.path[:0] = [str(ROOT / folder) for folder in ("generated", "wrapper", "tests/contract")]
    try:
        import checks  # noqa: PLC0415 - it imports the wrapper, which may need what the spec no longer gives

        yield from checks.findings(spec)
    except Exception as error:  # noqa: BLE001
        yield f"wrapper/osvi: {error!r}: change it, or give a class its former name in codegen/config.yaml"


def main(sources: list[str]) -> int:
    """Run the script; return its exit status."""
    if not sources or sources[0] in {"-h", "--help"}:
        print(__doc__)
        return 0 if sources else 2
    before = OPENAPI.read_bytes()
    try:
        content = vendor_pages.read(sources)
        gained, broken = take_in(content)
    except SpecError as error:
        print(f"{error}\nopenapi.yaml and generated/ are as they were.", file=sys.stderr)
        return 2
    print(f"openapi.yaml: sha256 {sha256(before)} -> {sha256(content)}\n")
    report("What users gain, for the CHANGELOG", gained)
    report("What breaks", broken)
    return 1 if broken else 0


def report(title: str, lines: Iterable[str]) -> None:
    """Print a section."""
    print(f"{title}:", *(list(lines) or ["nothing"]), sep="\n  ")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
