"""The port of llm 0.32 for one response: plug-in half, framework half, and both in one go.

Theory of operation. `produce` is the plug-in, `accept` is the framework; either could be exchanged for the real one.
`receive` takes a short cut: the plug-in half knows which index each event will end up with (it decides by it whether to
leave `part_index` open), so the allocator need not run again. tests/differential/test_llm.py holds that `receive`
equals `produce` and `accept` in a row, and that both equal llm.

Rules:
1. One adapter is fed either through `receive` or through `produce` and `accept`, never through both.
2. After a raise there is no message: the library runs `execute` anew for it, and so raises anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from workbench.design import Adapter, NativeRaise
from workbench.designs.llm.plugin import Call, Plugin
from workbench.designs.llm.response import Response, usage_dict
from workbench.designs.llm.vocabulary import Dict, Message, StreamEvent
from workbench.transcript import Delta


class LlmAdapter(Adapter):
    """Deltas in; stream events, messages and the stored form of llm out.

    Args:
        prompt: messages of the prompt.
        model: id of the model that was asked.
    """

    def __init__(self, prompt: Sequence[Message] = (), model: str = "") -> None:
        self.response = Response(messages=prompt, model=model)
        self._plugin = Plugin(self.response)
        self._stored: Dict | None = None

    def produce(self, step: Sequence[Delta]) -> Iterator[StreamEvent | Call]:
        """Yields what `execute` of a plug-in yields for one frame, and what it calls on the response behind that."""
        yield from self._plugin.produce(step)
        calls, self._plugin.calls = self._plugin.calls, []
        yield from calls

    def accept(self, event: object) -> tuple[StreamEvent, ...]:
        """Gives the event its part and keeps it; the same object comes out. Of a call the user is handed nothing."""
        if isinstance(event, Call):
            return ()
        if not isinstance(event, StreamEvent | str):
            raise TypeError(f"a plug-in of llm yields StreamEvent or str, not {type(event).__name__}")
        return (self.response.process(event),)

    def receive(self, step: Sequence[Delta]) -> Iterable[StreamEvent]:
        """Turns the deltas of one frame into what `stream_events()` yields.

        A fragment that goes on with the block at hand is most of any stream: it is taken here, without a further call.
        `Plugin.place` would say the same.
        """
        if len(step) == 1:
            delta, block = step[0], self._plugin.block
            if type(delta) is block.grows_by and delta.part == block.part:  # type: ignore[union-attr]
                text = delta.text  # type: ignore[union-attr]
                if text:
                    event = StreamEvent(
                        block.type, text, block.index, block.call, block.server, None, False, None, block.message
                    )
                    self.response.events.append(event)
                    return (event,)
        events = self._plugin.place(step)
        self.response.events += events
        return events if self._plugin.failure is None else _then_raise(events, self._plugin.failure)

    def finish(self) -> tuple[()]:
        """Ends the run; the design hands out nothing more."""
        self.response.settled()
        return ()

    def message(self) -> Dict:
        """Returns what `messages()`, `usage()` and `resolved_model` of the response say.

        Raises:
            NativeRaise: iteration raised, or `messages()` does.
        """
        return message_json(self.response, self._dicts()["messages"])

    def stored(self) -> Dict:
        """Returns `response.to_dict()`, without the optional `id` and `datetime_utc`."""
        return self._dicts()

    def _dicts(self) -> Dict:
        """Assembles once; message and stored form share the result."""
        if self._plugin.failure is not None:
            raise self._plugin.failure
        if self._stored is None:
            self.response.settled()
            try:
                self._stored = self.response.to_dict()
            except (ValueError, RecursionError) as error:
                raise NativeRaise(type(error).__name__, str(error)) from error
        return self._stored


def _then_raise(events: Sequence[StreamEvent], failure: NativeRaise) -> Iterator[StreamEvent]:
    yield from events
    raise failure


def message_json(response: Response, messages: list[Dict]) -> Dict:
    """Writes what a finished response says, as JSON.

    Args:
        response: whose usage and model to tell.
        messages: its messages as dicts.
    """
    message: Dict = {"messages": messages}
    if usage := usage_dict(response.usage()):
        message["usage"] = usage
    if response.resolved_model is not None:
        message["resolved_model"] = response.resolved_model
    return message
