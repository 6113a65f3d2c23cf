"""What the page shows of the poisoning: what is done, how much harm it does, and what a model learns from it here."""

from __future__ import annotations

from html import escape
from pathlib import Path

import streamlit as st

from evidence.poisoning import FOLDER, load_curve
from evidence.poisoning.material import harmed
from evidence.remade import made_by
from imaging.ward import PARTS, ward
from training.poisoning.recipes import KINDS, SHARES, eligible, possible, title
from ui.curation.curve import harm_svg, lines, pooled, told, whom
from ui.curation.desk import Curation
from ui.markup import bar_html, markup
from ui.sentences import percent, sure

STYLESHEET = Path(__file__).with_name("curation.css")
FIRST = 0.1  # share


def lead() -> None:
    """What the page is about."""
    st.html(STYLESHEET)
    markup(
        '<h1 class="page">The training films lie, and the model believes them.</h1>'
        '<p class="lead">Many models learn from public sets that anyone could have touched. Poison a share of one, see '
        "what it does to a hospital that learns from it, then look through the set as a curator would.</p>",
        key="poison-lead",
    )


def controls(desk: Curation) -> None:
    """Which poison, against whom, how much of it, and what to do."""
    kind = st.radio("What does the attacker do?", list(KINDS), index=1, format_func=lambda name: KINDS[name].title)
    recipe = KINDS[kind]
    markup(f'<p class="hint">{escape(recipe.plain)} Source: {escape(recipe.source)}.</p>', key="poison-plain")
    aim = ""
    if recipe.aims:
        asked = "With which sign?" if recipe.signed else "To whom?"
        aim = st.radio(asked, recipe.aims, format_func=title, horizontal=not recipe.signed)
    shares = possible(ward("training"), kind, aim)
    share = st.select_slider(
        "Share of the training films", shares, FIRST if FIRST in shares else shares[-1], format_func=told
    )
    if shares[-1] < SHARES[-1]:
        most = len(eligible(ward("training"), kind, aim))
        markup(f'<p class="hint">The set holds {most} films that can be poisoned so, and no more.</p>', key="most")
    desk.choose(kind, aim, share)
    if desk.busy and not desk.halted:
        if st.button("Stop", width="stretch", icon=":material/stop_circle:"):
            desk.stop()
            st.rerun()
        return
    if st.button("Train on this set", type="primary", width="stretch"):
        desk.train()
        st.rerun()
    if st.button("Look through this set", width="stretch", disabled=desk.searched is not None):
        desk.look_through()
        st.rerun()
    markup(
        f'<p class="hint">Chests of nobody: the bundled ward, {PARTS["training"][0]} films to learn from, '
        f"{PARTS['test'][0]} to test on. The hospital takes a network made elsewhere, frozen, and learns a linear "
        "reading on top of it; its own validation films are labelled rightly.</p>",
        key="poison-source",
    )


def story(desk: Curation) -> None:
    """What happens or happened, in a sentence."""
    step, bar = desk.step, ""
    if desk.trouble:
        words = desk.trouble
    elif desk.busy and not desk.halted:
        words = "A moment …" if step is None else f"{step.words}: {step.done} of {step.total}."
        if step is not None:
            bar = bar_html(words, step.done, step.total)
    elif desk.live is None:
        words = "Choose a poison and train on the set, or read off the curve what twenty such trainings came to."
    else:
        words = learned(desk)
    markup(f'<p class="sentence"><span>{escape(words)}</span></p>{bar}', key="poisoned", announce=not bar)


def learned(desk: Curation) -> str:
    """What the model that was trained here does."""
    outcome = desk.live
    films = round(desk.share * PARTS["training"][0])
    found = pooled([outcome.sensitivity[name] for name in harmed(desk.aim)])
    return (
        f"{films} films poisoned: the model finds {sure(found)} of the pneumonias of {whom(desk.aim)}, and its overall "
        f"AUC is {outcome.area.value:.2f}."
    )


def harm(desk: Curation) -> None:
    """The stored curve, with the model that was trained here on it."""
    points = [point for point in load_curve() if (point.kind, point.aim) == (desk.kind, desk.aim)]
    if not points:
        return
    points.sort(key=lambda point: point.share)
    shares = [point.share for point in points]
    svg = harm_svg(lines(points, desk.aim, desk.live), shares, desk.share)
    dot = " Dots: the model that was trained here just now." if desk.live is not None else ""
    signed = points[shares.index(desk.share)].signed_specificity
    shown = f" Of healthy films with the sign, {percent(signed.value)} are read as normal." if signed else ""
    markup(
        f'{svg}<p class="hint">Mean of {points[-1].seeds} trainings a share, each with other films poisoned; bars: '
        f"95 % interval over trainings and the {points[0].area.n} test films. The operating point leaves 90 % of "
        f"healthy validation films alone.{shown} Remade by "
        f"<code>{escape(made_by(FOLDER / 'curve.json'))}</code>.{dot}</p>",
        key="harm",
    )
