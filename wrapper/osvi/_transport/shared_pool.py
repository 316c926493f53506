"""The pool of a client, which the clients that `with_options` derives from it share."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar

from osvi._transport.pool import Pool
from osvi.errors import ConfigurationError

P = TypeVar("P", bound=Pool)


class SharedPool(Generic[P]):
    """Holds the pool of a client, and opens a new pool in a forked process.

    Args:
        open_pool: Makes a pool without connections.
        owner: The repr() of the client, for messages.

    Attributes:
        current: The pool to be closed: the one that was opened last, even if it belongs to the parent process.
    """

    def __init__(self, open_pool: Callable[[], P], owner: str) -> None:
        self._open_pool: Final = open_pool
        self._owner: Final = owner
        self.current: P = open_pool()

    def get(self) -> P:
        """Return the pool of this process.

        Raises:
            ConfigurationError: The client is closed.
        """
        if self.current.is_closed:
            raise ConfigurationError(f"{self._owner} is closed; make a new one")
        if self.current.process != os.getpid():
            # Parent and child share the sockets of the old pool, and would read each other's answers. The child keeps
            # a reference to the old pool, so that its connections are not closed: they belong to the parent.
            self._inherited: P = self.current
            self.current = self._open_pool()
        return self.current

    def __del__(self, _warn: Any = warnings.warn) -> None:
        pool: Pool | None = getattr(self, "current", None)  # None if __init__ has failed
        if pool is not None and pool.is_connected and not pool.is_closed and pool.process == os.getpid():
            _warn(f"{self._owner} was not closed; use it as a context manager", ResourceWarning, source=self)
