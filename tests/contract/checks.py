"""The checks of ``openapi.yaml`` against the wrapper: functions from a spec to findings.

A finding is a place where the two differ in a way that matters: the wrapper sends what the spec does not take, reads
what it does not give, or leaves out what it has. Wording, examples, order and constraints matter to none of them.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import attrs
from exceptions import NOT_SERVED
from facts import Facts, Fields
from spec import METHODS

Spec = Mapping[str, Any]
Check = Callable[[Spec, Facts], Iterator["Finding"]]

# Formats that change how a string is read; the others (uuid, email …) only say which strings there are.
FORMATS = ("date-time", "date", "time", "duration", "byte", "binary")


@attrs.frozen
class Finding:
    """One difference: where in the spec, what the wrapper expects there, what is there, and what to change."""

    place: str
    expected: str
    found: str
    file: str
    # Whether it is about something in the spec that the wrapper does not serve: NOT_SERVED may give a reason for that.
    unserved: bool = False

    def __str__(self) -> str:
        """Return it in the maintainer's words."""
        return f"openapi.yaml {self.place}: expected {self.expected}, found {self.found}; see {self.file}"


# How to read a spec: references followed, the spellings of one meaning brought together.


def resolve(spec: Spec, node: Any) -> Mapping[str, Any]:
    """Follow references, and merge an ``allOf``; what is no object comes back as an empty one."""
    seen = set()
    while isinstance(node, Mapping) and "$ref" in node:
        reference = str(node["$ref"])
        if reference in seen or not reference.startswith("#/"):
            return {}
        seen.add(reference)
        node = spec
        for step in reference[2:].split("/"):
            key = step.replace("~1", "/").replace("~0", "~")
            node = node.get(key, {}) if isinstance(node, Mapping) else {}
    if not isinstance(node, Mapping):
        return {}
    if parts := node.get("allOf"):
        merged: dict[str, Any] = {}
        for part in [*(resolve(spec, part) for part in parts), {k: v for k, v in node.items() if k != "allOf"}]:
            merged |= dict(part) | {"properties": {**merged.get("properties", {}), **part.get("properties", {})}}
        return merged
    return node


def kind(spec: Spec, schema: Any) -> str:
    """Say in a few words what values a schema takes, as `facts` says it of a field."""
    schema = resolve(spec, schema)
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema:
            kinds = [kind(spec, branch) for branch in schema[keyword]]
            if others := [one for one in kinds if one != "null"]:
                return " | ".join(others) + (" or null" if "null" in kinds else "")
    types = schema.get("type", "object" if "properties" in schema else "anything")
    types = [types] if isinstance(types, str) else list(types)
    nullable = bool(schema.get("nullable")) or ("null" in types and len(types) > 1)
    names = [_name(spec, schema, one) for one in types if one != "null" or len(types) == 1]
    return " | ".join(names) + (" or null" if nullable else "")


def _name(spec: Spec, schema: Mapping[str, Any], type_: str) -> str:
    if type_ == "array":
        return f"array of {kind(spec, schema.get('items', {}))}"
    if type_ == "string" and ("enum" in schema or "const" in schema):
        return "enum of strings"
    return schema["format"] if type_ == "string" and schema.get("format") in FORMATS else type_


def operations(spec: Spec) -> Iterator[tuple[str, str, Mapping[str, Any], Mapping[str, Any]]]:
    """Yield each operation: its name, its place, its path item, itself."""
    for path, item in (spec.get("paths") or {}).items():
        resolved = resolve(spec, item)
        for method in METHODS:
            if method in resolved:
                yield f"{method.upper()} {path}", f"paths.{path}.{method}", resolved, resolved[method] or {}


def served(spec: Spec, facts: Facts) -> Iterator[tuple[str, str, Mapping[str, Any], Mapping[str, Any]]]:
    """Yield the operations that the wrapper serves."""
    return (operation for operation in operations(spec) if operation[0] in facts.operations)


