"""One line a defence: what it costs on ordinary films, and what either attacker gets."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import numpy as np
from numpy.typing import NDArray

import models
from evidence.defences import NONE, Results, Row
from evidence.defences.verdict import Judged, judge, rival
from measures import share
from robustness.defences import DEFENCES
from ui.defences.pictures import picture_svg
from ui.markup import figures_html, row_html, share_bar_html, share_html
from ui.sentences import percent

HEADS = (
    "Defence",
    "Ordinary films read rightly and not referred",
    "Misread: attacker does not know it",
    "Misread: attacker knows it",
    "",
)


def table_html(found: Mapping[str, Results], model: str, level: float) -> str:
    """The rows of one model, the bare one first."""
    results = found[model]
    lines = (_line(row, rival(row, found, level), level) for row in results.rows)
    return (
        f"{figures_html(HEADS, lines, 'defences')}"
        f'<p class="hint">Of {len(results.bare.labels)} test films of children ({escape(results.set)}), each pushed '
        f"towards the other class, as far as it goes, by {escape(results.attack)}, in numbers finer than a file "
        "stores; small: 95 % interval over patients. A film counts as misread if it is read as the attacker wants and "
        "not referred to a radiologist. Who knows the defence also tries the films made for the bare model, and goes "
        "past what washes a film as if it were not there (BPDA). Last, of the films that the bare model reads rightly "
        "before: how many fewer are lost, those that only the bare model loses less those that only the defended one "
        "does. An ensemble is held against the better of its two models. A defence that certainly loses a tenth of "
        f"ordinary films costs too much, whatever it saves. Remade by <code>{escape(results.made_by)}</code>.</p>"
    )


def _line(row: Row, beside: Row, level: float) -> str:
    if row.defence == NONE:
        name, said = "<b>No defence</b>", ""
    else:
        defence, judged = DEFENCES[row.defence], judge(row, beside, level)
        name = f"<b>{escape(defence.title)}</b><br><span>{escape(f'{defence.plain} {defence.fails}')}</span>"
        name += picture_svg(row.defence)
        name += f'<details class="hint"><summary>Source</summary>{escape(defence.source)}</details>'
        said = f"<b>{escape(judged.verdict.value)}</b>{_saved(judged, _name(row, beside))}"
    clean = _share(row.right(row.ordinary), row, "neutral") + _referred(row.ordinary.referred, row)
    hoped, known = (
        _share(row.wrong(under[level]), row, "attack") + _referred(under[level].referred, row)
        for under in (row.naive, row.aware)
    )
    return row_html(name, (clean, hoped, known, said))


def _name(row: Row, beside: Row) -> str:
    """Of what a defence is held against."""
    return "the bare model" if beside.model == row.model else f"{models.card(beside.model).title} alone"


def _saved(judged: Judged, name: str) -> str:
    """``12 fewer of 100 films are lost (5 to 20)``."""
    saved = [round(100 * share) for share in (judged.saved.value, judged.saved.low, judged.saved.high)]
    value, low, high = saved if saved[0] >= 0 else (-saved[0], -saved[2], -saved[1])
    few = f"{value} {'fewer' if saved[0] > 0 else 'more'}" if value else "as many"
    lost = f"{few} are lost ({low} to {high})".replace("-", "−")
    return f'<p class="hint">Of {judged.right} films, {escape(name)} loses {judged.lost}; of 100, {lost}.</p>'


def _share(which: NDArray[np.bool_], row: Row, tone: str) -> str:
    found = share(which, row.people)
    return share_html(found) + share_bar_html(found.value, tone)


def _referred(which: NDArray[np.bool_], row: Row) -> str:
    if not which.any():
        return ""
    found = share(which, row.people)
    return f"<span>referred: {percent(found.value)} ({percent(found.low)} – {percent(found.high)})</span>"
