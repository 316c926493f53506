"""Updates ``openapi.yaml`` and the generated code to the documents of the vendor's pages."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from codegen import CODEGEN, OPENAPI, ROOT
from codegen.document import kept, pages
from codegen.document.normal import normal
from codegen.document.reading import SpecError, load, sha256
from codegen.promises import changes, places, released, surface

NOT_SERVED = CODEGEN / "not_served.yaml"
GENERATED = ROOT / "generated"

PAGES = "Pages:"
GAINED = "What users gain, for the CHANGELOG:"
NOT_GAINED = "What users do not get, in codegen/not_served.yaml from now on:"
BROKEN = "What breaks:"
WIDENED = "What the code cannot express, and what is wrong in the document:"
UNNEEDED = "What is not needed any more:"
ALWAYS = {GAINED, BROKEN}
# The lines of each section, by its title.
Report = dict[str, list[str]]


def take_in(sources: Sequence[str], removed: Sequence[str]) -> int:
    """Take in the documents of the sources, print what they mean, and return the exit status.

    Args:
        sources: Addresses and paths. Without any, the documents that are kept are merged anew.
        removed: The addresses of pages that are left out from now on.

    Raises:
        SpecError: The documents cannot be used. Nothing is changed.
    """
    documents, lines = kept.taken_in(*pages.find(sources), removed)
    content = kept.merge(documents)
    report = assess(content, lines)
    print(f"openapi.yaml: sha256 {sha256(OPENAPI.read_bytes())} -> {sha256(content)}\n")
    write(documents, report)
    for title, entries in report.items():
        if entries or title in ALWAYS:
            print(title, *(entries or ["nothing"]), sep="\n  ")
    return int(bool(report[BROKEN]))


def assess(content: bytes, lines: list[str]) -> Report:
    """Return the report on a document. No file is changed. ``lines`` say what has changed among the pages.

    Raises:
        SpecError: No code can be generated from the document.
    """
    with TemporaryDirectory() as folder:
        document, made = Path(folder, OPENAPI.name), Path(folder, OPENAPI.stem)
        document.write_bytes(content)
        generate("--leave-out", "--into", folder, document)
        if (refused := made / "refused.txt").exists():
            raise SpecError(refused.read_text(encoding="utf-8"))
        promised, offered = surface.read(), {*surface.read(made / "surface.txt")}
        broken = [*changes.findings(promised, offered), *wrapper_findings(document, made)]
        return {
            PAGES: lines,
            GAINED: [f"- {line}" for line in changes.gains(surface.added(promised, offered), promised)]
            + needed(document),
            NOT_GAINED: surface.read(made / "not_served.txt"),
            BROKEN: [*broken, *(places.places(made, offered) if broken else [])],
            WIDENED: surface.read(made / "notes.txt"),
            UNNEEDED: surface.read(made / "unneeded.txt"),
        }


def needed(document: Path) -> list[str]:
    """Return the line for the properties of a session that a document requires and ``openapi.yaml`` does not."""
    specs = [normal(load(path)).document["components"]["schemas"] for path in (document, OPENAPI)]
    now, before = ({*spec.get("ChatV1Session", {}).get("required", [])} for spec in specs)
    names = ", ".join(f"`{name}`" for name in sorted(now - before))
    return [f"- `ChatSession(...)` needs {names} now; `Sandbox.open_session` fills what is left out."] if names else []


def wrapper_findings(document: Path, generated: Path) -> list[str]:
    """Return what breaks the wrapper, in an interpreter that has the package of a document in the place of ours."""
    path = os.pathsep.join(map(os.fspath, (generated, ROOT / "wrapper", ROOT)))
    command = [sys.executable, "-m", "codegen.promises.wrapper", os.fspath(document)]
    run = subprocess.run(command, check=False, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": path})
    if run.returncode:
        error = run.stderr.splitlines()[-1]
        return [f"wrapper/osvi: {error}: change it, or give a class its former name in codegen/config.yaml"]
    return run.stdout.splitlines()


def write(documents: kept.Documents, report: Report) -> None:
    """Write ``openapi.yaml``, the documents of several pages and what is not served, and generate the code."""
    kept.write(documents)
    text = NOT_SERVED.read_text(encoding="utf-8")
    NOT_SERVED.write_text("\n".join([*text.splitlines(), *report[NOT_GAINED], ""]), encoding="utf-8")
    generate()


def accept_breaks() -> int:
    """Take back the promises that the code does not keep and no release has made, and return the exit status.

    Raises:
        SpecError: The code cannot be generated.
    """
    generate()
    promised, offered = surface.read(), surface.offered(surface.imported(GENERATED / "osvi_openapi"))
    lost = {*surface.lost(promised, offered)}
    if accepted := lost.difference(released.lines()):
        surface.write({*promised} - accepted)
        surface.write({*surface.read(released.GONE)} | accepted, released.GONE)
        generate()
    left = [*changes.findings(surface.read(), offered), *places.places(GENERATED, offered)]
    print("No longer promised:", *(sorted(accepted) or ["nothing"]), sep="\n  ")
    print("What is left to do:", *(left or ["nothing"]), sep="\n  ")
    return int(accepted != lost)


def generate(*arguments: str | Path) -> None:
    """Run ``generate.sh``.

    Raises:
        SpecError: The code cannot be generated.
    """
    command = ["bash", ROOT / "generate.sh", *arguments]
    run = subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if run.returncode not in {0, 1}:  # 1: a promise is broken
        raise SpecError(run.stderr.strip())
