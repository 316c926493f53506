"""The generator of the package that the client stands on."""
