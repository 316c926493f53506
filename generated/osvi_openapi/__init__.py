"""What the OSVI API's openapi.yaml says, as Python."""
