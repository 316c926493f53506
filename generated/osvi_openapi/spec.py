"""Which openapi.yaml this package was made from."""

SPEC_SHA256 = "759b25c0ad3216f46b008cd7a97770196fd9ee65869f8529498714c6b99a9467"
