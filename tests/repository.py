import os
import shutil
import subprocess
import sys
from pathlib import Path

import osvi
import osvi_openapi

ROOT = Path(__file__).resolve().parent.parent


class Repository:
    """A copy of what a maintainer works with, to break and to change."""

    def __init__(self, root: Path, spec: Path = ROOT / "openapi.yaml") -> None:
        self.root = root
        ignore = shutil.ignore_patterns("__pycache__")
        for package, folder in ((osvi, "wrapper/osvi"), (osvi_openapi, "generated/osvi_openapi")):
            shutil.copytree(Path(str(package.__file__)).parent, root / folder, ignore=ignore)
        shutil.copytree(ROOT / "codegen", root / "codegen", ignore=ignore)
        shutil.copytree(ROOT / "tests", root / "tests", ignore=ignore)
        for name in ("generate.sh", "pyproject.toml"):
            shutil.copy(ROOT / name, root)
        shutil.copy(spec, root / "openapi.yaml")
        self.spec = (root / "openapi.yaml").read_text(encoding="utf-8")
        if spec != ROOT / "openapi.yaml":  # nothing was promised but what is in it
            (root / "codegen" / "surface.txt").unlink()
            subprocess.run(["bash", root / "generate.sh"], check=True, capture_output=True)

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
