"""Has a thread that never sleeps, so that nobody can tell when it is done."""

from __future__ import annotations

import threading

from _keeper import Harness, answer_well, serve


def misbehave(harness: Harness, question: dict) -> None:
    """Answers well, while a thread turns round and round."""
    over = threading.Event()

    def turn() -> None:
        while not over.is_set():
            pass

    thread = threading.Thread(target=turn)
    thread.start()
    answer_well(harness, question)
    over.set()
    thread.join()


serve(misbehave)
