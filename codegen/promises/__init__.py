"""What users were promised, what a change of the document takes away or adds, and the version that this needs."""
