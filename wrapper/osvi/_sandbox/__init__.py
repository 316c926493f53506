"""What `osvi.testing.Sandbox` is made of: the spec, the checks of requests, the answers, and the server."""
