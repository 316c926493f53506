"""Checks requests with the readers of the generated functions."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from osvi_runtime import MISSING, AnyOf, CheckedRequest, InvalidDataError, argument_readers, refuse
from osvi_runtime.arguments import SEPARATORS

if TYPE_CHECKING:
    from collections.abc import Callable

    from osvi_runtime import Endpoint, Path, Reader

    from osvi._sandbox.messages import RecordedRequest


def check_request(request: RecordedRequest, endpoint: Endpoint, function: Callable[..., Any], *, body: str) -> None:
    """Check a request by the arguments of a function.

    Args:
        request: The request.
        endpoint: The endpoint of the function.
        function: The function.
        body: Whether a body is "required" or "optional", or there is "none".

    Raises:
        InvalidDataError: The spec does not allow the request. The path begins with the name of a parameter.
    """
    readers, optional = argument_readers(function), function.__kwdefaults__ or {}
    sent = {"path": request.path_params.items(), "query": request.query, "header": request.headers.items()}
    for argument, location in endpoint.locations.items():
        name, types = endpoint.names.get(argument, argument), {*readers[argument].types}
        # The parameters of an object have the names of its properties, and are not checked.
        if location not in sent or types == {dict}:
            continue
        key = name.lower() if location == "header" else name
        texts = [text for other, text in sent[location] if other == key and text]  # an empty text counts as absent
        separator = unquote(SEPARATORS.get(endpoint.styles.get(argument, ""), "" if location == "query" else ","))
        if separator and list in types:
            texts = [item for text in texts for item in text.split(separator)]
        if not texts and argument not in optional:
            refuse(MISSING, "a value", (name,))
        for text in texts:
            _check_text(text, readers[argument], (name,))
    if request.content and body != "none":
        try:
            value = request.json
        except (ValueError, RecursionError):
            raise InvalidDataError("JSON", "text", ("body",)) from None
        # Beside properties, the argument for the whole body stands for null.
        whole = [readers[argument] for argument, location in endpoint.locations.items() if location == "whole"]
        AnyOf(endpoint.body, *whole).read(value, (), CheckedRequest())
    elif body == "required":
        refuse(MISSING, "a value", ("body",))


def _check_text(text: str, reader: Reader, path: Path) -> None:
    """Check the text of a parameter, or of an item of an array: as JSON ("7", "true"), or else as a string."""
    kinds = getattr(reader, "readers", (reader,))  # those of a union
    scalar = AnyOf(*(getattr(kind, "item", kind) for kind in kinds))
    with suppress(ValueError, RecursionError):  # InvalidDataError is a ValueError
        scalar.read(json.loads(text), path, CheckedRequest())
        return
    scalar.read(text, path, CheckedRequest())


def code(error: InvalidDataError) -> str:
    """Return the code for an invalid request, such as "customer_id_missing" or "limit_not_an_integer"."""
    place = ".".join(error.path)
    if not place or place[0].isdigit():  # the body, or an item of it
        place = f"body.{place}".rstrip(".")
    kind = re.split(" of | or | in | that ", error.expected)[0]
    problem = "missing" if error.found == "no value" else f"not_{kind}"
    return f"{place}_{re.sub('[ -]', '_', problem)}"
