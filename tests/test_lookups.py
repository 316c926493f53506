"""What each lookup returns or raises for each shape of an answer."""

import json
from typing import Any

import httpx
import osvi
import pytest
from osvi_runtime import NO_BODY, Endpoint, empty_record
from support import (
    AGENT,
    BARE,
    CUSTOMER,
    HEADER,
    METADATA,
    ONCE,
    RECORD,
    SESSION,
    TOKEN,
    UNKNOWN,
    Make,
    answering,
    ok,
    operation_of,
    present,
    raw,
    raw_json,
    serving,
)


def served(make: Make, answer: bytes, call: str, **options: Any) -> Any:
    with serving(answer) as server:
        api = make(base_url=server.url, **options)
        return getattr(api, call)()


def enveloped(data: Any) -> bytes:
    return raw_json({"success": True, "data": data})


@pytest.mark.parametrize("call", ["get_active_session", "find_active_session"])
def test_get_and_find_return_the_session_of_the_agent(make: Make, call: str) -> None:
    session = served(make, enveloped(RECORD), call)

    assert isinstance(session, osvi.ChatSession)
    assert session.agent_uuid == AGENT
    assert present(session.to_dict()) == present(RECORD)


def test_list_returns_all_sessions_by_agent(make: Make) -> None:
    sessions = served(make, enveloped({"agent_x": RECORD, "agent_y": BARE}), "list_active_sessions")

    assert list(sessions) == ["agent_x", "agent_y"]
    assert sessions["agent_x"].agent_uuid == "agent_x"
    assert present(sessions["agent_x"].to_dict()) == present(RECORD)
    assert sessions["agent_y"] == osvi.ChatSession.from_dict(BARE, agent_uuid="agent_y")


@ONCE
@pytest.mark.parametrize(
    ("data", "found"),
    [
        ({"agent_x": RECORD}, "a map of sessions"),
        ({"agent_x": {}}, "a map of sessions"),
        ({}, "a map of sessions"),
        (None, "null"),
        ([RECORD], "array"),
        ("session", "string"),
        (7, "number"),
    ],
)
def test_get_and_find_refuse_data_that_is_not_one_session(make: Make, data: Any, found: str) -> None:
    for call in ("get_active_session", "find_active_session"):
        with pytest.raises(osvi.ContractError) as caught:
            served(make, enveloped(data), call)

        assert (caught.value.pointer, caught.value.found) == ("/data", found)
        assert json.loads(caught.value.body)["data"] == data


@ONCE
@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"data": RECORD}, "one session"),
        ({"data": {"id": "x"}}, "one session"),
        ({"data": None}, "null"),
        ({"data": []}, "array"),
        ({"data": "x"}, "string"),
        ({"data": 0}, "number"),
        ({}, "no value"),
    ],
)
def test_list_refuses_data_that_is_not_a_map_of_sessions(make: Make, body: Any, found: str) -> None:
    with pytest.raises(osvi.ContractError) as caught:
        served(make, raw_json({"success": True} | body), "list_active_sessions")

    assert (caught.value.pointer, caught.value.found) == ("/data", found)


@ONCE
@pytest.mark.parametrize(
    ("entry", "found"), [(None, "null"), ([], "array"), ("x", "string"), ({"agent_y": RECORD}, "a map of sessions")]
)
def test_the_pointer_names_the_entry_of_the_map_that_is_no_session(make: Make, entry: Any, found: str) -> None:
    with pytest.raises(osvi.ContractError) as caught:
        served(make, enveloped({"agent_x": RECORD, "a/b~c": entry}), "list_active_sessions")

    assert (caught.value.pointer, caught.value.found) == ("/data/a~1b~0c", found)


@ONCE
@pytest.mark.parametrize("call", ["get_active_session", "find_active_session", "list_active_sessions"])
def test_a_200_with_success_false_is_a_plain_api_error_with_its_code(make: Make, call: str) -> None:
    with pytest.raises(osvi.APIError) as caught:
        served(make, raw_json({"success": False, "error": "session_not_found"}), call)

    assert type(caught.value) is osvi.APIError
    assert (caught.value.status_code, caught.value.code) == (200, "session_not_found")
    assert caught.value.message == "session_not_found"


