"""The surface: what users may rely on in the generated package, as a tree of facts.

``surface.yaml`` has the facts that are promised to users, and nothing else is. It becomes what is offered if that
breaks no promise, or if a person accepts it. What the wrapper does not fit is a fact too.
"""

from collections.abc import Iterable
from typing import Any

from ruamel.yaml.comments import CommentedSeq

from codegen import CODEGEN
from codegen.document.reading import Node, as_yaml, data_file
from codegen.package.kinds import Kind
from codegen.package.members import Member
from codegen.package.operations import Function
from codegen.package.writing import Package
from codegen.promises import wrapper

FILE = CODEGEN / "surface.yaml"
HEAD = "# What users may rely on; ./generate.sh adds to it. To accept a break: python -m codegen accept, or edit it.\n"
# The records that users make, since arguments have them, with the fields that they have to give.
NEEDED = "needed of users"
# Where the wrapper does not fit the document, by the places in this.
UNFIT = "wrapper does not fit"
# Facts by their names: texts, or trees. A set of names is a tree of True, which YAML has as a list.
Tree = dict[str, Any]


def offered(package: Package) -> Tree:
    """Return the facts about a package."""
    made = _made(package)
    return {
        "server": package.server,
        "token header": package.token_header.lower(),
        "operations": {one.name: _operation(one, package) for one in package.functions},
        "classes": {name: _class(package, name, is_made=name in made) for name in package.classes},
        NEEDED: {name: _required(package.members[name]) for name in sorted(made)},
        UNFIT: wrapper.findings(package),
    }


def _class(package: Package, name: str, *, is_made: bool) -> Tree:
    cls, fields = package.classes[name], package.members.get(name, [])
    parts: Tree = {
        "fields": {one.name: _field(one) for one in fields},
        "never None": _set(one.name for one in fields if one.is_never_none),
        "needs": {} if is_made else _required(fields),
        "deprecated": _deprecated(fields),
        "listed": {one.name: _set(listed) for one in fields if (listed := _listed(one.kind))},
        "values": {member: value for value, member in package.enums.get(name, {}).items()},
        "methods": {method: _type([kind]) for method, kind in package.choices.get(name, {}).items()},
    }
    return {"is": cls.form, "place": cls.place} | {title: part for title, part in parts.items() if part}


def _field(member: Member) -> Any:
    return _type([member.kind], "" if member.spec_name == member.name else f' ("{member.spec_name}" in JSON)')


def _type(kinds: Iterable[Kind], suffix: str = "") -> Any:
    """Return the type of values of these kinds: a text, or a tree for a union."""
    found = _set(f"{one}{suffix}" for kind in kinds for one in _branches(kind, "type"))
    return found if len(found) > 1 else min(found)


def _branches(kind: Kind, part: str) -> list[str]:
    """Return the types of the branches of a union, of which a container may be made. One if it is no union."""
    type_ = getattr(kind, part)
    if not kind.parts or type_.isidentifier():  # such as the class of a choice
        return [type_]
    first, *others = kind.parts
    if others:
        return [branch for one in kind.parts for branch in _branches(one, part)]
    # A container: each branch of its items gets a container of its own.
    return [type_.replace(getattr(first, part), branch) for branch in _branches(first, part)]


def _listed(kind: Kind) -> list[Any]:
    return [*kind.values, *(value for part in kind.parts for value in _listed(part))]


def _required(members: Iterable[Member]) -> Tree:
    return _set(one.name for one in members if one.required)


def _deprecated(members: Iterable[Member]) -> Tree:
    return _set(one.name for one in members if one.description.startswith("Deprecated."))


def _operation(function: Function, package: Package) -> Tree:
    node = package.document["operations"][function.place]
    answers = [*function.answers.values()]
    values, bodies = [answer.value for answer in answers], [answer.body for answer in answers]
    parts: Tree = {
        "sends": function.place,
        "deprecated": node.get("deprecated") is True,
        "arguments": {one.name: _set(_branches(one.kind, "argument")) for one in function.arguments},
        "needs": _required(function.arguments),
        "deprecated arguments": _deprecated(function.arguments),
        "returns": _type(values),
        "never None": not any(one.is_nullable for one in values),
        "whole": _type(bodies) if bodies != values else "",
        "answers": {status: {} for status in function.answers}
        | {status: _parts(node["responses"][status], package) for status in function.errors},
    }
    return {title: part for title, part in parts.items() if part}


def _parts(response: Node, package: Package) -> Tree:
    """Return the types in JSON of the properties of an error."""
    schema, forms = response.get("schema", {}), package.forms
    properties = forms.resolved(schema).get("properties", {})
    return {name: " or ".join(sorted(forms.json_types(part))) or "any" for name, part in properties.items()}


def _made(package: Package) -> set[str]:
    """Return the records that users make, since arguments have them, or records within these."""
    kinds = [argument.kind for function in package.functions for argument in function.arguments]
    found: set[str] = set()
    for kind in kinds:  # which grows
        kinds += kind.parts
        if kind.type in package.members and kind.type not in found:
            found.add(kind.type)
            kinds += [package.others[kind.type], *(member.kind for member in package.members[kind.type])]
    return found


def _set(names: Iterable[Any]) -> Tree:
    return dict.fromkeys(sorted(map(str, names)), True)


def text(fact: Any) -> str:
    """Return a fact as a text, such as that of a union."""
    return " | ".join(fact) if isinstance(fact, dict) else str(fact)


def read(name: str = "surface") -> Tree:
    """Return the facts that are promised, or those in another data file of this form. Empty if there is no such file.

    Args:
        name: The name of the file.
    """

    def tree(node: Any) -> Any:
        match node:
            case list():
                return _set(node)
            case dict():
                return {str(name): tree(part) for name, part in node.items()}
            case _:
                return node

    found: Tree = tree(data_file(name))
    return found


def is_set(fact: Any) -> bool:
    """Return whether a fact is a set of names."""
    return isinstance(fact, dict) and bool(fact) and all(value is True for value in fact.values())


def packed(tree: Tree, head: str = HEAD) -> bytes:
    """Return the content of the file for a tree."""

    def node(fact: Any) -> Any:
        if is_set(fact):
            names = CommentedSeq(fact)
            names.fa.set_flow_style()
            return names
        # The generator's names are no plain strings.
        return {str(name): node(part) for name, part in fact.items()} if isinstance(fact, dict) else fact

    return as_yaml(node(tree), head, width=4096)  # a fact has a line of its own
