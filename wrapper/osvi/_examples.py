"""The examples of the spec that the generated package carries: what the sandbox begins with."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any, Final


class Examples:
    """Reads ``openapi.json``, which is ``openapi.yaml`` for those who have no YAML parser."""

    def __init__(self) -> None:
        text = resources.files("osvi_openapi").joinpath("openapi.json").read_text(encoding="utf-8")
        self._spec: Final[dict[str, Any]] = json.loads(text)

    def parameter(self, path: str, name: str) -> str:
        """Return the example of a parameter of ``GET path``."""
        item = self._spec["paths"][path]
        parameters = map(self._resolve, [*item["get"].get("parameters", []), *item.get("parameters", [])])
        parameter = next(one for one in parameters if one["name"] == name)
        return str(parameter["example"] if "example" in parameter else self._of(parameter["schema"]))

    def record(self, path: str) -> dict[str, Any]:
        """Return an example of the record that a 200 of ``GET path`` holds, alone or in a choice."""
        response = self._resolve(self._spec["paths"][path]["get"]["responses"]["200"])
        answer = self._resolve(response["content"]["application/json"]["schema"])
        data = self._resolve(answer["properties"]["data"])
        branches = data.get("oneOf") or data.get("anyOf") or [data]
        record: dict[str, Any] = self._of(next(one for one in branches if "properties" in self._resolve(one)))
        return record

    def _resolve(self, node: dict[str, Any]) -> dict[str, Any]:
        """Follow the references of a node, and merge an ``allOf``."""
        while reference := node.get("$ref"):
            node = self._spec
            for step in reference.removeprefix("#/").split("/"):
                node = node[step.replace("~1", "/").replace("~0", "~")]
        for part in map(self._resolve, node.get("allOf", ())):
            properties = part.get("properties", {}) | node.get("properties", {})
            node = part | node | ({"properties": properties} if properties else {})
        return node

    def _of(self, schema: dict[str, Any]) -> Any:
        """Return the example of a schema, put together from those of its properties where it has none itself."""
        schema = self._resolve(schema)
        if "example" in schema:
            return schema["example"]
        if "properties" in schema:
            return {name: self._of(inner) for name, inner in schema["properties"].items()}
        if "enum" in schema:
            return schema["enum"][0]
        type_ = schema.get("type")
        if schema.get("nullable") or not isinstance(type_, str):  # a list of types, or a choice: 3.1's "or null"
            return None
        if schema.get("format") == "date-time":
            return "2026-01-01T00:00:00Z"
        plain: dict[str, Any] = {"string": "example", "integer": 1, "number": 1.0, "boolean": False, "array": []}
        return plain.get(type_, {})
