"""The present ``openapi.yaml`` against the promises to users, and against the assumptions of the wrapper."""

from pathlib import Path

import pytest

from codegen.package.writing import Package
from codegen.promises import changes, surface

PACKAGE = Package((Path(__file__).resolve().parents[2] / "openapi.yaml").read_bytes())


def test_every_promise_to_users_is_kept() -> None:
    if found := changes.breaks(surface.read(), surface.offered(PACKAGE)):
        pytest.fail("\n".join(found), pytrace=False)


def test_the_wrapper_fits_the_spec() -> None:
    from codegen.promises import wrapper  # noqa: PLC0415 - the wrapper may be unable to import what the spec no longer gives

    if found := wrapper.findings(PACKAGE):
        pytest.fail("\n".join(found), pytrace=False)
