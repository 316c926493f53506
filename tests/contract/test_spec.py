"""The present ``openapi.yaml`` against the promises to users, and against the assumptions of the wrapper."""

from pathlib import Path

import osvi_openapi
import pytest

from codegen.document.reading import load
from codegen.promises import changes, surface

SPEC = load(Path(__file__).resolve().parents[2] / "openapi.yaml")
OFFERED = surface.offered(osvi_openapi)


def test_every_promise_to_users_is_kept() -> None:
    if found := list(changes.findings(surface.read(), OFFERED)):
        pytest.fail("\n".join(found), pytrace=False)


def test_everything_that_is_offered_is_promised() -> None:
    assert surface.added(surface.read(), OFFERED) == [], "run ./generate.sh, and commit what it makes"


def test_the_wrapper_fits_the_spec() -> None:
    from codegen.promises import wrapper  # noqa: PLC0415 - the wrapper may be unable to import what the spec no longer gives

    if found := wrapper.findings(SPEC):
        pytest.fail("\n".join(found), pytrace=False)
