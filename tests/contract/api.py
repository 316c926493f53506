"""Every operation of ``openapi.yaml``, with requests and answers made from it by schemathesis."""

import inspect
import math
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import attrs
import schemathesis
from hypothesis import HealthCheck, Phase, settings, strategies as st
from osvi import operations
from osvi._core.active_sessions import one_session
from osvi_runtime import Drift, Endpoint, InvalidDataError, to_json
from osvi_runtime.formats import CONVERTED, FORMATS
from support import TOKEN

from codegen.document.forms import Forms
from codegen.document.normal import normal
from codegen.document.normal.document import IGNORED, json_type
from codegen.document.normal.nodes import resolved
from codegen.document.normal.schemas import Schemas
from codegen.document.reading import METHODS, Node, load
from codegen.document.served import leave_out_parameters

LOOKUP = one_session("customer", "agent").name


def strict_json_schema(node: Any) -> Any:
    """Return a copy in strict JSON Schema.

    ``nullable`` is a keyword of OpenAPI 3.0, ``properties`` or ``additionalProperties`` alone make no object to a
    validator, and a map of sessions satisfies both branches of the ``oneOf``: a session needs none of its properties,
    and may hold anything beside them.
    """
    if isinstance(node, list):
        return [strict_json_schema(item) for item in node]
    if not isinstance(node, Mapping):
        return node
    made = {"anyOf" if key == "oneOf" else key: strict_json_schema(value) for key, value in node.items()}
    if isinstance(made.get("format"), str) and made["format"] not in FORMATS:
        del made["format"]  # which the client does not look at either
    has_properties = any(isinstance(made.get(key), Mapping) for key in ("properties", "additionalProperties"))
    if has_properties and not isinstance(made.get("type"), Mapping):
        made.setdefault("type", "object")
    if made.pop("nullable", False) is True:
        if isinstance(made.get("type"), str):
            made["type"] = [made["type"], "null"]
        if isinstance(made.get("enum"), list):
            made["enum"] = [*made["enum"], None]
        if not made.keys() & {"type", "enum"}:  # a reference, or a union
            return {"anyOf": [made, {"type": "null"}]}
    return made


def without(node: Any, *keys: str) -> Any:
    """Return a copy without these keywords; a property of the name stays."""
    if isinstance(node, list):
        return [without(item, *keys) for item in node]
    if not isinstance(node, dict):
        return node
    return {key: without(value, *keys) for key, value in node.items() if key not in keys or isinstance(value, dict)}


def require_token(document: Node) -> None:
    """Leave out the other ways to log in of what allows the token alone, since the client has only the token."""
    schemes = document["components"]["securitySchemes"]
    tokens = [[name] for name, scheme in schemes.items() if (scheme["type"], scheme.get("in")) == ("apiKey", "header")]
    nodes = [node for item in document["paths"].values() for node in item.values() if isinstance(node, dict)]
    for node in [document, *nodes]:
        if ours := [one for one in node.get("security", []) if [*one] in tokens]:
            node["security"] = ours


def place_of(parameter: Any) -> tuple[str, str]:
    """Return where a parameter is and its name in lower case."""
    node = parameter if isinstance(parameter, dict) else {}
    return str(node.get("in")), str(node.get("name")).lower()


def leave_out_the_rest(document: Node) -> None:
    """Leave out the other content types of what can be JSON, and what OpenAPI ignores or has no encoding for.

    That is some headers, and objects in a `deepObject`, which what it does not declare may be.
    """
    nodes, schemas = [document], Schemas(document)
    for node in nodes:
        if isinstance(content := node.get("content"), dict) and (name := json_type(content)):
            node["content"] = {name: content[name]}
        if (body := resolved(document, node.get("requestBody"))) and (name := json_type(body["content"], schemas)):
            body["content"] = {name: body["content"][name]}
        if isinstance(node.get("parameters"), list):
            node["parameters"] = [one for one in node["parameters"] if place_of(one) not in IGNORED]
        if node.get("style") == "deepObject":
            node["schema"] = resolved(document, node["schema"]) | {"additionalProperties": False}
        values = [value for one in node.values() for value in (one if isinstance(one, list) else [one])]
        nodes += [value for value in values if isinstance(value, dict)]


