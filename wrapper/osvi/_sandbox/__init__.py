"""The parts of `osvi.testing.Sandbox`.

- ``messages``: the recorded requests, the replies, and the replies that a test has planned
- ``operations``: the operation of a request, and its answers: examples of the generated package, or data of a test
- ``checks``: whether the spec allows a request, and the code of a refusal
- ``active_sessions``: the sessions that a test opens and closes
- ``server``: the sandbox over a socket; `osvi._transport.mock` has the sandbox in process, and the faults
"""
