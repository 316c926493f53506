"""``openapi.yaml`` as it is, against the wrapper as it is."""

from pathlib import Path

import checks
import pytest
from facts import facts
from spec import load

SPEC = load(Path(__file__).resolve().parents[2] / "openapi.yaml")
FACTS = facts()


@pytest.mark.parametrize("check", checks.CHECKS, ids=lambda check: check.__name__)
def test_the_wrapper_is_what_the_spec_says(check: checks.Check) -> None:
    found = checks.findings(SPEC, FACTS, check)

    if found:
        pytest.fail("\n".join(map(str, found)), pytrace=False)


def test_every_exception_is_needed() -> None:
    stale = checks.stale_exceptions(SPEC, FACTS)

    if stale:
        pytest.fail(f"tests/contract/exceptions.py: the spec has no more need of {stale}", pytrace=False)
