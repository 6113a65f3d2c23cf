"""One line a defence: what it costs on ordinary films, and what either attacker gets."""

from __future__ import annotations

from html import escape

import numpy as np
from numpy.typing import NDArray

from evidence.defences import NONE, Results, Row
from evidence.defences.verdict import judge
from measures import Estimate, share
from robustness.defences import DEFENCES
from ui.markup import share_html
from ui.sentences import percent

HEADS = (
    "Defence",
    "Ordinary films read rightly",
    "Misread: attacker does not know it",
    "Misread: attacker knows it",
    "",
)


def table_html(results: Results, level: float) -> str:
    """The rows of one model, the bare one first."""
    heads = "".join(f"<th>{head}</th>" for head in HEADS)
    lines = "".join(_line(row, results.bare, level) for row in results.rows)
    return (
        f'<table class="figures-table defences"><tr>{heads}</tr>{lines}</table>'
        f'<p class="hint">Of {len(results.bare.labels)} test films of children ({escape(results.set)}), each pushed '
        f"towards the other class by {escape(results.attack)}; small: 95 % interval over patients. A film counts as "
        "misread if it is read as the attacker wants and not referred to a radiologist. Who knows the defence also "
        "tries the films made for the bare model. What a defence does without a gradient is passed by as if it were "
        "not there (BPDA). Saved, of the films that the bare model reads rightly before: those that only the bare "
        "model loses, less those that only the defended one does. A defence that certainly loses a tenth of ordinary "
        f"films costs too much, whatever it saves. Remade by <code>{escape(results.made_by)}</code>.</p>"
    )


def _line(row: Row, bare: Row, level: float) -> str:
    if row.defence == NONE:
        name, said = "<b>No defence</b>", ""
    else:
        defence, judged = DEFENCES[row.defence], judge(row, bare, level)
        name = f"<b>{escape(defence.title)}</b><br><span>{escape(f'{defence.plain} {defence.fails}')}</span>"
        name += f'<details class="hint"><summary>Source</summary>{escape(defence.source)}</details>'
        said = f"<b>{escape(judged.verdict.value)}</b><br>{_saved(judged.saved)}"
    clean = _share(row.right(row.ordinary), row, "neutral") + _referred(row.ordinary.referred)
    hoped, known = (
        _share(row.wrong(under[level]), row, "attack") + _referred(under[level].referred)
        for under in (row.naive, row.aware)
    )
    return f"<tr><th>{name}</th><td>{clean}</td><td>{hoped}</td><td>{known}</td><td>{said}</td></tr>"


def _saved(saved: Estimate) -> str:
    """``saves 12 of 100 films (5 to 20)``."""
    value, low, high = (round(100 * share) for share in (saved.value, saved.low, saved.high))
    what = f"costs {-value} more" if value < 0 else f"saves {value}"
    return f"<span>{what} of 100 films</span> <span>({low} to {high})</span>".replace("-", "−")


def _share(which: NDArray[np.bool_], row: Row, tone: str) -> str:
    found = share(which, row.people)
    return (
        share_html(found)
        + f'<div class="share {tone}" aria-hidden="true"><i style="width:{round(100 * found.value)}%"></i></div>'
    )


def _referred(which: NDArray[np.bool_]) -> str:
    return f"<span>referred: {percent(float(which.mean()))}</span>" if which.any() else ""
