"""Fuzz the whole path from the bytes of a server to the outcome: ``python tests/fuzz.py SECONDS [SEED]``.

Answers are mutated byte by byte, header by header and value by value, and given to the sync client through httpcore's
mock connection: HTTP parser, decompression, JSON, envelope and decoding all see them. The outcome must be a value or an
`osvi.OSVIError`. `test_fuzz.py` runs a short, seeded part of it.
"""

import gzip
import json
import random
import sys
import time
import warnings
from collections import Counter
from typing import TYPE_CHECKING

import httpcore
import httpx
import osvi
from support import AGENT, BARE, CUSTOMER, RECORD, TOKEN, raw, raw_json

if TYPE_CHECKING:
    from collections.abc import Callable

BODY = json.dumps({"success": True, "data": RECORD}).encode()
MAP = json.dumps({"success": True, "data": {"agent_x": RECORD, "agent_y": BARE}}).encode()
SEEDS = [
    raw(BODY, "200 OK", "Content-Type: application/json"),
    raw(MAP),
    raw(gzip.compress(BODY), "200 OK", "Content-Encoding: gzip"),
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"%x\r\n" % len(BODY) + BODY + b"\r\n0\r\n\r\n",
    raw_json({"success": False, "error": "session_not_found"}, "404 Not Found"),
    raw_json({"errors": ["a"]}, "422 No", "Retry-After: 7", "X-Request-Id: abc"),
    raw(b"", "302 Found", "Location: https://elsewhere.example/?a=b"),
]
# Texts with a meaning to a parser of HTTP or JSON, or to the client.
TOKENS = [
    b"\r\n", b"\r\n\r\n", b"\x00", b"\xff", b"-1", b"0", b"99999999999999999999", b"1e999", b"NaN", b"null", b"true",
    b"{", b"}", b"[", b"]", b'"', b"\\ud800", b"\\u0000", b":", b",", b"HTTP/1.1 ", b"200", b"204", b"404", b"503",
    b"Content-Length: ", b"Transfer-Encoding: chunked", b"Content-Encoding: gzip", b"Content-Encoding: deflate",
    b"Location: ", b"Set-Cookie: a=b", b'"id"', b'"mode"', b'"metadata"', b'"created_at"', b'"success"', b'"data"',
    b"2026-06-04T11:40:25Z", b"9999-12-31T23:59:60Z", b"[" * 2000, b'{"a":' * 2000,
]  # fmt: skip


def mutate(answer: bytes, chance: random.Random) -> bytes:
    """Return an answer with a few random changes."""
    data = bytearray(answer)
    for _ in range(chance.choice([1, 1, 1, 2, 3, 8])):
        start = chance.randrange(len(data) + 1)
        end = min(len(data), start + chance.choice([0, 1, 1, 2, 4, 16, 64]))
        changes: list[Callable[[], bytes]] = [
            lambda: b"",
            lambda: chance.choice(TOKENS),
            lambda: chance.randbytes(chance.choice([1, 2, 8])),
            lambda s=start, e=end: bytes(data[s:e]) * chance.choice([2, 3, 50]),  # type: ignore[misc]
            lambda s=start: bytes(data[s:]),  # type: ignore[misc]
        ]
        data[start:end] = chance.choice(changes)()
    return bytes(data)


def look(client: osvi.Client, *, one: bool) -> object:
    """Return the value or the `osvi.OSVIError` of a lookup."""
    try:
        if one:
            session = client.get_active_session(CUSTOMER, agent_uuid=AGENT)
            assert isinstance(session, osvi.ChatSession)
            return session
        sessions = client.list_active_sessions(CUSTOMER)
        assert isinstance(sessions, dict)
    except osvi.OSVIError as error:
        return error
    return sessions


def run(seconds: float, seed: int, most: int = sys.maxsize) -> Counter[str]:
    """Fuzz until the time or the number is up; return how often each outcome came."""
    chance = random.Random(seed)  # noqa: S311 - to be repeated, not to be secret
    outcomes: Counter[str] = Counter()
    end = time.monotonic() + seconds
    transport = httpx.HTTPTransport(verify=False)  # nothing is connected, so no certificate need be read
    with osvi.Client(TOKEN, transport=transport, retries=0, total_timeout=5) as client:
        while time.monotonic() < end and outcomes.total() < most:
            answer = mutate(chance.choice(SEEDS), chance)
            size = chance.choice([1, 7, 100, 65536])
            pieces = [answer[start : start + size] for start in range(0, len(answer), size)]
            transport._pool = httpcore.ConnectionPool(network_backend=httpcore.MockBackend(pieces))
            try:
                outcome = look(client, one=chance.random() < 0.5)
            except BaseException:
                print(f"seed {seed}, number {outcomes.total()}: {answer!r}", file=sys.stderr)
                raise
            outcomes[type(outcome).__name__] += 1
    return outcomes


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    for name, count in run(float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1).most_common():
        print(f"{count:>9} {name}")
