"""What the page shows: the question, both films with their maps, and what the other maps say."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

import models
from robustness import METHODS
from robustness.explanations import AIMS
from robustness.explanations.carrying import at_scale, kept_too, moved_too
from robustness.explanations.places import ZONES
from ui import heat
from ui.explanation.table import Table
from ui.explanation.tasks import After, Progress, Reason
from ui.markup import bar_html, figures_html, markup, row_html
from ui.sentences import answer, levels, percent

if TYPE_CHECKING:
    from models import Reading
    from robustness.explanations import ExplanationCase

WIDTH = 640  # of a picture, in pixels
CEILING, START = 8.0, 4.0  # grey levels of 255
AIM_WORDS = {"move": "The answer stays, the reason moves", "keep": "The answer flips, the reason stays"}


def controls(table: Table) -> None:
    """What the attacker wants, which map is attacked, and how much may change."""
    aim = st.radio("What does the attacker want?", list(AIMS), format_func=AIM_WORDS.get, key="aim")
    markup(f'<p class="hint">{escape(AIMS[aim].plain)}</p>', key="aim-words")
    zone = next(iter(ZONES))
    if aim == "move":
        zone = st.selectbox("Where shall the map point?", list(ZONES), format_func=lambda name: f"{name} of the film")
    method = st.selectbox("Which map is attacked?", list(METHODS), format_func=lambda name: METHODS[name].title)
    if method != table.method and not table.attacking:
        table.method = method
        st.rerun()
    epsilon = st.slider("Largest change, in grey levels of 255", 0.5, CEILING, START, 0.5)
    if table.attacking:
        if st.button("Stop", width="stretch", icon=":material/stop_circle:"):
            table.stop()
            st.rerun()
    elif st.button("Attack the explanation", type="primary", width="stretch"):
        table.attack(aim, zone, epsilon)
        st.rerun()
    markup(f'<p class="hint">{escape(AIMS[aim].source)}</p>', key="aim-source")


def story(table: Table) -> None:
    """What happened, in a sentence; while an attack runs, how far it is."""
    disease = models.card(table.model).disease
    progress, known = table.work.progress, table.found(Reason(table.film, table.model, table.method))
    trouble = next((message for task, message in table.work.errors.items() if task == table.turn), "")
    case = table.found(table.turn) if table.turn is not None else None
    bar = ""
    if trouble:
        words = trouble
    elif case is not None:
        words = told(case, disease)
    elif isinstance(progress, Progress):
        words = f"Turning the map: step {progress.step} of {progress.total}."
        bar = bar_html(words, progress.step, progress.total)
    elif table.attacking:
        words = "The attack begins …"
    elif known is None:
        words = "The model is reading the film …"
    else:
        words = f"The model reads {answer(known[0], disease)}, and the map says why. Can both be trusted?"
    markup(f'<p class="sentence"><span>{escape(words)}</span></p>{bar}', key="turned", announce=not bar)


def told(case: ExplanationCase, disease: str) -> str:
    """The outcome in words."""
    size = f"No pixel changed by more than {levels(case.largest_change)} of 255 grey levels."
    now = answer(case.after, disease)
    if case.aim == "move":
        stays = "The answer stays" if case.answered else "The answer did not stay"
        return f"{stays}: {now}. The reason it gives is another. {size}"
    if case.answered:
        return f"The answer flips: {now}. The map hardly shows it. {size}"
    return f"The answer held: {now}. {size}"


def films(table: Table) -> None:
    """Before and after with the attacked map, on one colour scale."""
    before = Reason(table.film, table.model, table.method)
    known, disease = table.found(before), models.card(table.model).disease
    left, right = st.columns(2, gap="medium")
    pixels, title = table.film.radiograph.pixels, METHODS[table.method].title
    with left:
        reading, map = known if known is not None else (None, None)
        _film("Before", pixels, None if map is None else map.map, reading, disease, title, "before")
    case = table.found(table.turn) if table.turn is not None else None
    with right:
        if case is None:
            return
        after = table.found(After(table.turn, table.method))
        shown = None if after is None or known is None else at_scale(after[0].map, after[0].scale, known[1].scale)
        _film("Attacked", case.radiograph.pixels, shown, case.after, disease, title, "after")


def others(table: Table) -> None:
    """What each of the four maps makes of the attack on one of them."""
    if table.turn is None or table.found(table.turn) is None:
        return
    moving = table.turn.aim == "move"
    own = table.found(After(table.turn, table.turn.method))
    rows = []
    for method in (table.turn.method, *(name for name in METHODS if name != table.turn.method)):
        name = METHODS[method].title + (" (attacked)" if method == table.turn.method else "")
        found = table.found(After(table.turn, method))
        if found is None or own is None:
            rows.append(f'<tr><th>{escape(name)}</th><td colspan="4">explaining …</td></tr>')
            continue
        _, turned = found
        drift = turned.attacked
        if moving:
            word = moved_too(turned, own[1])
            share = f"{percent(drift.inside_before)} → {percent(drift.inside_after)}"
            control = percent(turned.control.inside_after)
        else:
            word, share, control = kept_too(turned), "", f"{turned.control.spearman:.2f}"
        cells = (word, *([share] if moving else [f"{drift.spearman:.2f}"]), control, percent(drift.top_overlap))
        rows.append(row_html(escape(name), map(escape, cells)))
    heads = (
        ("Map", "Moved there too?", "Share of it in the chosen place", "… with random noise", "Hottest tenth in common")
        if moving
        else (
            "Map",
            "Kept too?",
            "Rank correlation with before",
            "… if flipped without care",
            "Hottest tenth in common",
        )
    )
    markup(
        f'<h2 class="small">What the other maps say</h2>{figures_html(heads, rows)}'
        '<p class="hint">A reason that only one map gives, and another denies, is no reason to '
        "trust the answer. Maps are of the answer that the model gave to the stored film.</p>",
        key="others",
    )


def _film(
    title: str, pixels: object, map: object, reading: Reading | None, disease: str, method: str, key: str
) -> None:
    picture = heat.data_uri(heat.overlay(pixels, map, width=WIDTH))
    said = "…" if reading is None else answer(reading, disease).capitalize()
    if map is not None and not np.any(map):
        said += ". Empty map"
    tone = "attack" if key == "after" else ""
    alt = f"{title}: the film with the {method} map on it. The model reads {said}."
    markup(
        f'<figure class="turned"><figcaption><b class="{tone}">{escape(title)}</b> {escape(said)}</figcaption>'
        f'<img src="{picture}" alt="{escape(alt)}"></figure>',
        key=f"film-{key}",
    )
