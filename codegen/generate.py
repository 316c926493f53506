"""Make ``generated/`` from ``openapi.yaml``, or check that it is what the spec gives.

Run it through ``./generate.sh``, which sees to the pinned tools.
"""

import argparse
import difflib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from spec import SpecError, load, prepare, sha256

ROOT = Path(__file__).resolve().parent.parent
CODEGEN = ROOT / "codegen"
PACKAGE = "osvi_openapi"

SPEC_MODULE = '''\
"""Which openapi.yaml this package was made from."""

SPEC_SHA256 = "{digest}"
'''


def build(openapi: Path, into: Path) -> None:
    """Generate the package for ``openapi`` as ``into/osvi_openapi``.

    Raises:
        SpecError: the spec cannot be generated, or not wholly; the message holds what the generator said.
    """
    content = openapi.read_bytes()
    spec = load(content)
    package = into / PACKAGE
    prepared = into / "prepared.json"
    prepared.write_text(json.dumps(prepare(spec)), encoding="utf-8")
    command = [sys.executable, "-I", "-m", "openapi_python_client", "generate"]
    command += ["--path", str(prepared), "--meta", "none", "--output-path", str(package), "--fail-on-warning"]
    command += ["--config", str(CODEGEN / "config.yaml"), "--custom-template-path", str(CODEGEN / "templates")]
    # The post hooks look for ruff on PATH: ours first. Nothing else of the caller's environment can reach the output.
    environment = {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
        "HOME": str(into),
        "LC_ALL": "C.UTF-8",
        "COLUMNS": "120",
        "NO_COLOR": "1",
    }
    run = subprocess.run(
        command, check=False, capture_output=True, text=True, encoding="utf-8", env=environment, cwd=into
    )
    if run.returncode or not package.is_dir():
        said = (run.stdout + run.stderr).replace(str(into) + os.sep, "").strip()
        raise SpecError(f"openapi-python-client refused the spec:\n{said}")
    prepared.unlink()
    (package / "py.typed").touch()
    (package / "spec.py").write_text(SPEC_MODULE.format(digest=sha256(content)), encoding="utf-8")
    # The sandbox and `osvi doctor` read the spec at run time, where there may be no YAML parser.
    document = json.dumps(spec, indent=1, ensure_ascii=False, sort_keys=False)
    (package / "openapi.json").write_text(document + "\n", encoding="utf-8")


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


def main() -> int:
    """Return the exit status: 0 for done or up to date, 1 for stale, 2 for a spec that cannot be generated."""
    parser = argparse.ArgumentParser(prog="./generate.sh", description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="change nothing; fail and show how generated/ differs")
    check = parser.parse_args().check
    target = ROOT / "generated"
    # Beside the target, so that the swap is a rename; for a check, where nothing of the checkout is touched.
    work = Path(tempfile.mkdtemp(prefix="osvi-codegen-" if check else ".generated-", dir=None if check else ROOT))
    try:
        fresh = work / "new"
        fresh.mkdir()
        build(ROOT / "openapi.yaml", fresh)
        if check:
            stale = list(differences(files(fresh), files(target)))
            if stale:
                print(*stale, sep="\n")
                print("\ngenerated/ is stale: run ./generate.sh and commit what it makes.", file=sys.stderr)
            return int(bool(stale))
        swap(fresh, target)
    except (SpecError, OSError) as error:
        print(f"openapi.yaml: {error}\ngenerated/ is untouched.", file=sys.stderr)
        return 2
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print("generated/osvi_openapi is what openapi.yaml gives.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
