"""Generate ``generated/osvi_openapi`` from ``openapi.yaml``, or check that it is up to date.

Run ``./generate.sh``, which installs the pinned tools and starts this script.
"""

import argparse
import difflib
import shutil
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from codegen import OPENAPI, ROOT, changelog, report
from codegen.document import kept
from codegen.document.reading import DataFileError, SpecError, WriteError, data_file, on_disk, replace, writing
from codegen.package.writing import Package
from codegen.promises import changes, surface

GENERATED = ROOT / "generated"
ACCEPT = (
    "To accept what breaks: python -m codegen accept, or edit its line in codegen/surface.yaml and run ./generate.sh"
)
# The content of files, by their paths in the repository.
Files = dict[str, bytes]


def planned(content: bytes, name: str = OPENAPI.name, *, leaves_out: bool = False) -> Package:
    """Return the package of a document.

    Args:
        content: The document.
        name: The name for the document in errors.
        leaves_out: Whether operations that cannot be served are left out, if one remains.

    Raises:
        DataFileError: A data file of ``codegen/`` cannot be used.
        SpecError: No code can be generated from the document.
    """
    try:
        return Package(content, leaves_out=leaves_out)
    except DataFileError:
        raise
    except SpecError as error:
        raise SpecError(f"{name}: {error}") from error
    except Exception as error:  # the generator raises exceptions of all kinds for documents that it does not expect
        raise SpecError(f"{name}: cannot be generated: {error!r}") from error


def write(package: Package) -> None:
    """Write a package in place of ``generated/``.

    Raises:
        SpecError: The code cannot be formatted. Nothing is changed.
        WriteError: It cannot be written. Nothing is changed.
    """
    # Beside it, so that it is moved as a whole.
    with writing(GENERATED), TemporaryDirectory(prefix=".generated-", dir=ROOT) as folder:
        package.write(Path(folder))
        shutil.rmtree(GENERATED, ignore_errors=True)
        GENERATED.mkdir()
        Path(folder, "osvi_openapi").replace(GENERATED / "osvi_openapi")


def promise(before: surface.Tree, offered: surface.Tree) -> None:
    """Promise all that is offered, in ``surface.yaml``, and add what is gained to the changelog.

    This is the last step of a command, so that after a crash the same command does all.

    Raises:
        WriteError: A file cannot be written.
    """
    changelog.add(changes.gains(before, offered) if before else ())
    replace(surface.FILE, surface.packed(offered))


def generate(*, is_check: bool) -> int:
    """Generate the package of ``openapi.yaml``, or check it, and return the exit status.

    Raises:
        SpecError: It cannot be generated.
    """
    package = planned(kept.openapi())
    before, offered = surface.read(), surface.offered(package)
    broken = changes.breaks(before, offered)
    if is_check:
        return check(package, before if broken else offered)
    write(package)
    if not broken:
        promise(before, offered)
    findings = [*notes(package), *unneeded(package, kept.read())]
    print(report.section("generated/osvi_openapi is up to date with openapi.yaml.", findings))
    if broken:
        print(report.section("What breaks:", broken), ACCEPT, sep="\n")
    return int(bool(broken))


def check(package: Package, promised: surface.Tree) -> int:
    """Print the differences from what `write` would write, and return the exit status."""
    with TemporaryDirectory() as folder:
        package.write(Path(folder))
        expected = _files(Path(folder)) | {"codegen/surface.yaml": surface.packed(promised)}
    stale = [*_differences(expected, _files(GENERATED) | {"codegen/surface.yaml": on_disk(surface.FILE) or b""})]
    if not kept.is_merge():
        stale.insert(0, "openapi.yaml: not the merge of codegen/pages; run python -m codegen update")
    if stale:
        print(*stale, sep="\n")
        print("\nSomething is stale: run ./generate.sh and commit the result.", file=sys.stderr)
    return int(bool(stale))


def generate_each(documents: Sequence[Path], into: Path, *, leaves_out: bool) -> int:
    """Generate the package of each document in a folder of its own, and return the exit status.

    Beside it are its surface, its notes, and the lines that ``not_served.yaml`` would need. For a document that is
    refused, there is the reason alone. The status is 2 if all are refused.

    Raises:
        SpecError: A folder exists, or is that of two documents.
    """
    folders = [into / document.stem for document in documents]
    for folder in folders:
        if folder.exists() or folders.count(folder) > 1:
            raise SpecError(f"{folder}: exists, or is that of two documents: give another folder, or delete it")
    refused = 0
    for document, folder in zip(documents, folders, strict=True):
        folder.mkdir(parents=True)
        try:
            package = planned(document.read_bytes(), document.name, leaves_out=leaves_out)
            package.write(folder)
            (folder / "surface.yaml").write_bytes(surface.packed(surface.offered(package)))
            for name, lines in {"notes": notes(package), "not_served": [one.line for one in package.left_out]}.items():
                (folder / f"{name}.txt").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        except Exception as error:  # noqa: BLE001 - the documents after it are generated
            refused += 1
            reason = folder / "refused.txt"
            is_ours = not isinstance(error, SpecError | OSError)
            reason.write_text(traceback.format_exc() if is_ours else str(error), encoding="utf-8")
            print(f"refused: {reason}")
    return 2 if refused == len(folders) else 0


