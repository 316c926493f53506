"""The OpenAPI document: its normal form."""
