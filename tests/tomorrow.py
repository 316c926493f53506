"""The day after: what the vendor may change is taken in as a maintainer does it, and then every check has to pass.

``.ci/run tomorrow`` runs these tests, each of which runs the whole suite in a copy of the repository; a part of that is
in `test_tomorrow.py`.
"""

import json
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import osvi
import pytest
from edits import HARMLESS, OURS, with_edits
from osvi_openapi.spec import SPEC_SHA256, TOKEN_HEADER
from repository import OPENAPI, ROOT, Repository

from codegen.document.reading import Node

# What a copy does without: what git does not keep.
NOT_KEPT = shutil.ignore_patterns(".git", ".venv*", ".*_cache", ".hypothesis", "__pycache__", "build", "dist", "site")
# A name that no document has had, since these tests are also run in their own copies.
NEW = f"x_{SPEC_SHA256[:8]}"
TEXT, DONE = {"type": "string", "example": "a text"}, {"description": "Done."}
AGENT = {"type": "object", "required": ["id"], "properties": {"id": TEXT, "name": TEXT}}
ANSWER = {"type": "object", "properties": {"success": {"type": "boolean"}, "data": AGENT}}
ID = {"name": "agent_uuid", "in": "path", "required": True, "schema": TEXT}
GET = {"parameters": [ID], "responses": {"200": DONE | {"content": {"application/json": {"schema": ANSWER}}}}}
UPLOAD = {"requestBody": {"content": {"multipart/form-data": {"schema": AGENT}}}, "responses": {"204": DONE}}
GROWTH = {
    f"session.{NEW}": TEXT,
    "session.mode.enum.+": NEW,
    f"paths./v1/{NEW}/{{agent_uuid}}": {"get": GET},
    f"paths./v1/{NEW}": {"post": UPLOAD},
}
# What a validator and the sandbox have their own rules for.
TAGGED = [
    {"type": "object", "required": ["kind"], "properties": {"kind": {"enum": [one]}, one: TEXT}} for one in ("a", "b")
]
BASE = {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}, "n": TEXT}}
ONE = {"allOf": [{"$ref": f"#/components/schemas/{NEW}Base"}, {"type": "object", "properties": {"m": TEXT}}]}
MAPPING = {"propertyName": "kind", "mapping": {"one": f"#/components/schemas/{NEW}One"}}
OF_KINDS = {
    "parameters.+": {"name": NEW, "in": "query", "style": "deepObject", "schema": AGENT},
    "lookup.parameters.+": {"name": f"{NEW}_cookie", "in": "cookie", "schema": TEXT},
    f"schemas.{NEW}Base": BASE | {"discriminator": MAPPING, "example": {"n": "without a tag"}},
    f"schemas.{NEW}One": ONE,
    f"paths./v1/{NEW}/kinds": {
        "post": {
            "requestBody": {"content": {"application/json": {"schema": {"oneOf": TAGGED}}}},
            "responses": {
                "200": DONE | {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{NEW}Base"}}}}
            },
        }
    },
}
REQUIRED = {f"session.{NEW}_needed": TEXT, "record.required": [f"{NEW}_needed", "account_id"]}


def pages(document: Node) -> list[Node]:
    """Return a document, and another of the same components with one more operation."""
    return [document, document | {"paths": {f"/v1/{NEW}/{{agent_uuid}}/calls": {"post": GET}}}]


class Tomorrow(Repository):
    """A copy of all that git keeps."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, OPENAPI)
        shutil.copytree(ROOT, root, ignore=NOT_KEPT, dirs_exist_ok=True)
        (root / ".venv").symlink_to(sys.prefix)

    def take_in(self, *documents: Node, breaks: bool = False) -> str:
        """Take in a page for each document, and return the report."""
        pages = [self.root.parent / f"page-{number}.md" for number, _ in enumerate(documents)]
        for page, document in zip(pages, documents, strict=True):
            page.write_text(f"# Page\n\n```yaml\n{json.dumps(document, indent=1)}\n```\n", encoding="utf-8")
        result = self.update(*map(os.fspath, pages))
        assert result.returncode == int(breaks), result.stdout + result.stderr
        return result.stdout

    def publish(self) -> None:
        """Follow the steps of ``docs/maintain/releases.md``."""
        version = f"{int(osvi.__version__.partition('.')[0]) + 1}.0.0"  # large enough after any change
        self.set_version(version)
        self.output("-m", "codegen", "version", f"v{version}")

    def accept(self, report: str, old: str, new: str) -> None:
        """Accept a break, and write the new name in all places that the report names."""
        report += self.run("-m", "codegen", "accept", "--all").stdout
        for name in {*re.findall(r"^ +([\w./-]+):\d+:", report, re.MULTILINE)}:
            file = self.root / name
            text = file.read_text(encoding="utf-8")
            file.write_text(re.sub(rf"\b{re.escape(old)}\b", new, text), encoding="utf-8")

    def check(self, *steps: str) -> None:
        """Run steps of CI."""
        result = self.execute(".ci/run", *steps)
        assert result.returncode == 0, result.stdout + result.stderr

    def test(self, *files: str) -> None:
        """Run tests."""
        options = ["--quiet", "-p", "no:cacheprovider", f"--basetemp={self.root.parent / 'pytest'}"]
        result = self.execute(sys.executable, "-m", "pytest", *options, *files)
        assert result.returncode == 0, result.stdout


@pytest.fixture
def tomorrow(tmp_path: Path) -> Tomorrow:
    return Tomorrow(tmp_path / "repository")


def everything(tomorrow: Tomorrow) -> None:
    tomorrow.check("types", "contract", "generated")
    tomorrow.test()


def test_the_spec_has_grown_and_an_operation_is_left_out(tomorrow: Tomorrow) -> None:
    report = tomorrow.take_in(with_edits(OURS, GROWTH))

    assert f"`ChatSession.{NEW}`" in report
    everything(tomorrow)


def test_there_are_two_pages(tomorrow: Tomorrow) -> None:
    tomorrow.take_in(*pages(OURS))
    everything(tomorrow)


def test_a_new_property_is_required_and_an_old_one_too(tomorrow: Tomorrow) -> None:
    report = tomorrow.take_in(with_edits(OURS, REQUIRED))

    assert f"`ChatSession(...)` needs `{NEW}_needed`" in report
    everything(tomorrow)


def test_there_are_tags_and_objects_in_the_query(tomorrow: Tomorrow) -> None:
    tomorrow.take_in(with_edits(OURS, OF_KINDS))
    everything(tomorrow)


def test_the_same_is_put_together_from_parts(tomorrow: Tomorrow) -> None:
    parts = HARMLESS["the session and the envelope are each put together from parts"]
    report = tomorrow.take_in(with_edits(OURS, parts))

    assert "What breaks:\n  nothing" in report
    everything(tomorrow)


def test_a_version_has_been_released(tomorrow: Tomorrow) -> None:
    tomorrow.publish()
    everything(tomorrow)


def test_all_of_it_at_once(tomorrow: Tomorrow) -> None:
    tomorrow.take_in(*pages(with_edits(OURS, GROWTH | REQUIRED)))
    tomorrow.publish()
    everything(tomorrow)


@pytest.mark.parametrize(
    ("edit", "old", "new"),
    [
        ({"session.updated_at -> session.x_changed_at": None}, "updated_at", "x_changed_at"),
        ({"scheme": {"name": "X-API-Token"}}, TOKEN_HEADER, "X-API-Token"),
    ],
    ids=["a property has another name", "the token is in another header"],
)
def test_a_break_is_accepted_and_its_places_mended(
    tomorrow: Tomorrow, edit: dict[str, Any], old: str, new: str
) -> None:
    report = tomorrow.take_in(with_edits(OURS, edit), breaks=True)
    tomorrow.accept(report, old, new)
    tomorrow.check("contract")
