"""The session as declared with msgspec, with pydantic, and by the stock templates of the generator."""

import importlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import msgspec
import pydantic

OPENAPI = Path(__file__).resolve().parent.parent / "openapi.yaml"


class StructMetadata(msgspec.Struct):
    input_fields: dict[str, Any] = {}
    state_fields: dict[str, Any] = {}
    context: list[str] = []


class Struct(msgspec.Struct):
    id: str | None = None
    chat_agent_id: int | None = None
    account_id: int | None = None
    customer_id: str | None = None
    mode: Literal["ai", "support"] | None = None
    help_requested: bool | None = None
    status: Literal["active", "closed"] | None = None
    current_state: str | None = None
    metadata: StructMetadata | None = None
    active_human: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


class StructBody(msgspec.Struct):
    success: bool
    data: Struct


class StructMapBody(msgspec.Struct):
    success: bool
    data: dict[str, Struct]


class Metadata(pydantic.BaseModel):
    input_fields: dict[str, Any] = {}
    state_fields: dict[str, Any] = {}
    context: list[str] = []


class Model(pydantic.BaseModel):
    id: str | None = None
    chat_agent_id: int | None = None
    account_id: int | None = None
    customer_id: str | None = None
    mode: Literal["ai", "support"] | None = None
    help_requested: bool | None = None
    status: Literal["active", "closed"] | None = None
    current_state: str | None = None
    metadata: Metadata | None = None
    active_human: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


class ModelBody(pydantic.BaseModel):
    success: bool
    data: Model


class ModelMapBody(pydantic.BaseModel):
    success: bool
    data: dict[str, Model]


@contextmanager
def stock_session() -> Iterator[Callable[[Any], object]]:
    """Generate with the stock templates, and yield the ``from_dict`` of the session.

    Each session of a map is read by itself: the stock model of the whole body takes any map for one empty session.
    """
    with TemporaryDirectory() as folder:
        config = Path(folder) / "config.json"
        config.write_text(json.dumps({"post_hooks": []}), encoding="utf-8")  # formatting does not change the speed
        command = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"]
        files = {"--path": OPENAPI, "--config": config, "--output-path": Path(folder) / "stock_osvi"}
        for option, file in files.items():
            command += [option, str(file)]
        subprocess.run(command, check=True, capture_output=True)
        sys.path.insert(0, folder)
        try:
            yield importlib.import_module("stock_osvi.models").ChatV1Session.from_dict
        finally:
            sys.path.remove(folder)
