"""The tables behind the verdicts: every group, every layer, and what an audit of this size can see at all."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from measures import Estimate
from training.tampering.groups import HARMS
from ui.markup import figures_html, row_html, share_bar_html, share_html
from ui.sentences import lowered, percent
from ui.tampering.lab import Lab
from ui.tampering.tasks import Found

if TYPE_CHECKING:
    from robustness.inspection import Disagreement, Gap, Profile
    from robustness.inspection.weights import Change


def place(layer: str) -> str:
    """A layer's name in words."""
    if layer.startswith("blocks."):
        _, block, name = layer.split(".", 2)
        return f"residual block {int(block) + 1}, {name}"
    return layer


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
        rows.append(row_html(escape(gap.name), cells))
    return figures_html(heads, rows)


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
        rows.append(row_html(name, cells))
    return (
        f'{figures_html(heads, rows)}<p class="hint">Release → delivered; '
        "small: 95 % interval of the delivered model's figure. Groups and crossings of 20 films and more; no flag is "
        "raised on the answers of crossings, since so many tests on so few films would find nothing. ⚑: disease is "
        "surely more or less common there than the probabilities promise (calibration in the large, corrected after "
        "Holm), once the release's are true for all these films together, of which half are diseased. An "
        "insider who only brings films just over the border leaves the rank of a group nearly whole, and its "
        "probabilities untrue.</p>"
    )


def weights_html(found: tuple[Change, ...]) -> str:
    """How far each layer moved, from the film to the answer."""
    most = max(max(change.share for change in found), 1e-9)
    rows = []
    for changed, run in groupby(found, key=lambda change: change.changed > 0):
        layers = list(run)
        if not changed:
            first, *others = (place(change.layer) for change in layers)
            name = f"{first} … {others[-1]}, {len(layers)} layers" if others else first
            rows.append(f'<tr><th>{escape(name)}</th><td colspan="2">as released</td></tr>')
            continue
        for change in layers:
            bar = share_bar_html(change.share / most, "attack")
            rows.append(row_html(escape(place(change.layer)), (percent(change.share), bar)))
    heads = ("Layer, from the film to the answer", "Length of the change, of the release's weights", "")
    return figures_html(heads, rows, "layers")


def _changed(old: Estimate | None, new: Estimate | None, told: Callable[[float], str]) -> str:
    if old is None or new is None:
        return "–"
    return f"{told(old.value)} → <b>{told(new.value)}</b> <span>{told(new.low)} – {told(new.high)}</span>"


def seeing(lab: Lab, found: Found) -> str:
    """What an audit of this size can see at all."""
    from robustness.inspection import needed, needed_beside, smallest_gap

    groups, tests = len({gap.name for gap in found.gaps}), len(found.gaps)
    rows = [gap for gap in found.gaps if gap.name == lab.about.groups[lab.tamper.group].title]
    gap = next((row for row in rows if row.measure == HARMS[lab.tamper.harm].measure), None)
    if gap is None:
        return '<p class="hint">So few films of this group say nothing about it at all.</p>'
    release = {"before": _released(gap, found.paired), "elsewhere": gap.others.value, "tests": tests}
    least = smallest_gap(gap.group.n, others=gap.others.n, **release)
    halved = needed(drop=release["before"] / 2, ratio=gap.others.n / gap.group.n, **release)
    sees = "nothing" if least is None else f"drops of {percent(least)[:-2]} points and more"
    beside = needed_beside(lost=release["before"] / 2, tests=tests)
    return (
        f'<p class="hint">With {gap.group.n} such films of {escape(lowered(gap.name))}, eight in ten audits find '
        f"{sees}. To find {gap.measure} halved in nine of ten it needs {_count(halved)} of them, everyone else spared; "
        f"beside the release {_count(beside)} are enough. {groups} groups, {tests} tests, each exact, against a "
        "gap of 10 points and against a loss of 10 %, corrected after Holm.</p>"
    )


def _count(films: int | None) -> str:
    return "thousands" if films is None else str(films)


def _released(gap: Gap, paired: tuple[Disagreement, ...]) -> float:
    """The release's rate in a group: the delivered model's, what it lost put back and what it gained taken off."""
    beside = next(each for each in paired if (each.name, each.measure) == (gap.name, gap.measure))
    return gap.group.value + beside.lost.value - beside.gained.value