def keep_parameters(document: Node, served: Node) -> None:
    """Leave out the optional parameters that are not served."""
    for path, item in document["paths"].items():
        operations = [one for name, one in served["operations"].items() if name.partition(" ")[2] == path]
        kept = {place_of(parameter) for operation in operations for parameter in operation["parameters"]}
        for node in [item, *(item[method] for method in METHODS if method in item)]:
            if "parameters" in node:
                node["parameters"] = [one for one in node["parameters"] if place_of(resolved(document, one)) in kept]


# Limits say which values of a type there are, which nothing here looks at; what is deprecated is served too.
LIMITS = (
    *("minLength", "maxLength", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    *("minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "deprecated", "allowEmptyValue"),
)
SPEC: Node = strict_json_schema(without(load(Path(__file__).resolve().parents[2] / "openapi.yaml"), *LIMITS))
SPEC.pop("servers")
SPEC["openapi"] = "3.1.0"  # the version of these schemas, whatever that of the document is
require_token(SPEC)
leave_out_the_rest(SPEC)
NORMAL = normal(SPEC).document
leave_out_parameters(NORMAL)
keep_parameters(SPEC, NORMAL)


@attrs.frozen
class Call:
    """An operation: its public function, its generated endpoint, and the generator of requests for it."""

    name: str
    function: Any
    endpoint: Endpoint
    requests: Any

    @property
    def node(self) -> Node:
        """Its node in the spec."""
        method, _, path = self.name.partition(" ")
        node: Node = SPEC["paths"][path][method.lower()]
        return node

    @property
    def body(self) -> Node:
        """The node of its body in the spec; empty if it has none."""
        return resolved(SPEC, self.node.get("requestBody"))

    @property
    def body_schema(self) -> Node:
        """The schema of its body in normal form; empty if it has none."""
        body = NORMAL["operations"][self.name].get("requestBody", {})
        return Forms(NORMAL).resolved(body.get("schema", {}))

    @property
    def written(self) -> set[str]:
        """The names of the properties of the body that are not read-only."""
        forms, properties = Forms(NORMAL), self.body_schema.get("properties", {})
        return {name for name, one in properties.items() if not {**forms.resolved(one), **one}.get("readOnly")}

    @property
    def in_properties(self) -> list[str]:
        """The names of the parameters that are objects whose properties are sent as parameters."""
        names = self.endpoint.names
        return [names.get(name, name) for name, style in self.endpoint.styles.items() if style == "properties"]

    @property
    def extra(self) -> str | None:
        """The argument for the properties of the body that the spec does not declare. None if there is none."""
        is_open = self.body_schema.get("properties") and self.body_schema.get("additionalProperties")
        return next((name for name in ("extra_", "extra") if is_open and name in self.arguments), None)

    @property
    def cases(self) -> st.SearchStrategy[Any]:
        """Valid requests, with dates as the client writes them, and without empty texts, which count as absent."""
        made: st.SearchStrategy[Any] = self.requests.as_strategy().map(self._as_written)
        return made.filter(lambda case: "" not in [*(case.query or {}).values(), *(case.headers or {}).values()])

    @property
    def arguments(self) -> list[str]:
        """The names of the arguments."""
        return [*inspect.signature(self.function).parameters]

    def arguments_from(self, values: Mapping[str, Any], location: str = "") -> dict[str, Any]:
        """Return JSON values, by their names in the spec, as arguments, by their names in Python, if they are some.

        The name of an argument ends with its location if another one has the same name.
        """
        names = {bare(name): name for name in self.arguments if name != self.extra}
        found = {name: names.get(bare(f"{name}_{location}")) or names.get(bare(name)) for name in values}
        known = {argument: values[name] for name, argument in found.items() if argument}
        parameters = inspect.signature(self.function).parameters
        return {name: as_argument(value, parameters[name].annotation) for name, value in known.items()}

    def _as_written(self, case: Any) -> Any:
        for values in (case.path_parameters, case.query, case.headers, case.body):
            for name, value in values.items() if isinstance(values, dict) else ():
                for argument in self.arguments_from({name: value}).values():
                    values[name] = value if isinstance(argument, bool) else to_json(argument)
        return case


def as_argument(value: Any, annotation: str) -> Any:
    """Return a JSON value, or a text of schemathesis for a boolean, as an argument with an annotation."""
    if isinstance(value, list):
        return [as_argument(item, annotation) for item in value]
    if not isinstance(value, str):
        return value
    if "bool" in annotation and value in {"true", "false"}:
        return value == "true"
    types = re.findall(r"[\w.]+", annotation)
    if reader := next((one for one in CONVERTED if f"{one.type.__module__}.{one.type.__qualname__}" in types), None):
        with suppress(InvalidDataError):  # a year 0
            return reader.read(value, (), Drift())
    return value


def bare(name: str) -> str:
    """Return a name without the parts that differ between the spec and Python."""
    return "".join(character for character in name.lower() if character.isalnum()).removeprefix("field")


def calls() -> Iterator[Call]:
    """Yield all operations."""
    schema = schemathesis.openapi.from_dict(SPEC)
    for name in operations.__all__:
        endpoint = import_module(f"osvi_openapi.operations._{name}").ENDPOINT
        made = schema[endpoint.path][endpoint.method]
        yield Call(f"{endpoint.method} {endpoint.path}", getattr(operations, name), endpoint, made)


CALLS = list(calls())
EXAMPLES = int(os.environ.get("OSVI_CONTRACT_EXAMPLES", "200"))  # for all operations together
THOROUGH = settings(
    max_examples=max(10, EXAMPLES // len(CALLS)),
    deadline=None,
    derandomize=True,
    suppress_health_check=[
        *(HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large),
        HealthCheck.function_scoped_fixture,
    ],
    phases=[Phase.explicit, Phase.generate],
)


def answers() -> dict[str, tuple[Call, int, Any]]:
    """Return the good answers with a body: the operation, the status and the schema."""
    found = {}
    for call in CALLS:
        for status, node in call.node["responses"].items():
            content = resolved(SPEC, node).get("content", {})
            if (name := json_type(content)) and status in call.endpoint.answers:
                schema = content[name].get("schema", {})
                number = 200 if status == "default" else int(status.replace("XX", "00"))
                found[f"{call.name} {status}"] = (call, number, schema)
    return found


def values(schema: Any) -> st.SearchStrategy[Any]:
    """Return values that a schema allows. schemathesis generates requests, so the schema is that of a body."""
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    document: Any = {
        "openapi": "3.1.0",
        "info": {"title": "answers", "version": "1"},
        "components": SPEC.get("components", {}),
        "paths": {"/": {"post": {"requestBody": body, "responses": {"200": {"description": "OK"}}}}},
    }
    cases = schemathesis.openapi.from_dict(without(document, "readOnly"))["/"]["POST"].as_strategy()
    return cases.map(lambda case: case.body).filter(representable)


def representable(value: Any) -> bool:
    """Tell whether Python can hold the value: no infinity, no year 0, and no second 60 of RFC 3339."""
    if isinstance(value, Mapping):
        return all(map(representable, value.values()))
    if isinstance(value, list):
        return all(map(representable, value))
    if isinstance(value, str):  # and not the token of the tests, which the clients replace
        return not (TOKEN in value or value.startswith("0000-") or value[16:19] == ":60")
    return not isinstance(value, float) or math.isfinite(value)
