"""The present ``openapi.yaml`` against the promises to users, and against the assumptions of the wrapper."""

from pathlib import Path

import pytest
from osvi_openapi import spec

from codegen.document.reading import load
from codegen.package.writing import Package
from codegen.promises import changes, surface, wrapper

OPENAPI = Path(__file__).resolve().parents[2] / "openapi.yaml"
PACKAGE = Package(OPENAPI.read_bytes())


def test_every_promise_to_users_is_kept_and_the_wrapper_fits() -> None:
    if found := changes.breaks(surface.read(), surface.offered(PACKAGE)):
        pytest.fail("\n".join(found), pytrace=False)


def test_what_the_checks_of_the_wrapper_have_is_what_it_has() -> None:
    # The wrapper may be unable to import what the spec no longer gives.
    from osvi._core import active_sessions, token  # noqa: PLC0415
    from osvi.errors import CODES  # noqa: PLC0415

    assert active_sessions.one_session("customer", "agent").name == wrapper.LOOKUP
    assert token.LENGTH == wrapper.TOKEN_LENGTH
    assert {(status, code) for status, codes in wrapper.CODES.items() for code in codes} == {
        (str(status), code) for status, code in CODES
    }


def test_the_package_has_the_server_and_the_token_header() -> None:
    document = load(OPENAPI)
    schemes = document["components"]["securitySchemes"].values()
    assert document["servers"][0]["url"].rstrip("/") == spec.SERVER
    assert spec.TOKEN_HEADER in [scheme.get("name") for scheme in schemes if scheme.get("in") == "header"]
