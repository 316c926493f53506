"""The classes and functions that the generated models and operations use."""

from .annotations import reader_of as reader_of
from .anything import Anything as Anything
from .arguments import HEADER_VALUE as HEADER_VALUE, path_text as path_text, query_pairs as query_pairs
from .descriptions import descriptions as descriptions
from .drift import Checked as Checked, CheckedRequest as CheckedRequest, Drift as Drift
from .enums import Enumeration as Enumeration, Listed as Listed, ListedValues as ListedValues, OpenEnum as OpenEnum
from .errors import (
    MISSING as MISSING,
    Entry as Entry,
    InvalidDataError as InvalidDataError,
    Path as Path,
    pointer as pointer,
    refuse as refuse,
)
from .lazy import complete_init as complete_init, lazy as lazy
from .models import (
    Choice as Choice,
    Model as Model,
    empty_record as empty_record,
    in_spec_order as in_spec_order,
    to_json as to_json,
)
from .operations import (
    NO_BODY as NO_BODY,
    Data as Data,
    Endpoint as Endpoint,
    Enveloped as Enveloped,
    Operation as Operation,
    argument_readers as argument_readers,
    json_bytes as json_bytes,
)
from .readers import (
    NULL as NULL,
    AnyOf as AnyOf,
    Array as Array,
    Boolean as Boolean,
    Integer as Integer,
    Map as Map,
    Nothing as Nothing,
    Null as Null,
    NullType as NullType,
    Number as Number,
    Reader as Reader,
    String as String,
)
from .readonly import EMPTY as EMPTY
from .records import OneOf as OneOf, Record as Record
from .texts import printable as printable
from .unions import Tagged as Tagged, TaggedBy as TaggedBy, UnknownModel as UnknownModel
