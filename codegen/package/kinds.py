"""Finds the kind of each schema: the Python type of its values, their reader, and the type of an argument."""

from collections.abc import Iterator
from typing import Any

import osvi_runtime
from attrs import evolve, field, frozen
from openapi_python_client.strings import snake_case
from osvi_runtime.formats import Format

from codegen.document.forms import Forms, Tags
from codegen.document.normal.nodes import Finding, is_nullable, values_of
from codegen.document.reading import Node
from codegen.package.classes import Classes
from codegen.package.naming import distinct
from codegen.package.texts import literal


@frozen
class Kind:
    """The representation of the values of a schema in Python code.

    Attributes:
        type: The annotation of a value that has been read.
        reader: The expression for the reader.
        argument: The annotation of an argument.
        name: The name of the method of a `Choice` that reads such a value.
        json: The types that ``json.loads`` gives the values. Empty for any type.
        empty: The expression for an absent value.
        is_nullable: Whether null is allowed. The other attributes do not include null.
        parts: The kinds within it: of the branches of a union or a choice, or of the items of a container.
        values: The values that the spec lists, if there is no enum class for them.
    """

    type: str
    reader: str
    argument: str
    name: str
    json: tuple[str, ...] = ()
    empty: str = "None"
    is_nullable: bool = False
    parts: tuple["Kind", ...] = field(default=(), eq=False)
    values: tuple[Any, ...] = ()

    def inside(self, template: "Kind") -> "Kind":
        """Return the kind of a container of these values. ``{}`` in the template stands for a value."""
        parts = ("type", "reader", "argument", "name")
        texts = {part: getattr(template, part).format(getattr(self, part)) for part in parts}
        return evolve(template, **texts, parts=(self,))

    def with_null(self) -> "Kind":
        """Return the kind with null among its values, for values that are not properties."""
        return self.inside(NULLABLE) if self.is_nullable and self.type not in {"Any", "None"} else self


ARRAY = Kind("tuple[{}, ...]", "Array({})", "Sequence[{}]", "array_of_{}", ("list",), empty="()")
MAP = Kind("Mapping[str, {}]", "Map({})", "Mapping[str, {}]", "mapping_of_{}", ("dict",), empty="EMPTY")
NULLABLE = Kind("{} | None", "{} | Null", "{} | None", "{}")
ANYTHING = Kind("Any", "Anything", "Any", "anything", is_nullable=True)
UNKNOWN = Kind("UnknownModel", "", "UnknownModel", "")  # of a tag that the spec does not know
# By their form.
SCALARS = {
    "any": ANYTHING,
    "boolean": Kind("bool", "Boolean", "bool", "boolean", ("bool",)),
    "integer": Kind("int", "Integer", "int", "integer", ("int", "float")),
    "null": Kind("None", "Null", "None", "null", ("type(None)",), is_nullable=True),
    "number": Kind("float", "Number", "float", "number", ("int", "float")),
    "string": Kind("str", "String", "str", "string", ("str",)),
}


def _format(name: str, reader: Format[Any]) -> Kind:
    """Return the kind of the strings of a format. Without a type of its own, it has the names of other strings."""
    if reader.type is str:
        return evolve(SCALARS["string"], reader=name)
    type_ = f"{reader.type.__module__}.{reader.type.__qualname__}".removeprefix("builtins.")
    return Kind(type_, name, type_, reader.name.replace("-", "_"), ("str",))


FORMATS = {one.name: _format(name, one) for name, one in vars(osvi_runtime).items() if isinstance(one, Format)}
# The types of ``json.loads`` by the types of JSON.
JSON = {"object": ("dict",), "array": ("list",), "string": ("str",), "number": ("int", "float"), "boolean": ("bool",)}


