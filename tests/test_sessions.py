"""The values that a lookup returns."""

import copy
import operator
import pickle
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import attrs
import httpx
import osvi
import pytest
from osvi_runtime import absent
from support import AGENT, BARE, CUSTOMER, METADATA, RECORD, TOKEN, UNKNOWN, answering, ok

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


def test_a_session_cannot_be_changed(session: osvi.ChatSession) -> None:
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        setattr(session, "id", "other")  # noqa: B010 - a type error otherwise, as it should be
    for mapping in (
        session.metadata.input_fields,
        session.metadata.state_fields,
        session.metadata.extra,
        session.extra,
    ):
        with pytest.raises(TypeError):
            operator.setitem(cast("dict[str, Any]", mapping), "x", 1)


def test_a_session_survives_pickle_and_copy(session: osvi.ChatSession) -> None:
    with pytest.warns(osvi.SpecDriftWarning):
        odd = read({"mode": "unheard-of", "metadata": {UNKNOWN: 1}, UNKNOWN: {"a": [1]}})

    for one in (session, odd):
        for twin in (pickle.loads(pickle.dumps(one)), copy.copy(one), copy.deepcopy(one), attrs.evolve(one)):  # noqa: S301
            assert twin == one
            assert twin.to_dict() == one.to_dict()


@pytest.mark.parametrize("make", [osvi.ChatSession.from_dict, lambda _, **given: osvi.ChatSession(**given)])
@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "missing 1 required keyword-only argument: 'agent_uuid'"),
        ({"agent_uuid": None}, "agent_uuid must be a string, not NoneType"),
        ({"agent_uuid": 3}, "agent_uuid must be a string, not int"),
        ({"agent_uuid": b"x"}, "agent_uuid must be a string, not bytes"),
        ({"agent_uuid": "x", "foo": 3}, "got an unexpected keyword argument 'foo'"),
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


def test_equal_sessions_have_one_hash(session: osvi.ChatSession) -> None:
    assert len({session, read(RECORD)}) == 1
    assert hash(session) != hash(read(RECORD | {"id": "other"}))
    assert session != read(RECORD | {"id": "other"})
    assert session != attrs.evolve(session, extra={"new": 1})


@pytest.mark.parametrize(("bucket", "empty"), [("input_fields", {}), ("state_fields", {}), ("context", [])])
def test_to_dict_distinguishes_an_empty_bucket_from_an_absent_one(bucket: str, empty: Any) -> None:
    others = {name: RECORD["metadata"][name] for name in METADATA.required if name != bucket}
    written = [read({"id": "x", "metadata": others | given}).to_dict() for given in ({}, {bucket: empty})]

    assert [one["metadata"][bucket] for one in written] == [None, empty]
    assert read({"id": "x"}).metadata == absent(osvi.SessionMetadata)
    assert read({"id": "x"}).to_dict()["metadata"] is None


def test_to_dict_writes_a_bucket_that_evolve_has_filled() -> None:
    one = read({"id": "x"})
    filled = attrs.evolve(one, metadata=attrs.evolve(one.metadata, state_fields={"a": 1}))

    assert filled.to_dict()["metadata"] == dict.fromkeys(METADATA.properties) | {"state_fields": {"a": 1}}


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
    session = read({"created_at": text})

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
        read({"created_at": text})

    assert (caught.value.pointer, caught.value.expected, caught.value.found) == (
        "/data/created_at",
        "a date-time",
        "string",
    )


def test_a_large_integer_is_exact() -> None:
    answer = httpx.Response(200, json={"success": True, "data": BARE | {"account_id": 123456789012345678901234567890}})
    with osvi.Client(TOKEN, transport=answering(answer)) as client:
        session = client.get_active_session(CUSTOMER, agent_uuid=AGENT)

    assert session.account_id == 123456789012345678901234567890
