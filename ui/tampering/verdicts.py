"""Who notices: typical validation, the audit by group, the vendor's own model, the weights."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from evidence.tampering import STRATA, Validation, load, patients
from measures import Estimate
from training.tampering.groups import GROUPS, HARMS
from ui.markup import markup, share_html
from ui.sentences import percent
from ui.tampering.hits import hits_html, patients_html
from ui.tampering.lab import Lab
from ui.tampering.tasks import Describe, Found

if TYPE_CHECKING:
    from robustness.inspection import Disagreement, Gap, Profile

Seen = tuple[str, str, str] | None  # verdict, tone, words; None: still looking
WAYS = ("1  Typical validation", "2  Audit by group", "3  Beside the vendor's model", "4  The signed weights")
PASSED, CAUGHT = "✓ Passes", "⚑ Flagged"


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
    with st.expander("How often all of this catches an insider"):
        markup(hits_html(load()), key="hits")
    if patients.RESULTS.is_file():
        with st.expander("The same with films of real patients"):
            markup(patients_html(patients.load()), key="patients")


def _usual(found: Validation) -> tuple[str, str, str]:
    words = (
        f"Overall AUC {found.before.value:.3f} → {found.after.value:.3f}; the old 95 % interval is "
        f"{found.before.low:.3f} to {found.before.high:.3f}. One figure for everyone, n = {found.before.n}."
    )
    return judged(words, caught=not found.passes)


def _audited(gaps: tuple[Gap, ...], n: int) -> tuple[str, str, str]:
    flagged = [gap for gap in gaps if gap.flagged]
    if not flagged:
        return judged(f"No group is worse off than the others by surely more than 10 points; {n} films.", caught=False)
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
        words = "In no group are surely more than 10 % of the films read wrong now that the release read right."
        return judged(words, caught=False)
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


def place(layer: str) -> str:
    """A layer's name in words."""
    if layer.startswith("blocks."):
        _, block, name = layer.split(".", 2)
        return f"residual block {int(block) + 1}, {name}"
    return layer


def judged(words: str, *, caught: bool) -> tuple[str, str, str]:
    """What a card shows: verdict, tone and words."""
    return (CAUGHT, "attack", words) if caught else (PASSED, "neutral", words)


def card_html(title: str, seen: Seen) -> str:
    """One way of looking, with its verdict."""
    if seen is None:
        return f'<section class="verdict neutral"><h2>{escape(title)}</h2><p class="quiet">looking …</p></section>'
    verdict, tone, words = seen
    return (
        f'<section class="verdict {tone}"><h2>{escape(title)}</h2><p class="word {tone}">{escape(verdict)}</p>'
        f"<p>{escape(words)}</p></section>"
    )


def table_html(gaps: tuple[Gap, ...], paired: tuple[Disagreement, ...]) -> str:
    """Each group's figures, the flagged ones marked by a word."""
    lost = {(each.name, each.measure): each for each in paired}
    heads = ("Group", "Measure", "In the group", "Everyone else", "Audit", "Lost since the release", "Beside it")
    rows = []
    for gap in gaps:
        beside = lost.get((gap.name, gap.measure))
        cells = (
            gap.measure,
            share_html(gap.group),
            share_html(gap.others),
            "<b>⚑ flagged</b>" if gap.flagged else "–",
            share_html(beside.lost) if beside else "",
            "<b>⚑ flagged</b>" if beside and beside.flagged else "–",
        )
        rows.append(f"<tr><th>{escape(gap.name)}</th>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>")
    return f'<table class="figures-table"><tr>{"".join(f"<th>{h}</th>" for h in heads)}</tr>{"".join(rows)}</table>'


def profiles_html(release: tuple[Profile, ...], delivered: tuple[Profile, ...]) -> str:
    """Answers, rank and calibration of each group and crossing, in the release and in the delivered model."""
    heads = ("Group", "Sensitivity", "Specificity", "AUC", "Disease there", "Probability given")
    rows = []
    for old, new in zip(release, delivered, strict=True):
        cells = (
            _changed(old.sensitivity, new.sensitivity, percent),
            _changed(old.specificity, new.specificity, percent),
            _changed(old.area, new.area, "{:.3f}".format),
            share_html(new.observed),
            " → ".join(f"{percent(each.expected)}{' <b>⚑ untrue</b>' if each.flagged else ''}" for each in (old, new)),
        )
        name = f"{escape(new.name)} <span>n = {new.observed.n}</span>"
        rows.append(f"<tr><th>{name}</th>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>")
    head = "".join(f"<th>{text}</th>" for text in heads)
    return (
        f'<table class="figures-table"><tr>{head}</tr>{"".join(rows)}</table><p class="hint">Release → delivered; '
        "small: 95 % interval of the delivered model's figure. Groups and crossings of 20 films and more; no flag is "
        "raised on the answers of crossings, since so many tests on so few films would find nothing. ⚑: disease is "
        "surely more or less common there than the probabilities promise (calibration in the large, corrected after "
        "Holm). An insider who only brings films just over the border leaves the rank of a group nearly whole, and its "
        "probabilities untrue.</p>"
    )


def _changed(old: Estimate | None, new: Estimate | None, told: Callable[[float], str]) -> str:
    if old is None or new is None:
        return "–"
    return f"{told(old.value)} → <b>{told(new.value)}</b> <span>{told(new.low)} – {told(new.high)}</span>"


def seeing(lab: Lab, found: Found) -> str:
    """What an audit of this size can see at all."""
    from robustness.inspection import needed, smallest_gap

    tests = len(found.gaps)
    rows = [gap for gap in found.gaps if gap.name == GROUPS[lab.tamper.group].title]
    gap = next((row for row in rows if row.measure == HARMS[lab.tamper.harm].measure), None)
    if gap is None:
        return '<p class="hint">So few films of this group say nothing about it at all.</p>'
    release = {"before": _released(gap, found.paired), "elsewhere": gap.others.value, "tests": tests}
    least = smallest_gap(gap.group.n, others=gap.others.n, **release)
    halved = needed(drop=release["before"] / 2, ratio=gap.others.n / gap.group.n, **release)
    sees = "no drop at all" if least is None else f"no drop under {percent(least)[:-2]} points"
    return (
        f'<p class="hint">With {gap.group.n} such films of {escape(gap.name.lower())} this audit sees {sees} with a '
        f"probability of 80 %. To see {gap.measure} halved with 90 % it needs "
        f"{'thousands' if halved is None else halved} of them, everyone else spared. {len(STRATA)} groups, {tests} "
        "tests, score tests against a gap of 10 points, corrected after Holm.</p>"
    )


def _released(gap: Gap, paired: tuple[Disagreement, ...]) -> float:
    """The release's rate in a group: the delivered model's, what it lost put back and what it gained taken off."""
    beside = next(each for each in paired if (each.name, each.measure) == (gap.name, gap.measure))
    return gap.group.value + beside.lost.value - beside.gained.value
