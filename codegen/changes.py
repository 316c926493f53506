"""Says in words what a change of the surface is to users: what breaks them, and what they gain."""

import re
from collections.abc import Collection, Iterator

from surface import lost, subject

# The class of the wrapper that users see in the place of a generated one.
WRAPPER_NAMES = {"ChatV1Session": "ChatSession"}
# A name of the surface: the owner, which is a class or an operation, its kind, its own name, and a part of it.
NAME = re.compile(r"((models|operations)\.(\w+))(\S*)")


def findings(promised: Collection[str], offered: set[str]) -> Iterator[str]:
    """Yield what breaks users: the place in the spec, what they lose, and what the maintainer can do."""
    for loss, lines in losses(promised, offered):
        yield (
            f"openapi.yaml {loss}. That takes a major release. "
            f"To accept it, delete {lines} from codegen/surface.txt and run ./generate.sh"
        )


def losses(promised: Collection[str], offered: set[str]) -> Iterator[tuple[str, str]]:
    """Yield each place in the spec with what users lose there, and the lines of ``surface.txt`` that promise it."""
    reported = set()
    for line in lost(promised, offered):
        name, _ = subject(line)
        owner = match[1] if (match := NAME.fullmatch(name)) else name
        gone = next((one for one in (owner, name) if not _facts(one, offered)), "")
        if (gone or line) not in reported:
            reported.add(gone or line)
            what = _gone(gone, promised, offered) if gone else _changed(line, offered)
            yield f"{place_in_spec(name, promised)}: {what}", f"the lines of `{gone}`" if gone else f"`{line}`"


def gains(new: Collection[str], promised: Collection[str]) -> Iterator[str]:
    """Yield a sentence for the changelog for each thing that users gain, given the lines that are new."""
    known = {match[1] for line in promised if (match := NAME.match(line))}
    facts = {subject(line): line.partition(": ")[2] for line in new}
    for (name, word), fact in facts.items():
        owner = match[1] if (match := NAME.fullmatch(name)) else ""
        if owner in known and " with " not in fact:
            yield f"{name_for_users(name)}: `{fact}`." if word == "is" else f"{name_for_users(name)} {fact}."
        elif owner not in known and word == "needs" and (f"{owner}()", "is") in facts:
            yield f"`osvi.{owner}`, `{facts[owner, 'is']}`: {fact}, returns `{facts[f'{owner}()', 'is']}`."


def name_for_users(name: str) -> str:
    """Return what users call a name of the surface."""
    match = NAME.fullmatch(name)
    if not match:
        return f"the {name}"
    _, kind, owner, part = match.groups()
    if kind == "operations" and part.startswith("."):
        return f"`{owner}({part[1:]}=…)`"
    return f"`{WRAPPER_NAMES.get(owner, owner)}{part}`" if part else f"`osvi.{name}`"


def place_in_spec(name: str, promised: Collection[str]) -> str:
    """Return where the spec has a name: an operation by its method and path, an inline schema by what holds it."""
    match = NAME.fullmatch(name)
    if not match:
        return "servers" if name == "server" else "components.securitySchemes"
    owner, kind, at, part = match.groups()
    line_of_it = rf"{owner}: ([A-Z]+ /.*)" if kind == "operations" else rf"(\S+(?:\.\w+|\(\)\.whole)): {at}"
    found = [found[1] for line in promised if (found := re.fullmatch(line_of_it, line))]
    if len(found) == 1:
        others = [line for line in promised if subject(line)[0] != found[0]]
        at = found[0] if kind == "operations" else place_in_spec(found[0], others)
    part = part.strip(".()")
    return f"{at}.{part}" if part and part != "whole" else at


def _facts(name: str, lines: Collection[str]) -> set[str]:
    """Return what the lines say of a name and of its parts, but for the path of an operation."""
    found = {line.removeprefix(name) for line in lines if line.startswith((f"{name}:", f"{name}.", f"{name}("))}
    return {fact for fact in found if not re.match(r": [A-Z]+ /", fact)}


def _gone(name: str, promised: Collection[str], offered: set[str]) -> str:
    """Return that something is gone, and its possible new names: they have the same owner and the same facts."""
    beside = re.compile(re.escape(name.rpartition(".")[0]) + r"\.\w+")
    names = {match[0] for line in offered if (match := beside.match(line))}
    before = _shape(name, promised)
    same = sorted(one for one in names if not _facts(one, promised) and _shape(one, offered) == before)
    perhaps = " or ".join(f"`{one.rpartition('.')[2]}`" for one in same)
    renamed = f"; perhaps it is called {perhaps} now, of the same type" if same else ""
    return f"{name_for_users(name)} is gone{renamed}"


def _shape(name: str, lines: Collection[str], depth: int = 4) -> list[str]:
    """Return what the lines say of a name, with classes spelt out: a class may be named by where it is used."""
    if not depth:
        return []
    return sorted(
        re.sub(r"\b[A-Z]\w+", lambda word: f"{_shape(f'models.{word[0]}', lines, depth - 1) or word[0]}", fact)
        for fact in _facts(name, lines)
    )


def _changed(line: str, offered: set[str]) -> str:
    """Return how a fact has changed of something that is still there."""
    name, word = subject(line)
    was = line.partition(": ")[2]
    now = next((one.partition(": ")[2] for one in sorted(offered) if subject(one) == (name, word)), "")
    if word == "needs":
        more = sorted({*re.findall(r"\w+", now)} - {*re.findall(r"\w+", was)})
        return f"{name_for_users(name)} needs {', '.join(f'`{one}`' for one in more)} too"
    if word == "never":
        return f"{name_for_users(name)} may be None now"
    if word != "is":
        return f"{name_for_users(name)} no longer {was}"
    token = "; the API token would go there" if name == "server" else ""
    return f"{name_for_users(name)} is `{now}` now, and was `{was}`{token}"
