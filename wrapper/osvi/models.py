"""Every class that is generated from ``openapi.yaml``, for annotations and for the arguments of `osvi.operations`."""

from osvi_openapi.models import *  # noqa: F403 - whatever the spec has
from osvi_openapi.models import __all__ as __all__  # noqa: PLC0414 - for type checkers
