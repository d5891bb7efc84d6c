"""The framework half as a user of llm meets it: `Response`; llm 0.32, the class of that name in `llm/models.py`.

Theory of operation. A response is lazy: it drives the plug-in's `execute` once, when somebody first asks, and keeps
every event. `stream_events()` and plain iteration are two views of that one run; after it, both replay. Everything else
(`text`, `messages`, `usage`, `to_dict`, `reply`) finishes the run first. If `execute` raises, the run is not over: what
asks next runs `execute` again, with the events of the broken run still there.

Rules:
1. No model, no key, no clock: `execute` is given as a function, and `reply` returns the messages of the next prompt
   where the library returns the next response. `to_dict` leaves out `id` and `datetime_utc`, which are optional.
2. `tool_calls()` is read off the assembled parts, as `from_dict` does in the library; there, plug-ins register the
   calls of a live response a second time through `add_tool_call`, which is not ported (see the README).
3. The adapter feeds it event by event through `process`; `settled` then says that the run is over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from workbench.designs.llm.allocate import Allocator
from workbench.designs.llm.assemble import assemble
from workbench.designs.llm.vocabulary import (
    AttachmentPart,
    Dict,
    Message,
    Part,
    StreamEvent,
    TextPart,
    ToolCall,
    ToolCallPart,
    ToolResult,
    ToolResultPart,
    Usage,
)


def _nothing(_: Response) -> Iterable[StreamEvent | str]:
    return ()


class Response:
    """One response of a model.

    Args:
        execute: what the plug-in does: is given the response and yields events, or plain text as older plug-ins do.
        messages: the prompt's messages.
        model: id of the model that was asked.

    Attributes:
        events: every event so far, each with its `part_index`.
        resolved_model: the model that really answered, where the plug-in said so.
    """

    def __init__(
        self,
        execute: Callable[[Response], Iterable[StreamEvent | str]] = _nothing,
        messages: Sequence[Message] = (),
        model: str = "",
    ) -> None:
        self.prompt_messages = list(messages)
        self.model = model
        self.events: list[StreamEvent] = []
        self.resolved_model: str | None = None
        self._execute = execute
        self._allocator = Allocator()
        self._done = False
        self._usage = Usage()
        self._loaded: list[Message] | None = None

    # ------------------------------------------------------------------------------------- what the plug-in calls

    def set_usage(self, *, input: int | None = None, output: int | None = None, details: Dict | None = None) -> None:  # noqa: A002 - the library's name
        """Takes the token counts; a later call replaces all three."""
        self._usage = Usage(input, output, details)

    def set_resolved_model(self, model_id: str) -> None:
        """Takes the name of the model that really answered."""
        self.resolved_model = model_id

    def process(self, chunk: StreamEvent | str) -> StreamEvent:
        """Takes what `execute` yielded, gives it its part and keeps it."""
        event = chunk if isinstance(chunk, StreamEvent) else StreamEvent("text", chunk)
        self._allocator.resolve(event)
        self.events.append(event)
        return event

    def settled(self) -> None:
        """Says that the run is over."""
        self._done = True

    # ------------------------------------------------------------------------------------- what the user calls

    def stream_events(self) -> Iterator[StreamEvent]:
        """Yields the events as they come, or all of them again once the run is over."""
        if self._done:
            yield from self.events
            return
        for chunk in self._execute(self):
            yield self.process(chunk)
        self._done = True

    def __iter__(self) -> Iterator[str]:
        if self._done:
            yield from self._chunks()
            return
        for event in self.stream_events():
            if event.type == "text":
                yield event.chunk

    def text(self) -> str:
        """Returns the answer text."""
        self._force()
        return "".join(self._chunks())

    def messages(self) -> list[Message]:
        """Returns the assembled messages of the response; see `assemble` for what it raises."""
        self._force()
        return list(self._loaded) if self._loaded is not None else assemble(self.events)

    def usage(self) -> Usage:
        """Returns the token counts that the plug-in gave."""
        self._force()
        return self._usage

    def tool_calls(self) -> list[ToolCall]:
        """Returns the calls that the caller has to run; what the provider runs itself is not among them."""
        return [
            ToolCall(part.name, part.arguments or {}, part.tool_call_id)
            for message in self.messages()
            for part in message.parts
            if isinstance(part, ToolCallPart) and not part.server_executed
        ]

    def to_dict(self) -> Dict:
        """Writes a `ResponseDict`."""
        payload: Dict = {
            "model": self.model,
            "prompt": {"messages": [message.to_dict() for message in self.prompt_messages]},
            "messages": [message.to_dict() for message in self.messages()],
        }
        if self._usage.input is not None or self._usage.output is not None:
            payload["usage"] = usage_dict(self._usage)
        return payload

    @classmethod
    def from_dict(cls, data: Dict) -> Response:
        """Reads a `ResponseDict`: messages and usage as stored, and no events."""
        prompt = [Message.from_dict(one) for one in data.get("prompt", {}).get("messages", [])]
        restored = cls(messages=prompt, model=data["model"])
        restored._loaded = [Message.from_dict(one) for one in data.get("messages", [])]
        if usage := data.get("usage"):
            restored.set_usage(input=usage.get("input"), output=usage.get("output"), details=usage.get("details"))
        restored.settled()
        return restored

    def reply(self, prompt: str | None = None, *, tool_results: Sequence[ToolResult] = ()) -> list[Message]:
        """Builds the messages of the next prompt: this one's, the response's, tool results, what the user says next."""
        chain = [*self.prompt_messages, *self.messages()]
        if tool_results:
            results: list[Part] = [
                ToolResultPart(
                    one.name,
                    one.output,
                    one.tool_call_id,
                    exception=None if one.exception is None else f"{type(one.exception).__name__}: {one.exception}",
                )
                for one in tool_results
            ]
            chain.append(Message("tool", results))
        if attached := [attachment for one in tool_results for attachment in one.attachments]:
            chain.append(Message("user", [AttachmentPart(attachment) for attachment in attached]))
        if prompt:
            chain.append(Message("user", [TextPart(prompt)]))
        return chain

    def _force(self) -> None:
        if not self._done:
            for _ in self.stream_events():
                pass

    def _chunks(self) -> list[str]:
        if self._loaded is not None:
            parts = [part for message in self._loaded for part in message.parts]
            return [part.text for part in parts if isinstance(part, TextPart) and part.text]
        return [event.chunk for event in self.events if event.type == "text"]


def usage_dict(usage: Usage) -> Dict:
    """Writes a `UsageDict`: only what was counted."""
    counts = {"input": usage.input, "output": usage.output, "details": usage.details}
    return {name: count for name, count in counts.items() if count is not None}
