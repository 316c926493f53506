"""The manual of a spec with more operations, whose texts are as bad as Markdown can be. Run by `.ci/run docs`."""

import html
import json
import re
import shutil
from types import ModuleType

import osvi
import osvi.testing
import pytest

pytest.importorskip("furo")  # of the extra `docs`

from repository import ROOT, Repository

TEXT = "Lists the agents of the account, newest first."
ANYTHING = """Lists *all* _agents_ | of `Agent`s \\o/ name_ `unbalanced, and **bold** ones.

Example:
```json
{"a": 1}
```
- a list item
and its second line
* another, with [a link](https://example.org/a_b) and [one](/of/the/vendor)
# A heading
Title
=====
1. first
2. second

| a | b |
|---|---|
Note:
.. code:: x
:field: a
    indented::
> quoted <b>x</b>"""


@pytest.fixture(scope="module")
def manual(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Build the manual of the large spec; a warning is an error."""
    repository = Repository(tmp_path_factory.mktemp("manual") / "repository", ROOT / "tests" / "specs" / "large.yaml")
    repository.replace(f"description: {TEXT}", f"description: {json.dumps(ANYTHING)}")
    repository.make()
    for folder in ("docs", "benchmarks"):
        shutil.copytree(ROOT / folder, repository.root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for page in ROOT.glob("*.md"):
        shutil.copy(page, repository.root)
    repository.output("-m", "sphinx", "--fail-on-warning", "--builder", "html", "docs", "site")
    return repository


def anchors(manual: Repository) -> dict[str, str]:
    """Return the page of each name of the reference."""
    text = manual.output("-m", "sphinx.ext.intersphinx", "site/objects.inv")
    return dict(re.findall(r"^    (osvi\.\S+) .*?([\w/]+)\.html#", text, re.MULTILINE))


@pytest.mark.parametrize("kind", ["operations", "models"])
def test_every_name_of_the_spec_is_in_the_manual(manual: Repository, kind: str) -> None:
    names = manual.output("-c", f"import osvi; print(*osvi.{kind}.__all__)").split()

    pages = anchors(manual)
    assert len(names) >= 20
    assert [pages.get(f"osvi.{kind}.{name}") for name in names] == [f"reference/{kind}"] * len(names)


@pytest.mark.parametrize("module", [osvi, osvi.errors, osvi.testing])
def test_every_public_name_is_in_the_manual(manual: Repository, module: ModuleType) -> None:
    documented = {name.rpartition(".")[2] for name in anchors(manual)}

    assert {*module.__all__} - documented <= {"__version__"}


def page_and_text(manual: Repository, name: str) -> tuple[str, str]:
    """Return a page of the reference, and its text."""
    page = (manual.root / "site" / "reference" / f"{name}.html").read_text(encoding="utf-8")
    return page, " ".join(html.unescape(re.sub(r"<[^>]+>", "", page)).split())


@pytest.mark.parametrize(
    "field", ["languages: tuple[str, ...] = ()", "limits: Mapping[str, int] = {}", "extra_: str | None¶ A property"]
)
def test_a_field_of_the_spec_has_its_type(manual: Repository, field: str) -> None:
    assert field in page_and_text(manual, "models")[1]


def test_a_text_of_the_spec_is_shown_without_its_markup(manual: Repository) -> None:
    page, text = page_and_text(manual, "operations")

    assert "Lists *all* _agents_ | of Agents \\o/ name_ `unbalanced, and bold ones." in text
    assert '{"a": 1}' in text
    assert re.search(r"<li><p>a list item\s+and its second line</p></li>", page)
    assert '<a class="reference external" href="https://example.org/a_b">a link</a> and one' in page
