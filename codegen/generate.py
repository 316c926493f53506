"""Generate ``generated/osvi_openapi`` from ``openapi.yaml``, or check that it is up to date.

Run ``./generate.sh``, which installs the pinned tools and starts this script.
"""

import argparse
import difflib
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from codegen import OPENAPI, ROOT
from codegen.document import kept
from codegen.document.reading import (
    DataFileError,
    NotServedError,
    SpecError,
    data_file,
    not_served_lines,
)
from codegen.package.writing import build
from codegen.promises import surface
from codegen.promises.changes import findings

# Names of operations, with reasons.
Names = Mapping[str, str]


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


def generate(openapi: Path, into: Path, not_served: Names, *, leaves_out: bool = False) -> tuple[set[str], Names]:
    """Generate the package of a document in a folder.

    Args:
        openapi: The document.
        into: The folder.
        not_served: The operations that are left out.
        leaves_out: Whether others that cannot be served are left out too.

    Returns:
        The lines of its surface, and the others that are left out, with the reasons.

    Raises:
        NotServedError: Others cannot be served.
        SpecError: The document cannot be generated, or the generated package cannot be imported.
    """
    left_out: dict[str, str] = {}
    while True:
        try:
            build(openapi, into, {**not_served, **left_out})
            return surface.offered(surface.imported(into / "osvi_openapi")), left_out
        except NotServedError as error:
            left_out |= error.operations
            if error.is_all or not leaves_out:
                raise NotServedError(left_out, is_all=error.is_all) from error
            shutil.rmtree(into / "osvi_openapi")
        except DataFileError:
            raise
        except SpecError as error:
            raise SpecError(f"{openapi.name}: {error}") from error
        except Exception as error:  # the generator raises exceptions of all kinds for documents that it does not expect
            raise SpecError(f"{openapi.name}: cannot be generated: {error!r}") from error


def unneeded(openapi: Path, not_served: Names) -> list[str]:
    """Return a sentence for each operation in ``not_served`` that the document does not have, or that can be served."""
    needed = not_served
    if not_served:
        with TemporaryDirectory() as folder, suppress(SpecError):
            _, needed = generate(openapi, Path(folder), {}, leaves_out=True)
    text = "is not in openapi.yaml, or can be served; delete its line"
    return [f"codegen/not_served.yaml: {name} {text}" for name in not_served if name not in needed]


def generate_each(documents: list[Path], into: Path, not_served: Names, *, leaves_out: bool) -> int:
    """Generate the package of each document in its own folder, with ``surface.txt``, or ``refused.txt`` on failure.

    ``not_served.txt`` has the lines that ``not_served.yaml`` needs, and ``unneeded.txt`` says which it does not need.
    """
    for document in documents:
        folder = into / document.stem
        folder.mkdir(parents=True)
        try:
            offered, left_out = generate(document, folder, not_served, leaves_out=leaves_out)
            surface.write(offered, folder / "surface.txt")
            surface.write(not_served_lines(left_out), folder / "not_served.txt")
            surface.write(unneeded(document, not_served), folder / "unneeded.txt")
        except SpecError as error:
            (folder / "refused.txt").write_text(str(error), encoding="utf-8")
    return 0


def generate_ours(not_served: Names, *, is_check: bool) -> int:
    """Generate the package of ``openapi.yaml``, or check it, and return the exit status.

    Raises:
        SpecError: It cannot be generated.
    """
    target, promised = ROOT / "generated", surface.read()
    with TemporaryDirectory() as folder:
        offered, _ = generate(OPENAPI, Path(folder), not_served)
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
    report = [*unneeded(OPENAPI, not_served), *broken]
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
        help="generate the package of each document in FOLDER, with surface.txt, or refused.txt with the reason",
    )
    parser.add_argument("--leave-out", action="store_true", help="with --into: leave out what cannot be served")
    options = parser.parse_args()
    try:
        not_served = data_file("not_served")
        if options.into:
            folder, *documents = options.into
            return generate_each(documents, folder, not_served, leaves_out=options.leave_out)
        return generate_ours(not_served, is_check=options.check)
    except SpecError as error:
        print(f"{error}\ngenerated/ is untouched.", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
