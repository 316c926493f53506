"""The values that a lookup returns."""

import copy
import json
import pickle
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import attrs
import osvi
import pytest
from osvi_runtime.readonly import Extra
from support import AGENT, BARE, CUSTOMER, RECORD, SESSION, TOKEN, UNKNOWN, answering, ok, present

# The plugin of mypy would refuse a wrong value.
evolve: Any = attrs.evolve


def read(record: dict[str, Any]) -> osvi.ChatSession:
    with osvi.Client(TOKEN, transport=answering(ok(BARE | record))) as client:
        return client.get_active_session(CUSTOMER, agent_uuid=AGENT)


@pytest.fixture
def session() -> osvi.ChatSession:
    return read(RECORD)


def test_every_property_has_its_python_type(session: osvi.ChatSession) -> None:
    moment = datetime(2026, 6, 4, 11, 40, 25, 690486, tzinfo=UTC)
    assert session == attrs.evolve(
        session,
        agent_uuid=AGENT,
        id="4718a326-417b-4dda-90d0-21fd65a11cb8",
        chat_agent_id=42,
        account_id=7,
        customer_id="+15551112222",
        mode=osvi.SessionMode.AI,
        help_requested=False,
        status=osvi.SessionStatus.ACTIVE,
        metadata=attrs.evolve(session.metadata, input_fields={"first_name": "Alex"}, context=("Initial context",)),
        created_at=moment,
        updated_at=moment,
    )


PICKLES = Path(__file__).parent / "pickles"  # of the version whose records had no __setstate__


def test_a_pickle_of_an_earlier_version_can_be_read() -> None:
    twins = pickle.loads((PICKLES / "sessions.pickle").read_bytes())  # noqa: S301
    known = json.loads((PICKLES / "sessions.json").read_bytes())

    assert [twin.agent_uuid for twin in twins] == [each["agent_uuid"] for each in known]
    assert [present(twin.to_dict()) for twin in twins] == [present(each["record"]) for each in known]
    assert [twin.mode for twin in twins] == ["dormant", None]
    assert (twins[0].metadata.extra, dict(twins[0].metadata.state_fields)) == ({"x-more": {"a": [1]}}, {})
    assert attrs.evolve(twins[0]) == twins[0]


def pickled(record: Any, without: str = "", **others: Any) -> Any:
    """Return the record of a pickle that was made by another version, whose class had other fields."""
    other = copy.copy(record)
    vars(other).pop(without, None)
    vars(other).update(others)
    return pickle.loads(pickle.dumps(other))  # noqa: S301


def test_what_only_a_later_version_knows_goes_to_extra_as_json() -> None:
    sent: dict[str, Any] = {
        "x_channel": "voice",
        "x_at": datetime(2026, 6, 4, 12, tzinfo=UTC),
        "x_topics": (),
        "x_unset": None,
    }
    record = read(RECORD)
    others = sent | {"extra": Extra({UNKNOWN: 1}, frozenset({"x_topics"}))}

    assert pickled(record, "", **others).extra == {UNKNOWN: 1, "x_channel": "voice", "x_at": "2026-06-04T12:00:00Z"}
    assert pickled(record, "", **others | {"extra": {}}).extra["x_topics"] == []
    assert attrs.evolve(pickled(record, "", **others), extra={}) == record


def test_what_an_earlier_version_had_in_extra_goes_to_its_field() -> None:
    twin = pickled(read(RECORD), "mode", extra={"mode": "support", UNKNOWN: 1})

    assert (twin.mode, twin.extra) == (osvi.SessionMode.SUPPORT, {UNKNOWN: 1})
    twin = pickled(read(RECORD), "mode", extra={"mode": 7})
    assert (twin.mode, twin.extra) == (None, {"mode": 7})


class Cached(osvi.ChatSession):
    @cached_property
    def x_title(self) -> str:
        return f"{self.customer_id} with {self.agent_uuid}"


def test_a_cached_property_of_a_subclass_is_pickled_too() -> None:
    session = Cached.from_dict(RECORD, agent_uuid="a")
    title = session.x_title

    assert vars(pickled(session, "mode"))["x_title"] == title
    assert pickled(session, "mode") == evolve(session, mode=None)


def made(_: Any, **given: Any) -> osvi.ChatSession:
    """Make a session as a user does, with what the spec requires."""
    fields = [SESSION.properties[name].field for name in BARE]
    return osvi.ChatSession(**{field: getattr(read(RECORD), field) for field in fields} | given)


