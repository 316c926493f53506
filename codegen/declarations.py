"""What the templates of the models write, made of what the generator parsed."""

from collections.abc import Iterable, Iterator, Mapping

from attrs import frozen
from kinds import Kind, Kinds, literal
from openapi_python_client.parser.properties import ModelProperty
from openapi_python_client.strings import PythonIdentifier
from spec import Spec, SpecError
from texts import described

# What the generator puts before a name that is none in Python.
PREFIX = "field_"


@frozen
class Field:
    """The field of a property: ``name: type = declaration``."""

    name: str
    type: str
    declaration: str
    description: str


@frozen
class Record:
    """The class of a record."""

    name: str
    module: str
    description: str
    fields: list[Field]
    kinds: list[Kind]


def python_name(name: str, taken: Iterable[str] = ()) -> str:
    """Return what the generator calls a property or a parameter; with an underscore where that name is taken."""
    made = str(PythonIdentifier(name, PREFIX))
    return f"{made}_" if made in taken else made


def unique(names: Iterable[tuple[str, str]], what: str) -> None:
    """Refuse two places that get one name in Python.

    Raises:
        SpecError: with both places.
    """
    places: dict[str, str] = {}
    for name, place in names:
        if name in places:
            raise SpecError(f"{places[name]} and {place} would both be the {what} {name}")
        places[name] = place


def records(kinds: Kinds, taken: Mapping[str, list[str]], wording: Mapping[str, str]) -> Iterator[Record]:
    """Yield the classes of records.

    Args:
        kinds: Finds the kinds of the schemas.
        taken: The names that fields cannot have, by class.
        wording: What documentation says where the vendor says nothing.

    Raises:
        SpecError: two fields of a class have one name.
    """
    for cls, model in kinds.models.items():
        schema = kinds.schema(model)
        parsed = {
            prop.name.get_untrusted_value(): prop
            for prop in [*(model.required_properties or []), *(model.optional_properties or [])]
        }
        properties = kinds.properties(schema)
        names = {name: python_name(name, [*taken["every class"], *taken.get(cls, [])]) for name in properties}
        unique(((names[name], f"{cls}.{name}") for name in properties), "field")
        fields, found = [], []
        for name, one in properties.items():
            kind = kinds.of(parsed[name], one, f"{cls}.{name}")
            text = described(kinds.chain(one), wording.get(f"{cls}.{name}"))
            fields.append(_field(names[name], name, kind, parsed[name].required, kinds.is_nullable(one), text))
            found.append(kind)
        text = described([schema], wording.get(cls)) or f"`{cls}` of openapi.yaml."
        yield Record(cls, str(model.class_info.module_name), text, fields, found)


def _field(name: str, wire: str, kind: Kind, required: bool, nullable: bool, description: str) -> Field:  # noqa: FBT001
    may_be_none = kind.type != "Any" and not kind.empty and (nullable or not required)
    options = [] if required else [f"default={kind.empty or None}"]
    options += ["nullable=True"] if nullable and kind.type != "Any" else []
    options += [f"name={literal(wire)}"] if name != wire else []
    declaration = f"Field({', '.join([kind.reader, *options])})"
    return Field(name, f"{kind.type} | None" if may_be_none else kind.type, declaration, description)