@ONCE
@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"<html>gateway</html>", "an HTML page; is the base URL right?"),
        (b"", "an empty body"),
        (b" \r\n", "an empty body"),
        (b"[]", "array"),
        (b"null", "null"),
        (b'"text"', "string"),
        (b"12", "number"),
        (b'{"success": true', "text that is not JSON"),
        (b"\xff\xfe{}", "text that is not JSON"),
        ('{"success": true, "data": {}}'.encode("utf-16"), "text that is not JSON"),
        (b'{"success": true, "data": {"id": NaN}}', "text that is not JSON"),
        (b'{"success": true, "data": {"chat_agent_id": -Infinity}}', "text that is not JSON"),
        (b'{"success": true, "data": {"chat_agent_id": ' + b"9" * 10_000 + b"}}", "a number with too many digits"),
        (b'{"success": true, "data": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "JSON nested too deeply"),
        (b'{"success": true, "data": {"id": "\\ud800"}}', "an unpaired surrogate"),
        (b'{"success": true, "data": {"id": "\\udc00"}}', "an unpaired surrogate"),
        (b'{"success": true, "data": {"id": "a", "id": "b"}}', "an object with a key twice"),
    ],
)
def test_a_body_that_is_no_json_object_is_refused(make: Make, body: bytes, found: str) -> None:
    with pytest.raises(osvi.ContractError) as caught:
        served(make, raw(body), "get_active_session")

    assert (caught.value.pointer, caught.value.found) == ("", found)
    assert caught.value.body == body.decode("utf-8", "replace")


@ONCE
@pytest.mark.parametrize(
    ("record", "pointer"),
    [
        (b'{"chat_agent_id": 1e400}', "/data/chat_agent_id"),
        (b'{"metadata": {"input_fields": {"a": [{"b": -1e400}]}}}', "/data/metadata/input_fields/a/0/b"),
        (b'{"x-unknown": 1e400}', "/data/x-unknown"),
    ],
)
def test_a_number_out_of_range_is_refused_at_its_place(make: Make, record: bytes, pointer: str) -> None:
    # Python would read it as infinity, which JSON cannot write again.
    with pytest.raises(osvi.ContractError) as caught:
        served(make, raw(b'{"success": true, "data": ' + record + b"}"), "get_active_session")

    assert (caught.value.pointer, caught.value.found) == (pointer, "number")


@ONCE
@pytest.mark.parametrize("success", [None, "true", 1, 0, {}, []])
def test_a_success_that_is_no_boolean_is_refused(make: Make, success: Any) -> None:
    with pytest.raises(osvi.ContractError) as caught:
        served(make, raw_json({"success": success, "data": {}}), "list_active_sessions")

    assert (caught.value.pointer, caught.value.expected) == ("/success", "a boolean")


def test_an_operation_whose_answer_has_no_body_returns_none(make: Make) -> None:
    operation = operation_of(Endpoint("PUT", "/v1/notes", answers={"204": NO_BODY}))
    with serving(b"HTTP/1.1 204 No Content\r\n\r\n") as server:
        assert make(base_url=server.url).send(operation) is None


@ONCE
def test_a_surrogate_pair_is_one_character(make: Make) -> None:
    body = json.dumps({"success": True, "data": RECORD | {"id": "\U0001f600"}})

    assert "\\ud83d\\ude00" in body
    assert served(make, raw(body.encode()), "get_active_session").id == "\U0001f600"


