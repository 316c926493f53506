"""The repository on the day after: copies in which a maintainer has taken in what the vendor has changed.

``python tests/tomorrow.py`` (``.ci/run tomorrow``) runs the whole suite, ``types`` and ``contract`` in a copy for each of
the days below, or for those that are named.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [os.fspath(ROOT)]

from codegen.document.reading import load  # noqa: E402

Node = dict[str, Any]
TAG = "v9.0.0"  # larger than what any change needs
# What a copy does without: what git ignores, and git.
LEFT_OUT = shutil.ignore_patterns(".git", ".venv*", ".*_cache", ".hypothesis", "__pycache__", "build", "dist")


class Tomorrow:
    """A copy of the repository, with what a maintainer does in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        shutil.copytree(ROOT, root, ignore=LEFT_OUT)
        environment = ROOT / ".venv" if (ROOT / ".venv").exists() else ROOT / ".venv-ci"
        if environment.exists():
            (root / ".venv").symlink_to(environment)  # for .ci/run

    def run(self, *command: str, statuses: tuple[int, ...] = (0,)) -> str:
        """Run a command with the packages of this copy, and return its output."""
        path = os.pathsep.join(os.fspath(self.root / folder) for folder in ("generated", "wrapper"))
        variables = os.environ | {"PYTHONPATH": path}
        result = subprocess.run(
            command,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self.root,
            env=variables,
        )
        if result.returncode not in statuses:
            raise SystemExit(f"{' '.join(command)}: exit status {result.returncode}\n{result.stdout}")
        return result.stdout

    def codegen(self, *arguments: str, statuses: tuple[int, ...] = (0,)) -> str:
        """Run a command of the maintainer."""
        return self.run(sys.executable, "-m", "codegen", *arguments, statuses=statuses)

    def update(self, *documents: Node, statuses: tuple[int, ...] = (0,)) -> str:
        """Take in documents, each on a page of its own."""
        pages = []
        for number, document in enumerate(documents):
            page = self.root.parent / f"page-{number}.md"
            page.write_text(f"# A page\n\n````yaml\n{json.dumps(document, indent=1)}\n````\n", encoding="utf-8")
            pages.append(os.fspath(page))
        return self.codegen("update", *pages, statuses=statuses)

    def release(self) -> None:
        """Follow the steps of docs/maintain/releases.md."""
        version = TAG.removeprefix("v")
        (self.root / "wrapper" / "osvi" / "_version.py").write_text(f'__version__ = "{version}"\n', encoding="utf-8")
        changelog = self.root / "CHANGELOG.md"
        text = changelog.read_text(encoding="utf-8")
        heading = "## [Unreleased]\n"
        changelog.write_text(text.replace(heading, f"{heading}\n## [{version}]\n", 1), encoding="utf-8")
        self.codegen("version", TAG)

    def check(self, *steps: str) -> None:
        self.run(".ci/run", *steps)

    def test(self, *files: str) -> None:
        self.run(
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "--no-header",
            "-n",
            os.environ.get("TOMORROW_WORKERS", "auto"),
            "--dist",
            "loadfile",
            "-p",
            "no:cacheprovider",
            *files,
        )


def session(document: Node) -> Node:
    found: Node = document["components"]["schemas"]["ChatV1Session"]
    return found


def grown(document: Node) -> Node:
    """An optional property, a value of an enum, an operation with a path parameter, and one that cannot be served."""
    properties = session(document)["properties"]
    properties["channel"] = {"type": "string", "description": "Where the customer writes.", "example": "whatsapp"}
    properties["mode"]["enum"].append("handover")
    ok = {"description": "Done."}
    agent = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}, "name": {"type": "string"}}}
    body = {"type": "object", "properties": {"success": {"type": "boolean"}, "data": agent}}
    parameter = {"name": "agent_uuid", "in": "path", "required": True, "schema": {"type": "string"}}
    document["paths"]["/v1/agents/{agent_uuid}"] = {
        "get": {
            "summary": "Get an agent",
            "parameters": [parameter],
            "responses": {"200": ok | {"content": {"application/json": {"schema": body}}}},
        }
    }
    file = {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}
    upload = {"content": {"multipart/form-data": {"schema": file}}}
    document["paths"]["/v1/uploads"] = {"post": {"requestBody": upload, "responses": {"204": ok}}}
    return document


def required(document: Node) -> Node:
    """A new property that is required, and one that has become so."""
    record = session(document)
    record["properties"]["priority"] = {"type": "integer", "example": 3}
    record["required"] = [*record.get("required", []), "priority", "account_id"]
    return document


def page_of(document: Node) -> Node:
    """A second page of the vendor: one more operation."""
    parameter = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    answer = {"description": "Done.", "content": {"application/json": {"schema": {"type": "object"}}}}
    path = {"post": {"parameters": [parameter], "responses": {"200": answer}}}
    return document | {"paths": {"/v1/chat/session/{id}/close": path}}


def today() -> Node:
    return load(ROOT / "openapi.yaml")


def growth(day: Tomorrow) -> None:
    day.update(grown(today()))


def two_pages(day: Tomorrow) -> None:
    day.update(today(), page_of(today()))


def required_properties(day: Tomorrow) -> None:
    report = day.update(required(today()))
    assert "needs" in report, report


def first_release(day: Tomorrow) -> None:
    day.release()


def all_at_once(day: Tomorrow) -> None:
    document = required(grown(today()))
    day.update(document, page_of(document))
    day.release()


def accepted(day: Tomorrow, document: Node, *words: tuple[str, str]) -> None:
    """Take in a break, accept it, and mend each place that the report names."""
    report = day.update(document, statuses=(1,))
    report += day.codegen("accept", "--all")
    for name in sorted({*re.findall(r"^\s*([\w./-]+\.\w+):\d+: ", report, re.MULTILINE)}):
        file = day.root / name
        text = file.read_text(encoding="utf-8")
        for old, new in words:
            text = re.sub(rf"(?<!X-)\b{old}\b", new, text)
        file.write_text(text, encoding="utf-8")


def renamed_property(day: Tomorrow) -> None:
    text = json.dumps(today()).replace('"updated_at"', '"changed_at"')
    accepted(day, json.loads(text), ("updated_at", "changed_at"))


def another_header(day: Tomorrow) -> None:
    text = json.dumps(today()).replace('"API-Token"', '"X-API-Token"')
    accepted(day, json.loads(text), ("API-Token", "X-API-Token"))


DAYS: dict[str, Callable[[Tomorrow], None]] = {
    function.__name__: function
    for function in (
        growth,
        two_pages,
        required_properties,
        first_release,
        all_at_once,
        renamed_property,
        another_header,
    )
}
BREAKS = {"renamed_property", "another_header"}


def main() -> None:
    for name in sys.argv[1:] or DAYS:
        with TemporaryDirectory() as folder:
            day = Tomorrow(Path(folder) / "repository")
            DAYS[name](day)
            print(f"== {name}", flush=True)
            if name not in BREAKS:
                day.check("types")
                day.test()
            day.check("contract")


if __name__ == "__main__":
    main()
