import atexit
import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import osvi
import osvi_openapi
from support import need_generate_sh, serving

ROOT = Path(__file__).resolve().parent.parent
FIRST = ROOT / "tests" / "specs" / "first.yaml"
CHANGELOG = "# Changelog\n\n## [Unreleased]\n\n### Fixed\n\n- A fault.\n\n## [0.1.0]\n\n### Added\n\n- All.\n"

_TEMPLATES = Path(tempfile.mkdtemp(prefix="osvi-templates-"))
atexit.register(shutil.rmtree, _TEMPLATES, ignore_errors=True)


@functools.cache
def _template(spec: Path) -> Path:
    """Make the files of a repository with this spec, once for all tests."""
    need_generate_sh()
    root = _TEMPLATES / spec.stem
    ignore = shutil.ignore_patterns("__pycache__")
    for package, folder in ((osvi, "wrapper/osvi"), (osvi_openapi, "generated/osvi_openapi")):
        shutil.copytree(Path(str(package.__file__)).parent, root / folder, ignore=ignore)
    for folder in ("codegen", "tests"):
        shutil.copytree(ROOT / folder, root / folder, ignore=ignore)
    for name in ("generate.sh", "pyproject.toml"):
        shutil.copy(ROOT / name, root)
    shutil.copy(spec, root / "openapi.yaml")
    if spec != ROOT / "openapi.yaml":  # what is promised is what is in this spec, and nothing else
        (root / "codegen" / "surface.txt").unlink()
        subprocess.run(["bash", root / "generate.sh"], check=True, capture_output=True)
    return root


class Repository:
    """A copy of the repository, for a test to change."""

    def __init__(self, root: Path, spec: Path = ROOT / "openapi.yaml") -> None:
        self.root = root
        shutil.copytree(_template(spec), root)
        self.spec = (root / "openapi.yaml").read_text(encoding="utf-8")

    def update(self, *sources: str) -> subprocess.CompletedProcess[str]:
        return self.run(os.fspath(self.root / "codegen" / "update_spec.py"), *sources)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Python with this copy of the packages, whatever is installed."""
        path = os.pathsep.join(os.fspath(self.root / folder) for folder in ("generated", "wrapper"))
        command = [sys.executable, "-B", *arguments]
        environment = os.environ | {"PYTHONPATH": path}
        return subprocess.run(command, check=False, capture_output=True, text=True, cwd=self.root, env=environment)

    def page(self, text: str) -> str:
        path = self.root.parent / "page.md"
        path.write_text(text, encoding="utf-8")
        return os.fspath(path)

    def contents(self) -> dict[str, bytes]:
        files = [
            self.root / "openapi.yaml",
            self.root / "codegen" / "surface.txt",
            *(self.root / "generated").rglob("*.*"),
        ]
        return {os.fspath(path): path.read_bytes() for path in files if path.is_file()}


class Released(Repository):
    """A repository whose last release is v0.1.0, and that watches pages."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, FIRST)
        (root / "CHANGELOG.md").write_text(CHANGELOG, encoding="utf-8")
        (root / "wrapper/osvi/_version.py").write_text('__version__ = "0.1.0"\n', encoding="utf-8")
        self.git("init", "--quiet")
        self.commit()
        self.git("tag", "v0.1.0")
        (root / "codegen" / "pages.yaml").write_text("[]\n", encoding="utf-8")
        self.commit()

    def git(self, *arguments: str) -> str:
        settings = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false"]
        command = ["git", "-C", os.fspath(self.root), *settings, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "A change")

    def watch(self, *answers: bytes, pages: int | None = None) -> subprocess.CompletedProcess[str]:
        """Serve the answers, name a page for each, or as many as there are ``pages``, and run the command."""
        with serving(*answers) as server:
            addresses = [f"{server.url}/{number}.md" for number, _ in enumerate(answers)]
            (self.root / "codegen" / "pages.yaml").write_text(json.dumps(addresses[:pages]), encoding="utf-8")
            self.commit()
            return self.run(os.fspath(self.root / "codegen" / "watch.py"))

    def version(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run(os.fspath(self.root / "codegen" / "version.py"), *arguments)

    def changed(self) -> set[str]:
        """Return the files that differ from the last commit."""
        lines = self.git("status", "--porcelain", "--untracked-files=all").splitlines()
        return {line[3:] for line in lines if "generated/" not in line and "__pycache__" not in line}

    def text(self, name: str) -> str:
        return (self.root / name).read_text(encoding="utf-8")
