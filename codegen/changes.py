"""What a change of the surface is to users, in words: what breaks them, and what they gain."""

import re
from collections.abc import Iterable, Iterator

from surface import about, lost

# The wrapper's classes that users see in the place of generated ones.
SEEN_AS = {"ChatV1Session": "ChatSession"}
# A name of the lock: the class or the operation, and what of it.
NAME = re.compile(r"((?:models|operations)\.\w+)(\S*)")


def findings(promised: list[str], there: set[str]) -> Iterator[str]:
    """Yield what users may no longer rely on: the place in the spec, what they lose, and what to do."""
    told: set[str] = set()
    for line in lost(promised, there):
        name, _ = about(line)
        whole = match[1] if (match := NAME.fullmatch(name)) else name
        gone = next((one for one in (whole, name) if not facts(one, there)), "")
        if (gone or line) in told:
            continue
        told.add(gone or line)
        what = f"{called(gone)} is gone{_renamed(gone, promised, there)}" if gone else _changed(line, there)
        lines = f"what begins with `{gone}`" if gone == whole else f"`{line}`"
        yield (
            f"openapi.yaml {place(name, promised)}: {what}: a major release. "
            f"To accept it, take {lines} out of codegen/surface.txt, and run ./generate.sh"
        )


def gains(new: list[str], promised: Iterable[str]) -> Iterator[str]:
    """Yield what users gain, given the lines that are new: a sentence for each, for the changelog."""
    before = {part for line in promised if (match := NAME.fullmatch(about(line)[0])) for part in (match[1], match[0])}
    told = {about(line): line.partition(": ")[2] for line in new}
    for (name, word), fact in told.items():
        match = NAME.fullmatch(name)
        is_new = match is not None and match[1] not in before
        if name.startswith("operations.") and is_new and (f"{name}()", "is") in told:
            needs, value = told[name, "needs"], told[f"{name}()", "is"]
            if word == "is":
                yield f"`osvi.{name}`, `{fact}`: {needs}, returns `{value}`."
        elif match is None or is_new or " with " in fact:
            continue  # told with what it belongs to
        elif name not in before:
            yield f"{called(name)}: `{fact}`."
        else:
            yield f"{called(name)} {fact}."


def facts(name: str, lines: Iterable[str]) -> set[str]:
    """Return all that lines say of a name, and of what is in it. The path of an operation does not count."""
    told = {line.removeprefix(name) for line in lines if line.startswith((f"{name}:", f"{name}.", f"{name}("))}
    return {one for one in told if not re.match(r": [A-Z]+ /", one)}


def called(name: str) -> str:
    """Return what users call a name of the lock."""
    kind, _, rest = name.partition(".")
    owner, *part = re.split(r"(?=[.(])", rest, maxsplit=1)
    if kind == "operations" and part and part[0][0] == ".":
        return f"`{owner}({part[0][1:]}=…)`"
    return f"`{SEEN_AS.get(owner, owner)}{part[0]}`" if part else f"`osvi.{name}`" if rest else f"the {name}"


def place(name: str, promised: Iterable[str]) -> str:
    """Return where the spec has a name: an operation by its method and path, an inline schema by what holds it."""
    match = NAME.fullmatch(name)
    if match is None:
        return "servers" if name == "server" else "components.securitySchemes"
    owner, part = match[1], match[2].strip(".()")
    at = owner.partition(".")[2]
    if owner.startswith("operations."):
        at = next((line.partition(": ")[2] for line in promised if re.match(rf"{owner}: [A-Z]+ /", line)), at)
    else:
        holders = [line for line in promised if re.fullmatch(rf"\S+(\.\w+|\(\)\.whole): {at}", line)]
        if len(holders) == 1:
            at = place(about(holders[0])[0], [line for line in promised if line not in holders])
    return f"{at}.{part}" if part and part != "whole" else at


def _renamed(gone: str, promised: list[str], there: set[str]) -> str:
    """Return what something may be called now: what is new, stands beside it, and is otherwise the same."""
    parent, _, _ = gone.rpartition(".")
    inside = re.compile(rf"({re.escape(parent)}\.\w+)")
    names = {match[1] for line in there if (match := inside.match(line))}
    before = _shape(gone, promised)
    same = sorted(one for one in names if not facts(one, promised) and _shape(one, there) == before)
    perhaps = " or ".join(f"`{one.rpartition('.')[2]}`" for one in same)
    return f"; perhaps it is called {perhaps} now, of the same type" if same else ""


def _shape(name: str, lines: Iterable[str], depth: int = 4) -> list[str]:
    """Return all that lines say of a name, with classes spelt out: a class may be named by where it is used."""
    if not depth:
        return []
    return sorted(
        re.sub(r"\b[A-Z]\w+", lambda word: f"{_shape(f'models.{word[0]}', lines, depth - 1) or word[0]}", fact)
        for fact in facts(name, lines)
    )


def _changed(line: str, there: set[str]) -> str:
    """Return how a fact of something has changed that is still there."""
    name, word = about(line)
    was = line.partition(": ")[2]
    now = next((one.partition(": ")[2] for one in sorted(there) if about(one) == (name, word)), "")
    match word.partition(" ")[0]:
        case "needs":
            more = {*now.removeprefix("needs ").split(", ")} - {*was.removeprefix("needs ").split(", ")}
            return f"{called(name)} needs {', '.join(f'`{one}`' for one in sorted(more))} too"
        case "never":
            return f"{called(name)} may be None now"
        case "answers" | "may":
            return f"{called(name)} no longer {was}"
    token = "; the API token would go there" if name == "server" else ""
    return f"{called(name)} is `{now}` now, and was `{was}`{token}"
