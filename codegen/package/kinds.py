"""Finds the kind of each schema: the Python type of its values, and that of an argument."""

from typing import Any

from attrs import Factory, evolve, field, frozen
from openapi_python_client.strings import snake_case
from osvi_runtime.formats import CONVERTED

from codegen.document.forms import Forms, Tags
from codegen.document.normal.nodes import Finding, values_of
from codegen.document.reading import Node
from codegen.package.classes import Classes
from codegen.package.naming import distinct
from codegen.package.texts import literal

AS_TYPE: Any = Factory(lambda kind: kind.type, takes_self=True)


@frozen
class Kind:
    """The representation of the values of a schema in Python code.

    Attributes:
        type: The type of a value that has been read.
        name: The name of the method of a `Choice` that reads such a value.
        argument: The annotation of an argument.
        annotation: The type with what else the spec says of the values, from which the runtime makes the reader.
        empty: The expression for an absent value.
        is_nullable: Whether null is allowed. The other attributes do not include null.
        parts: The kinds within it: of the branches of a union or a choice, or of the items of a container.
        values: The values that the spec lists, if there is no enum class for them.
    """

    type: str
    name: str
    argument: str = AS_TYPE
    annotation: str = AS_TYPE
    empty: str = "None"
    is_nullable: bool = False
    parts: tuple["Kind", ...] = field(default=(), eq=False)
    values: tuple[Any, ...] = ()

    def with_null(self) -> "Kind":
        """Return the kind with null among its values, for values that are not properties."""
        has_null = self.is_nullable and self.type not in {"Any", "None"}
        return _around(self, "{}", "{} | None", "{} | None") if has_null else self


def array_of(item: Kind) -> Kind:
    """Return the kind of arrays of values of a kind."""
    return _around(item, "array_of_{}", "tuple[{}, ...]", "Sequence[{}]", empty="()")


def map_of(value: Kind) -> Kind:
    """Return the kind of objects with any names and values of a kind."""
    return _around(value, "mapping_of_{}", "Mapping[str, {}]", "Mapping[str, {}]", empty="EMPTY")


def _around(inner: Kind, name: str, type_: str, argument: str, empty: str = "None") -> Kind:
    """Return a kind whose texts have those of another one in them, in the place of the braces."""
    texts = (type_.format(inner.type), name.format(inner.name), argument.format(inner.argument))
    return Kind(*texts, type_.format(inner.annotation), empty, parts=(inner,))


ANYTHING = Kind("Any", "anything", is_nullable=True)
UNKNOWN = Kind("UnknownModel", "")  # of a tag that the spec does not know
# By their form.
SCALARS = {
    "any": ANYTHING,
    "boolean": Kind("bool", "boolean"),
    "integer": Kind("int", "integer"),
    "null": Kind("None", "null", is_nullable=True),
    "number": Kind("float", "number"),
    "string": Kind("str", "string"),
}
# Of the strings of a format that have a type of their own, by the format.
FORMATS = {
    one.name: Kind(f"{one.type.__module__}.{one.type.__qualname__}", one.name.replace("-", "_")) for one in CONVERTED
}


class Kinds:
    """Finds the kinds of the schemas of a document in normal form.

    Attributes:
        forms: The forms of the schemas.
        classes: Their classes.
        circular: The places of components that contain themselves without a class between. There, they are any value.
    """

    def __init__(self, document: Node) -> None:
        self.forms = Forms(document)
        self.classes = Classes(document, self.forms)
        self.circular: set[Finding] = set()
        self._open: set[int] = set()

    def of(self, schema: Node) -> Kind:
        """Return the kind of a schema."""
        inner = self.forms.resolved(schema)
        if id(inner) in self._open:
            if "$ref" in schema and not self.classes.name_of(inner):
                self.circular.add(Finding(schema["$ref"], "it contains itself without an object between"))
            return ANYTHING
        self._open.add(id(inner))
        kind = self._of(inner)
        self._open.discard(id(inner))
        return evolve(kind, is_nullable=True) if "nullable" in schema else kind

    def branches(self, choice: Node) -> dict[str, Kind]:
        """Return the kinds of the branches of a choice, by the names of the methods that read them."""
        kinds = map(self.of, choice["anyOf"])
        names = {kind: f"{kind.name}_" if kind.name == "json" else kind.name for kind in kinds}
        return {name: kind for kind, name in distinct(names, names.__getitem__).items()}

    def others(self, schema: Node) -> Kind:
        """Return the kind of the properties that an object may have beside the declared ones."""
        others = schema.get("additionalProperties")
        return self.of(others).with_null() if isinstance(others, dict) else ANYTHING

    def _of(self, schema: Node) -> Kind:
        form, name = self.forms.of(schema), self.classes.name_of(schema)
        if form == "record":
            return Kind(name, snake_case(name), f"{name} | Mapping[str, Any]")
        if form == "enum":
            return Kind(name, snake_case(name), f"{name} | str")
        if form == "choice":
            joined = _joined([self.of(branch) for branch in schema["anyOf"]])
            return evolve(joined, type=name, annotation=name, name=snake_case(name))
        if form == "union":
            return self._union(schema)
        if form == "array":
            return array_of(self.of(schema["items"]).with_null())
        if form == "map":
            return map_of(self.others(schema))
        if form == "listed":
            return _listed(SCALARS[schema["type"]], tuple(values_of(schema)))
        return FORMATS.get(schema.get("format", ""), SCALARS[form]) if form == "string" else SCALARS[form]

    def _union(self, schema: Node) -> Kind:
        tags = self.forms.tags(schema)
        if not tags:
            return _joined([self.of(branch) for branch in schema["anyOf"]])
        # In normal form, no branch of a union whose branches tags tell apart is a union itself.
        beside = [branch for branch in schema["anyOf"] if "object" not in self.forms.json_types(branch)]
        return _joined([self._tagged(tags), *map(self.of, beside)])

    def _tagged(self, tags: Tags) -> Kind:
        kinds = {tag: self.of(branch) for tag, branch in tags.branches.items()}
        joined = _joined([*kinds.values(), UNKNOWN])
        tagged_by = f"TaggedBy({literal(tags.name)}, {literal({tag: kind.type for tag, kind in kinds.items()})})"
        argument, annotation = f"{joined.type} | Mapping[str, Any]", f"Annotated[{joined.type}, {tagged_by}]"
        return evolve(joined, argument=argument, annotation=annotation)


def _listed(kind: Kind, values: tuple[Any, ...]) -> Kind:
    """Return a kind of which the spec lists values. Python has no ``Literal`` of floats."""
    listed = ", ".join(map(literal, values))
    annotation = (
        f"Annotated[float, ListedValues({listed})]" if kind.type == "float" else f"Literal[{listed}] | {kind.type}"
    )
    return evolve(kind, annotation=annotation, values=values)


def _joined(kinds: list[Kind]) -> Kind:
    """Return the kind of values of one of several kinds."""

    def joined(part: str, separator: str = " | ") -> str:
        return separator.join(dict.fromkeys(text for kind in kinds if (text := getattr(kind, part))))

    texts = (joined("type"), joined("name", "_or_"), joined("argument"), joined("annotation"))
    return Kind(*texts, parts=tuple(kinds))
