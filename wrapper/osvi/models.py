"""The classes that are generated from ``openapi.yaml``, for annotations and the arguments of `osvi.operations`."""

from osvi_openapi.models import *  # noqa: F403 - the names depend on the spec
from osvi_openapi.models import __all__ as __all__  # noqa: PLC0414 - for type checkers
