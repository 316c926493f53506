"""Describes a change of the surface for users: what they lose, and what they gain."""

import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache

from codegen.promises import released
from codegen.promises.surface import lost, subject

# The classes of the wrapper that users see in place of generated classes.
WRAPPER_NAMES = {"ChatV1Session": "ChatSession"}
# A name of the surface. Its groups: the owner (a class or an operation), its kind, its own name, and a part of it.
NAME = re.compile(r"((models|operations)\.(\w+))(\S*)")


def findings(promised: Collection[str], offered: set[str]) -> Iterator[str]:
    """Yield a sentence for each loss of users: the place in the spec, the loss, and what the maintainer can do."""
    of_release = {*released.lines()}
    part = "minor" if released.version().startswith("0.") else "major"
    for loss, name, lines in losses(promised, offered):
        cure = (
            f"That takes a {part} release. To accept it, delete {name} from codegen/surface.txt and run ./generate.sh"
            if lines & of_release
            else "No release has promised it: `python -m codegen accept` accepts it"
        )
        yield f"openapi.yaml {loss}. {cure}"


def losses(promised: Collection[str], offered: Collection[str]) -> Iterator[tuple[str, str, set[str]]]:
    """Yield each loss of users with its place in the spec, and the lines of ``surface.txt`` that promise it.

    The lines come twice: named for a person, and themselves.
    """
    before, now, reported = frozenset(promised), frozenset(offered), set()
    for line in lost(before, now):
        name, _ = subject(line)
        owner = match[1] if (match := NAME.fullmatch(name)) else name
        removed = next((candidate for candidate in (owner, name) if not _facts(candidate, now)), "")
        if (removed or line) not in reported:
            reported.add(removed or line)
            loss = _removal(removed, before, now) if removed else _change(line, now)
            named = f"the lines of `{removed}`" if removed else f"`{line}`"
            yield f"{place_in_spec(name, promised)}: {loss}", named, {*about(removed, before)} if removed else {line}


def gains(new: Collection[str], promised: Collection[str]) -> Iterator[str]:
    """Yield a sentence for the changelog for each gain of users, from the new lines of the surface."""
    known = {match[1] for line in promised if (match := NAME.match(line))}
    facts = {subject(line): line.partition(": ")[2] for line in new}
    for (name, word), fact in facts.items():
        owner = match[1] if (match := NAME.fullmatch(name)) else ""
        if owner in known and " with " not in fact:
            yield f"{name_for_users(name)}: `{fact}`." if word == "is" else f"{name_for_users(name)} {fact}."
        elif owner not in known and word == "needs" and (f"{owner}()", "is") in facts:
            yield f"`osvi.{owner}`, `{facts[owner, 'is']}`: {fact}, returns `{facts[f'{owner}()', 'is']}`."


def name_for_users(name: str) -> str:
    """Return the name that users see for a name of the surface."""
    match = NAME.fullmatch(name)
    if not match:
        return f"the {name}"
    _, kind, owner, part = match.groups()
    if kind == "operations" and part.startswith("."):
        return f"`{owner}({part[1:]}=…)`"
    return f"`{WRAPPER_NAMES.get(owner, owner)}{part}`" if part else f"`osvi.{name}`"


def place_in_spec(name: str, promised: Collection[str]) -> str:
    """Return the place of a name in the spec.

    An operation is named by its method and path, and an inline schema by the operation or the schema that contains it.
    """
    match = NAME.fullmatch(name)
    if not match:
        return "servers" if name == "server" else "components.securitySchemes"
    owner, kind, place, part = match.groups()
    pattern = rf"{owner}: ([A-Z]+ /.*)" if kind == "operations" else rf"(\S+(?:\.\w+|\(\)\.whole)): {place}"
    found = [found[1] for line in promised if (found := re.fullmatch(pattern, line))]
    if len(found) == 1:
        others = [line for line in promised if subject(line)[0] != found[0]]
        place = found[0] if kind == "operations" else place_in_spec(found[0], others)
    part = part.strip(".()")
    return f"{place}.{part}" if part and part != "whole" else place


def _facts(name: str, lines: frozenset[str]) -> set[str]:
    """Return the facts of the lines about a name and its parts, except the path of an operation."""
    found = {line.removeprefix(name) for line in about(name, lines)}
    return {fact for fact in found if not re.match(r": [A-Z]+ /", fact)}


def about(name: str, lines: frozenset[str]) -> Iterator[str]:
    """Yield the lines about a name and its parts."""
    same = _by_beginning(lines).get(_beginning(name), ())
    return (line for line in same if line.startswith((f"{name}:", f"{name}.", f"{name}(")))


@cache
def _by_beginning(lines: frozenset[str]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in lines:
        found.setdefault(_beginning(line), []).append(line)
    return found


def _beginning(line: str) -> str:
    """Return the first two parts of the name in a line: a class or an operation, such as "models.ChatV1Session"."""
    return ".".join(re.split(r"[.(]", line.partition(": ")[0])[:2])


def _removal(name: str, promised: frozenset[str], offered: frozenset[str]) -> str:
    """Describe the removal of a name. Names of the same owner with the same facts may be its new name."""
    sibling = re.compile(re.escape(name.rpartition(".")[0]) + r"\.\w+")
    siblings = {match[0] for line in offered if (match := sibling.match(line))}
    before = _shape(name, promised)
    same = sorted(other for other in siblings if not _facts(other, promised) and _shape(other, offered) == before)
    new_names = " or ".join(f"`{other.rpartition('.')[2]}`" for other in same)
    renamed = f"; perhaps it is called {new_names} now, of the same type" if same else ""
    return f"{name_for_users(name)} is gone{renamed}"


@cache
def _shape(name: str, lines: frozenset[str], depth: int = 4) -> int:
    """Return a hash of the facts of a name, with those of classes in place of their names, which depend on the name.

    It is 0 if there are no facts.
    """
    facts = _facts(name, lines) if depth else ()

    def shape_of_class(word: re.Match[str]) -> str:
        return str(_shape(f"models.{word[0]}", lines, depth - 1) or word[0])

    return hash(tuple(sorted(re.sub(r"\b[A-Z]\w+", shape_of_class, fact) for fact in facts))) if facts else 0


def _change(line: str, offered: frozenset[str]) -> str:
    """Describe the change of a fact about a name that still exists."""
    name, word = subject(line)
    was = line.partition(": ")[2]
    now = next((other.partition(": ")[2] for other in sorted(offered) if subject(other) == (name, word)), "")
    if word == "needs":
        new = sorted({*re.findall(r"\w+", now)} - {*re.findall(r"\w+", was)})
        return f"{name_for_users(name)} needs {', '.join(f'`{argument}`' for argument in new)} too"
    if word == "never":
        return f"{name_for_users(name)} may be None now"
    if word != "is":
        return f"{name_for_users(name)} no longer {was}"
    token = "; the API token would go there" if name == "server" else ""
    return f"{name_for_users(name)} is `{now}` now, and was `{was}`{token}"
