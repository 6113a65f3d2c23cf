"""Defences that refer films to a radiologist: what they catch, what they let pass, and what each answer costs."""

from __future__ import annotations

from html import escape

import streamlit as st

from evidence.defences import Reading, Row
from evidence.defences.referral import Roc, roc, stranger, trade
from measures import Estimate, share
from robustness.defences import DEFENCES, FALSE_ALARMS
from ui.lines import Line, lines_svg
from ui.markup import figures_html, markup, row_html, share_html
from ui.sentences import levels, percent

NAMES = 132  # width of the names beside a chart
SIZE = (470, 250)
TICKS = (0, 25, 50, 75, 100)
READ = 0.8  # the share of films read, of which the sentence tells
EVERYDAY, NAIVE, AWARE = "no attacker", "does not know it", "knows it"
STYLES = {EVERYDAY: 4, NAIVE: 2, AWARE: 0}  # who knows the defence in the attack's colour


def section(rows: list[Row], level: float) -> None:
    """Of one model's rows that refer; nothing where there are none."""
    if not rows:
        return
    markup(
        '<h2 class="page">When the model says: a radiologist must look</h2>'
        '<p class="lead">Some defences do not answer about every film. They refer the suspicious ones, and so are '
        "judged by two things: how many of the films that an attacker turned they catch for how many ordinary ones "
        "referred in vain, and how many of the answers that are still given are wrong.</p>",
        key="referring-lead",
    )
    known = {row.defence: row for row in rows}
    name = st.segmented_control(
        "What it goes by", list(known), default=next(iter(known)), format_func=lambda name: DEFENCES[name].title
    )
    row = known[name or next(iter(known))]
    tried = {NAIVE: roc(row, row.naive[level]), AWARE: roc(row, row.aware[level])}
    curves = {who: curve for who, curve in tried.items() if curve is not None}
    readings = {EVERYDAY: row.ordinary, NAIVE: row.naive[level], AWARE: row.aware[level]}
    caught, left = st.columns(2, gap="large")
    with caught:
        markup(f"{_sentence(row, curves, level)}{roc_svg(curves) if curves else ''}", key="referring-roc")
    with left:
        markup(f"{_left(row, readings)}{trade_svg(row, readings)}", key="referring-trade")
    markup(_strange(row) + _note(row), key="referring-strange")


def _sentence(row: Row, curves: dict[str, Roc], level: float) -> str:
    told = " and ".join(f"{_told(curve.found_at)} of those by one who {who}" for who, curve in curves.items())
    alarms = _told(share(row.ordinary.referred, row.people))
    areas = " and ".join(_area(curve.area) for curve in curves.values())
    caught = f"it refers {told}; over all thresholds, areas {areas}" if curves else "too few are turned to say more"
    return (
        '<p class="label">Turned films caught, for ordinary ones referred in vain</p><p>At its threshold it refers '
        f"{alarms} of ordinary films. Of films that an attacker turned within {levels(level)}, {caught}.</p>"
    )


def _told(found: Estimate) -> str:
    return f"<b>{percent(found.value)}</b> <small>({percent(found.low)} – {percent(found.high)}, n {found.n})</small>"


def roc_svg(curves: dict[str, Roc]) -> str:
    """Turned films caught against ordinary films referred, at every threshold."""
    drawn = [
        Line(
            f"{who} + area {curve.area.value:.2f}",
            STYLES[who],
            [100 * share for share in curve.false_alarms],
            list(curve.found),
            f"attacker {who}: area {_area(curve.area)}",
        )
        for who, curve in curves.items()
    ]
    title = "Share of turned films caught, against the share of ordinary films referred in vain"
    return lines_svg(drawn, title, axis="% of ordinary ones", size=SIZE, names=NAMES, ticks=TICKS)


def _area(area: Estimate) -> str:
    return f"{area.value:.2f} ({area.low:.2f} – {area.high:.2f})"


def _left(row: Row, readings: dict[str, Reading]) -> str:
    told = []
    for who, reading in readings.items():
        found = trade(row, reading)
        all_read, part = found.at(1.0), found.at(READ)
        whom = "without an attacker" if who == EVERYDAY else f"against one who {who}"
        told.append(f"{whom} from {percent(all_read.value)} to {_told(part)}")
    return (
        f'<p class="label">Answers that are wrong, as more films are referred</p><p>Referring the most suspicious '
        f"{percent(1 - READ)} changes the share of wrong answers {', '.join(told[:-1])}, and {told[-1]}.</p>"
    )


def trade_svg(row: Row, readings: dict[str, Reading]) -> str:
    """Wrong answers among the films read, against the share read."""
    drawn = []
    for who, reading in readings.items():
        found = trade(row, reading)
        words = f"{who}: {percent(found.at(1.0).value)} wrong if all are read, {percent(found.at(READ).value)} if 80 %"
        drawn.append(Line(who, STYLES[who], [100 * share for share in found.coverage], list(found.risk), words))
    title = "Share of wrong answers, against the share of films that are read and not referred"
    return lines_svg(drawn, title, axis="% of films read", size=SIZE, names=NAMES, ticks=TICKS)


def _strange(row: Row) -> str:
    if not row.strange:
        return ""
    lines = []
    for name in row.strange:
        referred, area = stranger(row, name)
        lines.append(row_html(escape(name), (share_html(referred), _area(area), referred.n)))
    label = '<p class="label">What it says of films that the model was not made for</p>'
    return label + figures_html(("Films of another kind", "Referred", "Area under the ROC", "Films"), lines)


def _note(row: Row) -> str:
    defence = DEFENCES[row.defence]
    return (
        f'<p class="hint">{escape(defence.plain)} {escape(defence.fails)} The threshold was set on validation '
        f"patients, so that it refers at most {percent(FALSE_ALARMS)} of their ordinary films, in each set; on these "
        "test films it may be more. Areas: 0.5 is a coin, 1 never "
        f"wrong; in brackets 95 % intervals over patients. n = {len(row.labels)} films each. "
        f"{escape(defence.source)}.</p>"
    )
