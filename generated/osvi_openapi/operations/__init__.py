"""The operations of the API. Each is imported at its first use."""

from typing import TYPE_CHECKING

from osvi_runtime import lazy

if TYPE_CHECKING:
    from ._get_v1_chat_session_active import get_v1_chat_session_active as get_v1_chat_session_active

__all__ = ["get_v1_chat_session_active"]

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy(__name__, {"get_v1_chat_session_active": "_get_v1_chat_session_active"})