class Kinds:
    """Finds the kinds of the schemas of a document in normal form.

    Attributes:
        circular: The places of components that contain themselves without a class between. There, they are any value.
    """

    def __init__(self, forms: Forms, classes: Classes) -> None:
        self.forms, self.classes = forms, classes
        self.circular: set[Finding] = set()
        self._open: set[int] = set()

    def of(self, schema: Node) -> Kind:
        """Return the kind of a schema."""
        if is_nullable(schema):
            return evolve(self.of(schema["anyOf"][0]), is_nullable=True)
        inner = self.forms.resolved(schema)
        if id(inner) in self._open:
            if "$ref" in schema and not self.classes.name_of(inner):
                self.circular.add(Finding(schema["$ref"], "it contains itself without an object between"))
            return ANYTHING
        self._open.add(id(inner))
        try:
            return self._of(inner)
        finally:
            self._open.discard(id(inner))

    def branches(self, choice: Node) -> dict[str, Kind]:
        """Return the kinds of the branches of a choice, by the names of the methods that read them."""
        kinds = [*dict.fromkeys(map(self.of, choice["anyOf"]))]
        names = dict(enumerate(f"{kind.name}_" if kind.name == "json" else kind.name for kind in kinds))
        unique = distinct(names, names.__getitem__)
        return {unique[index]: kind for index, kind in enumerate(kinds)}

    def others(self, schema: Node) -> Kind:
        """Return the kind of the properties that an object may have beside the declared ones: a map."""
        others = schema.get("additionalProperties")
        return (self.of(others).with_null() if isinstance(others, dict) else ANYTHING).inside(MAP)

    def _of(self, schema: Node) -> Kind:
        form, name = self.forms.of(schema), self.classes.name_of(schema)
        if form == "record":
            return Kind(name, f"Record({name})", f"{name} | Mapping[str, Any]", snake_case(name), ("dict",))
        if form == "enum":
            return Kind(name, f"Enumeration({name})", f"{name} | str", snake_case(name), ("str",))
        if form == "choice":
            found = self.forms.json_types(schema)
            json = tuple(type_ for json_type, types in JSON.items() if json_type in found for type_ in types)
            joined = _joined([self.of(branch) for branch in schema["anyOf"]])
            return evolve(
                joined, type=name, reader=f"OneOf({name}, {', '.join(json)})", name=snake_case(name), json=json
            )
        if form == "union":
            return self._union(schema)
        if form == "array":
            return self.of(schema["items"]).with_null().inside(ARRAY)
        if form == "map":
            return self.others(schema)
        if form == "listed":
            kind = SCALARS[schema["type"]]
            values = tuple(values_of(schema))
            return evolve(kind, reader=f"Listed({kind.reader}, {', '.join(map(literal, values))})", values=values)
        return FORMATS.get(schema.get("format", ""), SCALARS[form]) if form == "string" else SCALARS[form]

    def _union(self, schema: Node) -> Kind:
        tags = self.forms.tags(schema)
        if not tags:
            return _joined([self.of(branch) for branch in schema["anyOf"]])
        return _joined([self._tagged(tags), *map(self.of, self._beside_objects(schema))])

    def _beside_objects(self, union: Node) -> Iterator[Node]:
        """Yield the branches of a union that are no objects, also those of the unions in it."""
        for branch in union["anyOf"]:
            if "object" not in self.forms.json_types(branch):
                yield branch
            elif "anyOf" in (inner := self.forms.resolved(branch)):
                yield from self._beside_objects(inner)

    def _tagged(self, tags: Tags) -> Kind:
        names = {tag: self.classes.name_of(branch) for tag, branch in tags.branches.items()}
        classes = dict.fromkeys(names.values())
        type_, name = " | ".join([*classes, "UnknownModel"]), "_or_".join(map(snake_case, classes))
        records = ", ".join(f"{literal(tag)}: Record({cls})" for tag, cls in names.items())
        reader = f"Tagged({literal(tags.name)}, {{{records}}})"
        parts = (*(self.of(branch) for branch in tags.branches.values()), UNKNOWN)
        return Kind(type_, reader, f"{type_} | Mapping[str, Any]", name, ("dict",), parts=parts)


def _joined(kinds: list[Kind]) -> Kind:
    """Return the kind of values of one of several kinds."""

    def joined(part: str, separator: str = " | ") -> str:
        return separator.join(dict.fromkeys(getattr(kind, part) for kind in kinds))

    json = tuple(type_ for kind in kinds for type_ in kind.json)
    texts = (joined("type"), joined("reader"), joined("argument"), joined("name", "_or_"))
    return Kind(*texts, json, parts=tuple(kinds))