def json_schema(response: Mapping[str, Any]) -> Any:
    """Return the schema of a response's JSON, None when it has no JSON."""
    return (response.get("content") or {}).get("application/json", {}).get("schema")


# The checks.


def generated_names(spec: Spec, facts: Facts) -> Iterator[Finding]:
    """The wrapper can import what it uses of the generated package."""
    del spec
    if facts.missing:
        yield Finding(
            "(what is generated from it)", "what the wrapper imports", facts.missing, "wrapper/osvi/_operations.py"
        )


def every_operation_is_served(spec: Spec, facts: Facts) -> Iterator[Finding]:
    """Each operation has a method of the clients, and each method an operation."""
    there = {name: place for name, place, _, _ in operations(spec)}
    for name in facts.operations.keys() - there.keys():
        others = ", ".join(there) or "no operation at all"
        yield Finding(f"paths ({name})", "the operation that the wrapper calls", others, "wrapper/osvi/_operations.py")
    for name in there.keys() - facts.operations.keys():
        yield Finding(there[name], f"a method for {name}", "none", "wrapper/osvi/_operations.py", unserved=True)


def parameters(spec: Spec, facts: Facts) -> Iterator[Finding]:
    """Each parameter is one that the wrapper sends, as a query string, and as often as it must be."""
    file = "wrapper/osvi/_operations.py"
    for name, place, item, operation in served(spec, facts):
        sent = facts.operations[name]
        there = {}
        for parameter in [*item.get("parameters", []), *operation.get("parameters", [])]:
            resolved = resolve(spec, parameter)
            there[str(resolved.get("name")), resolved.get("in")] = resolved
        for parameter_name in sent:
            if (parameter_name, "query") not in there:
                found = ", ".join(f"{other} in {where}" for other, where in there) or "no parameter"
                yield Finding(f"{place}.parameters.{parameter_name}", "a query parameter", found, file)
        for (parameter_name, where), parameter in there.items():
            inner = f"{place}.parameters.{parameter_name}"
            if where != "query" or parameter_name not in sent:
                yield Finding(inner, "a parameter that the wrapper sends", f"a new one in {where}", file, unserved=True)
                continue
            if (found := kind(spec, parameter.get("schema"))) != "string":
                yield Finding(f"{inner}.schema", "string", found, file)
            if parameter.get("required") and not sent[parameter_name]:
                yield Finding(f"{inner}.required", "an optional parameter", "a required one", file)
        if operation.get("requestBody"):
            yield Finding(f"{place}.requestBody", "a request without a body", "a body", file, unserved=True)


def security(spec: Spec, facts: Facts) -> Iterator[Finding]:
    """A served operation takes the token alone, in the header that the wrapper sends."""
    file = "wrapper/osvi/_auth.py"
    schemes = spec.get("components", {}).get("securitySchemes", {})
    for _, place, _, operation in served(spec, facts):
        alternatives = operation.get("security", spec.get("security")) or []
        described = [
            [_scheme(resolve(spec, schemes.get(name))) for name in alternative] for alternative in alternatives
        ]
        if [f"apiKey in header {facts.header.lower()}"] not in described:
            found = " or ".join(" and ".join(parts) or "nothing" for parts in described) or "no security"
            yield Finding(f"{place} security", f"apiKey in header {facts.header.lower()}", found, file)
    for name, scheme in schemes.items():
        for length in re.findall(r"(\d+)[\s-]*char", str(resolve(spec, scheme).get("description", ""))):
            if int(length) != facts.token_length:
                place = f"components.securitySchemes.{name}.description"
                yield Finding(place, f"a token of {facts.token_length} characters", f"one of {length}", file)


def _scheme(scheme: Mapping[str, Any]) -> str:
    return f"{scheme.get('type')} in {scheme.get('in')} {str(scheme.get('name')).lower()}"