@pytest.mark.parametrize("make", [osvi.ChatSession.from_dict, made])
@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "missing 1 required keyword-only argument: 'agent_uuid'"),
        ({"agent_uuid": None}, "agent_uuid must be a string, not NoneType"),
        ({"agent_uuid": 3}, "agent_uuid must be a string, not int"),
        ({"agent_uuid": b"x"}, "agent_uuid must be a string, not bytes"),
        ({"agent_uuid": "x", "x_foo": 3}, "got an unexpected keyword argument 'x_foo'"),
    ],
)
def test_a_session_cannot_be_made_without_its_agent(make: Any, given: dict[str, Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        make(BARE, **given)


def test_a_session_is_read_back_with_its_agent(session: osvi.ChatSession) -> None:
    twin = osvi.ChatSession.from_dict(session.to_dict(), agent_uuid=session.agent_uuid)

    assert (twin, repr(twin)) == (session, repr(session))
    with pytest.raises(TypeError, match="agent_uuid must be a string, not int"):
        evolve(session, agent_uuid=3)


def test_a_session_shows_its_properties_and_its_methods(session: osvi.ChatSession) -> None:
    names = {name for name in dir(session) if not name.startswith("_")}
    assert names == {field.name for field in attrs.fields(osvi.ChatSession)} | {"from_dict", "to_dict"}


NOON = datetime(2026, 6, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-06-04T12:00:00Z", NOON),
        ("2026-06-04t12:00:00z", NOON),
        ("2026-06-04 12:00:00Z", NOON),
        ("2026-06-04T12:00:00", NOON),
        ("2026-06-04T12:00:00+00:00", NOON),
        ("2026-06-04T12:00:00-00:00", NOON),
        ("2026-06-04T12:00:00.5Z", NOON + timedelta(milliseconds=500)),
        ("2026-06-04T12:00:00.000001Z", NOON + timedelta(microseconds=1)),
        ("2026-06-04T12:00:00.123456789123Z", NOON + timedelta(microseconds=123456)),
        ("2026-06-04T14:00:00+02:00", NOON),
        ("2026-06-04T03:29:00-08:31", NOON),
        ("2026-06-04T12:00:00.25+00:00", NOON + timedelta(milliseconds=250)),
        ("2024-02-29T23:59:59Z", datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
        ("2017-01-01T08:59:60.5+09:00", datetime(2017, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_timestamp_of_rfc_3339_is_read(text: str, moment: datetime) -> None:
    session = read(BARE | {"created_at": text})

    assert session.created_at == moment
    assert session.created_at is not None
    assert session.created_at.tzinfo is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-06-04",
        "2026-06-04T12:00",
        "2026-06-04T12:00:00+0200",
        "2026-06-04T12:00:00+02",
        "2026-06-04T12:00:00 Z",
        "2026-06-04T24:00:00Z",
        "2026-06-04T24:00:00.000000Z",
        "2026-06-04T12:60:00Z",
        "2026-06-04T12:00:61Z",
        "2026-06-04T12:00:60Z",
        "2026-02-30T12:00:00Z",
        "2026-13-01T12:00:00Z",
        "0000-01-01T00:00:00Z",
        "2026-W23-4T12:00:00Z",
        "2026-W23-4T12:00:00.000000Z",
        "20260604T120000Z",
        "2026-06-04T12:00:00.Z",
        "2026-06-04T12:00:00,5Z",
        "2026-06-04T12:00:00,500000Z",
        "2026-06-04T12:00:00.00+0200",
        "2026-06-04T12:00:00+24:00",
        "2026-06-04T12:00:00+02:60",
        "2026-06-04T12:00:00Zulu",
        " 2026-06-04T12:00:00Z",
        "2026-06-04T12:00:00Z\n",
        "٢٠٢٦-06-04T12:00:00Z",
        "9999-12-31T23:59:60Z",
        "1780573225",
    ],
)
def test_an_invalid_timestamp_is_refused(text: str) -> None:
    with pytest.raises(osvi.ContractError) as caught:
        read(BARE | {"created_at": text})

    assert (caught.value.pointer, caught.value.expected, caught.value.found) == (
        "/data/created_at",
        "a date-time",
        "string",
    )


def test_a_large_integer_is_exact() -> None:
    assert read({"account_id": 123456789012345678901234567890}).account_id == 123456789012345678901234567890
