"""Operations that ``openapi.yaml`` may lack: the clients' ``request()`` sends them with the engine of all others."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any, Final
from urllib.parse import unquote

from osvi_openapi import operations
from osvi_runtime import (
    Anything,
    Drift,
    Endpoint,
    InvalidDataError,
    Operation,
    Reader,
    json_bytes,
    path_text,
    query_pairs,
)

from osvi._core.call import logger
from osvi.errors import ConfigurationError

_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
# One slash, so that no host follows, then what RFC 3986 allows in a path, and names in braces.
_PATH: Final = r"/(?!/)(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2}|\{[A-Za-z0-9_.-]+\})*"
_DOTS: Final = {".", ".."}


class AnyOperation(Operation[Any]):
    """An operation whose value is the ``data`` of an envelope, or else the whole body, as JSON values."""

    def read(self, reader: Reader, body: Any, drift: Drift) -> Any:
        value = super().read(reader, body, drift)
        return value["data"] if isinstance(value, dict) and value.keys() >= {"success", "data"} else value


def any_operation(
    method: str, path: str, path_params: Mapping[str, Any] | None, query: Mapping[str, Any] | None, json: Any
) -> AnyOperation:
    """Return an operation; see `BaseClient.request`.

    Raises:
        ConfigurationError: The method or the path is invalid, or an argument cannot be encoded.
    """
    arguments = {"path_params": path_params or {}, "query": query or {}, "json": json}
    _check(method, path, *arguments["path_params"])
    endpoint = Endpoint(method, path, answers={}, locations=dict.fromkeys(arguments, "whole"))
    if logger.isEnabledFor(logging.DEBUG) and (function := _functions().get(_shape(endpoint.name))):
        logger.debug("%s has become osvi.operations.%s", endpoint.name, function)
    try:
        url = path
        for name, value in arguments["path_params"].items():
            place = ("path_params", name)
            url = url.replace(f"{{{name}}}", path_text(Anything.write(value, place), place))
        pairs = [
            pair
            for name, value in arguments["query"].items()
            if value is not None
            for pair in query_pairs(name, Anything.write(value, ("query", name)), "", ("query", name))
        ]
        content = None if json is None else json_bytes(Anything.write(json, ("json",)))
    except InvalidDataError as error:
        problem = f"{'.'.join(map(str, error.path))}: expected {error.expected}, found {error.found}"
    else:
        headers = {"Content-Type": endpoint.content_type} if content else {}
        return AnyOperation(endpoint, "?".join([url, "&".join(pairs)] if pairs else [url]), headers, content, arguments)
    raise ConfigurationError(problem)


def _check(method: str, path: str, *names: str) -> None:
    """Raise an error for what could lead elsewhere than to a path of the base URL. It does not quote the path."""
    if method not in _METHODS:
        raise ConfigurationError(f"method must be one of {', '.join(_METHODS)}")
    if not re.fullmatch(_PATH, path):
        raise ConfigurationError(
            'path must begin with one "/", without a host or a query; other characters are percent-encoded, and values '
            "belong in path_params and query"
        )
    if not _DOTS.isdisjoint(map(unquote, path.split("/"))):
        raise ConfigurationError('path must not have "." or ".." between slashes')
    if {*names} != (braces := {*re.findall(r"\{(.*?)\}", path)}):
        raise ConfigurationError(f"path_params must have the names in braces of the path: {', '.join(sorted(braces))}")


@cache
def _functions() -> Mapping[str, str]:
    """Return the names of the functions of `osvi.operations`, by the shapes of the names of their operations."""
    modules = {name: import_module(f"{operations.__name__}._{name}") for name in operations.__all__}
    return {_shape(module.ENDPOINT.name): name for name, module in modules.items()}


def _shape(name: str) -> str:
    return re.sub(r"\{.*?\}", "{}", name)