def server(spec: Spec, facts: Facts) -> Iterator[Finding]:
    """The base URL that the wrapper falls back to is a server of every served operation."""
    for _, place, item, operation in served(spec, facts):
        servers = operation.get("servers") or item.get("servers") or spec.get("servers") or []
        urls = [str(server.get("url")).rstrip("/") for server in servers]
        if facts.server not in urls:
            found = ", ".join(urls) or "no server"
            yield Finding(f"servers (of {place})", facts.server, found, "wrapper/osvi/_settings.py")


def statuses(spec: Spec, facts: Facts) -> Iterator[Finding]:
    """200 is the one success; each error that the wrapper knows is there, and each that is there is of one shape."""
    file = "wrapper/osvi/errors.py"
    for _, place, _, operation in served(spec, facts):
        responses = operation.get("responses") or {}
        compared: set[str] = set()
        for status in sorted({200, *facts.statuses}):
            if str(status) not in responses:
                yield Finding(f"{place}.responses.{status}", "a documented status", ", ".join(responses), file)
        for status, node in responses.items():
            inner = f"{place}.responses.{status}"
            if status.startswith(("1", "2", "3")):
                if status != "200":
                    yield Finding(inner, "no success but 200", status, file, unserved=True)
                continue
            response = resolve(spec, node)
            schema = resolve(spec, json_schema(response))
            component = _component(spec, schema, inner)
            if component not in compared:  # once is enough for the one that all share
                compared.add(component)
                shape = {key: kind(spec, value) for key, value in _properties(spec, schema).items()}
                yield from _compare(shape, facts.error, component, "wrapper/osvi/_answers.py")
            if status.isdigit():
                yield from _codes(response, facts.codes.get(int(status), frozenset()), inner, facts)


