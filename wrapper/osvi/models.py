"""The classes that are generated from ``openapi.yaml``, for annotations and the arguments of `osvi.operations`.

`UnknownModel` is the class of an object whose tag the spec does not know, where tags tell several classes apart.
"""

from osvi_openapi import models
from osvi_openapi.models import *  # noqa: F403 - the names depend on the spec
from osvi_runtime import UnknownModel

__all__ = ["UnknownModel"]
__all__ += models.__all__


def __dir__() -> list[str]:
    return __all__
