"""The differences between two surfaces: which of them are breaks, and what they mean to users."""

import copy
from collections.abc import Iterator
from typing import Any

from attrs import frozen

from codegen.document.normal.nodes import below
from codegen.package.naming import identifier
from codegen.promises.surface import NEEDED, Tree, text

# The classes of the wrapper that users see in place of generated classes.
WRAPPER_NAMES = {"ChatV1Session": "ChatSession"}
# Where the hand-written API is, in what a release promises.
BY_HAND = "by hand"


@frozen
class Kind:
    """A kind of fact.

    Attributes:
        path: Its place in the tree. A star is any name.
        name: What users call it. The numbers stand for the names at the stars, "cls" for the first as users see it.
        gone: What is said if it is gone. Empty: nothing, since it is no promise.
        changed: What is said if it has changed.
        new: What is said if it is new. Empty: nothing, since more is said elsewhere.
        breaks: When it breaks users, among "gone", "changed" and "new".
    """

    path: str
    name: str = ""
    gone: str = "{name} is gone"
    changed: str = "{name} is `{now}` now, and was `{was}`"
    new: str = "{name}: `{now}`."
    breaks: tuple[str, ...] = ("gone", "changed")


def _silent(path: str) -> Kind:
    return Kind(path, gone="", changed="", new="", breaks=())


def _told(path: str, name: str, *, gone: str = "", new: str = "") -> Kind:
    """Return a kind of which gains and losses are told, and break nobody."""
    return Kind(path, name, gone, "", new, ())


def _named(path: str, name: str, text: str, **more: Any) -> Kind:
    """Return the kind of a name in a set: it "no longer" does what the text says."""
    return Kind(path, name, f"{{name}} no longer {text}", new=f"{{name}} {text} too.", **more)


def _demand(path: str, name: str) -> Kind:
    """Return the kind of what users have to give: it breaks them if it is new."""
    return Kind(path, name, f"{name} no longer needs `{{last}}`.", new=f"{name} needs `{{last}}` too", breaks=("new",))


OPERATION, ARGUMENT, CLASS = "`osvi.operations.{0}`", "`{0}({1}=…)`", "`osvi.models.{0}`"
FIELD, NOW_IN_WRAPPER = "`{cls}.{1}`", "`ChatSession(...)` needs `{0}` now; `Sandbox.open_session` fills it."
NEW_OPERATION = "{name}, `{now[sends]}`: needs {needs}, returns `{returns}`."
KINDS = [
    Kind("server", "the server", changed="{name} is `{now}` now, and was `{was}`; the API token would go there"),
    Kind("token header", "the token header"),
    Kind("operations/*", OPERATION, new=NEW_OPERATION),
    Kind("operations/*/sends", OPERATION),
    _told("operations/*/deprecated", OPERATION, gone="{name} is no longer deprecated.", new="{name} is deprecated."),
    Kind("operations/*/arguments/*", ARGUMENT),
    _named("operations/*/arguments/*/*", ARGUMENT, "takes `{2}`"),
    _demand("operations/*/needs/*", OPERATION),
    _told("operations/*/deprecated arguments/*", ARGUMENT, new="{name} is deprecated."),
    Kind("operations/*/returns", "`{0}()`"),
    _named("operations/*/returns/*", "`{0}()`", "may be `{1}`"),
    Kind("operations/*/never None", "`{0}()`", gone="{name} may be None now", new="{name} is never None."),
    Kind("operations/*/whole", "`{0}().whole`"),
    _named("operations/*/whole/*", "`{0}().whole`", "may be `{1}`"),
    Kind("operations/*/answers/*", OPERATION, gone="{name} no longer answers {1}", new="{name} answers {1}."),
    Kind("operations/*/answers/*/*", OPERATION, "{name} no longer answers {1} with {2}", new=""),
    Kind("classes/*", CLASS, new=""),
    Kind("classes/*/is", CLASS),
    _silent("classes/*/place"),
    Kind("classes/*/fields/*", FIELD),
    _named("classes/*/fields/*/*", FIELD, "may be `{2}`"),
    _told("classes/*/never None/*", FIELD, gone="{name} may be None now.", new="{name} is never None."),
    _told("classes/ChatV1Session/needs/*", "", new=NOW_IN_WRAPPER),
    _told("classes/*/needs/*", "`{cls}(...)`", new="{name} needs `{1}` now."),
    _told("classes/*/deprecated/*", FIELD, gone="{name} is no longer deprecated.", new="{name} is deprecated."),
    _named("classes/*/listed/*/*", FIELD, "may be `{2}`"),
    Kind("classes/*/values/*", "`{0}.{1}`", new='{name}: `"{now}"`.'),
    Kind("classes/*/methods/*", "`{0}.{1}()`"),
    _named("classes/*/methods/*/*", "`{0}.{1}()`", "may be `{2}`"),
    _silent(f"{NEEDED}/*"),
    _demand(f"{NEEDED}/*/*", CLASS),
    Kind(f"{BY_HAND}/*/*", "`{0}.{1}`", new="{name} is new."),
    Kind(f"{BY_HAND}/*/*/is", "`{0}.{1}`"),
    Kind(f"{BY_HAND}/*/*/bases/*", "`{0}.{1}`", gone="{name} is no longer a `{2}`", new="{name} is a `{2}` too."),
    Kind(f"{BY_HAND}/*/*/takes/*", "`{0}.{1}({2}=…)`"),
    _demand(f"{BY_HAND}/*/*/needs/*", "`{0}.{1}()`"),
    Kind(f"{BY_HAND}/*/*/has/*", "`{0}.{1}.{2}`", new="{name} is new."),
    Kind(f"{BY_HAND}/*/*/has/*/is", "`{0}.{1}.{2}`"),
    Kind(f"{BY_HAND}/*/*/has/*/takes/*", "`{0}.{1}.{2}({3}=…)`"),
    _demand(f"{BY_HAND}/*/*/has/*/needs/*", "`{0}.{1}.{2}()`"),
]
PATHS = [(kind, kind.path.split("/")) for kind in KINDS]


