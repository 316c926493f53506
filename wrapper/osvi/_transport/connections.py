"""The pool that a client shares with the clients that `with_options` derives from it."""

from __future__ import annotations

import os
import warnings
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from osvi.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

Pool = TypeVar("Pool", bound=Any)


class Connections(Generic[Pool]):
    """Holds the pool of a client, and opens a new pool in a forked process.

    Args:
        open_pool: Makes a pool without connections.
        owner: The repr() of the client, for messages.
    """

    def __init__(self, open_pool: Callable[[], Pool], owner: str) -> None:
        self._open_pool: Final = open_pool
        self._owner: Final = owner
        self._process = os.getpid()
        self._pool: Pool = open_pool()
        self.is_closed = False

    def pool(self) -> Pool:
        """Return the pool of this process.

        Raises:
            ConfigurationError: The client is closed.
        """
        if self.is_closed:
            raise ConfigurationError(f"{self._owner} is closed; make a new one")
        if self._process != os.getpid():
            # Parent and child share the sockets of the old pool, and would read each other's answers. The child keeps
            # a reference to the old pool, so that its connections are not closed: they belong to the parent.
            self._inherited: Pool = self._pool
            self._pool = self._open_pool()
            self._process = os.getpid()
        return self._pool

    def refuse_calls(self) -> Pool:
        """Refuse further calls, and return the pool to be closed, even if it belongs to the parent process."""
        self.is_closed = True
        return self._pool

    def __del__(self, _warn: Any = warnings.warn) -> None:
        pool = getattr(self, "_pool", None)  # there is no _pool if __init__ has failed
        if pool is not None and pool.is_connected and not self.is_closed and self._process == os.getpid():
            _warn(f"{self._owner} was not closed; use it as a context manager", ResourceWarning, source=self)
