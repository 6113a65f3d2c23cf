"""Results files. Pages read them while commands write them: each is there whole, or as it was before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def read(path: Path) -> dict[str, Any]:
    """What a file holds. Raises `FileNotFoundError` before its command has run."""
    return json.loads(path.read_text(encoding="utf-8"))


def begun(path: Path, *, fresh: bool = False) -> dict[str, Any]:
    """The same for a command that goes on where it was cut: `{}` before its first run, or if it is to begin afresh."""
    return {} if fresh or not path.is_file() else read(path)


def keep(path: Path, told: dict[str, Any]) -> None:
    """Store what is known by now, in one step: whoever is cut while writing leaves the last whole file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    draft.replace(path)