def test_the_customer_id_arrives_percent_encoded_with_the_token_in_its_header(make: Make) -> None:
    with serving(enveloped({})) as server:
        make(base_url=server.url).list_active_sessions()

    head, *lines = server.requests[0].decode().split("\r\n")
    headers = [line.lower() for line in lines]
    assert head == "GET /v1/chat/session/active?customer_id=%2B15551112222 HTTP/1.1"
    assert f"{HEADER.lower()}: {TOKEN}" in headers
    assert not any(header.startswith("authorization") for header in headers)
    assert any(header.startswith(f"user-agent: osvi/{osvi.__version__} httpx/") for header in headers)


@ONCE
@pytest.mark.parametrize(
    "agent_uuid", ["a b", "a%2Fb", "a+b", "&customer_id=x#y?z", "é\n\x00", "100%", "..", "a" * 2000]
)
def test_any_string_arrives_as_it_was_given(make: Make, agent_uuid: str) -> None:
    seen: list[httpx.Request] = []
    make(transport=answering(ok(RECORD), seen=seen)).get_active_session(agent_uuid=agent_uuid)

    assert dict(seen[0].url.params) == {"customer_id": CUSTOMER, "agent_uuid": agent_uuid}


@ONCE
@pytest.mark.parametrize(
    ("value", "problem"),
    [
        *((blank, "is blank") for blank in ("", " ", "\t\n")),
        *((value, "must be a string") for value in (None, 15551112222, b"+1")),
        *((f"x{half}", "holds an unpaired surrogate") for half in (chr(0xD800), chr(0xDFFF))),
    ],
)
def test_an_argument_that_cannot_be_sent_is_refused_before_anything_is_sent(
    make: Make, value: Any, problem: str
) -> None:
    seen: list[httpx.Request] = []
    api = make(transport=answering(ok(RECORD), seen=seen))

    with pytest.raises(osvi.ConfigurationError, match=f"customer_id {problem}"):
        api.list_active_sessions(value)
    with pytest.raises(osvi.ConfigurationError, match=f"agent_uuid {problem}"):
        api.get_active_session(agent_uuid=value)
    with pytest.raises(ValueError, match=f"agent_uuid {problem}"):
        api.find_active_session(agent_uuid=value)
    assert seen == []


NULL = "null, which the spec does not allow here"
UNDECLARED = "a field that the spec does not know"


def never_null(table: Any) -> list[str]:
    """Return the properties that may be absent but not null."""
    return [name for name, one in table.properties.items() if not one.is_nullable and name not in table.required]


def unless_open(table: Any) -> pytest.MarkDecorator:
    return pytest.mark.skipif(table.others is not None, reason="the spec allows other fields")


