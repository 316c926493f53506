"""One call, from its arguments to its outcome. Pure: nothing here sends, waits or reads a socket."""
