"""Copies of the repository, to change and to break: with the generator alone, with the wrapper, and with a release."""

import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

import osvi
import osvi_openapi
import osvi_runtime
from edits import with_edits
from ruamel.yaml import YAML
from support import need_generate_sh, serving

from codegen.document.reading import load

ROOT = Path(__file__).resolve().parent.parent
OPENAPI = ROOT / "openapi.yaml"
FIRST = ROOT / "tests" / "specs" / "first.yaml"
CHANGELOG = "# Changelog\n\n## [Unreleased]\n\n### Fixed\n\n- A fault.\n\n## [0.1.0]\n\n### Added\n\n- All.\n"

# All copies share what mypy finds in the libraries, also those of the next run; each worker of xdist has its own.
MYPY_CACHE = ROOT / "build" / "mypy" / os.environ.get("PYTEST_XDIST_WORKER", "main")
CACHES = shutil.ignore_patterns("__pycache__")

# What codegen/ knows of openapi.yaml and of its releases. A copy with another document begins without it.
SURFACE, RELEASED, NOT_SERVED = "surface.yaml", "released.yaml", "not_served.yaml"
STATE = (SURFACE, RELEASED, NOT_SERVED, "settled.yaml", "pages.yaml", "pages")
WITHOUT_STATE = shutil.ignore_patterns("__pycache__", *STATE)

Run = subprocess.CompletedProcess[str]


def copy_package(package: ModuleType, into: Path) -> None:
    """Copy an installed package into a folder."""
    shutil.copytree(Path(str(package.__file__)).parent, into / package.__name__, ignore=CACHES)


def facts(checkout: "Checkout") -> Any:
    """Return what is promised, as it stands in the file."""
    return YAML(typ="safe").load(checkout.surface)


class Checkout:
    """A copy of the generator and a spec."""

    def __init__(self, root: Path, spec: Path = FIRST) -> None:
        need_generate_sh()
        self.root = root
        self.openapi = root / "openapi.yaml"
        self.surface = root / "codegen" / SURFACE
        self.not_served = root / "codegen" / NOT_SERVED
        self.package = root / "generated" / "osvi_openapi"
        self.fill(spec)
        self.spec = self.openapi.read_text(encoding="utf-8")

    def fill(self, spec: Path) -> None:
        """Copy the files into the new folder."""
        shutil.copytree(ROOT / "codegen", self.root / "codegen", ignore=CACHES if spec == OPENAPI else WITHOUT_STATE)
        if spec != OPENAPI:
            self.not_served.write_text("# Left out, with the reasons:\n", encoding="utf-8")
        copy_package(osvi_runtime, self.root / "wrapper")
        shutil.copy(ROOT / "generate.sh", self.root)
        shutil.copy(spec, self.openapi)

    def generate(self, *arguments: str, folder: Path = Path("/"), **environment: str) -> Run:
        """Run ``generate.sh`` in a folder."""
        command = ["bash", os.fspath(self.root / "generate.sh"), *arguments]
        variables = os.environ | environment
        return subprocess.run(command, check=False, capture_output=True, text=True, cwd=folder, env=variables)

    def make(self) -> None:
        """Generate the package, which has to succeed."""
        result = self.generate()
        assert result.returncode == 0, result.stderr

    def execute(self, *command: str) -> Run:
        """Run a command with this copy of the packages, whatever is installed."""
        path = os.pathsep.join(os.fspath(self.root / folder) for folder in ("generated", "wrapper"))
        mypy = {"MYPYPATH": path, "MYPY_CACHE_DIR": os.fspath(MYPY_CACHE)}
        variables = os.environ | {"PYTHONPATH": path} | mypy
        return subprocess.run(command, check=False, capture_output=True, text=True, cwd=self.root, env=variables)

    def run(self, *arguments: str) -> Run:
        """Run Python with this copy of the packages."""
        return self.execute(sys.executable, "-B", *arguments)

    def output(self, *arguments: str) -> str:
        """Return the output of Python, which has to succeed."""
        result = self.run(*arguments)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def check_types(self, *files: str) -> None:
        """Check the types of the package and of these files, which have to be right."""
        options = ["--strict", "--python-version=3.12", "--config-file="]
        self.output("-m", "mypy", *options, "generated/osvi_openapi", *files)

    def contents(self) -> dict[str, bytes]:
        """Return what ``generate.sh`` and ``update`` read and write."""
        generated = [path for path in (self.root / "generated").rglob("*") if path.parent.name != "__pycache__"]
        pages = (self.root / "codegen" / "pages").rglob("*")
        paths = [path for path in (self.openapi, self.surface, self.not_served, *pages, *generated) if path.is_file()]
        return {path.relative_to(self.root).as_posix(): path.read_bytes() for path in paths}

    def replace(self, old: str, new: str) -> None:
        """Edit the spec."""
        assert old in self.spec
        self.spec = self.spec.replace(old, new)
        self.openapi.write_text(self.spec, encoding="utf-8")


