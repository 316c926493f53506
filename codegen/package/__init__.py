"""The package that is generated: its types, members, operations, texts and templates."""
