"""Which path in the command's native JSON carries which concept, by phase. The notation is that of `workbench.paths`.

Rules:
1. Standard output is text, standard error is reasoning, and the message of an error.
2. Each of the two is one text: neither tells where a block ends, nor what stands between two blocks of the other.
3. Resumed are the messages that `llm -c` sends, from the log; of `provider_metadata` count the keys that llm's plug-ins
   document.
"""

from __future__ import annotations

from workbench.design import Carries

_REASONING = "[].parts[type=reasoning]."

CARRIES: Carries = {
    "live": {"text": "stdout", "reasoning": "stderr", "failure": "stderr"},
    "final": {"text": "stdout", "reasoning": "stderr", "failure": "stderr"},
    "resumed": {
        "text": "[].parts[type=text].text",
        "reasoning": f"{_REASONING}text",
        "reasoning.signature": f"{_REASONING}provider_metadata.anthropic.signature",
        "reasoning.data": f"{_REASONING}provider_metadata.anthropic[type=redacted_thinking].data",
        "reasoning.redacted": f"{_REASONING}redacted",
        "call.name": "[].parts[type=tool_call].name | [].parts[type=tool_result].name",
        "call.id": "[].parts[type=tool_call].tool_call_id",
        "call.arguments": "[].parts[type=tool_call].arguments.**",
        "call.server": "[].parts[type=tool_call].server_executed",
        "result.output": "[].parts[type=tool_result].output",
        "result.call": "[].parts[type=tool_result].tool_call_id",
        "part.order": "[].parts",
        "part.boundary": "[].parts",
    },
}
