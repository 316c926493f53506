"""What the repository is on the day after the vendor's page has grown. `tomorrow.py` has all tests, and other days."""

from pathlib import Path

from edits import OURS, with_edits
from tomorrow import GROWTH, Tomorrow

# The tests of what is made from today's document, and of each tool of the maintainer one that needs what is committed.
FILES = ["sessions", "lookups", "compiled", "sandbox", "sandbox_spec", "fastapi", "generated_models", "public_surface"]
TESTS = [
    "test_generation.py::test_it_generates_the_package_that_is_installed",
    "test_update_spec.py::test_the_same_spec_changes_nothing",
    "test_update_spec.py::test_a_break_is_reported_and_the_promise_stays",
    "test_watch.py::test_growth_is_complete_for_a_pull_request",
    "test_version.py::test_a_tree_without_a_change_may_have_the_version_of_the_last_release",
    "test_cli.py::test_a_terminal_of_any_width_shows_all_of_a_session",
    "test_cli.py::TestDoctor",
]


def test_the_tests_pass_when_the_spec_has_grown(tmp_path: Path) -> None:
    tomorrow = Tomorrow(tmp_path / "repository")
    tomorrow.take_in(with_edits(OURS, GROWTH))
    tomorrow.test(*(f"tests/test_{name}.py" for name in FILES), *(f"tests/{test}" for test in TESTS))
