"""Greenlets share a `Client`, as the manual says."""

import subprocess
import sys
import textwrap

import pytest

pytest.importorskip("gevent")  # of the extra `tools`


def test_greenlets_share_a_client() -> None:
    script = """
        from gevent import monkey, pool, sleep

        monkey.patch_all()
        import osvi
        from osvi.testing import Sandbox

        under_way = most = 0

        def data(request):
            global under_way, most
            under_way += 1
            most = max(most, under_way)
            sleep(0)  # lets the other greenlets run
            under_way -= 1
            return {}

        sandbox = Sandbox()
        sandbox.reply("GET /v1/chat/session/active", data=data)
        with sandbox.serve() as url, osvi.Client(sandbox.token, base_url=url) as client:
            answers = pool.Pool(10).map(client.list_active_sessions, [f"+1555{n:07}" for n in range(30)])
        assert answers == [{}] * 30
        assert most > 1
    """
    subprocess.run([sys.executable, "-W", "error", "-c", textwrap.dedent(script)], check=True, timeout=60)
