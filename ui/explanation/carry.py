"""Over many films: whether one map betrays an attack on another, folded away below the films."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from evidence.explanations import EPSILON, RESULTS, Carried, Cell, load, matrix
from evidence.remade import made_by
from robustness import METHODS
from robustness.explanations import AIMS
from ui.markup import figures_html, markup, row_html
from ui.sentences import levels

ENOUGH = 3  # attacks that worked, before a majority among them means anything


def carry() -> None:
    """The whole block."""
    with st.expander("On many films: which map gives the attack away?"):
        markup("".join(table_html(load(), aim) for aim in AIMS), key="carry")


def table_html(rows: Sequence[Carried], aim: str) -> str:
    """One row for each attacked map, one column for each map that looks on."""
    cells, verb = matrix(rows, aim), "moved" if aim == "move" else "kept"
    heads = ("Attacked map", *(escape(METHODS[name].title) for name in METHODS))
    body = (
        row_html(
            escape(METHODS[attacked].title), (_cell(cells[attacked, name], own=name == attacked) for name in METHODS)
        )
        for attacked in METHODS
        if (attacked, attacked) in cells
    )
    n = len({row.case for row in rows if row.aim == aim})
    others = {pair: cell for pair, cell in cells.items() if pair[0] != pair[1]}
    turned, looks = sum(cell.yes for cell in others.values()), sum(cell.n for cell in others.values())
    along = ", ".join(
        f"{METHODS[name].title} with {METHODS[attacked].title}"
        for (attacked, name), cell in others.items()
        if cell.n >= ENOUGH and cell.yes > cell.n / 2
    )
    return (
        f'<h2 class="small">{escape(AIMS[aim].title)}</h2>'
        f"<p>Where this worked, a look at another map found it {verb} too in {turned} of {looks} cases. "
        f"Maps that mostly went along: {escape(along or 'none')}. A map that did not gives the attack away.</p>"
        f"{figures_html(heads, body)}"
        f'<p class="hint">{n} bundled chest phantoms, at most {levels(EPSILON)} of 255 grey levels. Of the attacked '
        f"map: on how many films the answer was as wanted and the map {verb}; of the others: on how many of these it "
        f"was {verb} too, and on how many in part. Remade by <code>{escape(made_by(RESULTS))}</code>.</p>"
    )


def _cell(cell: Cell, *, own: bool) -> str:
    if not cell.n:
        return "–"
    words = f"<b>{cell.yes} of {cell.n}</b>"
    return f"{words} <span>attacked</span>" if own else f"{words} <span>{cell.in_part} in part</span>"
