"""Many lookups at a time: workers in threads for `Client`, in tasks for `AsyncClient`."""
