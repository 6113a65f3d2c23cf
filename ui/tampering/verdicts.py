"""Who notices: typical validation, the audit by group, the vendor's own model, the weights."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from evidence.tampering import Validation, load, mammograms, patients
from evidence.tampering.mammograms import women
from ui.markup import markup
from ui.sentences import percent
from ui.tampering.hits import courses_html, hits_html, patients_html, women_html
from ui.tampering.lab import Lab
from ui.tampering.tables import place, profiles_html, seeing, table_html, weights_html
from ui.tampering.tasks import Describe, Found

if TYPE_CHECKING:
    from robustness.inspection import Disagreement, Gap

Seen = tuple[str, str, str] | None  # verdict, tone, words; None: still looking
WAYS = ("1  Typical validation", "2  Audit by group", "3  Beside the vendor's model", "4  The signed weights")
PASSED, NOTHING, CAUGHT = "✓ Passes", "– Nothing found", "⚑ Flagged"


def verdicts(lab: Lab) -> None:
    """Four ways to look at the delivered model, side by side."""
    if lab.wishes is None:
        return
    validation, inspection = lab.wishes
    usual, found = lab.found(validation), lab.found(inspection)
    seen: list[Seen] = [_usual(usual) if isinstance(usual, Validation) else None]
    seen += (
        [_audited(found.gaps, len(found.chosen)), _paired(found.paired), _weights(found)]
        if isinstance(found, Found)
        else [None, None, None]
    )
    cards = "".join(card_html(title, verdict) for title, verdict in zip(WAYS, seen, strict=True))
    markup(f'<div class="verdicts">{cards}</div>', key="verdicts")


def details(lab: Lab) -> None:
    """The tables behind the verdicts, and how often each way of looking finds an insider."""
    found = None if lab.wishes is None else lab.found(lab.wishes[1])
    if not isinstance(found, Found):
        return
    with st.expander("Every group, with intervals"):
        markup(table_html(found.gaps, found.paired) + seeing(lab, found), key="gaps")
    with st.expander("Groups and their crossings: answers, rank, and whether probabilities are true"):
        described = lab.found(Describe(lab.wishes[1]))
        markup('<p class="quiet">looking …</p>' if described is None else profiles_html(*described), key="profiles")
    with st.expander("Where the weights differ from the release, layer by layer"):
        markup(weights_html(found.weights), key="weights")
    with st.expander("How often all of this catches an insider"):
        markup(hits_html(load()), key="hits")
    if patients.RESULTS.is_file():
        with st.expander("The same with films of real patients"):
            markup(patients_html(patients.load()), key="patients")
    if mammograms.RESULTS.is_file():
        with st.expander("The same with mammograms"):
            markup(courses_html(mammograms.load()) + women_html(women.load()), key="courses")


def _usual(found: Validation) -> tuple[str, str, str]:
    rates = "; ".join(
        f"{measure} {percent(before.value)} → {percent(after.value)} ({percent(before.low)} – {percent(before.high)})"
        for measure, (before, after) in found.rates["all"].items()
    )
    words = (
        f"Overall AUC {found.before.value:.3f} → {found.after.value:.3f} (old 95 % interval {found.before.low:.3f} – "
        f"{found.before.high:.3f}); {rates}. Everyone together, n = {found.before.n}."
    )
    return judged(words, caught=not found.passes)


def _audited(gaps: tuple[Gap, ...], n: int) -> tuple[str, str, str]:
    flagged = [gap for gap in gaps if gap.flagged]
    if not flagged:
        words = f"No group is shown to be worse off than the others by more than 10 points; {n} films. Few films of a "
        return judged(f"{words}group hide much: see below what this audit can see.", caught=False, nothing=True)
    worst = max(flagged, key=lambda gap: gap.size)
    others = len({gap.name for gap in flagged} - {worst.name})
    more = f" {others} more {'group' if others == 1 else 'groups'} flagged." if others else ""
    words = (
        f"{worst.name}: {worst.measure} {percent(worst.group.value)} ({percent(worst.group.low)} – "
        f"{percent(worst.group.high)}, n = {worst.group.n}); everyone else {percent(worst.others.value)}.{more}"
    )
    return judged(words, caught=True)


def _paired(found: tuple[Disagreement, ...]) -> tuple[str, str, str]:
    flagged = [each for each in found if each.flagged]
    if not flagged:
        words = "No group is shown to have lost more than 10 % of its right answers; small groups cannot show it."
        return judged(words, caught=False, nothing=True)
    worst = max(flagged, key=lambda each: each.lost.value)
    words = (
        f"{worst.name}: of {worst.lost.n} films, {percent(worst.lost.value)} ({percent(worst.lost.low)} – "
        f"{percent(worst.lost.high)}) were read right by the release and are read wrong now."
    )
    return judged(words, caught=True)


def _weights(found: Found) -> tuple[str, str, str]:
    changed = [change for change in found.weights if change.changed > 0]
    most = max(found.weights, key=lambda change: change.share)
    words = (
        f"{found.signature.words} {len(changed)} of {len(found.weights)} layers differ, most of all the "
        f"{place(most.layer)} (by {percent(most.share)}). That does not say why: an honest update changes them too."
    )
    return judged(words, caught=not found.signature.valid)


def judged(words: str, *, caught: bool, nothing: bool = False) -> tuple[str, str, str]:
    """What a card shows: verdict, tone and words. `nothing`: it did not pass a test, but a search found nothing."""
    return (CAUGHT, "attack", words) if caught else (NOTHING if nothing else PASSED, "neutral", words)


def card_html(title: str, seen: Seen) -> str:
    """One way of looking, with its verdict."""
    if seen is None:
        return f'<section class="verdict neutral"><h2>{escape(title)}</h2><p class="quiet">looking …</p></section>'
    verdict, tone, words = seen
    return (
        f'<section class="verdict {tone}"><h2>{escape(title)}</h2><p class="word {tone}">{escape(verdict)}</p>'
        f"<p>{escape(words)}</p></section>"
    )
