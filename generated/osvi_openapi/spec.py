"""The constants of the openapi.yaml that this package was generated from."""

SPEC_SHA256 = "759b25c0ad3216f46b008cd7a97770196fd9ee65869f8529498714c6b99a9467"

SERVER = "https://api.osvi.ai"
"""The first server, without a slash at its end."""

TOKEN_HEADER = "API-Token"
"""The header that carries the API token."""
