"""The checks of ``openapi.yaml`` against the wrapper: functions from a spec to findings.

A finding is a place where the two differ in a way that matters: the wrapper sends what the spec does not take, reads
what it does not give, or leaves out what it has. Wording, examples, order and constraints matter to none of them.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import attrs
from exceptions import NOT_SERVED
from facts import Facts, Fields, Served
from reading import (
    Spec,
    alternatives,
    bare,
    json_schema,
    kind,
    operations,
    properties,
    record,
    records,
    resolve,
    shape,
)

Check = Callable[[Spec, Facts], Iterator["Finding"]]

SEAM = "wrapper/osvi/_core/operations.py"
SEAM_AND_ERRORS = f"{SEAM} and errors.py"


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


@attrs.frozen
class Operation:
    """One operation of the spec that the wrapper serves."""

    place: str
    item: Mapping[str, Any]
    node: Mapping[str, Any]
    ours: Served

    def success(self, spec: Spec) -> Any:
        """Return the schema of its 200."""
        return json_schema(resolve(spec, (self.node.get("responses") or {}).get("200")))


def served(spec: Spec, facts: Facts) -> Iterator[Operation]:
    """Yield the operations that the wrapper serves."""
    for name, place, item, node in operations(spec):
        if name in facts.operations:
            yield Operation(place, item, node, facts.operations[name])


# The checks.


def generated_names(spec: Spec, facts: Facts) -> Iterator[Finding]:
    """The wrapper can import what it uses of the generated package."""
    del spec
    if facts.missing:
        yield Finding("(what is generated from it)", "what the wrapper imports", facts.missing, SEAM)


def every_operation_is_served(spec: Spec, facts: Facts) -> Iterator[Finding]:
    """Each operation has a method of the clients, and each method an operation."""
    there = {name: place for name, place, _, _ in operations(spec)}
    for name in facts.operations:
        if name not in there:
            others = ", ".join(there) or "no operation at all"
            yield Finding(f"paths ({name})", "the operation that the wrapper calls", others, SEAM)
    for name, place in there.items():
        if name not in facts.operations:
            yield Finding(place, f"a method for {name}", "none", SEAM, unserved=True)


def parameters(spec: Spec, facts: Facts) -> Iterator[Finding]:
    """Each parameter is one that the wrapper sends, of its kind, and as often as it must be; a body likewise."""
    for operation in served(spec, facts):
        place = operation.place
        sent = {bare(name): parameter for name, parameter in operation.ours.parameters.items()}
        nodes = [*operation.item.get("parameters", []), *operation.node.get("parameters", [])]
        there = [resolve(spec, node) for node in nodes]
        body = resolve(spec, operation.node.get("requestBody"))
        taken = {bare(parameter.get("name")) for parameter in there} | ({"body"} if body else set())
        for name in (name for name in operation.ours.parameters if bare(name) not in taken):
            found = ", ".join(f"{one.get('name')} in {one.get('in')}" for one in there) or "no parameter"
            yield Finding(f"{place}.parameters.{name}", "a parameter", found, SEAM)
        for parameter in there:
            inner = f"{place}.parameters.{parameter.get('name')}"
            ours = sent.get(bare(parameter.get("name")))
            if ours is None or parameter.get("in") not in {"query", "path"}:
                found = f"a new one in {parameter.get('in')}"
                yield Finding(inner, "a parameter that the wrapper sends", found, SEAM, unserved=ours is None)
                continue
            if (found := kind(spec, parameter.get("schema"))) != ours.kind:
                yield Finding(f"{inner}.schema", ours.kind, found, SEAM)
            if parameter.get("required") and not ours.always:
                yield Finding(f"{inner}.required", "an optional parameter", "a required one", SEAM)
        if body and "body" not in sent:
            yield Finding(f"{place}.requestBody", "a request without a body", "a body", SEAM, unserved=True)


def security(spec: Spec, facts: Facts) -> Iterator[Finding]:
    """A served operation takes the token alone, in the header that the wrapper sends."""
    file = "wrapper/osvi/_core/token.py"
    schemes = spec.get("components", {}).get("securitySchemes", {})
    for operation in served(spec, facts):
        alternatives = operation.node.get("security", spec.get("security")) or []
        described = [
            [_scheme(resolve(spec, schemes.get(name))) for name in alternative] for alternative in alternatives
        ]
        if [f"apiKey in header {facts.header.lower()}"] not in described:
            found = " or ".join(" and ".join(parts) or "nothing" for parts in described) or "no security"
            yield Finding(f"{operation.place} security", f"apiKey in header {facts.header.lower()}", found, file)
    for name, scheme in schemes.items():
        for length in re.findall(r"(\d+)[\s-]*char", str(resolve(spec, scheme).get("description", ""))):
            if int(length) != facts.token_length:
                place = f"components.securitySchemes.{name}.description"
                yield Finding(place, f"a token of {facts.token_length} characters", f"one of {length}", file)


def _scheme(scheme: Mapping[str, Any]) -> str:
    return f"{scheme.get('type')} in {scheme.get('in')} {str(scheme.get('name')).lower()}"


def server(spec: Spec, facts: Facts) -> Iterator[Finding]:
    """The base URL that the wrapper falls back to is a server of every served operation."""
    for operation in served(spec, facts):
        servers = operation.node.get("servers") or operation.item.get("servers") or spec.get("servers") or []
        urls = [str(server.get("url")).rstrip("/") for server in servers]
        if facts.server not in urls:
            found = ", ".join(urls) or "no server"
            yield Finding(f"servers (of {operation.place})", facts.server, found, "wrapper/osvi/_transport/origin.py")


def statuses(spec: Spec, facts: Facts) -> Iterator[Finding]:
    """200 is the one success; each error that the wrapper tells apart is there, and all errors have one shape."""
    for operation in served(spec, facts):
        responses = operation.node.get("responses") or {}
        compared: set[str] = set()
        for status in sorted({200, *operation.ours.errors}):
            if str(status) not in responses:
                inner = f"{operation.place}.responses.{status}"
                yield Finding(inner, "a documented status", ", ".join(responses), SEAM_AND_ERRORS)
        for status, node in responses.items():
            inner = f"{operation.place}.responses.{status}"
            if status.startswith(("1", "2", "3")):
                if status != "200":
                    yield Finding(inner, "no success but 200", status, SEAM_AND_ERRORS, unserved=True)
                continue
            response = resolve(spec, node)
            schema = resolve(spec, json_schema(response))
            component = _component(spec, schema, inner)
            if component not in compared:  # once is enough for the one that all share
                compared.add(component)
                shape = {key: kind(spec, value) for key, value in properties(spec, schema).items()}
                yield from _compare(shape, facts.error, component, "wrapper/osvi/_core/answers.py")
            if status.isdigit():
                known = operation.ours.errors.get(int(status), frozenset())
                yield from _codes(response, known, facts, f"{inner}.description")


def _codes(response: Mapping[str, Any], known: frozenset[str], facts: Facts, place: str) -> Iterator[Finding]:
    """The codes in the text of a response are those that are told apart; a text that names none says nothing."""
    words = set(re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", str(response.get("description", ""))))
    names = {name for one in facts.operations.values() for name in {*one.parameters, *(one.record or Fields({})).kinds}}
    codes = words - names
    if known and codes and not known <= codes:
        yield Finding(place, f"the code {', '.join(sorted(known))}", ", ".join(sorted(codes)), SEAM_AND_ERRORS)
    elif known and codes - known:
        new = ", ".join(sorted(codes - known))
        yield Finding(place, "a class for each code", f"none for {new}", SEAM_AND_ERRORS, unserved=True)


def envelope(spec: Spec, facts: Facts) -> Iterator[Finding]:
    """A 200 has the envelope that the wrapper opens."""
    for operation in served(spec, facts):
        kinds = {name: kind(spec, inner) for name, inner in properties(spec, operation.success(spec)).items()}
        # What is in data is the business of the checks below.
        kinds = {name: "data" if name == "data" else found for name, found in kinds.items()}
        yield from _compare(kinds, facts.envelope, f"{operation.place}.responses.200", "wrapper/osvi/_core/answers.py")


def shapes(spec: Spec, facts: Facts) -> Iterator[Finding]:
    """``data`` has the shapes that the wrapper reads, in any order, and no other; all are of one kind of record."""
    for operation in served(spec, facts):
        data = properties(spec, operation.success(spec)).get("data")
        place = f"{operation.place}.responses.200.data"
        found = sorted(shape(spec, one) for one in alternatives(spec, data))
        if found != sorted(operation.ours.shapes):
            yield Finding(place, " or ".join(operation.ours.shapes), " or ".join(found), SEAM)
            continue
        first, *others = [*records(spec, data)] or [{}]
        if different := [one for one in others if one != first]:
            yield Finding(place, "one kind of record", f"another, of {sorted(different[0]['properties'])}", SEAM)


def fields(spec: Spec, facts: Facts) -> Iterator[Finding]:
    """Each property of a record is a field of its class, of its type; likewise the objects inside."""
    for operation in served(spec, facts):
        schema = record(spec, properties(spec, operation.success(spec)).get("data"))
        if schema and operation.ours.record:
            place = _component(spec, schema, f"{operation.place}.responses.200.data")
            yield from _fields(spec, schema, operation.ours.record, place)


def _fields(spec: Spec, schema: Mapping[str, Any], ours: Fields, place: str) -> Iterator[Finding]:
    there = properties(spec, schema)
    yield from _compare({n: kind(spec, inner) for n, inner in there.items()}, ours.kinds, place, ours.file)
    for name, values in ours.values.items():
        listed = resolve(spec, there.get(name)).get("enum") or values
        if gone := values - {str(value) for value in listed}:
            found = ", ".join(map(str, listed))
            yield Finding(f"{place}.{name}.enum", f"the value {', '.join(sorted(gone))}", found, ours.file)
    for name, inner in ours.nested.items():
        nested = resolve(spec, there.get(name))
        if "properties" in nested:
            yield from _fields(spec, nested, inner, f"{place}.{name}")
        elif nested:
            yield Finding(f"{place}.{name}", "an object with properties", kind(spec, nested), inner.file)


def _component(spec: Spec, record: Mapping[str, Any], otherwise: str) -> str:
    """Name the component that a schema is, for a place that can be searched for."""
    schemas = spec.get("components", {}).get("schemas", {})
    return next((f"components.schemas.{name}" for name, schema in schemas.items() if schema is record), otherwise)


def _compare(there: Mapping[str, str], ours: Mapping[str, str], place: str, file: str) -> Iterator[Finding]:
    """Compare properties with fields, both ways."""
    for name, expected in ours.items():
        if name not in there:
            yield Finding(f"{place}.{name}", f"a property ({expected})", "no such property", file)
        elif there[name] != expected:
            yield Finding(f"{place}.{name}", expected, there[name], file)
    for name in sorted(there.keys() - ours.keys()):
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
    shapes,
    fields,
)


def findings(spec: Spec, facts: Facts, check: Check) -> list[Finding]:
    """Run one check; leave out what has a reason in NOT_SERVED, and say once what holds for several operations."""
    found = dict.fromkeys(check(spec, facts))
    return [one for one in found if not (one.unserved and one.place in NOT_SERVED)]


def stale_exceptions(spec: Spec, facts: Facts) -> list[str]:
    """Return the entries of NOT_SERVED that no check needs (any more)."""
    needed = {one.place for check in CHECKS for one in check(spec, facts) if one.unserved}
    return sorted(NOT_SERVED.keys() - needed)
