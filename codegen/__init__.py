"""The tools of the maintainer: they generate ``osvi_openapi`` from ``openapi.yaml``, and report changes of it."""

from pathlib import Path

CODEGEN = Path(__file__).resolve().parent
ROOT = CODEGEN.parent
OPENAPI = ROOT / "openapi.yaml"
