"""The differences between two surfaces: which of them are breaks, and what they mean to users."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from attrs import frozen
from osvi_runtime.texts import printable

from codegen import report
from codegen.document.normal.nodes import below
from codegen.document.reading import data_file
from codegen.package.naming import identifier
from codegen.promises import surface
from codegen.promises.surface import Tree, text

# The classes of the wrapper that users see in place of generated classes.
WRAPPER_NAMES = {"ChatV1Session": "ChatSession"}
# Where the hand-written API is, in what a release promises.
BY_HAND = "by hand"


@frozen
class Kind:
    """A kind of fact, an entry of ``kinds.yaml``, which says what the attributes mean."""

    place: list[str]
    name: str = ""
    gone: str = "{name} is gone"
    changed: str = "{name} is `{now}` now, and was `{was}`"
    new: str = "{name}: `{now}`."
    breaks: Sequence[str] = ("gone", "changed")

    def fits(self, path: tuple[str, ...]) -> bool:
        """Return whether the facts at a path are of this kind."""
        steps = self.place
        return len(steps) == len(path) and all(step in {"*", name} for step, name in zip(steps, path, strict=True))


KINDS = [Kind(place.split("/"), **entry) for place, entry in data_file("promises/kinds").items()]


@frozen
class Difference:
    """A difference between two surfaces.

    Attributes:
        path: Its place in the trees.
        was: The fact before. None if it is new.
        now: The fact now. None if it is gone.
        is_break: Whether it breaks users.
        name: What users call it.
        text: What it means to users. Empty if there is nothing to say.
    """

    path: tuple[str, ...]
    was: Any
    now: Any
    is_break: bool
    name: str
    text: str


def differences(before: Tree, now: Tree, path: tuple[str, ...] = ()) -> Iterator[Difference]:
    """Yield the differences between what is promised and what is offered."""
    for name in before | now:
        was, is_, here = before.get(name), now.get(name), (*path, name)
        kind = next((kind for kind in KINDS if kind.fits(here)), None)
        if kind is None or (isinstance(was, dict) and isinstance(is_, dict) and not _is_other(kind, was, is_)):
            yield from differences(was or {}, is_ or {}, here)
        elif was != is_:
            yield _difference(kind, here, was, is_)


def _is_other(kind: Kind, was: Tree, now: Tree) -> bool:
    """Return whether a set of names, such as the branches of a union, has become one with other names."""
    return bool(kind.changed and now) and surface.is_set(was) and was.keys().isdisjoint(now)


def _difference(kind: Kind, path: tuple[str, ...], was: Any, now: Any) -> Difference:
    what = "gone" if now is None else "new" if was is None else "changed"
    names = [name for step, name in zip(kind.place, path, strict=True) if step == "*"]
    words = {"was": text(was), "now": text(now), "class": WRAPPER_NAMES.get(names[0], names[0]) if names else ""}
    if isinstance(now, dict):  # an operation
        words |= {title: text(now.get(title)) for title in ("sends", "returns")}
        words["needs"] = ", ".join(now.get("needs", ["nothing"]))
    words["name"] = kind.name.format(*names, **words)
    sentence = printable(getattr(kind, what).format(*names, **words), report.LONGEST)
    return Difference(path, was, now, what in kind.breaks, words["name"], sentence)


def breaks(before: Tree, now: Tree) -> list[str]:
    """Return a sentence for each break, with its place in the document."""
    return [
        f"openapi.yaml {_place(one.path, before)}: {one.text}{_cure(one, before, now)}"
        for one in differences(before, now)
        if one.is_break
    ]


def gains(before: Tree, now: Tree) -> list[str]:
    """Return a sentence for the changelog for each gain of users, and for each change that breaks nobody."""
    return [one.text for one in differences(before, now) if one.text and not one.is_break]


def _place(path: tuple[str, ...], tree: Tree) -> str:
    match path:
        case ["server"]:
            return "#/servers"
        case ["token header"]:
            return "#/components/securitySchemes"
        case ["operations", name, *_]:
            return str(tree["operations"][name]["sends"])
        case [surface.UNFIT, place]:
            return place
        case ["classes", name, "fields", field, *_]:
            return below(tree["classes"][name]["place"], "properties", field)
        case _:
            return str(tree["classes"][path[1]]["place"])


def _cure(one: Difference, before: Tree, now: Tree) -> str:
    """Return how a class that is gone keeps its name, if a new class may be the same. Otherwise nothing."""
    match one.path:
        case ["classes", name]:
            old, shape = before["classes"], _shape(one.was)
            same = [other for other, cls in now["classes"].items() if other not in old and _shape(cls) == shape]
            lines = " or ".join(f"`{_override(other, name)}`" for other in same)
            return lines and f"; if it has another name now, class_overrides in codegen/config.yaml keeps this: {lines}"
    return ""


def new_classes(before: Tree, now: Tree) -> list[str]:
    """Return a line for each class that is new, as ``class_overrides`` has it: a person may put another name there."""
    known: set[str] = {*(before or now)["classes"]}
    known |= {one["class_name"] for one in data_file("config")["class_overrides"].values() if "class_name" in one}
    return [_override(name, name) for name in now["classes"] if name not in known]


def _override(name: str, given: str) -> str:
    return f"{name}: {{class_name: {given}, module_name: {identifier(given)}}}"


def _shape(cls: Tree) -> Any:
    """Return what a class has in common with itself under another name."""
    return cls["is"], {*cls.get("fields", ())}, cls.get("values"), {*cls.get("methods", ())}


def words(before: Tree, now: Tree) -> list[str]:
    """Return what users may have written for what is broken: names, values in quotes, paths, the header, the URL."""
    found: list[str] = []
    for one in differences(before, now):
        if one.is_break and one.name:
            match one.path:
                case [_]:  # the server or the header
                    found.append(one.was)
                case ["operations", name] | ["operations", name, "sends"]:
                    found += [name, str(before["operations"][name]["sends"]).split()[1]]
                case [*_, "values", name]:
                    found += [name, f'"{one.was}"']
                case _:
                    found.append(re.findall(r"\w+", one.name)[-1])
    return [*dict.fromkeys(found)]
