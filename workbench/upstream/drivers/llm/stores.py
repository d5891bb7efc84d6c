"""The two stores of llm: the dict of a response, and the log in SQLite. Each makes JSON and reads it back.

Rules:
1. The log is a file with tables; its JSON is the rows of all tables but those that index others. What is read back is
   read from a second file, made of that JSON: so the JSON holds all that matters.
2. What differs from run to run and means nothing is taken out: times, and `id` of the dict. The log's random ids are
   numbered in their order, wherever they stand.
"""

# mypy: disable-error-code="import-not-found"
# Modules of this folder find each other at run time: see `__main__`.
from __future__ import annotations

import json
import re
import shutil
from functools import cache
from pathlib import Path
from typing import Any

from installed import command, llm, migrations, sqlite_utils

TIMES = ("datetime_utc", "duration_ms")
DERIVED = re.compile(r"_fts|^_llm_migrations$|^turn_search$")
"""Tables of the log that index others, or say what was migrated."""

IDENTIFIED = ("conversations", "responses", "threads", "turns")
"""Tables whose `id` is random."""


def store_dict(response: Any) -> Any:
    """Stores a finished response by `to_dict`."""
    return {name: value for name, value in response.to_dict().items() if name not in ("id", *TIMES)}


def restore_dict(stored: Any, model: Any, *, asynchronous: bool) -> Any:
    """Reads a response back."""
    return (llm.AsyncResponse if asynchronous else llm.Response).from_dict(stored, model=model)


def log(response: Any, path: Path) -> Any:
    """Logs a finished response into a database, and gives all that this then holds."""
    database = _open(path)
    response.log_to_db(database)
    rows = rows_of(database)
    database.conn.close()
    return rows


def rows_of(database: Any) -> Any:
    """Gives the rows of all tables."""
    rows = {
        name: [{key: value for key, value in row.items() if key not in TIMES} for row in database[name].rows]
        for name in database.table_names()
        if not DERIVED.search(name) and database[name].count
    }
    text = json.dumps(rows)
    for number, one in enumerate(sorted({row["id"] for name in IDENTIFIED for row in rows.get(name, [])})):
        text = text.replace(one, f"{number:026d}")
    return json.loads(text)


def load(stored: Any, path: Path) -> Any:
    """Makes a database of the rows, and loads the conversation as `llm -c` does."""
    database = _open(path)
    for name, rows in stored.items():
        database[name].insert_all(rows)
    database.conn.close()
    return command.load_conversation(None, database=str(path))


def _open(path: Path) -> Any:
    """Opens a database with llm's tables. They are made once per process: each takes as long as thirty runs."""
    if not path.exists():
        shutil.copyfile(_empty(), path)
    database = sqlite_utils.Database(path)
    migrations.migrate(database)
    return database


@cache
def _empty() -> Path:
    path = Path.cwd() / "empty.db"
    database = sqlite_utils.Database(path)
    migrations.migrate(database)
    database.conn.close()
    return path
