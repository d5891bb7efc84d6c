"""Producer events: what provider code does to the framework, as values.

Provider code of pydantic-ai is a `StreamedResponse` of its own. Its `_get_event_iterator` calls the parts manager for
each thing that came, sets attributes of the response, and ends or raises. Those are the four kinds here, so the same
values can be pushed through the port and, as JSON, through the library.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct, field

from workbench.designs.pydantic_ai.parts import Dict

Method: TypeAlias = Literal["handle_text_delta", "handle_thinking_delta", "handle_tool_call_delta", "handle_part"]


class Call(Struct, frozen=True):
    """A call of the parts manager.

    Attributes:
        arguments: by keyword. A whole part stands there as JSON, by `part_kind`.
    """

    method: Method
    arguments: Dict


class Report(Struct, frozen=True):
    """Attributes that are set on the streamed response.

    Attributes:
        usage: token counts so far, by field of `RequestUsage`; they replace those before.
        fields: `model_name`, `provider_response_id`, `finish_reason`, `provider_details`, `state`.
    """

    usage: Dict | None = None
    fields: Dict = field(default_factory=dict)


class Fail(Struct, frozen=True):
    """The provider reported an error inside the stream.

    Attributes:
        type: which of the library's exceptions is raised.
    """

    type: str
    message: str


class End(Struct, frozen=True):
    """The provider's stream is over."""


Produced: TypeAlias = Call | Report | Fail | End


def produced_json(event: Produced) -> Dict:
    """Writes a producer event as JSON; its only key, or its first, tells the kind."""
    match event:
        case Call():
            return {"call": event.method, "arguments": event.arguments}
        case Report():
            usage = {} if event.usage is None else {"usage": event.usage}
            return {"set": {**event.fields, **usage}}
        case Fail():
            return {"raise": event.type, "message": event.message}
        case End():
            return {"end": True}
