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
from codegen.document import kept
from codegen.document.reading import DataFileError, SpecError
from codegen.package.writing import Built, build
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


def generate(openapi: Path, into: Path, *, leaves_out: bool = False) -> tuple[set[str], Built]:
    """Generate the package of a document in a folder.

    Args:
        openapi: The document.
        into: The folder.
        leaves_out: Whether operations that cannot be served are left out, if one remains.

    Returns:
        The lines of its surface, and what a person should know.

    Raises:
        DataFileError: A data file of ``codegen/`` cannot be used.
        SpecError: The document cannot be generated, or the generated package cannot be imported.
    """
    try:
        built = build(openapi, into, leaves_out=leaves_out)
        return surface.offered(surface.imported(into / "osvi_openapi")), built
    except DataFileError:
        raise
    except SpecError as error:
        raise SpecError(f"{openapi.name}: {error}") from error
    except Exception as error:  # the generator raises exceptions of all kinds for documents that it does not expect
        raise SpecError(f"{openapi.name}: cannot be generated: {error!r}") from error


def findings_of(built: Built) -> list[str]:
    """Return a line for each finding about a document."""
    return [f"{finding.place}: {finding.text}" for finding in built.findings]


def unneeded(built: Built) -> list[str]:
    """Return a sentence for each line of ``not_served.yaml`` that leaves out nothing, or what can be served."""
    text = "is not in openapi.yaml, or can be served; delete its line"
    return [f"codegen/not_served.yaml: {name} {text}" for name in built.unneeded]


def generate_each(documents: list[Path], into: Path, *, leaves_out: bool) -> int:
    """Generate the package of each document in its own folder, with its surface and notes, or why it is refused.

    ``not_served.txt`` has the lines that ``not_served.yaml`` needs, and ``unneeded.txt`` says which it does not need.
    """
    for document in documents:
        folder = into / document.stem
        folder.mkdir(parents=True)
        try:
            offered, built = generate(document, folder, leaves_out=leaves_out)
            surface.write(offered, folder / "surface.txt")
            surface.write(findings_of(built), folder / "notes.txt")
            surface.write([one.line for one in built.left_out], folder / "not_served.txt")
            surface.write(unneeded(built), folder / "unneeded.txt")
        except SpecError as error:
            (folder / "refused.txt").write_text(str(error), encoding="utf-8")
    return 0


def generate_ours(*, is_check: bool) -> int:
    """Generate the package of ``openapi.yaml``, or check it, and return the exit status.

    Raises:
        SpecError: It cannot be generated.
    """
    target, promised = ROOT / "generated", surface.read()
    with TemporaryDirectory() as folder:
        offered, built = generate(OPENAPI, Path(folder))
        added = surface.added(promised, offered)
        if is_check:
            not_the_merge = "openapi.yaml: not the merge of codegen/pages; run python -m codegen update"
            stale = [] if kept.is_merge() else [not_the_merge]
            stale += differences(files(Path(folder)), files(target))
            stale += [f"codegen/surface.txt: misses {line!r}" for line in added]
            if stale:
                print(*stale, sep="\n")
                print("\nSomething is stale: run ./generate.sh and commit the result.", file=sys.stderr)
            return int(bool(stale))
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(folder, target)
    surface.write({*promised, *added})
    broken = [*findings(promised, offered)]
    report = [*findings_of(built), *unneeded(built), *broken]
    print("generated/osvi_openapi is up to date with openapi.yaml.", *report, sep="\n")
    return int(bool(broken))


def main() -> int:
    """Run the script and return its exit status.

    The status is 0 if the package is generated or up to date, 1 if it is stale or a promise is broken, 2 if the spec
    cannot be generated.
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
    parser.add_argument("--leave-out", action="store_true", help="with --into: leave out what cannot be served")
    options = parser.parse_args()
    try:
        if options.into:
            folder, *documents = options.into
            return generate_each(documents, folder, leaves_out=options.leave_out)
        return generate_ours(is_check=options.check)
    except SpecError as error:
        print(f"{error}\ngenerated/ is untouched.", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
