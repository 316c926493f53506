"""Make ``generated/`` from ``openapi.yaml``, or check that it is what the spec gives.

Run it through ``./generate.sh``, which sees to the pinned tools.
"""

import argparse
import difflib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import surface
from changes import findings
from package import build
from spec import SpecError

ROOT = Path(__file__).resolve().parent.parent


def files(folder: Path) -> dict[str, bytes]:
    """Return every file below ``folder`` by its relative path. Bytecode caches do not count."""
    return {
        path.relative_to(folder).as_posix(): os.fsencode(path.readlink()) if path.is_symlink() else path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if (path.is_symlink() or path.is_file()) and path.parent.name != "__pycache__"
    }


def differences(expected: dict[str, bytes], found: dict[str, bytes]) -> Iterator[str]:
    """Yield what to read: a line for each file too many or too few, a unified diff for each that differs."""
    for name in sorted(expected.keys() | found.keys()):
        if name not in found:
            yield f"generated/{name}: missing"
        elif name not in expected:
            yield f"generated/{name}: not made from the spec"
        elif found[name] != expected[name]:
            old, new = (side[name].decode("utf-8", "replace").splitlines() for side in (found, expected))
            diff = list(
                difflib.unified_diff(old, new, f"generated/{name}", "what openapi.yaml gives", lineterm="", n=1)
            )
            yield "\n".join(diff) or f"generated/{name}: differs in its line endings or in bytes that are no text"


def swap(new: Path, target: Path) -> None:
    """Put ``new`` where ``target`` is, and what was there back should that fail."""
    old = new.with_name("old")
    if target.exists():
        target.rename(old)
    try:
        new.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise


def made(openapi: Path, into: Path) -> set[str]:
    """Make the package of a document in a folder; return what it offers.

    Raises:
        SpecError: the document cannot be generated, or what is made of it cannot be imported.
    """
    into.mkdir(parents=True)
    build(openapi, into)
    try:
        return surface.facts(into)
    except Exception as error:
        raise SpecError(f"what is made of it cannot be imported: {error!r}") from error


def trials(documents: list[Path], into: Path) -> int:
    """Make the package of each document in a folder of its own, with its lock, or with why it is refused."""
    for document in documents:
        folder = into / document.stem
        try:
            surface.write(made(document, folder), folder / "surface.txt")
        except SpecError as error:
            (folder / "refused.txt").write_text(str(error), encoding="utf-8")
    return 0


def main() -> int:
    """Return the exit status: 0 for done or up to date, 1 for stale, 2 for a spec that cannot be generated."""
    parser = argparse.ArgumentParser(prog="./generate.sh", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="change nothing; fail and show what is stale")
    parser.add_argument("--into", type=Path, metavar="FOLDER", help="make the packages of other documents there")
    parser.add_argument("documents", nargs="*", type=Path, help="the documents for --into")
    options = parser.parse_args()
    if options.into:
        return trials(options.documents, options.into)
    target = ROOT / "generated"
    # Beside the target, so that the swap is a rename; for a check, where nothing of the checkout is touched.
    place = {"prefix": "osvi-codegen-"} if options.check else {"prefix": ".generated-", "dir": os.fspath(ROOT)}
    work = Path(tempfile.mkdtemp(**place))
    try:
        there, promised = made(ROOT / "openapi.yaml", work / "new"), surface.read()
        if options.check:
            grown = [f"codegen/surface.txt: misses {line!r}" for line in surface.added(promised, there)]
            stale = [*differences(files(work / "new"), files(target)), *grown]
            if stale:
                print(*stale, sep="\n")
                print("\nSomething is stale: run ./generate.sh and commit what it makes.", file=sys.stderr)
            return int(bool(stale))
        swap(work / "new", target)
        surface.write({*promised, *surface.added(promised, there)})
    except (SpecError, OSError) as error:
        print(f"openapi.yaml: {error}\ngenerated/ is untouched.", file=sys.stderr)
        return 2
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print("generated/osvi_openapi is what openapi.yaml gives.")
    for finding in findings(promised, there):
        print(finding)
    return 0


if __name__ == "__main__":
    sys.exit(main())
