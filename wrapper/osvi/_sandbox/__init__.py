"""The parts of `osvi.testing.Sandbox`.

- ``messages``: the recorded requests, the replies, and the replies that a test has planned
- ``operations``: the operation of a request, the check whether the spec allows it, and the code of a refusal
- ``schemas``, ``examples``: checking values against the schemas of the spec, and making examples of the schemas
- ``active_sessions``: the sessions that a test opens and closes
- ``server``: the sandbox over a socket; `osvi._transport.mock` has the sandbox in process, and the faults
"""
