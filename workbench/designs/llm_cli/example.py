"""How a program uses this design: standard output is taken, standard error goes where people look."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from workbench.designs.llm_cli.vocabulary import Write


def take(writes: Iterable[Write]) -> str:
    """Shows the thinking and returns the answer, as `answer=$(llm prompt …)` does in a shell.

    Returns:
        Standard output without its last line feed.
    """
    answer = []
    for write in writes:
        if write.channel == "stdout":
            answer.append(write.text)
        else:
            sys.stderr.write(write.text)
    return "".join(answer).removesuffix("\n")
