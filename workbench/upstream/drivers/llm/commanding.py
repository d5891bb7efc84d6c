"""The command `llm`, run as a process of its own: what it writes to standard output and to standard error.

Theory of operation. The two are sockets of a kind that keeps each write whole, and both send to one receiver, which is
told who sent. So an event is one write, and the order of the two is the order of writes: two pipes would tell neither,
and two runs would differ. To the command a socket is as little a terminal as a pipe is. On a terminal both are one: an
event is one character of it, since nothing cuts a terminal's stream.

Rules:
1. The process is forked off this one, which has imported llm and done nothing with it; the rest is what the script
   `llm` does. Importing anew would take seconds, each time.
2. Each run has a user folder of its own: the log is on, as it is when llm is new. Nothing comes on standard input.
3. The model of Chat Completions is set up in `extra-openai-models.yaml`; Claude is asked for by name, and finds its
   address in the variable that its SDK reads. The command cannot be told not to retry.
4. Requests with tools are declined: the command runs tools itself and goes on, so there is no one response.
5. `message` is what a program has that took the output: both texts, and the exit status. A status other than 0 is also
   told as the exception by which a Python program that checks learns of it.
6. The next request is what `llm --continue` sends; it is asked for in one variant, since all of them log the same.
"""

# mypy: disable-error-code="import-not-found"
# Modules of this folder find each other at run time: see `__main__`.
from __future__ import annotations

import codecs
import contextlib
import json
import os
import pty
import selectors
import shutil
import socket
import subprocess
import sys
import tempfile
import traceback
import tty
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from answering import Harness
from installed import CLAUDE, command, hide_option

CHANNELS = ("stdout", "stderr")
BUFFER_BYTES = 1 << 20
MOST_FILES = 1024
MODEL = "model-under-test"


def converse(harness: Harness, asked: dict[str, Any]) -> None:
    """Does one run of the command."""
    reason = refusal(asked)
    if reason is not None:
        harness.end("declined", reason)
        return
    folder = Path(tempfile.mkdtemp(dir=Path.cwd()))
    try:
        words = [*options(asked), *(("--system", text) if (text := said(asked, "system")) else ())]
        if asked["request"]["response_schema"] is not None:
            words += ["--schema", json.dumps(asked["request"]["response_schema"])]
        message: dict[str, Any] = {}
        for channel, value in start(asked, folder, [*words, "--", said(asked, "user")]):
            if channel == "exit":
                message[channel] = value
            else:
                message[channel] = message.get(channel, "") + value
                harness.answer("event", {channel: value})
        if message["exit"]:
            harness.raised("event", subprocess.CalledProcessError(message["exit"], "llm"))
        harness.answer("message", message)
        if asked["follow"] is not None and asked["variant"] == "cli":
            go_on = [*options(asked), "--continue", "--", asked["follow"]["prompt"]]
            for channel, value in start(asked, folder, go_on):
                if channel == "exit" and value:
                    harness.raised("request", subprocess.CalledProcessError(value, "llm"))
        harness.end("done")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def refusal(asked: dict[str, Any]) -> str | None:
    """Says why the command cannot do this run; None when it can."""
    if asked["request"]["tools"]:
        return "the command runs tools itself and asks again: one response cannot be had from it"
    if [one["role"] for one in asked["request"]["messages"] if one["role"] != "system"] != ["user"]:
        return "the command takes a system prompt and one prompt"
    return None


def said(asked: dict[str, Any], role: str) -> str:
    """Joins what a role says in the request."""
    return "".join(part["text"] for one in asked["request"]["messages"] if one["role"] == role for part in one["parts"])


def options(asked: dict[str, Any]) -> list[str]:
    """Gives the command's options that every call of this run has."""
    chosen = ["--model", MODEL] if asked["dialect"] == "openai-chat" else ["--model", CLAUDE, "-o", "thinking", "true"]
    hide = hide_option()
    return [*chosen, hide] if asked["variant"] == "cli-hide-reasoning" and hide is not None else chosen


