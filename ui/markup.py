"""Our own HTML on a page, drawn in place: what stands there changes, the place does not.

Streamlit's `st.html` puts a new node for each change and strips drawings; a screen reader then hears nothing.
"""

from collections.abc import Iterable
from html import escape

import streamlit as st

from measures import Estimate
from models import Figure
from ui.sentences import percent
from ui.turns import turn

_markup = st.components.v2.component(
    "reading_room_markup",
    html='<div class="markup"></div>',
    js="""
export default function ({ parentElement, data }) {
  const place = parentElement.querySelector(".markup");
  if (data.turn < (place.turn ?? 0)) return;
  place.turn = data.turn;
  place.setAttribute("aria-live", data.announce ? "polite" : "off");
  if (place.source === data.html) return;
  place.source = data.html;
  place.innerHTML = data.html;
}
""",
    isolate_styles=False,
)


def markup(html: str, *, key: str, announce: bool = False) -> None:
    """Show trusted HTML: everything in it that came from a file or a person must have been escaped.

    `announce`: a screen reader says what is new, once the reader is silent.
    """
    _markup(key=key, data={"html": html, "announce": announce, "turn": turn(key, html)})


def bar_html(words: str, done: int, total: int) -> str:
    """How far a piece of work is, as a bar; `words` say it to those who cannot see it."""
    return f'<progress class="steps" aria-label="{escape(words)}" max="{max(1, total)}" value="{done}"></progress>'


def share_html(share: Estimate | Figure, *, counted: bool = False) -> str:
    """A rate with its 95 % interval; `counted`: and how many it stands on."""
    n = f", n {share.n:,}" if counted else ""
    return f"<b>{percent(share.value)}</b> <span>{percent(share.low)} – {percent(share.high)}{n}</span>"


def area_html(area: Estimate | Figure) -> str:
    """An area under an ROC curve with its 95 % interval, and how many it stands on."""
    return f"<b>{area.value:.3f}</b> <span>{area.low:.3f} – {area.high:.3f}, n {area.n:,}</span>"


def share_bar_html(share: float, tone: str) -> str:
    """A share as a bar, for the eye alone: its figure stands beside it."""
    return f'<div class="share {tone}" aria-hidden="true"><i style="width:{round(100 * share)}%"></i></div>'


def row_html(head: str, cells: Iterable[object]) -> str:
    """A row of `figures_html`: what it is about, and its cells; all of it HTML."""
    return f"<tr><th>{head}</th>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def figures_html(heads: Iterable[str], rows: Iterable[str], kind: str = "") -> str:
    """A table of figures: `heads` of the columns, and `rows`, all of it HTML. `kind`: a class of its own."""
    head = "".join(f"<th>{text}</th>" for text in heads)
    return f'<table class="{f"figures-table {kind}".strip()}"><tr>{head}</tr>{"".join(rows)}</table>'
