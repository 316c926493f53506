"""The operations of the spec, and how they answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache, cached_property
from importlib import import_module, resources
from typing import Any, Final
from urllib.parse import unquote

from osvi_runtime import Checked, InvalidDataError, to_json

from osvi._sandbox.checks import check_request, code
from osvi._sandbox.messages import RecordedRequest, error_body, error_reply, reply
from osvi._transport.mock import Reply

Node = dict[str, Any]
UNDECLARED: Final[Node] = {"is_public": False, "parameters": {}, "answers": {}}


class Spec:
    """The operations of a generated package by their names, and the routing of requests to them.

    Args:
        package: The name of the package.
    """

    def __init__(self, package: str) -> None:
        text = resources.files(package).joinpath("examples.json").read_text(encoding="utf-8")
        self.operations = {name: SpecOperation(package, name, node) for name, node in json.loads(text).items()}

    def find(
        self, method: str, path: str, others: Iterable[SpecOperation] = ()
    ) -> tuple[SpecOperation | None, dict[str, str], list[str]]:
        """Return the operation of a request, the parameters in its path, and the methods of the path.

        The operation is None if the path has no operation with this method. The methods are empty if there is no such
        path.

        Args:
            method: The method of the request.
            path: Its path.
            others: Operations beside those of the spec.
        """
        matching = [
            (operation, match.groups())
            for operation in (*self.operations.values(), *others)
            if (match := operation.pattern.fullmatch(path))
        ]
        # If two paths match, that with fewer parameters is taken, which comes first.
        same_path = {one.method: (one, texts) for one, texts in matching if one.path == matching[0][0].path}
        if method not in same_path:
            return None, {}, [*same_path]
        operation, texts = same_path[method]
        return operation, dict(zip(operation.path_names, map(unquote, texts), strict=True)), [*same_path]


class SpecOperation:
    """An operation of the spec.

    Args:
        package: The name of the generated package.
        name: The method and the path, such as "GET /v1/chat/session/active".
        node: What ``codegen/package/examples.py`` has written of it.
    """

    def __init__(self, package: str, name: str, node: Node) -> None:
        self.name = name
        self.method, _, self.path = name.partition(" ")
        texts = re.split(r"\{(.*?)\}", self.path)  # every other one is the name of a parameter
        self.path_names = texts[1::2]
        self.pattern = re.compile("([^/]+)".join(map(re.escape, texts[::2])))
        self.needs_token = not node["is_public"]
        self.parameters: Node = node["parameters"]
        self.answers: dict[str, Node] = node["answers"]
        self._package = package
        self._node = node

    @cached_property
    def _module(self) -> Any:
        return import_module(f"{self._package}.operations._{self._node['function']}")

    def refusal_of(self, request: RecordedRequest) -> Reply | None:
        """Return the error for a request that the spec does not allow. None if the spec allows or lacks it."""
        if self._node is UNDECLARED:
            return None
        try:
            function = getattr(self._module, self._node["function"])
            check_request(request, self._module.ENDPOINT, function, body=self._node["body"])
        except InvalidDataError as error:
            return self.error(self._node["refusal"], code(error))
        return None

    def reply(self, status: int | None = None, data: Any = None) -> Reply:
        """Return a reply: the example of the spec, or a reply with the data of a test.

        Args:
            status: The status. Default: the first 2xx of the spec, or else another status that it declares.
            data: The ``data`` of the body, or the body itself if it has no envelope. Default: the spec's example.

        Raises:
            ValueError: The spec does not have this 2xx status, or no JSON body for it that could contain data.
            InvalidDataError: The client would refuse the data.
        """
        status = int(self._node["status"] if status is None else status)
        key, is_success = self._key(status), status < 300  # noqa: PLR2004 - redirects and errors follow
        answer, known = self.answers.get(key, {}), f"its answers: {', '.join(self.answers)}"
        if is_success and not key:
            raise ValueError(f"{self.name} has no answer {status}; {known}")
        if data is not None and not (is_success and "body" in answer and key in self._module.ENDPOINT.answers):
            raise ValueError(f"{self.name} has no answer {status} that holds data; {known}")
        if "body" not in answer:
            return Reply(status) if key else error_reply(status, "sandbox_reply")
        body = answer["body"]
        if data is not None:
            body = to_json(data, nulls=False)
            if "others" in answer:  # an envelope
                body = answer["others"] | {"success": True, "data": body}
            self._module.ENDPOINT.answers[key].read(body, (), Checked())
        return self._json(status, answer, body)

    def error(self, status: int, code: str, message: str = "") -> Reply:
        """Return an error. The other properties that the spec requires of its body are those of the example.

        If the spec does not allow the code there, the whole body is the example.
        """
        answer, body = self.answers.get(self._key(status), {}), error_body(code, message)
        body = answer["others"] | body if "others" in answer else answer.get("body", body)
        return self._json(status, answer, body)

    def _key(self, status: int) -> str:
        """Return the key of the answer with a status. Empty if there is none."""
        return next((key for key in (str(status), f"{status // 100}XX", "default") if key in self.answers), "")

    def _json(self, status: int, answer: Node, body: Any) -> Reply:
        return reply(json.dumps(body), status, {"Content-Type": answer.get("type", "application/json")})


@cache
def packaged_spec() -> Spec:
    """Return the spec of ``osvi_openapi``."""
    return Spec("osvi_openapi")
