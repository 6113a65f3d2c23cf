"""The attack before people's eyes: one patient, both models; then everybody."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from evidence.privacy import SHADOWS
from imaging.ward import PARTS, ward
from ui import heat
from ui.markup import bar_html, figures_html, markup, row_html, share_html
from ui.privacy.drawings import Line, bells_svg, curve_svg
from ui.privacy.inquiry import DEALT, PATIENTS, Inquiry
from ui.privacy.tasks import Ask, Asked
from ui.sentences import percent

if TYPE_CHECKING:
    from evidence.privacy.demo import Guess

WIDTH = 320
FEW = 100  # films from which on a curve is worth drawing


def controls(inquiry: Inquiry) -> None:
    """Which patient, and the attack's buttons."""
    inquiry.place = st.radio(
        "One patient", list(range(DEALT)), format_func=lambda place: str(place + 1), horizontal=True, key="patient"
    )
    asked, film = inquiry.film in inquiry.asked, inquiry.film
    if not asked:
        if st.button("Ask both models", type="primary", width="stretch"):
            inquiry.ask()
            st.rerun()
    elif film not in inquiry.revealed and st.button("Show the truth", type="primary", width="stretch"):
        inquiry.reveal()
        st.rerun()
    if st.button("Other patients", width="stretch"):
        inquiry.deal += 1
        st.rerun()
    if inquiry.running:
        if st.button("Stop", width="stretch", icon=":material/stop_circle:"):
            inquiry.stop()
            st.rerun()
    elif inquiry.overall is None or inquiry.overall.done < inquiry.overall.total:
        label = f"Ask of all {PATIENTS:,}" if inquiry.overall is None else "Go on"
        if st.button(label, width="stretch"):
            inquiry.ask_all()
            st.rerun()
    markup(
        f'<p class="hint">Live on {PATIENTS:,} drawn patients, so that nobody\'s secret is on this page; a coin put '
        f"each into the training set or not. The attacker holds the very film and what it shows, and {SHADOWS} "
        "models of the same making of which it is known whom they learned from. So few patients make a promise dearer "
        "than above.</p>",
        key="privacy-live-source",
    )


def one(inquiry: Inquiry) -> None:
    """The film, and what the attacker concludes from each model."""
    markup(
        '<h2 class="small">Ask it of one patient, live</h2><p class="hint">A model is often surer of a film that it '
        "has seen. The attacker holds this model's sureness against that of models that saw the film and of models "
        "that never did; further right is surer.</p>",
        key="privacy-one",
    )
    left, middle, right = st.columns([0.8, 1.3, 1.3], gap="medium")
    with left:
        _film(inquiry)
    found = inquiry.found(Ask(inquiry.film)) if inquiry.film in inquiry.asked else None
    titles = {None: "Ordinary model", inquiry.private: f"Private model, ε = {inquiry.private:g}"}
    for column, (epsilon, title) in zip((middle, right), titles.items(), strict=True):
        with column:
            guess = found[epsilon] if isinstance(found, dict) else None
            markup(_guessed(inquiry, epsilon, title, guess), key=f"guess-{'private' if epsilon else 'ordinary'}")


def everybody(inquiry: Inquiry) -> None:
    """The same attack on all of them: how far it is, the curve, and the figures."""
    overall = inquiry.overall
    if overall is None:
        return
    words = f"Asked of {overall.done:,} of {overall.total:,} patients."
    bar = ""
    if inquiry.running:
        bar = bar_html(words, overall.done, overall.total)
    markup(
        f'<h2 class="small">Ask it of everybody</h2><p>{escape(words)}</p>{bar}', key="privacy-all", announce=not bar
    )
    if overall.done < FEW:
        return
    names = {None: "Ordinary model", inquiry.private: f"Private model, ε = {inquiry.private:g}"}
    tones = {None: "attack", inquiry.private: "defence"}
    lines = [Line(name, overall.scores[epsilon], tones[epsilon]) for epsilon, name in names.items()]
    left, right = st.columns(2, gap="large")
    with left:
        markup(curve_svg(overall.members, lines), key="privacy-curve")
    with right:
        if overall.hits:
            markup(_table(overall, names), key="privacy-live-figures")


def _table(overall: Asked, names: dict[float | None, str]) -> str:
    rows = []
    for epsilon, name in names.items():
        hits, area = overall.hits[epsilon], overall.area[epsilon]
        told = f"{area.value:.2f} <span>{area.low:.2f} – {area.high:.2f}</span>"
        rows.append(row_html(escape(name), (share_html(hits), told)))
    rows.append(row_html("A guess", ("1 %", "0.50")))
    return (
        f"{figures_html(('', 'Members named at 1 % false alarms', 'Area under the curve'), rows)}"
        f'<p class="hint">One model of each kind, n = {overall.total:,} patients; 95 % intervals.</p>'
    )


def _film(inquiry: Inquiry) -> None:
    part, place = (
        ("training", inquiry.film)
        if inquiry.film < PARTS["training"][0]
        else ("test", inquiry.film - PARTS["training"][0])
    )
    films = ward(part)
    picture = heat.data_uri(heat.overlay(films.films[place].astype(np.float32) / 255, None, width=WIDTH))
    told = f"{'Pneumonia' if films.labels[place] else 'Normal'}, {films.sex[place]}, {films.age[place]:.0f} years"
    truth = "In the training set?"
    if inquiry.film in inquiry.revealed:
        truth = "It was in the training set." if member(inquiry.film) else "It was not in the training set."
    alt = f"Drawn chest film of patient {inquiry.place + 1}"
    markup(
        f'<figure class="suspect"><img src="{picture}" alt="{alt}"><figcaption>'
        f"Phantom {inquiry.place + 1}: {escape(told)}<br><b>{truth}</b></figcaption></figure>",
        key="privacy-film",
    )


def member(film: int) -> bool:
    """Whether the attacked models learned from this film."""
    from evidence.privacy.demo import load

    return bool(load().members[0, film])


def _guessed(inquiry: Inquiry, epsilon: float | None, title: str, guess: Guess | None) -> str:
    if guess is None:
        asked = inquiry.film in inquiry.asked
        words = (inquiry.trouble or "asking …") if asked else "The attacker has not asked yet."
        return f'<section class="verdict guess"><h2>{escape(title)}</h2><p class="quiet">{escape(words)}</p></section>'
    chance = float(guess.membership[0])
    inside = chance >= 0.5
    said = "in the training set" if inside else "not in it"
    truth = ""
    if inquiry.film in inquiry.revealed:
        right = inside == member(inquiry.film)
        truth = f'<p class="truth">{"✓ The attacker is right." if right else "✗ The attacker is wrong."}</p>'
    spreads = spreads_of(epsilon)
    svg = bells_svg(
        float(guess.observed[0]), (float(guess.knew[0]), spreads[0]), (float(guess.knew_not[0]), spreads[1])
    )
    tone = "attack" if epsilon is None else "defence"
    return (
        f'<section class="verdict guess {tone}"><h2>{escape(title)}</h2><p class="word">“{said}”, '
        f"{percent(max(chance, 1 - chance))} sure</p>{svg}{truth}</section>"
    )


def spreads_of(epsilon: float | None) -> tuple[float, float]:
    """Of the shadow models that saw a film, and of those that did not."""
    from evidence.privacy.demo import load
    from evidence.privacy.results import kind

    return load().spreads[kind(epsilon)]
