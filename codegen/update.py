"""Updates ``openapi.yaml`` and the generated code to the documents of the vendor's pages."""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from codegen import OPENAPI, ROOT
from codegen.document import pages
from codegen.document.reading import SpecError, sha256
from codegen.promises import changes, surface


def take_in(sources: list[str]) -> int:
    """Take in the document of the sources, print what it means, and return the exit status.

    Raises:
        SpecError: The document cannot be used. Nothing is changed.
    """
    content = pages.read(sources)
    gained, broken = assess(content)
    print(f"openapi.yaml: sha256 {sha256(OPENAPI.read_bytes())} -> {sha256(content)}\n")
    write(content)
    print("What users gain, for the CHANGELOG:", *(gained or ["nothing"]), sep="\n  ")
    print("What breaks:", *(broken or ["nothing"]), sep="\n  ")
    return 1 if broken else 0


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
        broken = [*changes.findings(promised, offered), *wrapper_findings(document, generated)]
        return [f"- {line}" for line in changes.gains(surface.added(promised, offered), promised)], broken


def wrapper_findings(document: Path, generated: Path) -> list[str]:
    """Return what breaks the wrapper, in an interpreter that has the package of a document in the place of ours."""
    path = os.pathsep.join(map(os.fspath, (generated, ROOT / "wrapper", ROOT)))
    command = [sys.executable, "-m", "codegen.promises.wrapper", os.fspath(document)]
    run = subprocess.run(command, check=False, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": path})
    if run.returncode:
        error = run.stderr.splitlines()[-1]
        return [f"wrapper/osvi: {error}: change it, or give a class its former name in codegen/config.yaml"]
    return run.stdout.splitlines()


def write(content: bytes) -> None:
    """Write ``openapi.yaml``, and generate the code from it."""
    OPENAPI.write_bytes(content)
    generate()


def generate(*arguments: str | Path) -> None:
    """Run ``generate.sh``."""
    subprocess.run(["bash", ROOT / "generate.sh", *arguments], check=True, stdout=subprocess.DEVNULL)
