"""What a person must know about the file on the desk, in as few lines as it takes."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ui.markup import markup

LINE = 2.1  # rem that one notice takes


def notices(trouble: str, warnings: Sequence[str]) -> float:
    """Show why the last file could not be opened, and what to mind about the one that is. Returns its height in rem."""
    parts = [f'<p class="notice trouble"><b>Not opened.</b> {escape(trouble)}</p>'] if trouble else []
    if warnings:
        parts.append(f'<p class="notice"><b>Note.</b> {escape(" ".join(warnings))}</p>')
    markup("".join(parts), key="notices", announce=True)
    return LINE * len(parts)
