"""What a schema cannot say of a scenario: order, references between its places, and dyes.

Rules:
1. A check yields faults and goes on; the scenario has already passed the schema.
2. A dye occurs within one piece of its own concept's truth, and in nothing else that the fixture sends or declares.
   Two things are one value under two names: a tool's name is also declared, and a result names the call it answers.
   So a name may stand among the tools, and one string may be dyed as both `call.id` and `result.call`.
3. Work grows with the fixture's strings times its dyes, both of which are few.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from workbench.corpus.build import kind_in, order_of, pieces_in, pieces_of
from workbench.corpus.strict_yaml import KeyPath
from workbench.transcript import CONCEPTS, Json

Found: TypeAlias = tuple[KeyPath, str]
"""Keys that lead to a fault, and why it is one."""

_TEXT_CONCEPT = {
    "text": "text",
    "reasoning": "reasoning",
    "tool-call": "call.arguments",
    "tool-result": "result.output",
    "refusal": "refusal",
}
_SAME_VALUE = {"call.id": "result.call", "result.call": "call.id"}


def check_scenario(scenario: Mapping[str, Json]) -> Iterator[Found]:
    """Yields all that is wrong with a scenario beyond its schema."""
    for index, concept in enumerate(scenario.get("needs", ())):
        if concept not in CONCEPTS:
            yield ("needs", index), f"{concept[:40]!a} is no concept"
    tools: Sequence[Mapping[str, Json]] = ()
    ids: set[str] = set()
    previous: Mapping[str, Json] | None = None
    for number, turn in enumerate(scenario["turns"]):
        request = turn["request"]
        for path, why in _check_request(request, previous):
            yield ("turns", number, "request", *path), why
        tools = request.get("tools", tools)
        declared = {tool["name"] for tool in tools}
        declared.add(request.get("response_schema", {}).get("title"))
        for path, why in _check_response(turn["response"], declared, ids):
            yield ("turns", number, "response", *path), why
        previous = turn["response"]
    yield from _check_dyes(scenario)


def _check_request(request: Mapping[str, Json], previous: Mapping[str, Json] | None) -> Iterator[Found]:
    roles = [role for message in request.get("messages", ()) for role in message]
    asked = previous is not None and any(
        kind_in(part) == "tool-call" and not part.get("server") for part in previous["parts"]
    )
    if previous is not None and previous["ends"] != "complete":
        yield (), "follows a response that did not end well; only the last turn may break off"
    if roles[-1:] != ["user"] and (roles or not asked):
        yield ("messages",), "must end with what the user says, unless tool results alone are sent"
    if "system" in roles[0 if previous else 1 :]:
        yield ("messages",), "has a system message that is not the first of the conversation"
    for name, count in Counter(tool["name"] for tool in request.get("tools", ())).items():
        if count > 1:
            yield ("tools",), f"declares {name!a} twice"
    schemas: dict[KeyPath, Json] = {
        ("tools", i, "parameters"): tool["parameters"] for i, tool in enumerate(request.get("tools", ()))
    }
    if "response_schema" in request:
        schemas[("response_schema",)] = request["response_schema"]
    for path, schema in schemas.items():
        try:
            Draft202012Validator.check_schema(schema)
        except SchemaError as error:
            yield path, f"is no JSON Schema: {error.message[:120]!a}"


def _check_response(response: Mapping[str, Json], declared: set[str | None], ids: set[str]) -> Iterator[Found]:
    parts = response["parts"]
    server_calls: set[str] = set()
    for index, part in enumerate(parts):
        kind = kind_in(part)
        if kind == "tool-call":
            if not part.get("server") and part["call"] not in declared:
                yield ("parts", index, "call"), f"calls {part['call']!a}, which is not declared"
            if part.get("id") in ids:
                yield ("parts", index, "id"), f"repeats the call id {part['id'][:40]!a}"
            if "id" in part:
                ids.add(part["id"])
                server_calls |= {part["id"]} if part.get("server") else set()
        elif kind == "tool-result" and part["call"] not in server_calls:
            yield ("parts", index, "call"), "answers no earlier call of the provider's own tools"
    yield from _check_order(response)
    usage = response.get("usage", {})
    for small, large in (("reasoning", "output"), ("cached", "input")):
        if usage.get(small, 0) > usage.get(large, usage.get(small, 0)):
            yield ("usage", small), f"counts more tokens than {large}, which includes them"


def _check_order(response: Mapping[str, Json]) -> Iterator[Found]:
    if "order" not in response:
        return
    order = order_of(response)
    wanted = {index: len(pieces_in(part)) for index, part in enumerate(response["parts"])}
    counted = Counter(order)
    for index in sorted(wanted.keys() | counted.keys()):
        if wanted.get(index, 0) != counted[index]:
            yield ("order",), f"names part {index} {counted[index]} times; it has {wanted.get(index, 0)} pieces"
    first_seen = list(dict.fromkeys(order))
    if first_seen != sorted(first_seen):
        yield ("order",), "begins a later part before an earlier one; number the parts in the order in which they begin"


# ---------------------------------------------------------------------------------------------------------------- dyes


def _check_dyes(scenario: Mapping[str, Json]) -> Iterator[Found]:
    dyes: Mapping[str, list[str]] = scenario.get("dyes", {})
    truths = list(_iter_strings(scenario))
    for concept, marks in dyes.items():
        if concept not in CONCEPTS or not CONCEPTS[concept].dyed:
            yield ("dyes", concept), f"{concept[:40]!a} is no concept that can be dyed"
            continue
        for index, mark in enumerate(marks):
            path: KeyPath = ("dyes", concept, index)
            others = {other for other, listed in dyes.items() if other != concept and mark in listed}
            twin = _SAME_VALUE.get(concept)
            if others - {twin}:
                yield path, f"{mark!a} is a dye of {min(others)} too"
            found = {where for where, _, text in truths if mark in text}
            if concept not in found:
                whole = mark in "".join(text for where, _, text in truths if where == concept)
                yield path, f"{mark!a} is cut in two" if whole else f"{mark!a} does not occur in the truth of {concept}"
            elsewhere = found - {concept}
            if twin is not None and mark in dyes.get(twin, ()):
                elsewhere -= {twin}
            if elsewhere:
                place = next(at for where, at, text in truths if mark in text and where in elsewhere)
                yield path, f"{mark!a} occurs at {place} too"


def _iter_strings(scenario: Mapping[str, Json]) -> Iterator[tuple[str, str, str]]:
    """Yields concept (or what else it is), place, and each string that the fixture sends or declares."""
    for number, turn in enumerate(scenario["turns"]):
        here = f"turns[{number}].request"
        request = turn["request"]
        for index, message in enumerate(request.get("messages", ())):
            yield "request", f"{here}.messages[{index}]", next(iter(message.values()))
        for index, tool in enumerate(request.get("tools", ())):
            yield "call.name", f"{here}.tools[{index}].name", tool["name"]
            for key in ("description", "result"):
                yield "request", f"{here}.tools[{index}].{key}", tool.get(key, "")
            yield "request", f"{here}.tools[{index}].parameters", _dump(tool["parameters"])
        if "response_schema" in request:
            schema = dict(request["response_schema"])
            yield "call.name", f"{here}.response_schema.title", schema.pop("title")
            yield "request", f"{here}.response_schema", _dump(schema)
        yield from _iter_truth(turn["response"], f"turns[{number}].response")


def _iter_truth(response: Mapping[str, Json], here: str) -> Iterator[tuple[str, str, str]]:
    for index, part in enumerate(response["parts"]):
        at = f"{here}.parts[{index}]"
        kind = kind_in(part)
        for piece in pieces_in(part):
            yield _TEXT_CONCEPT[kind], at, piece
        yield "reasoning.signature", f"{at}.signature", "".join(pieces_of(part.get("signature")))
        yield "reasoning.data", f"{at}.data", part.get("data", "")
        if kind == "tool-call":
            yield "call.name", f"{at}.call", part["call"]
            yield "call.id", f"{at}.id", part.get("id", "")
        elif kind == "tool-result":
            yield "result.call", f"{at}.call", part["call"]
            yield "call.name", f"{at}.name", part["name"]
        else:
            yield "reasoning id", f"{at}.id", part.get("id", "")
    yield "response.id", f"{here}.id", response.get("id", "")
    yield "response.model", f"{here}.model", response.get("model", "")
    for key, count in response.get("usage", {}).items():
        yield f"usage.{key}" if key in {"reasoning", "cached"} else "usage", f"{here}.usage.{key}", str(count)
    ends = response["ends"]
    if isinstance(ends, dict):
        for key, text in ends["failed"].items():
            yield "failure", f"{here}.ends.failed.{key}", text


def _dump(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)