def unneeded(package: Package, documents: kept.Documents) -> list[str]:
    """Return a line for each entry of a data file that fits nothing, since the document has changed."""
    config = data_file("config")
    classes, overrides = package.classes, config["class_overrides"]
    fields = [f"{name}.{one.spec_name}" for name, members in package.members.items() for one in members]
    fitting = {
        "not_served": [one.operation for one in package.refused],
        "wording": [*classes, *fields],
        "functions": [function.place for function in package.functions],
    }
    lost = [(file, name) for file, names in fitting.items() for name in data_file(file) if name not in names]
    lost += [("config", name) for name in overrides if overrides[name].get("class_name", name) not in classes]
    lost += [("config", name) for name in config["taken_names"] if name not in {"every class", *classes}]
    lost += [("settled", place) for place in kept.unneeded(documents)]
    return [f"codegen/{file}.yaml: {name} is not needed any more; delete its line" for file, name in lost]


def notes(package: Package) -> list[str]:
    """Return a line for each finding about a package that a person should know."""
    return [f"{finding.place}: {finding.text}" for finding in package.findings]


def _files(folder: Path) -> Files:
    """Return the content of every file below ``folder`` by its path in the repository, without bytecode caches."""
    return {
        f"generated/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.parent.name != "__pycache__"
    }


def _differences(expected: Files, found: Files) -> Iterator[str]:
    """Yield one line for each file that is missing or superfluous, and a unified diff for each that differs."""
    for name in sorted(expected | found):
        new, old = expected.get(name), found.get(name)
        if old is None:
            yield f"{name}: missing"
        elif new is None:
            yield f"{name}: not generated from openapi.yaml"
        elif new != old:
            found_lines, lines = (side.decode("utf-8", "replace").splitlines() for side in (old, new))
            diff = difflib.unified_diff(found_lines, lines, name, "generated from openapi.yaml", lineterm="", n=1)
            yield "\n".join(diff) or f"{name}: differs in its line endings"


@contextmanager
def exit_statuses() -> Iterator[None]:
    """Exit with 2 if the document or a file cannot be used, with 3 after an exception that is not expected."""
    try:
        yield
    except SpecError as error:
        print(f"{report.lines(str(error))}\nopenapi.yaml and generated/ are as they were.", file=sys.stderr)
        sys.exit(2)
    except WriteError as error:
        print(f"{error}\nNot all is written. When it can be, run the same command again.", file=sys.stderr)
        sys.exit(2)
    except Exception:  # noqa: BLE001 - Python would exit with 1, which means that something breaks
        traceback.print_exc()
        print("This is a fault of codegen/: mend it, and run the same command again.", file=sys.stderr)
        sys.exit(3)


def main() -> int:
    """Run the script and return its exit status: 0 if the package is up to date, 1 if it is stale or something breaks.

    Raises:
        SpecError: The document cannot be used. Nothing is changed.
        WriteError: A file cannot be written.
    """
    parser = argparse.ArgumentParser(prog="./generate.sh", description="Generate the package, or check it.")
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--check", action="store_true", help="change nothing; fail and show what is stale")
    either.add_argument(
        "--into",
        type=Path,
        metavar="FOLDER",
        help="generate the package of each DOCUMENT in FOLDER, with surface.yaml, notes.txt and not_served.txt, or "
        "refused.txt",
    )
    parser.add_argument("--leave-out", action="store_true", help="with --into: leave out what cannot be served")
    parser.add_argument("documents", nargs="*", type=Path, metavar="DOCUMENT", help="with --into")
    options = parser.parse_args()
    if bool(options.into) != bool(options.documents):
        parser.error("--into FOLDER needs a DOCUMENT, and a DOCUMENT needs --into FOLDER")
    if options.into:
        return generate_each(options.documents, options.into, leaves_out=options.leave_out)
    return generate(is_check=options.check)


if __name__ == "__main__":
    with exit_statuses():
        sys.exit(main())
