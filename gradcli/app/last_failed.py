"""``check --last-failed``: what was not ok last time, remembered in the user's cache folder.

May import `reports`. Remembering must never be in the way: where there is no home or the
folder cannot be written, nothing is remembered and everything is checked.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path

from gradcli.reports import CheckEntry


def _memory() -> Path | None:
    """Return the file that remembers for this folder, ``None`` where there is no cache."""
    home = os.environ.get("HOME") or os.environ.get("USERPROFILE")
    cache = os.environ.get("XDG_CACHE_HOME") or (os.path.join(home, ".cache") if home else None)
    if not cache:
        return None
    try:
        here = os.getcwd()
    except OSError:
        return None
    name = hashlib.sha256(os.fsencode(here)).hexdigest()[:16]
    return Path(cache) / "gradcli" / f"failed-{name}.json"


def remember(entries: Sequence[CheckEntry]) -> None:
    """Remember the targets that were not ok, and those of before that were not run now."""
    file = _memory()
    if file is None:
        return
    seen = {entry.node for entry in entries} | {entry.file for entry in entries}
    failed = sorted(
        {node for node in recall() if node not in seen}
        | {entry.node for entry in entries if entry.exit_code != 0}
    )
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary = file.with_suffix(".new")
        temporary.write_text(json.dumps(failed), encoding="utf-8")
        temporary.replace(file)


def recall() -> frozenset[str]:
    """Return the targets that were not ok last time; empty where nothing is remembered."""
    file = _memory()
    if file is None:
        return frozenset()
    try:
        return frozenset(map(str, json.loads(file.read_text(encoding="utf-8"))))
    except (OSError, ValueError):
        return frozenset()