class TestDrift:
    """The answer is usable, but not what the spec says."""

    @ONCE
    @pytest.mark.parametrize(
        ("change", "place", "what"),
        [
            ({"mode": "unheard-of"}, "/mode", "a value that the spec does not list"),
            ({"status": "unheard-of"}, "/status", "a value that the spec does not list"),
            pytest.param({UNKNOWN: 3}, f"/{UNKNOWN}", UNDECLARED, marks=unless_open(SESSION)),
            pytest.param(
                {"metadata": {UNKNOWN: ["a"]}}, f"/metadata/{UNKNOWN}", UNDECLARED, marks=unless_open(METADATA)
            ),
            *(({name: None}, f"/{name}", NULL) for name in never_null(SESSION)),
            *(({"metadata": {name: None}}, f"/metadata/{name}", NULL) for name in never_null(METADATA)),
        ],
    )
    def test_each_deviation_gives_one_warning_with_its_place(
        self, make: Make, change: dict[str, Any], place: str, what: str
    ) -> None:
        one = make(transport=answering(ok(RECORD | change)))
        all_ = make(transport=answering(ok({"agent_x": RECORD | change})))

        with pytest.warns(osvi.SpecDriftWarning) as of_one:
            one.get_active_session()
        with pytest.warns(osvi.SpecDriftWarning) as of_all:
            all_.list_active_sessions()

        (text,) = [str(warning.message) for warning in of_one]
        assert text == f"GET /v1/chat/session/active: /data{place} is {what} (openapi.yaml sha256 {osvi.SPEC_SHA256})"
        (text,) = [str(warning.message) for warning in of_all]
        assert f"/data/*{place} is" in text

    @ONCE
    def test_unknown_fields_are_kept_in_extra(self, make: Make) -> None:
        unknown: dict[str, Any] = {UNKNOWN: {"level": 3}}
        unknown |= {name: "other" for name in ("extra", "agent_uuid") if name not in SESSION.properties}
        record = RECORD | unknown | {"metadata": {UNKNOWN: ["a"]}}
        with pytest.warns(osvi.SpecDriftWarning):
            session = make(transport=answering(ok(record))).get_active_session()

        assert session.agent_uuid == AGENT
        assert dict(session.extra) == unknown
        assert dict(session.metadata.extra) == {UNKNOWN: ["a"]}
        assert present(session.to_dict()) == present(record)

    @ONCE
    @pytest.mark.filterwarnings("ignore::osvi.SpecDriftWarning")  # there is none where the spec allows other fields
    def test_a_record_of_unknown_fields_only_is_a_record(self, make: Make) -> None:
        # It is no map: not all of its values are objects.
        session = make(transport=answering(ok(BARE | {UNKNOWN: 1, f"{UNKNOWN}-2": {}}))).get_active_session()

        assert dict(session.extra) == {UNKNOWN: 1, f"{UNKNOWN}-2": {}}

    @ONCE
    def test_an_unknown_field_beside_data_is_drift(self, make: Make) -> None:
        answer = httpx.Response(200, json={"success": True, "data": {}, UNKNOWN: None})
        with pytest.warns(osvi.SpecDriftWarning, match=f"/{UNKNOWN} is a field that the spec does not know"):
            make(transport=answering(answer)).list_active_sessions()

    def test_the_warning_points_at_the_line_of_the_caller(self) -> None:
        client = osvi.Client(TOKEN, transport=answering(ok(RECORD | {"mode": "unheard-of"})))
        with pytest.warns(osvi.SpecDriftWarning) as caught:
            client.get_active_session(CUSTOMER, agent_uuid=AGENT)

        assert caught[0].filename == __file__

    @ONCE
    def test_the_same_deviation_of_many_entries_is_told_once(self, make: Make) -> None:
        sessions = {f"agent_{number}": RECORD | {"mode": f"mode {number}"} for number in range(50)}
        with pytest.warns(osvi.SpecDriftWarning) as caught:
            assert len(make(transport=answering(ok(sessions))).list_active_sessions()) == 50

        assert len(caught) == 1

    @ONCE
    def test_after_ten_deviations_the_others_are_counted(self, make: Make) -> None:
        unknown = {f"{UNKNOWN}-{number}": 1 for number in range(1000)}
        answer = httpx.Response(200, json={"success": True, "data": {}} | unknown)
        with pytest.warns(osvi.SpecDriftWarning) as caught:
            make(transport=answering(answer)).list_active_sessions()

        *told, last = [str(warning.message) for warning in caught]
        assert [f"/{UNKNOWN}-{number} is" in text for number, text in enumerate(told)] == [True] * 10
        assert last.startswith("GET /v1/chat/session/active: there are 990 more differences (")

    @ONCE
    def test_total_timeout_ends_the_reading_of_an_answer(self, make: Make) -> None:
        api = make(transport=answering(ok({f"{number}": {} for number in range(150_000)})), total_timeout=0.3)
        with pytest.raises(osvi.RequestTimeoutError, match=r"total_timeout of 0\.3 s to read the answer"):
            api.list_active_sessions()

    @ONCE
    def test_a_missing_property_is_no_drift(self, make: Make) -> None:
        optional = [name for name in RECORD if name not in SESSION.required]
        session = make(transport=answering(ok(BARE | {"id": RECORD["id"]}))).get_active_session()

        assert "metadata" not in optional or session.metadata == empty_record(osvi.SessionMetadata)
        assert present(session.to_dict()) == present(BARE | {"id": RECORD["id"]})
        assert all(session.to_dict()[name] is None for name in optional if name != "id")
