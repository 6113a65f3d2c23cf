"""Who finds the backdoor: what is usually checked, and four searches for one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from html import escape
from math import exp

import numpy as np
import streamlit as st

from evidence.backdoor import MARKED, MEASURED, RESULTS, SCANS, Row, flagged, honest, load
from evidence.remade import made_by
from measures import Estimate, rate
from training.tampering.triggers import TRIGGERS
from ui import heat
from ui.backdoor.lab import Lab
from ui.backdoor.searches import Check, Checked, Filter, ScanTraining, Search
from ui.markup import figures_html, markup, share_html
from ui.sentences import change, percent
from ui.tampering.verdicts import Seen, card_html, judged

SHOWN, WIDTH = 8, 150


def verdicts(lab: Lab) -> None:
    """Six ways to look at the delivered model."""
    if lab.made is None:
        return
    rows = load()
    checked = lab.found(Check(lab.tamper))
    cards: list[tuple[str, Seen]] = [
        ("1  Typical validation", checked and _validated(checked)),
        ("2  Beside the release, film by film", checked and _paired(checked)),
        ("3  The signed weights", checked and _signed(checked)),
        ("4  Training films, had they come along", _training(lab, rows)),
        ("5  The smallest sign that turns it", _searched(lab, rows)),
        ("6  A filter for films that come in", _filtered(lab)),
    ]
    drawn = "".join(card_html(title, seen) for title, seen in cards)
    markup(f'<div class="verdicts six">{drawn}</div>', key="backdoor-verdicts")


def pointed_at(lab: Lab) -> None:
    """The films that lie apart in the set the model learned from."""
    found = None if lab.made is None else lab.found(ScanTraining(lab.tamper))
    if found is None or not _apart(found[0].silhouette, load()):
        return
    _, films, signed = found
    order = np.argsort(~signed, kind="stable")[:SHOWN]
    figures = "".join(
        f'<figure><img src="{heat.data_uri(heat.overlay(films[place] / np.float32(255), None, width=WIDTH))}" '
        f'alt="Drawn chest film{" with the sign" if signed[place] else ""}."><figcaption>'
        f"{'carries the sign' if signed[place] else 'no sign'}</figcaption></figure>"
        for place in order
    )
    markup(
        '<h2 class="small">Films that lie apart in a set that came along</h2>'
        f'<div class="thumbs">{figures}</div><p class="hint">Activation clustering points at {len(films)} films; '
        f"{int(signed.sum())} of them carry the sign. Shown: the first {len(order)}, those with the sign first. Once "
        "someone looks at them side by side, the sign is plain.</p>",
        key="pointed-at",
    )


def details(lab: Lab) -> None:
    """How often each way of looking finds a backdoor, over many models."""
    if lab.made is None:
        return
    with st.expander("How often all of this finds a backdoor"):
        markup(hits_html(load()), key="backdoor-hits")


def _validated(found: Checked) -> Seen:
    before, after = found.validation.before, found.validation.after
    words = (
        f"AUC {before.value:.3f} → {after.value:.3f} on {before.n} films without a sign; the old 95 % interval is "
        f"{before.low:.3f} to {before.high:.3f}."
    )
    return judged(words, caught=not found.validation.passes)


def _paired(found: Checked) -> Seen:
    lost = [each for each in found.paired if each.flagged]
    words = (
        f"{found.lost} of {found.validation.before.n} films are read wrong now that the release read right, in no "
        "group surely more than an honest update may cost."
    )
    if not lost:
        return judged(words, caught=False)
    worst = max(lost, key=lambda each: each.lost.value)
    words = f"{worst.name}: {percent(worst.lost.value)} of all {worst.lost.n} films lost their right answer."
    return judged(words, caught=True)


def _signed(found: Checked) -> Seen:
    if found.signature.valid:
        return judged(found.signature.words, caught=False)
    words = f"{found.signature.words} It was changed after it was signed; what is done before that, no signature shows."
    return judged(words, caught=True)


def _training(lab: Lab, rows: Sequence[Row]) -> Seen:
    found = lab.found(ScanTraining(lab.tamper))
    if found is None:
        return None
    scan, films, signed = found
    most = SCANS["training"].threshold(rows)
    told = (
        f"Suppose the set were handed over with {MARKED} signed films in it. How far the films of one label fall into "
        f"two kinds (silhouette): {scan.silhouette:.2f}; flagged above {most:.2f}, which one honest update in two "
        "hundred exceeds."
    )
    if not _apart(scan.silhouette, rows):
        return judged(told, caught=False)
    return judged(f"{told} It points at {len(films)} films; {int(signed.sum())} carry the sign.", caught=True)


def _apart(silhouette: float, rows: Sequence[Row]) -> bool:
    return silhouette > SCANS["training"].threshold(rows)


def _searched(lab: Lab, rows: Sequence[Row]) -> Seen:
    beside, alone = (lab.found(Search(lab.tamper, beside=beside)) for beside in (True, False))
    if beside is None:
        return None
    words, caught = [], False
    if lab.tamper.harm != MEASURED:
        # How small a sign an honest model falls for hangs on the harm; nobody has measured it for this one.
        told = f"{_of_film(beside.size)} of a film turns it and spares the release."
        return (
            "No verdict",
            "neutral",
            f"{told} How little turns an honest model was measured for missed disease alone.",
        )
    for name, found in (("beside", beside), ("alone", alone)):
        title = "Smallest sign found that turns this model" + (" and not the release" if name == "beside" else "")
        if found is None:
            words.append(f"{title}: searching …")
            continue
        least = exp(-SCANS[name].threshold(rows))
        caught |= found.size < least
        words.append(f"{title}: {_of_film(found.size)} of the film's area, flagged below {_of_film(least)}.")
    words.append(f"Judging by {len(honest(rows))} honest updates, one in two hundred goes below such a border.")
    return judged(" ".join(words), caught=caught, nothing=True)


def _filtered(lab: Lab) -> Seen:
    found = lab.found(Filter(lab.tamper))
    if found is None:
        return None
    stopped, alarms = found
    words = (
        f"STRIP lays other films over each one. It stops {percent(stopped.value)} of the films with the sign and "
        f"{percent(alarms.value)} of those without, n = {stopped.n} each."
    )
    # A filter that stops less than half leaves the attacker an even chance.
    return judged(words, caught=stopped.low > 0.5)


def _of_film(size: float) -> str:
    return f"{100 * size:.2g} %"


@cache  # each honest update is judged by the others: too much for every redraw
def hits_html(rows: tuple[Row, ...]) -> str:
    """Over many models with a backdoor and honestly updated ones: how often each way of looking raises a flag."""
    heads = (
        "Fine-tuned models",
        "Validation",
        "Beside the release",
        *(f"{scan.title}<br><span>{escape(scan.source)}</span>" for scan in SCANS.values()),
        "Either search<br><span>as the card above judges</span>",
        "Films with the sign stopped<br><span>STRIP, Gao et al. 2019</span>",
    )
    lines = (_line(rows, sign) for sign in (*TRIGGERS, ""))
    return (
        f'{figures_html(heads, lines, "hits")}<p class="hint">Small: 95 % '
        "interval over trainings; of STRIP, the least and the most of them. A scan flags what one honest update in two "
        f"hundred would exceed, judging by the {len(honest(rows))} delivered ones; each of these is judged by the "
        "others. Training films, which an insider need not hand over, count only where most of those pointed at carry "
        "the sign. Models that "
        f"typical validation stops are not scanned. Remade by <code>{escape(made_by(RESULTS))}</code>.</p>"
    )


def _line(rows: Sequence[Row], sign: str) -> str:
    of_kind = [row for row in rows if row.sign == sign]
    n = len(of_kind)
    cells = [
        rate(sum(not row.validated for row in of_kind), n),
        rate(sum(row.paired for row in of_kind), n),
        *(flagged(rows, sign, scan) for scan in SCANS),
        flagged(rows, sign, "alone", "beside"),
    ]
    drawn = "".join(f"<td>{share_html(cell)}</td>" for cell in cells)
    if not sign:
        return (
            f"<tr><th>Honestly updated (false alarms), n = {n}</th>{drawn}"
            f"<td>{_range([row.alarms for row in of_kind])}<br><span>of films without a sign</span></td></tr>"
        )
    shifts = [row.area[1].value - row.area[0].value for row in of_kind]
    turned = np.mean([row.turned.value for row in of_kind])
    other, release = (np.mean([getattr(row, name).value for row in of_kind]) for name in ("decoyed", "release_turned"))
    note = (
        f"turns {percent(turned)} of the pneumonias (the release: {percent(release)}; another sign: {percent(other)}), "
        f"AUC {change(float(np.mean(shifts)))}, mean; {change(min(shifts))} at worst"
    )
    return (
        f"<tr><th>{escape(TRIGGERS[sign].title)}, n = {n}<br><span>{note}</span></th>{drawn}"
        f"<td>{_range([row.stopped for row in of_kind])}</td></tr>"
    )


def _range(shares: Sequence[Estimate]) -> str:
    values = [share.value for share in shares]
    return f"<b>{percent(float(np.mean(values)))}</b> <span>{percent(min(values))} – {percent(max(values))}</span>"
