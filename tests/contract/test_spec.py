"""``openapi.yaml`` as it is, against what users were promised, and against what the wrapper takes it for."""

from pathlib import Path

import changes
import pytest
import surface
from spec import load

SPEC = load(Path(__file__).resolve().parents[2] / "openapi.yaml")
OFFERED = surface.offered()


def test_what_users_were_promised_is_there() -> None:
    if found := list(changes.findings(surface.read(), OFFERED)):
        pytest.fail("\n".join(found), pytrace=False)


def test_what_has_grown_is_promised() -> None:
    assert surface.added(surface.read(), OFFERED) == [], "run ./generate.sh, and commit what it makes"


def test_the_spec_is_what_the_wrapper_takes_it_for() -> None:
    import checks  # noqa: PLC0415 - the wrapper may be unable to import what the spec no longer gives

    if found := checks.findings(SPEC):
        pytest.fail("\n".join(found), pytrace=False)
