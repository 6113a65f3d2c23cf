"""Which defences are real: each against an attacker who does not know it and one who does."""

from __future__ import annotations

from html import escape

import streamlit as st

import models
from evidence import defences
from evidence.defences import Row
from evidence.remade import made_by
from measures import Estimate
from robustness.defences import DEFENCES
from ui.markup import markup
from ui.sentences import levels, percent

HEADS = ("Defence", "Ordinary films read rightly", "Misled: attacker does not know it", "Misled: attacker knows it", "")
HALF = 0.5  # of the films that the bare model loses: a defence that still loses more has fallen


def screen() -> None:
    """The whole page below the bar."""
    rows = defences.load()
    markup(
        '<h1 class="page">Which defences are real</h1>'
        '<p class="lead">A defence may stop an attacker who has never heard of it. The one who counts knows it, and '
        "attacks model and defence as one. Here both have tried, on the same films.</p>",
        key="defences-lead",
    )
    with st.container(horizontal=True, gap="medium", key="defences-choice"):
        model = st.segmented_control(
            "Model inside the defence",
            list(dict.fromkeys(row.model for row in rows)),
            default=rows[0].model,
            format_func=lambda id: models.card(id).title,
        )
        largest = st.segmented_control(
            "Largest change of a pixel, in grey levels of 255",
            list(rows[0].aware),
            default=list(rows[0].aware)[-1],
            format_func=levels,
        )
    shown = [row for row in rows if row.model == (model or rows[0].model)]
    markup(table_html(shown, largest or list(rows[0].aware)[-1]), key="defences-table")


def table_html(rows: list[Row], level: float) -> str:
    """One line a defence, the bare model first."""
    bare = next(row for row in rows if row.defence == defences.NONE)
    heads = "".join(f"<th>{head}</th>" for head in HEADS)
    lines = "".join(_line(row, bare, level) for row in rows)
    return (
        f'<table class="figures-table defences"><tr>{heads}</tr>{lines}</table>'
        f'<p class="hint">Of {bare.right.n} test films of children (kermany-224), each pushed towards the other class '
        "by Auto-PGD; small: 95 % interval. A film counts as misled if it is read as the attacker wants and "
        "not referred to a radiologist. What a defence does without a gradient is passed by as if it were not there "
        f"(BPDA). Remade by <code>{escape(made_by(defences.RESULTS))}</code>.</p>"
    )


def verdict(row: Row, bare: Row, level: float) -> str:
    """What the figures say of a defence, in a few words; nothing of the bare model."""
    if row.defence == defences.NONE:
        return ""
    without, hoped, known = (under[level].lost for under in (bare.aware, row.naive, row.aware))
    if known.low > HALF * without.value:
        return "Only looks safe" if hoped.high < HALF * without.value else "Does not help"
    if known.high < HALF * without.value:
        return "Holds, so far"
    return "Helps a little, or too few films to say"


def _line(row: Row, bare: Row, level: float) -> str:
    defence = DEFENCES.get(row.defence)
    if defence is None:
        name = "<b>No defence</b>"
    else:
        words = f"{defence.plain} {defence.fails}"
        name = f"<b>{escape(defence.title)}</b><br><span>{escape(words)}</span>"
        name += f'<details class="hint"><summary>Source</summary>{escape(defence.source)}</details>'
    clean = _share(row.right, "neutral") + _referred(row.referred)
    hoped, known = (
        _share(under[level].lost, "attack") + _referred(under[level].referred) for under in (row.naive, row.aware)
    )
    said = escape(verdict(row, bare, level))
    return f"<tr><th>{name}</th><td>{clean}</td><td>{hoped}</td><td>{known}</td><td><b>{said}</b></td></tr>"


def _share(share: Estimate, tone: str) -> str:
    width = round(100 * share.value)
    return (
        f"<b>{percent(share.value)}</b> <span>{percent(share.low)} – {percent(share.high)}</span>"
        f'<div class="share {tone}" aria-hidden="true"><i style="width:{width}%"></i></div>'
    )


def _referred(share: Estimate) -> str:
    return f"<span>referred: {percent(share.value)}</span>" if share.value > 0 else ""
