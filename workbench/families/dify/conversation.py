"""Chunks to one result, results to history: what the SDK does once a stream is over.

Rules:
1. Assembly is that of `session.model.llm.invoke(..., stream=False)`: texts are joined; the last tool calls replace all
   earlier ones; token counts add up; the model is the one that was asked for; the reason for ending is dropped.
2. The stored form is pydantic's JSON of the result. History is the SDK's prompt messages as JSON, which is how Dify
   hands `history_prompt_messages` to an agent plug-in.
3. The text of the answer goes back as it was: the SDK takes nothing out of it.

Source: dify_plugin 0.7.4, dify_plugin/invocations/model/llm.py (`LLMInvocation.invoke`),
dify_plugin/interfaces/agent/__init__.py (`AgentModelConfig`), and
dify_plugin/interfaces/model/openai_compatible/llm.py (`_convert_prompt_message_to_dict`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from workbench.families.dify.messages import (
    AssistantPromptMessage,
    PromptMessage,
    SystemPromptMessage,
    ToolCall,
    ToolCallFunction,
    ToolPromptMessage,
    UserPromptMessage,
)
from workbench.families.dify.results import LLMResult, LLMUsage
from workbench.transcript import (
    FollowUp,
    Json,
    Message,
    ReasoningPart,
    RefusalPart,
    Request,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)

Reasoning = Callable[[str], str]
"""What stands in a message's text for a block of reasoning in a written history."""


class Assembly:
    """Chunks so far, on their way to one result."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._texts: list[str] = []
        self._calls: list[ToolCall] = []
        self._usage = LLMUsage.empty_usage()

    def add(self, message: AssistantPromptMessage, usage: LLMUsage | None) -> None:
        """Takes what one chunk brings. Content in the form of a list is passed over, as the SDK does."""
        if isinstance(message.content, str):
            self._texts.append(message.content)
        if message.tool_calls:
            self._calls = message.tool_calls
        if usage is not None:
            total = self._usage
            self._usage = total.model_copy(
                update={
                    "prompt_tokens": total.prompt_tokens + usage.prompt_tokens,
                    "completion_tokens": total.completion_tokens + usage.completion_tokens,
                    "total_tokens": total.total_tokens + usage.total_tokens,
                    "prompt_price": usage.prompt_price,
                    "completion_price": usage.completion_price,
                    "total_price": usage.total_price,
                    "currency": usage.currency,
                    "latency": usage.latency,
                }
            )

    def result(self) -> LLMResult:
        """Returns the result of all chunks so far."""
        message = AssistantPromptMessage(content="".join(self._texts), tool_calls=self._calls)
        return LLMResult(model=self._model, message=message, usage=self._usage)


def restore(stored: Json) -> Json:
    """Reads a stored result back and returns it as JSON."""
    return LLMResult.model_validate(stored).model_dump(mode="json")


def history(request: Request, reasoning: Reasoning) -> Json:
    """Writes the messages of a request as the SDK's prompt messages."""
    return [
        message.model_dump(mode="json")
        for written in request.messages
        for message in _prompt_messages(written, reasoning)
    ]


def resume(so_far: Json, stored: Json, follow: FollowUp) -> Json:
    """Adds to a history the stored answer, a tool message per call whose result is at hand, and the next prompt."""
    message = LLMResult.model_validate(stored).message
    added: list[PromptMessage] = [message]
    for call in message.tool_calls:
        name = call.function.name
        if name in follow.results:
            added.append(ToolPromptMessage(content=follow.results[name], tool_call_id=call.id, name=name))
    if follow.prompt:
        added.append(UserPromptMessage(content=follow.prompt))
    return [*so_far, *(message.model_dump(mode="json") for message in added)]


def _prompt_messages(written: Message, reasoning: Reasoning) -> Iterator[PromptMessage]:
    """Yields one message, or for a tool's message one per result."""
    texts: list[str] = []
    calls: list[ToolCall] = []
    for part in written.parts:
        match part:
            case TextPart():
                texts.append(part.text)
            case ReasoningPart():
                texts.append(reasoning(part.text))
            case ToolCallPart():
                calls.append(tool_call(part.id, part.name, part.arguments))
            case ToolResultPart():
                yield ToolPromptMessage(content=part.output, tool_call_id=part.call or "", name=part.name)
            case RefusalPart():
                pass  # as in a response: no field holds it
    match written.role:
        case "system":
            yield SystemPromptMessage(content="".join(texts))
        case "user":
            yield UserPromptMessage(content="".join(texts))
        case "assistant":
            yield AssistantPromptMessage(content="".join(texts), tool_calls=calls)
        case "tool":
            pass


def tool_call(identity: str | None, name: str | None, arguments: str) -> ToolCall:
    """Makes a call; what is unknown of it is the empty text."""
    return ToolCall(id=identity or "", type="function", function=ToolCallFunction(name=name or "", arguments=arguments))