def start(asked: dict[str, Any], folder: Path, words: list[str]) -> Iterator[tuple[str, Any]]:
    """Runs the command to its end.

    Yields:
        Channel and text of each write, `stdout` or `stderr` or `terminal`; last, `exit` and the exit status.
    """
    environment = {"LLM_USER_PATH": str(folder)}
    if asked["dialect"] == "openai-chat":
        how = {"reasoning": True, "supports_schema": True, "supports_tools": True}
        model = {"model_id": MODEL, "model_name": asked["request"]["model"], **how}
        text = json.dumps([{**model, "api_base": asked["base_url"] + "/v1"}])
        (folder / "extra-openai-models.yaml").write_text(text, encoding="utf-8")
    else:
        environment |= {"ANTHROPIC_BASE_URL": asked["base_url"], "ANTHROPIC_API_KEY": "made-up"}
    if asked["variant"] == "cli-terminal":
        return on_terminal(words, {**environment, "TERM": "xterm"})
    return on_sockets(words, environment)


def on_sockets(words: list[str], environment: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """Runs it with each of its two outputs a socket; see the theory of operation. The kernel names the sockets."""
    with contextlib.ExitStack() as stack:
        receiver = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        receiver.bind("")
        ends = {name: stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) for name in CHANNELS}
        for end in ends.values():
            end.bind("")
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER_BYTES)
            end.connect(receiver.getsockname())
        names = {end.getsockname(): name for name, end in ends.items()}
        child = launch(words, environment, ends["stdout"].fileno(), ends["stderr"].fileno())
        receiver.setblocking(False)
        texts = {name: codecs.getincrementaldecoder("utf-8")("backslashreplace") for name in CHANNELS}
        for _ in until_end(child, receiver.fileno()):
            with contextlib.suppress(BlockingIOError):
                while True:
                    data, sender = receiver.recvfrom(BUFFER_BYTES)
                    if text := texts[names[sender]].decode(data):
                        yield names[sender], text
    yield "exit", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def on_terminal(words: list[str], environment: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """Runs it on a terminal of its own, that changes nothing of what is written."""
    ours, theirs = pty.openpty()
    try:
        tty.setraw(theirs)
        child = launch(words, environment, theirs, theirs)
        os.set_blocking(ours, False)
        text = codecs.getincrementaldecoder("utf-8")("backslashreplace")
        for _ in until_end(child, ours):
            with contextlib.suppress(BlockingIOError):
                while data := os.read(ours, BUFFER_BYTES):
                    for character in text.decode(data):
                        yield "terminal", character
    finally:
        os.close(ours)
        os.close(theirs)
    yield "exit", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def until_end(child: int, descriptor: int) -> Iterator[None]:
    """Waits for something to read or for the end of a process, again and again; yields once more after the end."""
    ended = os.pidfd_open(child)
    try:
        with selectors.DefaultSelector() as selector:
            selector.register(descriptor, selectors.EVENT_READ)
            selector.register(ended, selectors.EVENT_READ)
            while not any(key.fd == ended for key, _ in selector.select()):
                yield
            yield
    finally:
        os.close(ended)


def launch(words: list[str], environment: Mapping[str, str], stdout: int, stderr: int) -> int:
    """Forks off the command; returns the number of its process."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        os.environ.update(environment)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for number, end in enumerate((nothing, stdout, stderr)):
            os.dup2(end, number)
        os.closerange(3, MOST_FILES)
        status = be_the_command(["prompt", *words])
    finally:
        os._exit(status)


def be_the_command(words: list[str]) -> int:
    """Does what the script `llm` does, and Python around it; returns the exit status."""
    on_terminal = os.isatty(1)
    sys.argv = ["llm", *words]
    sys.stdin = open(0, encoding="utf-8")  # noqa: SIM115 - the three that every process has
    sys.stdout = open(1, "w", encoding="utf-8", buffering=1 if on_terminal else -1)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", buffering=1, errors="backslashreplace")  # noqa: SIM115
    status: Any = 0
    try:
        command.cli()
    except SystemExit as ended:
        status = ended.code
    except BaseException:  # noqa: BLE001 - whatever the command leaves to Python
        traceback.print_exc()
        status = 1
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    return status if isinstance(status, int) else int(status is not None)
