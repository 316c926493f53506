"""No thread sees a lazily imported module half-initialised; aiohttp is needed only where it is asked for."""

import subprocess
import sys
import textwrap

import pytest
from support import EMPTY, serving

# 16 threads do the same at the same moment, in a new interpreter.
PROGRAM = """
import sys, threading
hidden = {hidden!r}

class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in hidden:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

if hidden:
    sys.meta_path.insert(0, Hidden())
    import importlib.util
    import importlib.machinery
    find = importlib.util.find_spec
    importlib.util.find_spec = lambda name, package=None: None if name in hidden else find(name, package)

sys.setswitchinterval(1e-6)
url = {url!r}
import osvi

def do(number):
{body}

barrier = threading.Barrier(16)
errors = []

def work(number):
    barrier.wait()
    try:
        do(number)
    except BaseException as error:
        errors.append(f"{{type(error).__name__}}: {{error}}")

threads = [threading.Thread(target=work, args=[number]) for number in range(16)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("\\n".join(errors), end="")
"""


def errors_of(body: str, url: str, hidden: tuple[str, ...] = ()) -> str:
    """Return the errors of the threads, in a new interpreter."""
    program = PROGRAM.format(body=textwrap.indent(textwrap.dedent(body).strip(), "    "), url=url, hidden=hidden)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False)
    return done.stdout + done.stderr


BODIES = {
    "Client": """
        with osvi.Client("0123456789abcdef", base_url=url) as client:
            assert client.list_active_sessions("x") == {}
    """,
    "AsyncClient": """
        import asyncio
        async def main():
            async with osvi.AsyncClient("0123456789abcdef", base_url=url) as client:
                assert await client.list_active_sessions("x") == {}
        asyncio.run(main())
    """,
    "AsyncClient from its package": """
        from osvi import AsyncClient, testing
        assert "AsyncClient" in repr(AsyncClient("0123456789abcdef", base_url=url)) and testing.Sandbox
    """,
    "the sandbox over a socket": """
        sandbox = osvi.testing.Sandbox()
        with sandbox.serve() as there, osvi.Client(sandbox.token, base_url=there) as client:
            assert len(client.list_active_sessions(sandbox.customer_id)) == 1
    """,
    "both clients and the sandbox": """
        if number % 2:
            osvi.testing.Sandbox()
        with osvi.Client("0123456789abcdef", base_url=url):
            osvi.AsyncClient("0123456789abcdef", base_url=url)
    """,
    "a client of the command": """
        from osvi._cli import _client
        assert _client.make_client(sandbox=True, allow_http=False)
        assert _client.make_async_client(sandbox=True, allow_http=False)
    """,
    'AsyncClient with pool="aiohttp"': """
        import asyncio
        async def main():
            async with osvi.AsyncClient("0123456789abcdef", base_url=url, pool="aiohttp") as client:
                assert await client.list_active_sessions("x") == {}
        asyncio.run(main())
    """,
}
WITHOUT_AIOHTTP = """
    try:
        osvi.AsyncClient("0123456789abcdef", base_url=url, pool="aiohttp")
    except osvi.ConfigurationError as error:
        assert "pip install 'osvi[aiohttp]'" in str(error)
    else:
        raise AssertionError("there is no aiohttp")
"""


@pytest.mark.parametrize("name", BODIES)
def test_16_threads_at_once_see_only_initialised_modules(name: str) -> None:
    with serving(EMPTY) as server:
        assert errors_of(BODIES[name], server.url) == ""


# The other bodies do not import aiohttp, as the last test shows, so they are the same without it.
@pytest.mark.parametrize("body", [WITHOUT_AIOHTTP, BODIES["AsyncClient"]], ids=["aiohttp", "httpx"])
def test_16_threads_at_once_see_only_initialised_modules_without_aiohttp(body: str) -> None:
    with serving(EMPTY) as server:
        assert errors_of(body, server.url, ("aiohttp",)) == ""


def test_aiohttp_that_is_blocked_counts_as_not_installed() -> None:
    body = 'import sys\nsys.modules["aiohttp"] = None\n' + textwrap.dedent(WITHOUT_AIOHTTP)
    assert errors_of(body, "https://api.example") == ""


def test_no_client_imports_aiohttp_unless_asked_for() -> None:
    body = (
        BODIES["Client"]
        + BODIES["AsyncClient"]
        + """
        import sys
        assert "aiohttp" not in sys.modules
    """
    )
    with serving(EMPTY) as server:
        assert errors_of(body, server.url) == ""
