"""Many calls at a time: in threads for `Client`, in asyncio tasks for `AsyncClient`."""