_templates = tempfile.TemporaryDirectory(prefix="osvi-templates-")


@functools.cache
def _template(spec: Path) -> Checkout:
    """Generate the package of a spec, once for all copies."""
    checkout = Checkout(Path(_templates.name) / spec.stem, spec)
    checkout.make()
    return checkout


class Repository(Checkout):
    """A copy of the whole repository. A spec other than ``openapi.yaml`` is what was promised to users."""

    def fill(self, spec: Path) -> None:
        super().fill(spec)
        copy_package(osvi, self.root / "wrapper")
        copy_package(osvi_openapi, self.root / "generated")
        shutil.copytree(ROOT / "tests", self.root / "tests", ignore=CACHES)
        shutil.copy(ROOT / "pyproject.toml", self.root)
        if spec != OPENAPI:
            template = _template(spec)
            shutil.rmtree(self.package)
            shutil.copytree(template.package, self.package, ignore=CACHES)
            shutil.copy(template.surface, self.surface)

    def update(self, *sources: str) -> Run:
        return self.run("-m", "codegen", "update", *sources)

    def page(self, text: str) -> str:
        path = self.root.parent / "page.md"
        path.write_text(text, encoding="utf-8")
        return os.fspath(path)

    def page_with(self, edits: dict[str, Any]) -> str:
        """Write a page with the spec after these edits."""
        return self.page(json.dumps(with_edits(load(self.spec.encode()), edits)))

    def text(self, name: str) -> str:
        return (self.root / name).read_text(encoding="utf-8")

    def set_version(self, version: str) -> None:
        (self.root / "wrapper/osvi/_version.py").write_text(f'__version__ = "{version}"\n', encoding="utf-8")
        changelog = self.text("CHANGELOG.md")
        if f"## [{version}]" not in changelog:
            new = changelog.replace("## [Unreleased]\n", f"## [Unreleased]\n\n## [{version}]\n")
            (self.root / "CHANGELOG.md").write_text(new, encoding="utf-8")

    def release(self, version: str) -> None:
        self.set_version(version)
        (self.root / "codegen" / RELEASED).unlink(missing_ok=True)
        result = self.version(f"v{version}")
        assert result.returncode == 0, result.stdout + result.stderr

    def version(self, *arguments: str) -> Run:
        return self.run("-m", "codegen", "version", *arguments)

    def git(self, *arguments: str) -> str:
        settings = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false"]
        command = ["git", "-C", os.fspath(self.root), *settings, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "A change")

    def changed(self) -> set[str]:
        """Return the files that differ from the last commit."""
        lines = self.git("status", "--porcelain", "--untracked-files=all").splitlines()
        return {line[3:] for line in lines if "generated/" not in line and "__pycache__" not in line}


@functools.cache
def _released() -> Path:
    """Make a repository with a release, once for all copies."""
    repository = Repository(Path(_templates.name) / "released")
    (repository.root / "CHANGELOG.md").write_text(CHANGELOG, encoding="utf-8")
    repository.release("0.1.0")
    (repository.root / "codegen" / "pages.yaml").write_text("[]\n", encoding="utf-8")
    repository.git("init", "--quiet")
    repository.commit()
    return repository.root


class Released(Repository):
    """A copy whose last release is v0.1.0, and that watches pages."""

    def fill(self, spec: Path) -> None:
        assert spec == FIRST
        shutil.copytree(_released(), self.root)

    def watch(self, *answers: bytes, pages: int | None = None) -> Run:
        """Serve the answers, name a page for each, or as many as there are ``pages``, and run the command."""
        with serving(*answers) as server:
            addresses = [f"{server.url}/{number}.md" for number, _ in enumerate(answers)]
            (self.root / "codegen" / "pages.yaml").write_text(json.dumps(addresses[:pages]), encoding="utf-8")
            self.commit()
            return self.run("-m", "codegen", "watch")
