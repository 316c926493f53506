"""The surface: what users may rely on in the generated package, as a tree of facts.

``surface.yaml`` has the facts that are promised to users. ``./generate.sh`` adds new ones to it.
"""

from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq

from codegen import CODEGEN
from codegen.document.reading import Node, committed, data, replace
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
    made = _made_by_users(package)
    classes = {name: _class(package, name, is_made=name in made) for name in package.classes}
    return {
        "server": package.server,
        "token header": package.token_header.lower(),
        "operations": _sorted({one.name: _operation(one, package) for one in package.functions}),
        "classes": _sorted(classes),
        NEEDED: _sorted({name: _required(package.members[name]) for name in made & package.members.keys()}),
    }


def _class(package: Package, name: str, *, is_made: bool) -> Tree:
    cls, fields = package.classes[name], package.members.get(name, [])
    properties = cls.schema.get("properties", {})
    listed = {one.name: _set(str(value) for value in _listed(one.kind)) for one in fields}
    parts: Tree = {
        "fields": {one.name: _field(one, package) for one in fields},
        "never None": _set(one.name for one in fields if one.is_never_none),
        "needs": {} if is_made else _required(fields),
        "deprecated": _set(one.name for one in fields if properties[one.spec_name].get("deprecated") is True),
        "listed": {field: values for field, values in listed.items() if values},
        "values": {member: value for value, member in package.enums.get(name, {}).items()},
        "methods": {method: _type([kind], package) for method, kind in package.choices.get(name, {}).items()},
    }
    return {"is": cls.form, "place": cls.place} | {title: _sorted(tree) for title, tree in parts.items() if tree}


def _field(member: Member, package: Package) -> Any:
    in_json = "" if member.spec_name == member.name else f' ("{member.spec_name}" in JSON)'
    return _type([member.kind], package, in_json)


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


def _operation(function: Function, package: Package) -> Tree:
    node = package.document["paths"][function.path][function.method.lower()]
    answers = [*function.answers.values()]
    values, bodies = [answer.value for answer in answers], [answer.body for answer in answers]
    responses = {status: _parts(node["responses"][status], package) for status in function.errors}
    deprecated = {one["name"] for one in node["parameters"] if one.get("deprecated") is True}
    arguments = {one.name: _set(_branches(one.kind, "argument", package)) for one in function.arguments}
    parts: Tree = {
        "sends": function.place,
        "deprecated": node.get("deprecated") is True,
        "arguments": _sorted(arguments),
        "needs": _required(function.arguments),
        "deprecated arguments": _set(one.name for one in function.arguments if one.spec_name in deprecated),
        "returns": _type(values, package),
        "never None": not any(one.is_nullable for one in values),
        "whole": _type(bodies, package) if bodies != values else "",
        "answers": _sorted({status: {} for status in function.answers} | responses),
    }
    return {title: part for title, part in parts.items() if part}


def _parts(response: Node, package: Package) -> Tree:
    """Return the types in JSON of the properties of an error."""
    schema, forms = response.get("schema", {}), package.forms
    found = {}
    for name, part in forms.resolved(schema).get("properties", {}).items():
        branches = forms.resolved(part).get("anyOf") or [part]
        found[name] = " or ".join(sorted({forms.resolved(branch).get("type", "any") for branch in branches}))
    return _sorted(found)


def _made_by_users(package: Package) -> set[str]:
    """Return the classes that users make, since arguments have them, directly or within others."""
    waiting = {name for one in package.functions for argument in one.arguments for name in _classes(argument.kind)}
    found: set[str] = set()
    while waiting := (waiting & package.classes.keys()) - found:
        found |= waiting
        kinds = [member.kind for name in waiting for member in package.members.get(name, ())]
        kinds += [package.others[name] for name in waiting & package.others.keys()]
        kinds += [kind for name in waiting for kind in package.choices.get(name, {}).values()]
        waiting = {name for kind in kinds for name in _classes(kind)}
    return found


def _classes(kind: Kind) -> Iterator[str]:
    yield kind.type
    for part in kind.parts:
        yield from _classes(part)


def _set(names: Iterable[str]) -> Tree:
    return dict.fromkeys(sorted(map(str, names)), True)


def _sorted(tree: Tree) -> Tree:
    return {str(name): tree[name] for name in sorted(tree)}  # the names of the generator are of a class of its own


def text(fact: Any) -> str:
    """Return a fact as a text, such as that of a union."""
    return " | ".join(fact) if isinstance(fact, dict) else str(fact)


def read() -> Tree:
    """Return the facts that are promised. Empty if the file does not exist."""
    return unpacked(FILE.read_bytes() if FILE.exists() else b"")


def before() -> Tree:
    """Return the facts that are promised by what is committed, without those that a person has accepted to be gone."""
    return _common(committed_facts(), read())


def committed_facts() -> Tree:
    """Return the facts that are promised by what is committed."""
    return unpacked(committed(FILE) or b"")


def _common(one: Tree, other: Tree) -> Tree:
    """Return the facts that two trees have."""
    return {
        name: _common(fact, other[name]) if isinstance(fact, dict) and isinstance(other[name], dict) else fact
        for name, fact in one.items()
        if name in other and (fact == other[name] or (isinstance(fact, dict) and isinstance(other[name], dict)))
    }


def unpacked(content: bytes, name: str = "codegen/surface.yaml") -> Tree:
    """Return the tree in a file of this name."""

    def tree(node: Any) -> Any:
        if isinstance(node, list):
            return dict.fromkeys(map(str, node), True)
        return {str(name): tree(part) for name, part in node.items()} if isinstance(node, dict) else node

    found: Tree = tree(data(content, name))
    return found


def packed(tree: Tree, head: str = HEAD) -> bytes:
    """Return the content of the file for a tree."""

    def node(tree: Any) -> Any:
        if not isinstance(tree, dict):
            return tree
        if not tree or {*map(type, tree.values())} != {bool}:
            return {name: node(part) for name, part in tree.items()}
        names = CommentedSeq(tree)
        names.fa.set_flow_style()
        return names

    yaml, text = YAML(), StringIO()
    yaml.width = 4096
    yaml.dump(node(tree), text)
    return f"{head}{text.getvalue()}".encode()


def write(tree: Tree) -> None:
    """Write the facts that are promised."""
    replace(FILE, packed(tree))