@frozen
class Difference:
    """A difference between two surfaces.

    Attributes:
        path: Its place in the trees.
        was: The fact before. None if it is new.
        now: The fact now. None if it is gone.
        is_break: Whether it breaks users.
        text: What it means to users. Empty if there is nothing to say.
    """

    path: tuple[str, ...]
    was: Any
    now: Any
    is_break: bool
    text: str


def differences(before: Tree, now: Tree, path: tuple[str, ...] = ()) -> Iterator[Difference]:
    """Yield the differences between what is promised and what is offered."""
    for name in dict.fromkeys([*before, *now]):
        was, is_, here = before.get(name), now.get(name), (*path, name)
        kind = _kind(here)
        if kind is None or (
            isinstance(was, dict) and isinstance(is_, dict) and not (kind.changed and _is_other_set(was, is_))
        ):
            yield from differences(was or {}, is_ or {}, here)
        elif was != is_:
            yield _difference(kind, here, was, is_)


def _is_other_set(was: Tree, now: Tree) -> bool:
    """Return whether two sets of names, such as the branches of a union, have none in common."""
    return (
        bool(was and now)
        and was.keys().isdisjoint(now)
        and {fact is True for fact in (*was.values(), *now.values())} == {True}
    )


def _kind(path: tuple[str, ...]) -> Kind | None:
    """Return the kind of the fact at a place. None for a group of facts."""
    for kind, steps in PATHS:
        if len(steps) == len(path) and all(step in {"*", name} for step, name in zip(steps, path, strict=True)):
            return kind
    return None


def _difference(kind: Kind, path: tuple[str, ...], was: Any, now: Any) -> Difference:
    what = "gone" if now is None else "new" if was is None else "changed"
    names = [name for step, name in zip(kind.path.split("/"), path, strict=True) if step == "*"]
    words = {"was": text(was), "now": now if len(path) == 2 else text(now), "last": path[-1]}  # noqa: PLR2004
    words["cls"] = WRAPPER_NAMES.get(names[0], names[0]) if names else ""
    if isinstance(now, dict):
        words |= {"needs": ", ".join(now.get("needs", ["nothing"])), "returns": text(now.get("returns"))}
    words["name"] = kind.name.format(*names, **words)
    return Difference(path, was, now, what in kind.breaks, getattr(kind, what).format(*names, **words))


def breaks(before: Tree, now: Tree) -> list[str]:
    """Return a sentence for each break, with its place in the document."""
    found = [*differences(before, now)]
    return [f"openapi.yaml {_place(one.path, before)}: {one.text}{_cure(one, found)}" for one in found if one.is_break]


def gains(before: Tree, now: Tree) -> list[str]:
    """Return a sentence for the changelog for each gain of users, and for each change that breaks nobody."""
    return [one.text for one in differences(before, now) if one.text and not one.is_break]


def _place(path: tuple[str, ...], tree: Tree) -> str:
    match path:
        case ("server",):
            return "#/servers"
        case ("token header",):
            return "#/components/securitySchemes"
        case ("operations", name, *_):
            return str(tree["operations"][name]["sends"])
        case (_, name, "fields", field, *_):
            return below(tree["classes"][name]["place"], "properties", field)
    return str(tree["classes"][path[1]]["place"])


def _cure(one: Difference, found: list[Difference]) -> str:
    """Return how a class that is gone keeps its name, if a new class may be the same. Otherwise nothing."""
    new = [other for other in found if other.path[:1] == ("classes",) and other.was is None and len(other.path) == 2]  # noqa: PLR2004
    if one.path[:1] != ("classes",) or one.now is not None or len(one.path) != 2:  # noqa: PLR2004
        return ""
    name, same = one.path[1], [other.path[1] for other in new if _shape(other.now) == _shape(one.was)]
    lines = [f"`{other}: {{class_name: {name}, module_name: {identifier(name)}}}`" for other in same]
    return f"; if it is another name, class_overrides in codegen/config.yaml keeps this: {' or '.join(lines)}" * bool(
        same
    )


def _shape(cls: Tree) -> Any:
    """Return what two classes have in common if one is the new name of the other."""
    return cls["is"], {*cls.get("fields", ())}, cls.get("values"), {*cls.get("methods", ())}


def promised(before: Tree, now: Tree) -> Tree:
    """Return what is promised from now on: all that is offered, and what is broken as it was."""
    tree = copy.deepcopy(now)
    for one in differences(before, now):
        *groups, name = one.path
        owner = tree
        for group in groups:
            owner = owner.setdefault(group, {})
        if one.is_break and one.was is None:
            owner.pop(name)
        elif one.is_break:
            owner[name] = one.was
    return tree


def lost(before: Tree, now: Tree) -> list[str]:
    """Return the words that users may have written, and that are gone: names, values, the header and the URL."""
    words = []
    for one in differences(before, now):
        if one.is_break and one.was is not None and (one.now is None or len(one.path) == 1):
            words += [one.path[-1]] if len(one.path) > 1 else []
            words += [one.was] if len(one.path) == 1 or "values" in one.path else []
    return [*dict.fromkeys(words)]
