"""The report on a changed spec, and the contract tests on one that needs no work, for the edits in ``edits.yaml``."""

import json
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest
from edits import FIRST, GROUPS, HARMLESS, LARGE, OURS, resolve, with_edits
from repository import OPENAPI, Repository

from codegen.document.reading import Node, SpecError
from codegen.generate import planned
from codegen.package.writing import Package
from codegen.promises import changes, surface


@attrs.frozen
class Edit:
    """An edit: its kind and name, the document before and after it, and what the report says of it."""

    kind: str
    name: str
    base: str
    document: Node
    said: str


def edits() -> Iterator[Edit]:
    session = FIRST["components"]["schemas"]["ChatV1Session"]["properties"]
    metadata = resolve(FIRST, session["metadata"])["properties"]
    each = [(one, f"session.{one}", "ChatSession") for one in session]
    each += [(one, f"buckets.{one}", "SessionMetadata") for one in metadata]
    for title, group in GROUPS.items():
        kind, _, rest = title.partition(" ")
        base = "large" if rest == "in large.yaml" else "first"
        for property_, place, owner in each if rest == "for each property" else [("", "", "")]:
            text = json.dumps(group).replace("PLACE", place).replace("OWNER", owner).replace("NAME", property_)
            for name, changed in json.loads(text).items():
                said = next((changed.pop(key) for key in ("finds", "gains", "why") if key in changed), "")
                yield Edit(kind, name, base, with_edits(LARGE if base == "large" else FIRST, changed), said)


EDITS = {f"{edit.kind}: {edit.name}": edit for edit in edits()}


def package(document: Node) -> Package:
    return planned(json.dumps(document).encode())


BASES = {name: surface.offered(package(document)) for name, document in (("first", FIRST), ("large", LARGE))}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_is_reported_as_it_should_be(name: str) -> None:
    edit = EDITS[name]
    if edit.kind == "refused":
        with pytest.raises(SpecError) as caught:
            package(edit.document)
        assert edit.said in str(caught.value)
        return

    made = package(edit.document)
    before, now = BASES[edit.base], surface.offered(made)
    broken = changes.breaks(before, now)
    gained = changes.gains(before, now)
    assert bool(broken) == (edit.kind == "breaking"), broken
    assert edit.said in "\n".join(gained if edit.kind == "growth" else broken)
    assert edit.kind != "wording" or gained == []


@pytest.mark.parametrize("name", HARMLESS)
def test_all_other_contract_tests_pass_on_a_document_that_needs_no_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("OSVI_CONTRACT_EXAMPLES", "10")
    repository = Repository(tmp_path / "repository", OPENAPI)
    repository.openapi.write_text(json.dumps(with_edits(OURS, HARMLESS[name])), encoding="utf-8")
    repository.make()
    result = repository.run("-m", "pytest", "-q", "tests/contract", "--ignore=tests/contract/test_edits.py")

    assert result.returncode == 0, result.stdout
