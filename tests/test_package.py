"""The installed packages: their metadata, their types, and what an import of them loads."""

import doctest
import os
import re
import rlcompleter
import runpy
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from types import ModuleType

import osvi
import osvi.testing
import osvi_openapi
import osvi_runtime
import pytest

ROOT = Path(__file__).resolve().parent.parent


def modules_after(statement: str) -> set[str]:
    script = f"import sys; {statement}; print(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    return set(result.stdout.split())


def test_the_import_loads_neither_the_models_nor_the_command_nor_the_sandbox() -> None:
    # httpx loads click and rich itself, where they are installed.
    loaded = modules_after("import osvi") - modules_after("import httpx")

    assert not loaded & {
        "click",
        "rich",
        "osvi.testing",
        "osvi._cli",
        "osvi._sandbox",
        "osvi.sessions",
        "osvi_openapi.models.chat_v1_session",
        "asyncio",
        "aiohttp",
    }


def test_the_generated_package_and_the_runtime_need_attrs_alone() -> None:
    everything = "from osvi_openapi.models import *; from osvi_openapi.operations import *"
    loaded = {name.partition(".")[0] for name in modules_after(everything) - modules_after("pass")}

    assert loaded - sys.stdlib_module_names == {"attr", "attrs", "osvi_openapi", "osvi_runtime"}


def test_the_sandbox_is_imported_on_first_use() -> None:
    assert "osvi.testing" in modules_after("import osvi; osvi.testing.Sandbox")
    with pytest.raises(AttributeError, match="has no attribute 'nope'"):
        getattr(osvi, "nope")  # noqa: B009 - type checkers know that there is none


def test_the_version_is_that_of_the_distribution() -> None:
    installed = metadata.distribution("osvi").locate_file("osvi/__init__.py")
    if not Path(str(installed)).exists():
        pytest.skip("the distribution is that of a checkout, and has the version of the day on which it was installed")
    assert metadata.version("osvi") == osvi.__version__


@pytest.mark.parametrize("package", [osvi, osvi_openapi, osvi_runtime])
def test_type_checkers_may_read_the_package(package: ModuleType) -> None:
    assert package.__file__ is not None
    assert (Path(package.__file__).parent / "py.typed").exists()


@pytest.mark.parametrize("module", [osvi, osvi.testing])
def test_the_examples_in_docstrings_are_true(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0


def test_dir_has_the_names_that_are_not_imported_yet() -> None:
    command = [sys.executable, "-c", "import osvi; print(set(osvi.__all__) - set(dir(osvi)))"]
    assert subprocess.check_output(command, text=True).strip() == "set()"


@pytest.mark.parametrize("module", [osvi, osvi.errors, osvi.testing, osvi.models, osvi.operations])
def test_dir_and_completion_show_only_what_is_public(module: ModuleType) -> None:
    assert module.__all__
    assert {name for name in dir(module) if not name.startswith("_")} == {*module.__all__} - {"__version__"}
    matches = rlcompleter.Completer({"module": module}).attr_matches("module.")
    assert {match.partition(".")[2].strip("()") for match in matches} == {*module.__all__} - {"__version__"}


def test_the_errors_of_the_package_are_those_of_its_module() -> None:
    classes = {name for name, value in vars(osvi.errors).items() if isinstance(value, type) and name in osvi.__all__}
    assert {*osvi.errors.__all__} == classes


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        (["error::osvi.SpecDriftWarning", "ignore::ImportWarning"], "\nosvi.errors.SpecDriftWarning: GET"),
        (["error::osvi.errors.SpecDriftWarning"], "\nosvi.errors.SpecDriftWarning: GET"),
        (["ignore::osvi.SpecDriftWarning", "error::osvi.SpecDriftWarning"], "\nosvi.errors.SpecDriftWarning: GET"),
        (["error::osvi.SpecDriftWarning", "default::osvi.SpecDriftWarning"], "<string>:5: SpecDriftWarning: GET"),
    ],
)
def test_the_last_option_of_the_interpreter_for_drift_counts(options: list[str], shown: str) -> None:
    script = """
import osvi
sandbox = osvi.testing.Sandbox()
sandbox.open_session("+1", agent_uuid="a", mode="unheard-of")
osvi.Client(sandbox.token, transport=sandbox.transport).list_active_sessions("+1")
"""
    command = [sys.executable, *(f"-W{option}" for option in options), "-c", script]
    result = subprocess.run(command, check=False, capture_output=True, text=True)

    assert result.returncode == (1 if "errors" in shown else 0)
    assert f"{shown} /v1/chat/session/active: /data/*/mode" in result.stderr


def test_the_lowest_versions_in_ci_are_the_lower_bounds_of_the_dependencies() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    admitted = {*project["dependencies"]}
    for extra in ("aiohttp", "cli"):
        admitted |= {*project["optional-dependencies"][extra]}
    lines = (ROOT / ".ci" / "lowest.txt").read_text(encoding="utf-8").splitlines()
    lowest = {
        name: version for name, _, version in (line.partition("==") for line in lines if not line.startswith("#"))
    }

    bounds = {}
    for requirement in admitted:
        name, _, rest = requirement.partition(">=")
        bounds[name] = rest.partition(",")[0]
    assert {name: version.removesuffix(".0") for name, version in lowest.items()} == {
        name: version.removesuffix(".0") for name, version in bounds.items()
    }


def test_what_decides_the_generated_bytes_has_the_same_version_for_the_tests() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    lines = (ROOT / "codegen" / "requirements.in").read_text(encoding="utf-8").splitlines()
    pinned = {line for line in lines if not line.startswith("#")}

    assert pinned
    assert pinned - {*extras["test"]} == set()


def test_the_readme_on_pypi_has_no_link_into_the_repository() -> None:
    text = metadata.metadata("osvi").json["description"]
    assert isinstance(text, str)

    assert text.startswith("# osvi")
    assert re.findall(r"\]\((?!https?:)[^)]*\)", text) == []


def test_the_source_distribution_has_what_its_tests_read_and_no_environment() -> None:
    sdist = pytest.importorskip("hatchling.builders.sdist", reason="builds the wheel, and is not installed with it")
    names = {file.distribution_path for file in sdist.SdistBuilder(os.fspath(ROOT)).recurse_included_files()}

    assert names >= {"README.md", ".ci/run", ".github/workflows/spec.yml", "codegen/config.yaml", "docs/index.md"}
    assert [name for name in names if name.startswith((".venv", "build/", "dist/"))] == []


def test_a_build_with_too_old_a_python_ends_with_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("hatchling", reason="builds the wheel, and is not installed with it")
    hook = runpy.run_path(os.fspath(ROOT / ".ci" / "python_version.py"))["PythonVersion"]
    monkeypatch.setattr(sys, "version_info", (3, 10, 13, "final", 0))
    with pytest.raises(SystemExit, match=r"^osvi needs Python 3\.11 or newer; this is 3\.10\.13$"):
        hook("", {}).update({})
