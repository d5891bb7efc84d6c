"""The diagnostics that dialect decoders attach to what they read, by code.

Rules:
1. A code is kebab-case and never changes. One code means one thing in every dialect.
2. What a frame lost or what had to be guessed has a code; what was merely unusual has one where somebody would ask.
3. A decoder that would say the same of every chunk of a stream says it once; `Decoder.remark_once` is for that.
4. `tests/dialects/test_faults.py` shows a body for every code.
"""

from __future__ import annotations

from typing import Final

DIALECT_CODES: Final[dict[str, str]] = {
    # the frame as JSON
    "chunk-not-json": "The frame's data is not JSON, or nests too deep to be read; nothing of it was read.",
    "chunk-not-object": "The frame's data is JSON, but no object; nothing of it was read.",
    "json-not-strict": "The frame holds NaN, Infinity or a number out of range; read as null.",
    "field-type": "A field of another type than the dialect says was left out; detail: which field, which type.",
    "surrogate-pair-split": "Two halves of a surrogate pair came in two frames; they were joined in the second.",
    "surrogate-lone": "Half a surrogate pair came without the other; it became U+FFFD.",
    # what ends a stream
    "data-after-terminal": "A frame after the dialect's own end, or after an error; it was not read.",
    "terminal-missing": "The body ended without the dialect's own end.",
    "no-content": "The stream ended well, but held no part at all.",
    "in-band-error": "The provider reported an error inside the stream.",
    "not-an-event-stream": "The body is a JSON document or a page instead of an event stream; detail: which.",
    "duplicate-finish": "A reason for ending came again; the first one counts. Detail: the reason that came again.",
    "finish-reason-empty": "The reason for ending is the empty string; taken as absent.",
    "finish-reason-unknown": "The dialect's documentation does not list this reason for ending.",
    "finish-reason-mismatch": "The reason for ending says tool calls and there are none, or stop and there are some.",
    "piece-after-finish": "A piece of a part came after the reason for ending; it was read.",
    # tool calls
    "tool-index-missing": "A piece of a tool call without index; it was placed by id, then by position.",
    "bad-index": "An index that is no integer from 0 to 65535; treated like a missing one.",
    "tool-index-reused": "An index that was taken came with another id and a name: a new call.",
    "tool-id-changed": "A piece of a call came with another id but no name: the same call; the first id counts.",
    "tool-name-repeated": "The name of a call came again; once is enough.",
    "tool-name-fragmented": "The name of a call came in pieces, or two names came: they were joined.",
    "empty-string-identity": "An id or a name of a call came as the empty string; taken as absent.",
    "tool-args-before-name": "Arguments of a call came before its name.",
    "tool-args-null": "Arguments of a call are null; taken as the empty text.",
    "tool-args-not-text": "Arguments of a call are a JSON value where text should be; written as compact JSON.",
    "tool-function-null": "A piece of a call says that its function is null; nothing was taken from it.",
    "tool-args-empty": "A call ended without any argument text, which stands for no arguments.",
    "tool-args-malformed": "The argument text of a call that ended is not strict JSON; kept as sent.",
    "tool-args-not-object": "The argument text of a call is JSON, but no object; kept as sent.",
    "tool-args-too-deep": "The argument text of a call nests deeper than 500; not checked further.",
    "tool-args-incomplete": "The argument text of a call was cut off, by a limit or by the end of the body.",
    # openai-chat
    "empty-choices": "A chunk without choices that carries neither usage nor an error.",
    "other-choice": "A choice other than the first; only choice 0 becomes deltas. Once for each choice.",
    "choice-without-delta": "A choice without a delta, as in a body that is not streamed.",
    "chunk-id-changed": "The response's id or model differs from that of the first chunk; the first one counts.",
    "reasoning-field-duplicate": "`reasoning` and `reasoning_content` hold the same; read once.",
    "reasoning-fields-differ": "`reasoning` and `reasoning_content` hold different text; kept as two parts.",
    "reasoning-details-not-read": "`reasoning_details` holds what no other field of the chunk does, and is not read.",
    "legacy-function-call": "The `function_call` of the API before tools; not read.",
    "usage-repeated": "Token counts came in several chunks; each report replaces the one before.",
    # anthropic-messages
    "event-line-missing": "A frame without an `event:` line; the type in its data decides.",
    "event-type-mismatch": "The `event:` line and the type in the data differ; the data decides.",
    "unknown-event": "A type of event that the documentation does not list; left alone, as it asks for.",
    "unknown-block": "A type of content block that is not read; nor are its deltas.",
    "unknown-delta": "A type of delta that is not read.",
    "citation-not-read": "A citation; not read yet.",
    "no-message-start": "The stream does not begin with `message_start`.",
    "repeated-message-start": "A second `message_start`; its content is not read.",
    "block-index-gap": "A content block's index is not the next one.",
    "block-restarted": "A content block began at an index that had one; the earlier one has ended.",
    "block-not-stopped": "The message ended while a content block had not.",
    "stop-without-start": "A `content_block_stop` for a block that never began or had stopped.",
    "delta-before-start": "A delta for a block that never began; its type decides what began.",
    "delta-after-stop": "A delta for a block that had stopped; it was added.",
    "delta-block-mismatch": "A delta of a type that its block cannot take; not read.",
    "signature-repeated": "A second signature for one block; signatures join.",
    "tool-input-twice": "A tool's input came in the block's start and again in deltas; the deltas were added.",
}
"""Every code that a decoder of this package remarks, with its meaning; those of framing are `wire.WIRE_CODES`."""
