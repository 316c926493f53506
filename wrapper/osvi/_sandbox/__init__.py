"""The parts of `osvi.testing.Sandbox`.

- ``messages``: the recorded requests, the replies, and the order of those that a test plans
- ``operations``: which operation a request asks for, whether the spec allows it, and the code of a refusal
- ``schemas``, ``examples``: checking values against the schemas of the spec, and making examples of them
- ``active_sessions``: the sessions that a test opens and closes
- ``server``: the sandbox over a socket; in process it is `osvi._transport.mock`, with the faults of ``fail(error=...)``
"""
