"""Generate ``generated/osvi_openapi`` from ``openapi.yaml``, or check that it is up to date.

Run ``./generate.sh``, which installs the pinned tools and starts this script.
"""

import argparse
import difflib
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from codegen import OPENAPI, ROOT
from codegen.document.reading import SpecError
from codegen.package.writing import build
from codegen.promises import surface
from codegen.promises.changes import findings


def files(folder: Path) -> dict[str, bytes]:
    """Return the content of every file below ``folder`` by its relative path, without bytecode caches."""
    paths = [path for path in folder.rglob("*") if path.is_file() and path.parent.name != "__pycache__"]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def differences(expected: dict[str, bytes], found: dict[str, bytes]) -> Iterator[str]:
    """Yield one line for each file that is missing or superfluous, and a unified diff for each that differs."""
    for name in sorted(expected.keys() | found.keys()):
        if name not in found:
            yield f"generated/{name}: missing"
        elif name not in expected:
            yield f"generated/{name}: not generated from openapi.yaml"
        elif found[name] != expected[name]:
            old, new = (side[name].decode("utf-8", "replace").splitlines() for side in (found, expected))
            diff = difflib.unified_diff(old, new, f"generated/{name}", "generated from openapi.yaml", lineterm="", n=1)
            yield "\n".join(diff) or f"generated/{name}: differs in its line endings"


def generate(openapi: Path, into: Path) -> tuple[set[str], list[str]]:
    """Generate the package of a document in a folder, and return the lines of its surface, and notes for a person.

    Raises:
        SpecError: The document cannot be generated, or the generated package cannot be imported.
    """
    try:
        notes = [f"{finding.place}: {finding.text}" for finding in build(openapi, into)]
        return surface.offered(surface.imported(into / "osvi_openapi")), notes
    except SpecError:
        raise
    except Exception as error:  # the generator raises exceptions of all kinds for documents that it does not expect
        raise SpecError(f"cannot be generated: {error!r}") from error


def generate_each(documents: list[Path], into: Path) -> int:
    """Generate the package of each document in its own folder, with its surface and notes, or why it is refused."""
    for document in documents:
        folder = into / document.stem
        folder.mkdir(parents=True)
        try:
            offered, notes = generate(document, folder)
            surface.write(offered, folder / "surface.txt")
            surface.write(notes, folder / "notes.txt")
        except SpecError as error:
            (folder / "refused.txt").write_text(str(error), encoding="utf-8")
    return 0


def main() -> int:
    """Run the script and return its exit status.

    The status is 0 if the package is generated or up to date, 1 if it is stale, 2 if the spec cannot be generated.
    """
    parser = argparse.ArgumentParser(prog="./generate.sh", description=(__doc__ or "").partition("\n")[0])
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--check", action="store_true", help="change nothing; fail and show what is stale")
    either.add_argument(
        "--into",
        nargs="+",
        type=Path,
        metavar=("FOLDER", "DOCUMENT"),
        help="generate the package of each document in FOLDER, with surface.txt and notes.txt, or refused.txt",
    )
    options = parser.parse_args()
    if options.into:
        folder, *documents = options.into
        return generate_each(documents, folder)
    target, promised = ROOT / "generated", surface.read()
    with TemporaryDirectory() as folder:
        try:
            offered, notes = generate(OPENAPI, Path(folder))
        except SpecError as error:
            print(f"openapi.yaml: {error}\ngenerated/ is untouched.", file=sys.stderr)
            return 2
        added = surface.added(promised, offered)
        if options.check:
            stale = [*differences(files(Path(folder)), files(target))]
            stale += [f"codegen/surface.txt: misses {line!r}" for line in added]
            if stale:
                print(*stale, sep="\n")
                print("\nSomething is stale: run ./generate.sh and commit the result.", file=sys.stderr)
            return int(bool(stale))
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(folder, target)
    surface.write({*promised, *added})
    print("generated/osvi_openapi is up to date with openapi.yaml.", *notes, *findings(promised, offered), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
