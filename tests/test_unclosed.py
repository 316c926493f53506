"""A client that was connected and never closed gives a ResourceWarning; no other client does."""

import asyncio
import gc
import os
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import osvi
import pytest
from support import CUSTOMER, EMPTY, FORK, answering, ok, serving

TOKEN = "Canary-789-Token"
KINDS = pytest.mark.parametrize("kind", ["sync", "async", "aiohttp"])


@pytest.fixture(autouse=True)
def _quick_collections() -> Iterator[None]:
    """Keep the garbage collector from looking at what was there before the test."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def warnings_of(use: Callable[[], object]) -> list[str]:
    """Return the warnings while a function runs, and when its garbage is collected."""
    gc.collect()  # the garbage of other tests
    texts: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ResourceWarning)
        use()
        for _ in range(3):  # a warning keeps its source alive, and that keeps others
            gc.collect()
            texts += [str(warning.message) for warning in caught]
            caught.clear()
    return texts


def use(kind: str, *, calls: int = 1, close: bool = False, **options: Any) -> None:
    """Make a client, use it, and forget it."""
    if kind == "sync":
        client = osvi.Client(TOKEN, **options)
        for _ in range(calls):
            client.list_active_sessions(CUSTOMER)
        if close:
            client.close()
    else:
        asyncio.run(_use(calls, close=close, **({"pool": "aiohttp"} if kind == "aiohttp" else {}), **options))


async def _use(calls: int, *, close: bool, **options: Any) -> None:
    client = osvi.AsyncClient(TOKEN, **options)
    for _ in range(calls):
        await client.list_active_sessions(CUSTOMER)
    if close:
        await client.aclose()
        await asyncio.sleep(0)


@KINDS
def test_a_client_that_was_connected_and_never_closed_warns(kind: str) -> None:
    with serving(EMPTY) as server:
        texts = warnings_of(lambda: use(kind, base_url=server.url))
        name = "Client" if kind == "sync" else "AsyncClient"
        assert f"<osvi.{name} of {server.url}> was not closed; use it as a context manager" in texts
    assert not any(TOKEN in text or CUSTOMER in text for text in texts)


@KINDS
def test_a_closed_client_does_not_warn(kind: str) -> None:
    with serving(EMPTY) as server:
        assert warnings_of(lambda: use(kind, base_url=server.url, close=True)) == []


@KINDS
def test_a_client_that_was_never_connected_does_not_warn(kind: str) -> None:
    assert warnings_of(lambda: use(kind, calls=0)) == []


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_client_with_a_transport_of_the_user_does_not_warn(kind: str) -> None:
    assert warnings_of(lambda: use(kind, transport=answering(ok({})))) == []


@FORK
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@KINDS
def test_a_client_does_not_warn_in_a_child_process_that_never_used_it(kind: str) -> None:
    with serving(EMPTY) as server:
        holder: list[Any] = []
        options: dict[str, Any] = {"base_url": server.url} | ({"pool": "aiohttp"} if kind == "aiohttp" else {})

        async def main() -> None:
            holder.append(osvi.AsyncClient(TOKEN, **options))
            await holder[0].list_active_sessions(CUSTOMER)
            assert _in_child(holder) == []
            await holder[0].aclose()

        if kind == "sync":
            holder.append(osvi.Client(TOKEN, **options))
            holder[0].list_active_sessions(CUSTOMER)
            assert _in_child(holder) == []
            holder[0].close()
        else:
            asyncio.run(main())


def _in_child(holder: list[Any]) -> list[str]:
    """Return the warnings in a child process that empties the list."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:  # without the cleanup of pytest
        try:
            # Sockets, and the session and the connector of aiohttp, have warnings of their own.
            texts = [text for text in warnings_of(holder.clear) if "was not closed" in text]
            os.write(write, "\n".join(texts).encode())
        finally:
            os._exit(0)
    os.close(write)
    with open(read, "rb") as pipe:  # noqa: PTH123 - a descriptor
        text = pipe.read().decode()
    os.waitpid(child, 0)
    return text.splitlines()
