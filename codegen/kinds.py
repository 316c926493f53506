"""What a schema is in Python: its type, its reader, and what a caller may pass for it."""

from collections.abc import Mapping

from attrs import evolve, frozen
from texts import literal


@frozen
class Kind:
    """A schema in Python.

    Attributes:
        type: The annotation of a value that was read.
        reader: The expression that reads it.
        argument: The annotation of what a caller may pass.
        name: What a method that reads it is called.
        json: The types that ``json.loads`` gives its values; none for any.
        classes: The generated classes in it, with their modules.
        empty: What stands for an absent value.
    """

    type: str
    reader: str
    argument: str
    name: str
    json: tuple[str, ...] = ()
    classes: Mapping[str, str] = {}
    empty: str = "None"

    def inside(self, template: "Kind") -> "Kind":
        """Return the kind of a container of these."""
        texts = {
            part: getattr(template, part).format(getattr(self, part)) for part in ("type", "reader", "argument", "name")
        }
        return evolve(template, classes=self.classes, **texts)


ARRAY = Kind("tuple[{}, ...]", "Array({})", "Sequence[{}]", "array_of_{}", ("list",), empty="()")
MAP = Kind("Mapping[str, {}]", "Map({})", "Mapping[str, {}]", "mapping_of_{}", ("dict",), empty="EMPTY")
NULLABLE = Kind("{} | None", "{} | Null", "{} | None", "{}")
ANYTHING = Kind("Any", "Anything", "Any", "anything")
STRING = Kind("str", "String", "str", "string", ("str",))
INTEGER = Kind("int", "Integer", "int", "integer", ("int", "float"))
SCALARS = {
    "AnyProperty": ANYTHING,
    "BooleanProperty": Kind("bool", "Boolean", "bool", "boolean", ("bool",)),
    "DateProperty": Kind("datetime.date", "Date", "datetime.date", "date", ("str",)),
    "DateTimeProperty": Kind("datetime.datetime", "DateTime", "datetime.datetime", "date_time", ("str",)),
    "FileProperty": STRING,
    "FloatProperty": Kind("float", "Number", "float", "number", ("int", "float")),
    "IntProperty": INTEGER,
    "NoneProperty": Kind("None", "Null", "None", "null", ("type(None)",)),
    "StringProperty": STRING,
    "UuidProperty": STRING,
}
CONSTANTS = {str: "StringProperty", bool: "BooleanProperty", int: "IntProperty", float: "FloatProperty"}


@frozen
class Choice:
    """A class for a value of several kinds that JSON types do not tell apart."""

    name: str
    module: str
    description: str
    branches: list[Kind]


@frozen
class Member:
    """A property of an object, as the field of a class: ``name: type = declaration``."""

    name: str
    wire: str
    required: bool
    nullable: bool
    read_only: bool
    kind: Kind
    description: str

    @property
    def type(self) -> str:
        """The annotation of the field."""
        is_never_none = self.kind.empty != "None" or self.kind.type in {"Any", "None"}
        return self.kind.type if is_never_none or (self.required and not self.nullable) else f"{self.kind.type} | None"

    @property
    def declaration(self) -> str:
        """The declaration of the field."""
        options = [] if self.required else [f"default={self.kind.empty}"]
        options += ["nullable=True"] if self.nullable else []
        options += [f"name={literal(self.wire)}"] if self.wire != self.name else []
        return f"Field({', '.join([self.kind.reader, *options])})"
