"""The command that a results file was made by, with its options: what a page names below its figures."""

from __future__ import annotations

import functools
import json
from pathlib import Path


@functools.cache
def made_by(path: Path) -> str:
    """As the file says; nothing where there is no file."""
    return json.loads(path.read_text(encoding="utf-8"))["made_by"] if path.is_file() else ""
