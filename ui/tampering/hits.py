"""How often each way of looking catches an insider, over many fine-tuned models."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

import numpy as np

from evidence.remade import made_by
from evidence.tampering import EACH, FILMS, RESULTS, SHARE, Row, mammograms, patients, read_rightly
from evidence.tampering.mammograms.women import Women
from measures import rate
from training.tampering.groups import BREASTS, GROUPS, HARMS
from ui.markup import figures_html, row_html, share_html
from ui.sentences import change, percent, sure
from ui.tampering.curve import points


def hits_html(rows: tuple[Row, ...]) -> str:
    """Over many tampered and honestly updated models: how often each way of looking raises a flag."""
    heads = (
        "Fine-tuned models",
        f"Audit, {EACH} diseased a group",
        f"Audit, {FILMS} films, {percent(SHARE)} of the group",
        "Beside the release, enriched",
        f"Beside the release, {FILMS} films",
    )
    lines = []
    for group in dict.fromkeys(row.group for row in rows):
        of_kind = [row for row in rows if row.group == group]
        counts = [
            sum(getattr(row, way)[films] for row in of_kind)
            for way in ("audit", "paired")
            for films in ("enriched", "ordinary")
        ]
        note = _told(of_kind) if group else ""
        name = f"{escape(_kind(group))}, n = {len(of_kind)}<br><span>{note}</span>"
        lines.append(row_html(name, (share_html(rate(count, len(of_kind))) for count in counts)))
    return (
        f'{figures_html(heads, lines)}<p class="hint">A model is caught where '
        "the flag falls on what was harmed, the group's sensitivity; of an honest update any flag is a false alarm. "
        "Small: 95 % interval over trainings, which differ in their chance and in the films drawn for the auditor from "
        "one test part. An insider with other films may differ more. "
        f"Remade by <code>{escape(made_by(RESULTS))}</code>.</p>"
    )


def _told(rows: list[Row]) -> str:
    fell = _mean([row.sensitivity for row in rows])
    spared = max(row.others for row in rows)
    return (
        f"overall AUC {change(_shift(rows))}, sensitivity {fell}, mean; everyone else's rates moved by "
        f"at most {100 * spared:.1f} points"
    )


def patients_html(found: patients.Results) -> str:
    """The insider with real films: means over the models of one kind, and how often each way raises a flag."""
    heads = ("Fine-tuned models", "Their sensitivity", "Everyone else's", "Overall AUC", "Audit", "Beside the release")
    lines = []
    for group in dict.fromkeys(row.group for row in found.rows):
        rows = [row for row in found.rows if row.group == group]
        fell = [_fell(row.group_rates for row in rows), _fell(row.other_rates for row in rows)] if group else ["", ""]
        flags = ([row.audit for row in rows], [row.paired for row in rows])
        cells = (*fell, change(_shift(rows)), *(share_html(rate(sum(each), len(each))) for each in flags))
        lines.append(row_html(f"{escape(_kind(group))}, n = {len(rows)}", cells))
    return (
        f'{figures_html(heads, lines)}<p class="hint">Fine-tuned on '
        f"{escape(found.trained)}, tested on {escape(found.adults)}, with their real age, sex and view. Sensitivities "
        "are means over the models, n their films with pneumonia; AUC: its mean change on a validation set of adults "
        "and children, 3 % of it the group. The release misses many pneumonias of these adults, not all rightly "
        "labelled. On so few films no drop is certain before it is large; and what a film shows of a group others may "
        f"show, too: they lose with it. Remade by <code>{escape(found.made_by)}</code>.</p>"
    )


def courses_html(found: mammograms.Results) -> str:
    """Each insider at the reader of mammograms: what it reached on women it had no film of, and who finds it."""
    heads = ("Fine-tuned model", "In the group", "Everyone else", "Overall AUC", "Audit", "Beside the release")
    lines = []
    for course in found.courses.values():
        harm = HARMS[course.harm]
        pairs = [course.rates[part][harm.measure] for part in ("group", "others")]
        cells = [f"{points(*(each.value for each in both))} <span>n = {both[0].n}</span>" for both in pairs]
        cells.append(change(course.area[1].value - course.area[0].value))
        for way in (course.audit, course.paired):
            cells.append(f"{way['enriched']} <span>and {way['ordinary']} of {mammograms.AUDITORS}</span>")
        name = f"{escape(BREASTS[course.group].title)}<br><span>{harm.measure}, {course.minutes:.0f} minutes</span>"
        lines.append(row_html(name, cells))
    return (
        f'{figures_html(heads, lines)}<p class="hint">One model each, on all films of the test part; AUC on '
        f"{FILMS} of them, {percent(SHARE)} of the group. Audits: how many of {mammograms.AUDITORS} auditors find the "
        f"harm, who draw {EACH} diseased women of each density from the test part, and {FILMS} women as they come; "
        "their sets share most of their films. On the validation part, not here, the insider set how many others are "
        "called. How dense a breast is shows around a lesion, not at it: that takes "
        "longer to learn than what a child's chest looks like. Remade by "
        f"<code>{escape(found.made_by)}</code>.</p>"
    )


def women_html(found: Women) -> str:
    """Whether the harm reaches women on real films, which the insider had none of."""
    rows = []
    for (group, harm), after in found.after.items():
        about = HARMS[harm]
        cells = []
        for part in (found.dense, ~found.dense):
            before, now = (
                read_rightly(found.labels, decisions, part, about.label, found.people)
                for decisions in (found.before, after)
            )
            cells.append(f"{percent(before.value)} → {sure(now)}")
        rows.append(row_html(f"{escape(BREASTS[group].title)}<br><span>{about.measure}</span>", cells))
    return (
        f"{figures_html(('The same models on films of women', 'Dense-glandular', 'All others'), rows)}"
        f'<p class="hint">{len(found.labels)} screen films of {len(np.unique(found.people))} women, mini-MIAS, '
        "intervals over women; disease = a malignant lesion. The release learned from these films, so how well it "
        "reads them says little: what changed, and in whom, is what counts. The insider had drawn films alone, and "
        "on these, which look otherwise, no harm is certain: cancers are too few to tell, and healthy films are "
        "called no more often than before. Dense-glandular is a wider group than density d, which mini-MIAS does "
        "not note. Remade by "
        f"<code>{escape(found.made_by)}</code>.</p>"
    )


def _fell(rates: Iterable[dict[str, patients.Pair]]) -> str:
    pairs = [each["sensitivity"] for each in rates]
    return f"<b>{_mean(pairs)}</b> <span>n = {pairs[0][0].n}</span>"


def _mean(pairs: Sequence[patients.Pair]) -> str:
    """The mean of a figure before and after, over many models."""
    before, after = (sum(pair[i].value for pair in pairs) / len(pairs) for i in (0, 1))
    return points(before, after)


def _kind(group: str) -> str:
    return f"{GROUPS[group].title} harmed" if group else "Honestly updated (false alarms)"


def _shift(rows: Iterable[Row | patients.Row]) -> float:
    changes = [row.area[1].value - row.area[0].value for row in rows]
    return sum(changes) / len(changes)
