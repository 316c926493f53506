"""A document with what that of the vendor has not, but those of other platforms have: typed, sent and read."""

import json

import pytest
from normal_forms import read
from repository import FIRST, ROOT, Repository, facts

from codegen.document.reading import load

USE = """
import asyncio, json, warnings
import httpx, osvi
from osvi import models, operations
from osvi.models import UnknownModel

def send(operation, body):
    requests = []

    def answer(request):
        requests.append(request)
        return httpx.Response(200, json=body)

    async def send_async():
        async with osvi.AsyncClient("0123456789abcdef", transport=httpx.MockTransport(answer)) as client:
            return await client.send(operation)

    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        with osvi.Client("0123456789abcdef", transport=httpx.MockTransport(answer)) as client:
            value = client.send(operation)
        assert asyncio.run(send_async()) == value
    sync, async_ = requests
    assert (sync.method, sync.url, sync.content) == (async_.method, async_.url, async_.content)
    assert sync.headers.get("Content-Type") == async_.headers.get("Content-Type")
    assert len(warned) in {0, 2}
    return value, sync, bool(warned)

agents = operations.get_agents(
    ids=[1, 2], filter_={"a b": "x&y"}, options={"deep": True}, tag=["x", "y"], x_ids=["a", "b"], sort="-name",
    range_={"from": 1, "til,": 2},
)
body = {"next": None, "data": [{
    "id": "a", "voice": {"name": "v"}, "kind": None, "model": "gpt-5", "priority": 0.5, "mode": 1, "name": "n",
    "xName": "1", "x_name": "2", "contact": {"phone": "+1"},
}]}
page, sent, drift = send(agents, body)
assert sent.url.query == b"ids=1,2&range=from,1,til%2C,2&filter%5Ba%20b%5D=x%26y&deep=true&tag=x&tag=y&sort=-name"
assert sent.headers["X-Ids"] == "a,b" and not drift
assert page.data[0].voice.name == "v" and (page.data[0].xName, page.data[0].x_name) == ("1", "2")
assert models.Agent.from_dict(page.data[0].to_dict()) == page.data[0]
assert {member.value for member in models.GetAgentsSort} == {"name", "NAME", "-name", "open"}
single = operations.get_agents(tag="z", options=models.GetAgentsOptions(limit=1))
assert send(single, body)[1].url.query == b"limit=1&tag=z"

calls, sent, drift = send(operations.get_calls_ids(ids=["a/b", "c"]), {"data": [{"seconds": 1, "voice": {"id": 1}}]})
assert sent.url.raw_path == b"/calls/a%2Fb,c" and not drift
assert calls.data[0].seconds == 1 and type(page) is not type(calls)
body = {"data": [{"seconds": 1, "voice": {"last": {"seconds": 2}}}]}
calls, _, drift = send(operations.get_calls_ids(ids=["a"]), body)
assert calls.data[0].voice.extra == {"last": {"seconds": 2}} and not drift
body["data"][0]["voice"]["last"]["seconds"] = "2"
try:
    raise AssertionError(send(operations.get_calls_ids(ids=["a"]), body))
except osvi.ContractError as error:
    assert error.pointer == "/data/0/voice/last/seconds", error.pointer

patch = operations.patch_agents_id(id="a", id_query="q", id_body="b", secret="s", extra={"notes": [["n"]]})
value, sent, drift = send(patch, {"any": 1})
assert (sent.url.raw_path, json.loads(sent.content)) == (
    b"/agents/a?id=q", {"id": "b", "secret": "s", "notes": [["n"]]}
)
assert sent.headers["Content-Type"] == "application/merge-patch+json"
assert value == {"any": 1} and not drift
assert send(operations.get_agents_by_id(id="a"), {"id": "a"})[1].url.path == "/agents/a"
assert send(operations.get_agents_id(), "chat")[0] is models.Kind.CHAT

call = models.Call(seconds=1, by=models.Agent(id="only answers have it", secret="s"))
events = operations.post_events(body=models.EventStarted(type_="started", call=call))
body = [{"type": "started", "at": "2026-01-02T03:04:05Z", "call": {"seconds": 1}}, {"type": "ended", "why": "done"}]
value, sent, drift = send(events, body)
assert json.loads(sent.content) == {"type": "started", "call": {"seconds": 1, "by": {"secret": "s"}}}
assert [type(event) for event in value] == [models.EventStarted, models.Ended] and not drift
assert value[1].why is models.EndedWhy.DONE
(event,), _, drift = send(events, [{"type": "paused", "at": 1}])
assert type(event) is UnknownModel and event.extra == {"type": "paused", "at": 1} == event.to_dict() and drift
"""
TYPES = """
from typing import assert_type

from osvi import Client, models, operations
from osvi.models import UnknownModel

client = Client()
for event in client.send(operations.post_events()):
    assert_type(event, models.EventStarted | models.Ended | UnknownModel)
agents = client.send(operations.get_agents())
assert_type(agents.data, tuple[models.Agent, ...])
assert_type(agents.data[0].kind, models.Kind | None)
assert_type(agents.data[0].voice, models.AgentVoice2 | None)
assert_type(agents.data[0].secret, str | None)
assert_type(agents.data[0].model, str | None)
assert_type(client.send(operations.get_calls_ids(ids=[])).data[0].voice, models.AgentVoice | None)
"""


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A copy whose spec is that of the vendor with all of the other platform."""
    spec, other = load(FIRST), read((ROOT / "tests" / "specs" / "platform.yaml").read_text(encoding="utf-8"))
    spec["paths"] |= other["paths"]
    spec["components"]["schemas"] |= other["components"]["schemas"]
    repository = Repository(tmp_path_factory.mktemp("platform") / "repository")
    repository.openapi.write_text(json.dumps(spec), encoding="utf-8")
    repository.make()
    return repository


def test_both_clients_send_its_operations_and_read_the_answers(repository: Repository) -> None:
    repository.output("-c", USE)


def test_it_is_typed(repository: Repository) -> None:
    (repository.root / "uses.py").write_text(TYPES, encoding="utf-8")
    repository.check_types("uses.py")


def test_a_new_branch_of_a_union_is_promised_beside_the_others(repository: Repository) -> None:
    post = facts(repository)["operations"]["post_events"]

    assert post["returns"] == [f"tuple[{one}, ...]" for one in ("Ended", "EventStarted", "UnknownModel")]
    assert post["arguments"]["body"] == [f"{one} | Mapping[str, Any]" for one in ("Ended", "EventStarted")] + [
        "UnknownModel"
    ]
