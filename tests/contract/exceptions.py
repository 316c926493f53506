"""What of the spec the wrapper leaves out on purpose: the place, as a finding names it, and the reason."""

NOT_SERVED: dict[str, str] = {}
