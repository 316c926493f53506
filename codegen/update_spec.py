"""Update to a new spec: ``python codegen/update_spec.py FILE_OR_URL ...``, after ``pip install -e '.[test]'``.

FILE_OR_URL is an OpenAPI document, a page of the vendor's documentation with one in a fenced block, or an index of
such pages (``llms.txt``). Each document is validated. A single document is written to ``openapi.yaml`` byte for byte;
several documents are merged. Then the code is generated. The report says what users gain, in lines for the changelog,
and what breaks users or the wrapper.

Exit status: 0 if nothing breaks, 1 if something breaks, 2 if the spec is refused; then nothing is changed.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import changes
import surface
import vendor_pages
from spec import Spec, SpecError, load, sha256

ROOT = Path(__file__).resolve().parent.parent
OPENAPI = ROOT / "openapi.yaml"


def generate(*arguments: str | Path) -> None:
    """Run ``generate.sh``."""
    subprocess.run(["bash", ROOT / "generate.sh", *arguments], check=True, stdout=subprocess.DEVNULL)


def assess(content: bytes) -> tuple[list[str], list[str]]:
    """Return what users gain from a document, and what breaks users or the wrapper. No file is changed.

    Raises:
        SpecError: No code can be generated from the document.
    """
    with TemporaryDirectory() as folder:
        document, generated = Path(folder, "new.yaml"), Path(folder, "new")
        document.write_bytes(content)
        generate("--into", folder, document)
        if (refused := generated / "refused.txt").exists():
            raise SpecError(f"openapi.yaml: {refused.read_text(encoding='utf-8')}")
        promised, offered = surface.read(), {*surface.read(generated / "surface.txt")}
        broken = [*changes.findings(promised, offered), *wrapper_findings(load(content), generated)]
        return [f"- {line}" for line in changes.gains(surface.added(promised, offered), promised)], broken


def wrapper_findings(spec: Spec, generated: Path) -> Iterator[str]:
    """Import the wrapper with a generated package, and yield what breaks it. An exception is a finding too."""
    sys.path[:0] = [str(generated), str(ROOT / "wrapper"), str(ROOT / "tests" / "contract")]
    try:
        import checks  # noqa: PLC0415 - it imports the wrapper, which may use names that the spec no longer has

        yield from checks.findings(spec)
    except Exception as error:  # noqa: BLE001
        yield f"wrapper/osvi: {error!r}: change it, or give a class its former name in codegen/config.yaml"


def write(content: bytes) -> None:
    """Write ``openapi.yaml``, and generate the code from it."""
    OPENAPI.write_bytes(content)
    generate()


def main(sources: list[str]) -> int:
    """Run the script and return its exit status."""
    if not sources or sources[0] in {"-h", "--help"}:
        print(__doc__)
        return 0 if sources else 2
    try:
        content = vendor_pages.read(sources)
        gained, broken = assess(content)
    except SpecError as error:
        print(f"{error}\nopenapi.yaml and generated/ are as they were.", file=sys.stderr)
        return 2
    print(f"openapi.yaml: sha256 {sha256(OPENAPI.read_bytes())} -> {sha256(content)}\n")
    write(content)
    print("What users gain, for the CHANGELOG:", *(gained or ["nothing"]), sep="\n  ")
    print("What breaks:", *(broken or ["nothing"]), sep="\n  ")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
