"""The framework way: a custom model whose provider code does what it is told, call by call.

A `StreamedResponse` whose `_get_event_iterator` calls the parts manager is what the library's documentation asks of
those who add a model. `FunctionModel` would not do: its stream function cannot tell counts, ids or a finish reason.
"""

# mypy: disable-error-code="import-not-found,misc"
# The library is in the release's environment, and not in ours.
from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from pydantic_ai import _utils, exceptions
from pydantic_ai.messages import ModelResponsePart
from pydantic_ai.models import Model, StreamedResponse
from pydantic_ai.usage import RequestUsage

PARTS = TypeAdapter(ModelResponsePart)
PROVIDER = "provider-under-test"


@dataclass
class ScriptedResponse(StreamedResponse):
    """Does what it is told, as provider code does it: by calls of the parts manager and by its own attributes."""

    _model_name: str
    _script: list[Any]
    _frame: list[int]
    _timestamp: datetime = field(default_factory=_utils.now_utc)
    _usage_received: bool | None = field(default=False, init=False)

    async def _get_event_iterator(self) -> AsyncIterator[Any]:
        for frame, told in self._script:
            self._frame[0] = frame
            if "call" in told:
                for event in self._call(told["call"], dict(told["arguments"])):
                    yield event
            elif "raise" in told:
                raise getattr(exceptions, told["raise"])(model_name=self._model_name, message=told["message"])
            elif "end" in told:
                return
            else:
                self._set(dict(told["set"]))

    def _call(self, method: str, arguments: dict[str, Any]) -> Iterator[Any]:
        if "part" in arguments:
            arguments["part"] = PARTS.validate_python(arguments["part"])
        told = getattr(self._parts_manager, method)(**arguments)
        if hasattr(told, "event_kind"):
            yield told
        elif told is not None:
            yield from told

    def _set(self, told: dict[str, Any]) -> None:
        if "usage" in told:
            self._add_usage(RequestUsage(**told.pop("usage")), reported=True, cumulative=True)
        self._model_name = told.pop("model_name", self._model_name)
        for name, value in told.items():
            setattr(self, name, value)

    @property
    def model_name(self) -> str:
        """The model that answered."""
        return self._model_name

    @property
    def provider_name(self) -> str:
        """Who answered."""
        return PROVIDER

    @property
    def provider_url(self) -> None:
        """There is none."""

    @property
    def timestamp(self) -> datetime:
        """When the stream was opened."""
        return self._timestamp


class ScriptedModel(Model):
    """A custom model whose provider is a list of what it does.

    Attributes:
        frame: of what was done last.
    """

    system = PROVIDER

    def __init__(self, name: str, script: list[Any]) -> None:
        super().__init__()
        self._name = name
        self._script = script
        self.frame = [-1]

    @property
    def model_name(self) -> str:
        """The model that was asked."""
        return self._name

    async def request(self, *_: Any) -> Any:
        """Is never asked: a run streams."""
        raise NotImplementedError

    @asynccontextmanager
    async def request_stream(self, _: Any, __: Any, parameters: Any, ___: Any = None) -> AsyncIterator[Any]:
        """Opens the stream."""
        yield ScriptedResponse(parameters, self._name, self._script, self.frame)
