"""What the openapi.yaml of the API says, as Python: made by generate.sh, not to be edited."""
