"""The surface: what users may rely on in the generated package, as a tree of facts.

``surface.yaml`` has the facts that are promised to users. ``./generate.sh`` adds new ones to it.
"""

from collections.abc import Iterable
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq

from codegen import CODEGEN
from codegen.document.reading import Node, committed, data, on_disk
from codegen.package.kinds import Kind
from codegen.package.members import Member
from codegen.package.operations import Function
from codegen.package.writing import Package

FILE = CODEGEN / "surface.yaml"
HEAD = (
    "# What users may rely on; ./generate.sh adds to it. To accept a break: python -m codegen accept, or delete it.\n"
)
# The records that users make, since arguments have them, with the fields that they have to give.
NEEDED = "needed of users"
# Facts by their names: texts, or trees. A set of names is a tree of True, which YAML has as a list.
Tree = dict[str, Any]


def offered(package: Package) -> Tree:
    """Return the facts about a package."""
    # The classes that users make, since arguments have them.
    made = _classes((one.kind for function in package.functions for one in function.arguments), package, set())
    return {
        "server": package.server,
        "token header": package.token_header.lower(),
        "operations": {one.name: _operation(one, package) for one in package.functions},
        "classes": {name: _class(package, name, is_made=name in made) for name in package.classes},
        NEEDED: {name: _required(package.members[name]) for name in sorted(made & package.members.keys())},
    }


def _class(package: Package, name: str, *, is_made: bool) -> Tree:
    cls, fields = package.classes[name], package.members.get(name, [])
    parts: Tree = {
        "fields": {one.name: _field(one, package) for one in fields},
        "never None": _set(one.name for one in fields if one.is_never_none),
        "needs": {} if is_made else _required(fields),
        "deprecated": _deprecated(fields),
        "listed": {one.name: _set(listed) for one in fields if (listed := _listed(one.kind))},
        "values": {member: value for value, member in package.enums.get(name, {}).items()},
        "methods": {method: _type([kind], package) for method, kind in package.choices.get(name, {}).items()},
    }
    return {"is": cls.form, "place": cls.place} | {title: part for title, part in parts.items() if part}


def _field(member: Member, package: Package) -> Any:
    return _type([member.kind], package, "" if member.spec_name == member.name else f' ("{member.spec_name}" in JSON)')


def _type(kinds: Iterable[Kind], package: Package, suffix: str = "") -> Any:
    """Return the type of values of these kinds: a text, or a tree for a union."""
    found = _set(f"{one}{suffix}" for kind in kinds for one in _branches(kind, "type", package))
    return found if len(found) > 1 else min(found)


def _branches(kind: Kind, part: str, package: Package) -> list[str]:
    """Return the types of the branches of a union, of which a container may be made. One if it is no union."""
    text = str(getattr(kind, part))
    if not kind.parts or text in package.classes:
        return [text]
    inner = [(str(getattr(one, part)), _branches(one, part, package)) for one in kind.parts]
    if len(inner) == 1:  # a container: the branches of its items, each in a container of its own
        ((item, branches),) = inner
        return [text.replace(item, branch) for branch in branches]
    return [branch for _, branches in inner for branch in branches]


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
        "arguments": {one.name: _set(_branches(one.kind, "argument", package)) for one in function.arguments},
        "needs": _required(function.arguments),
        "deprecated arguments": _deprecated(function.arguments),
        "returns": _type(values, package),
        "never None": not any(one.is_nullable for one in values),
        "whole": _type(bodies, package) if bodies != values else "",
        "answers": {status: {} for status in function.answers}
        | {status: _parts(node["responses"][status], package) for status in function.errors},
    }
    return {title: part for title, part in parts.items() if part}


def _parts(response: Node, package: Package) -> Tree:
    """Return the types in JSON of the properties of an error."""
    schema, forms = response.get("schema", {}), package.forms
    properties = forms.resolved(schema).get("properties", {})
    return {name: " or ".join(sorted(forms.json_types(part))) or "any" for name, part in properties.items()}


def _classes(kinds: Iterable[Kind], package: Package, found: set[str]) -> set[str]:
    """Add the classes of these kinds, and of those within them, to those that are found."""
    for kind in kinds:
        new = {kind.type} & package.classes.keys() - found
        found |= new
        within = [field.kind for name in new for field in package.members.get(name, ())]
        within += [one for name in new for one in package.choices.get(name, {}).values()]
        within += [package.others[name] for name in new & package.others.keys()]
        _classes([*kind.parts, *within], package, found)
    return found


def _set(names: Iterable[Any]) -> Tree:
    return dict.fromkeys(sorted(map(str, names)), True)


def text(fact: Any) -> str:
    """Return a fact as a text, such as that of a union."""
    return " | ".join(fact) if isinstance(fact, dict) else str(fact)


def read() -> Tree:
    """Return the facts that are promised. Empty if the file does not exist."""
    return unpacked(on_disk(FILE) or b"")


def committed_facts() -> Tree:
    """Return the facts that are promised by what is committed."""
    return unpacked(committed(FILE) or b"")


def before() -> Tree:
    """Return the facts that are promised by what is committed, without those that a person has accepted to be gone."""
    return _common(committed_facts(), read()) or {}


def _common(one: Any, other: Any) -> Any:
    """Return what two trees have in common. None for two facts that differ."""
    if not isinstance(one, dict) or not isinstance(other, dict):
        return one if one == other else None
    found = {name: _common(fact, other.get(name)) for name, fact in one.items()}
    return {name: fact for name, fact in found.items() if fact is not None}


def unpacked(content: bytes, name: str = "codegen/surface.yaml") -> Tree:
    """Return the tree in a file of this name."""

    def tree(node: Any) -> Any:
        node = dict.fromkeys(node, True) if isinstance(node, list) else node
        return {str(name): tree(part) for name, part in node.items()} if isinstance(node, dict) else node

    found: Tree = tree(data(content, name))
    return found


def packed(tree: Tree, head: str = HEAD) -> bytes:
    """Return the content of the file for a tree."""

    def node(tree: Any) -> Any:
        if not isinstance(tree, dict):
            return tree
        if tree and all(fact is True for fact in tree.values()):
            names = CommentedSeq(tree)
            names.fa.set_flow_style()
            return names
        return {str(name): node(part) for name, part in tree.items()}  # the generator's names are no plain strings

    yaml, written = YAML(), StringIO()
    yaml.width = 4096
    yaml.dump(node(tree), written)
    return f"{head}{written.getvalue()}".encode()
