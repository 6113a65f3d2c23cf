"""What the page shows of the stored results: the question, the promise, and what it costs and keeps."""

from __future__ import annotations

import math
from html import escape
from pathlib import Path

import streamlit as st

from evidence.privacy import ADULTS, CHILDREN, EPSILONS, EVERYONE, Results, load
from ui.markup import markup
from ui.privacy.inquiry import Inquiry
from ui.privacy.tasks import FALSE_ALARMS
from ui.sentences import percent

STYLESHEET = Path(__file__).with_name("privacy.css")
PROMISES = {None: "None: ordinary training", 8.0: "ε = 8, loose", 3.0: "ε = 3", 1.0: "ε = 1, strict"}
LOOSE = 100  # times likelier, from which on a promise says little by itself


def lead() -> None:
    """What the page is about."""
    st.html(STYLESHEET)
    markup(
        '<h1 class="page">Was this patient in the training set?</h1><p class="lead">A model can give away whose films '
        "it learned from, and with that, say, that someone was treated here. <b>Differential privacy</b> is a "
        "mathematical promise against it, given while the model is trained: noise hides what any one patient "
        "contributes. ε says how strict the promise is. Smaller is stricter, and costs more.</p>",
        key="privacy-lead",
    )


def promise(inquiry: Inquiry) -> None:
    """Which promise."""
    inquiry.epsilon = st.radio("The promise", list(EPSILONS), format_func=PROMISES.get)


def cards(inquiry: Inquiry) -> None:
    """What is promised, what it costs, what an attacker learns, what poisoned labels do."""
    results = load()
    made = (_promised, _cost, _learned, _poison)
    titles = ("1  What is promised", "2  What it costs", "3  What an attacker learns", "4  If labels are poisoned")
    drawn = []
    for title, make in zip(titles, made, strict=True):
        word, tone, words = make(results, inquiry.epsilon)
        drawn.append(
            f'<section class="verdict {tone}"><h2>{escape(title)}</h2><p class="word {tone}">{escape(word)}</p>'
            f"<p>{escape(words)}</p></section>"
        )
    markup(f'<div class="verdicts">{"".join(drawn)}</div>', key="privacy-cards", announce=True)


def _promised(results: Results, epsilon: float | None) -> tuple[str, str, str]:
    if epsilon is None:
        return "Nothing", "attack", "What an attacker learns is whatever the model happens to give away."
    times = math.exp(epsilon)
    words = (
        f"Whatever anyone concludes about one patient is at most {times:,.0f} times likelier with that patient's films "
        f"in training than without, but for a chance of 1 in {1 / results.delta:,.0f}."
    )
    if times > LOOSE:
        words += " That says little by itself; see what is measured."
    return f"At most {times:,.0f} ×", "defence", words


def _cost(results: Results, epsilon: float | None) -> tuple[str, str, str]:
    children, adults = (results.useful[epsilon].groups[name, "all"] for name in (CHILDREN, ADULTS))
    share = results.attacked[None, ADULTS].patients / results.patients
    before = [results.useful[None].groups[name, "all"].value for name in (CHILDREN, ADULTS)]
    rare = (
        f"{children.low:.2f} – {children.high:.2f}, n = {children.n} films of children. The few adults among those it "
        f"learned from, {percent(share)}: AUC {adults.value:.2f} ({adults.low:.2f} – {adults.high:.2f}, "
        f"n = {adults.n})"
    )
    if epsilon is None:
        return f"AUC {children.value:.3f}", "neutral", f"{rare}."
    guess = ", no better than a guess" if adults.low <= 0.5 <= adults.high else ""
    guess = ", worse than a guess" if adults.high < 0.5 else guess
    quiet = results.useful[epsilon].quiet[ADULTS]
    lost = (
        f"{rare}{guess}; {before[1]:.2f} without a promise, and {quiet.value:.2f} ({quiet.low:.2f} – {quiet.high:.2f}) "
        "by this training with its noise left out: few steps, small enough for the noise. The few are lost first."
    )
    return f"AUC {before[0]:.3f} → {children.value:.3f}", "neutral", lost


def _learned(results: Results, epsilon: float | None) -> tuple[str, str, str]:
    found = results.attacked[epsilon, EVERYONE]
    adults = results.attacked[epsilon, ADULTS].hits[FALSE_ALARMS]
    hits = found.hits[FALSE_ALARMS]
    words = (
        f"members named, with 1 of 100 others named falsely ({_hundred(hits.low)} – {_hundred(hits.high)}; a guess: "
        f"1). Of the adults {_hundred(adults.value)} ({_hundred(adults.low)} – {_hundred(adults.high)})."
    )
    if epsilon is not None:
        most = found.most[FALSE_ALARMS]
        allowed = "nearly all" if most > 0.99 else f"at most {_hundred(most)}"
        words += f" By the promise alone an attack could name {allowed}."
    return f"{_hundred(hits.value)} of 100", "attack" if hits.low > 2 * FALSE_ALARMS else "defence", words


def _poison(results: Results, epsilon: float | None) -> tuple[str, str, str]:
    rows = {row.flipped: row for row in results.poisoned if row.epsilon == epsilon}
    clean, worst = rows[min(rows)], rows[max(rows)]
    words = (
        f"of viral pneumonias called, after those of {worst.flipped} of {worst.of} children were entered as normal "
        f"({percent(worst.attacked.low)} – {percent(worst.attacked.high)}, n = {worst.attacked.n}); bacterial ones: "
        f"{percent(clean.others.value)} → {percent(worst.others.value)}."
    )
    if epsilon is not None:
        ordinary = next(row for row in results.poisoned if (row.epsilon, row.flipped) == (None, worst.flipped))
        worse = ordinary.attacked.low > worst.attacked.high
        words += f" {'Worse than' if worse else 'Beside'} {percent(ordinary.attacked.value)} without a promise: "
        words += "it is made to one patient, not to hundreds."
    words += f" Means of {worst.trainings} trainings."
    tone = "attack" if worst.attacked.high < clean.attacked.low else "neutral"
    return f"{percent(clean.attacked.value)} → {percent(worst.attacked.value)}", tone, words


def _hundred(share: float) -> str:
    """A share as so many of 100."""
    return f"{100 * share:.1f}".removesuffix(".0")
