"""The command that a results file was made by, with its options: what a page names below its figures."""

from __future__ import annotations

import functools
from pathlib import Path

from evidence.files import begun


@functools.cache
def made_by(path: Path) -> str:
    """As the file says; nothing where there is no file."""
    return begun(path).get("made_by", "")