def _codes(response: Mapping[str, Any], known: frozenset[str], place: str, facts: Facts) -> Iterator[Finding]:
    """The code in the text of a response is the one that has a class; a text that names none says nothing."""
    words = set(re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", str(response.get("description", ""))))
    names = {name for sent in facts.operations.values() for name in sent} | set(facts.session.kinds)
    codes = words - names
    if known and codes and codes != known:
        found = ", ".join(sorted(codes))
        yield Finding(f"{place}.description", f"the code {', '.join(known)}", found, "wrapper/osvi/errors.py")


def envelope(spec: Spec, facts: Facts) -> Iterator[Finding]:
    """A 200 has the envelope that the wrapper opens."""
    for place, schema in _successes(spec, facts):
        kinds = {name: kind(spec, inner) for name, inner in _properties(spec, schema).items()}
        # What is in data is the business of the checks below.
        kinds = {name: "data" if name == "data" else found for name, found in kinds.items()}
        yield from _compare(kinds, facts.envelope, place, "wrapper/osvi/_answers.py")


def branches(spec: Spec, facts: Facts) -> Iterator[Finding]:
    """``data`` is one session or a map of them, in either order, and nothing else."""
    file = "wrapper/osvi/_decoding.py"
    for place, schema in _successes(spec, facts):
        data = resolve(spec, _properties(spec, schema).get("data"))
        alternatives = data.get("oneOf") or data.get("anyOf") or []
        inner = f"{place}.data"
        shapes = sorted(_shape(spec, alternative) for alternative in alternatives)
        if shapes != ["a map of records", "a record"]:
            found = ", ".join(shapes) or kind(spec, data)
            yield Finding(f"{inner}.oneOf", "a record and a map of records", found, file)
        elif (record := _record(spec, data)) != resolve(spec, _map(spec, data).get("additionalProperties")):
            difference = sorted(record.get("properties", {}))
            yield Finding(
                f"{inner}.oneOf", "one kind of session in both branches", f"another beside {difference}", file
            )


def _shape(spec: Spec, schema: Any) -> str:
    resolved = resolve(spec, schema)
    values = resolve(spec, resolved.get("additionalProperties"))
    if resolved.get("properties"):
        return "a record"
    return "a map of records" if values.get("properties") else kind(spec, resolved)


def _record(spec: Spec, data: Mapping[str, Any]) -> Mapping[str, Any]:
    alternatives = [resolve(spec, one) for one in data.get("oneOf") or data.get("anyOf") or []]
    return next((one for one in alternatives if _shape(spec, one) == "a record"), {})


def _map(spec: Spec, data: Mapping[str, Any]) -> Mapping[str, Any]:
    alternatives = [resolve(spec, one) for one in data.get("oneOf") or data.get("anyOf") or []]
    return next((one for one in alternatives if _shape(spec, one) == "a map of records"), {})


def session(spec: Spec, facts: Facts) -> Iterator[Finding]:
    """Each property of a session is a field of ChatSession, with its type; likewise its metadata."""
    for place, schema in _successes(spec, facts):
        record = _record(spec, resolve(spec, _properties(spec, schema).get("data")))
        if record:
            yield from _fields(spec, record, facts.session, _component(spec, record, place))
            metadata = resolve(spec, record.get("properties", {}).get("metadata"))
            if "properties" in metadata:
                yield from _fields(spec, metadata, facts.metadata, f"{_component(spec, record, place)}.metadata")
            elif metadata:
                yield Finding(
                    f"{place}.metadata", "an object with properties", kind(spec, metadata), facts.metadata.file
                )


def _fields(spec: Spec, schema: Mapping[str, Any], fields: Fields, place: str) -> Iterator[Finding]:
    properties = _properties(spec, schema)
    yield from _compare({n: kind(spec, inner) for n, inner in properties.items()}, fields.kinds, place, fields.file)
    for name, values in fields.values.items():
        there = resolve(spec, properties.get(name)).get("enum") or values
        if gone := values - {str(value) for value in there}:
            found = ", ".join(map(str, there))
            yield Finding(f"{place}.{name}.enum", f"the value {', '.join(sorted(gone))}", found, fields.file)


def _component(spec: Spec, record: Mapping[str, Any], otherwise: str) -> str:
    """Name the component that a schema is, for a place that can be searched for."""
    schemas = spec.get("components", {}).get("schemas", {})
    return next((f"components.schemas.{name}" for name, schema in schemas.items() if schema is record), otherwise)


def _successes(spec: Spec, facts: Facts) -> Iterator[tuple[str, Any]]:
    for _, place, _, operation in served(spec, facts):
        response = resolve(spec, (operation.get("responses") or {}).get("200"))
        if response:
            yield f"{place}.responses.200", json_schema(response)


def _properties(spec: Spec, schema: Any) -> Mapping[str, Any]:
    properties = resolve(spec, schema).get("properties")
    return properties if isinstance(properties, Mapping) else {}


def _compare(there: Mapping[str, str], ours: Mapping[str, str], place: str, file: str) -> Iterator[Finding]:
    """Compare properties with fields, both ways."""
    for name, expected in ours.items():
        if name not in there:
            yield Finding(f"{place}.{name}", f"a property ({expected})", "no such property", file)
        elif there[name] != expected:
            yield Finding(f"{place}.{name}", expected, there[name], file)
    for name in there.keys() - ours.keys():
        yield Finding(
            f"{place}.{name}", "a property that the wrapper has", f"a new one ({there[name]})", file, unserved=True
        )


CHECKS: tuple[Check, ...] = (
    generated_names,
    every_operation_is_served,
    parameters,
    security,
    server,
    statuses,
    envelope,
    branches,
    session,
)


def findings(spec: Spec, facts: Facts, check: Check) -> list[Finding]:
    """Run one check; leave out what has a reason in NOT_SERVED."""
    return [one for one in check(spec, facts) if not (one.unserved and one.place in NOT_SERVED)]


def stale_exceptions(spec: Spec, facts: Facts) -> list[str]:
    """Return the entries of NOT_SERVED that no check needs (any more)."""
    needed = {one.place for check in CHECKS for one in check(spec, facts) if one.unserved}
    return sorted(NOT_SERVED.keys() - needed)
