"""Our attacks against other libraries', folded away: for whoever doubts that an attack here is a strong one."""

from __future__ import annotations

import re
from html import escape

from evidence import peers
from evidence.peers import Row
from ui.markup import figures_html, markup

ENOUGH = 20  # films; what was measured on fewer stands in `docs/benchmarks.md` alone
HEADS = ("What was compared", "This tool", "The other library", "On the same films", "Films", "Goal reached")


def against_others() -> None:
    """The whole block; nothing where no comparison has films enough to say something."""
    rows = tuple(row for row in peers.load() if row.n >= ENOUGH)
    if rows:
        markup(table_html(rows), key="peers")


def table_html(rows: tuple[Row, ...]) -> str:
    """Every comparison, those of one question together."""
    lines = []
    for question in dict.fromkeys(row.question for row in rows):
        of_it = [row for row in rows if row.question == question]
        head = escape(f"{question}. Goal: {of_it[0].bar}")
        lines += [f'<tr class="set"><th colspan="{len(HEADS)}">{head}</th></tr>', *map(_line, of_it)]
    reached = sum(all(row.reached.values()) for row in rows)
    return (
        '<details class="story"><summary>Against other libraries</summary>'
        "<p>A model that withstands a weak attack has shown nothing. So this tool's attacks are measured against those "
        "of the libraries that researchers use: the same model, films and allowed change, in one run. "
        f"{reached} of {len(rows)} comparisons reach their goal.</p>"
        f"{figures_html(HEADS, lines)}"
        '<p class="hint">In brackets: 95 % intervals, wide where there are few films. ε is the largest change of a '
        f"pixel, in grey levels. Remade by <code>{escape(peers.COMMAND)}</code>; <code>docs/benchmarks.md</code> names "
        "the command that measures each row.</p></details>"
    )


def _line(row: Row) -> str:
    what = escape(row.what.replace("*", ""))
    cells = (row.ours, row.theirs, row.paired, f"{row.n}", row.verdict)
    return f"<tr><th>{what}</th>{''.join(f'<td>{_stacked(cell)}</td>' for cell in cells)}</tr>"


def _stacked(cell: str) -> str:
    """What a comma or semicolon parts stands in lines of its own."""
    return "<br>".join(escape(part) for part in re.split("[,;] ", cell))
