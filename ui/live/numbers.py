"""How much it takes: the figures that go with the films and the maps, each with its word."""

from __future__ import annotations

from html import escape
from itertools import groupby
from math import isfinite

from robustness import REGISTRY
from robustness.visibility import LIMITS
from ui.live.desk import Desk
from ui.live.words import short
from ui.markup import markup
from ui.sentences import levels, percent

Row = tuple[str, str]


def numbers(desk: Desk) -> None:
    """The figures as a list; before the first attack the story of a bundled case."""
    if desk.attacked(desk.undefended) is None:
        markup(_story(desk), key="numbers")
        return
    body = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows(desk))
    markup(
        f'<p class="label">How much it took</p><dl class="figures">{body}</dl>{_accidents(desk)}{_limits(desk)}',
        key="numbers",
    )


def _story(desk: Desk) -> str:
    """Why the film was taken, and on request what is to be seen on it."""
    if desk.case is None or desk.attacking:
        return ""
    return (
        f'<p class="label">{escape(desk.case.title)}</p><p class="story">{escape(desk.case.history)}</p>'
        f'<details class="story"><summary>What to look for</summary>{escape(desk.case.look_for)}</details>'
    )


def rows(desk: Desk) -> list[Row]:
    """Smallest change, size and time of the attack, and how far the saliency moved."""
    return [*_smallest(desk), *_attack(desk), *_visible(desk), *_drift(desk)]


def _attack(desk: Desk) -> list[Row]:
    case = desk.attacked(desk.undefended).case
    if REGISTRY[case.attack].knowledge == "queries":
        effort = ("Questions and time", f"{case.queries:,} in {case.seconds:.1f} s")
    else:
        effort = ("Steps and time", f"{case.steps} in {case.seconds:.1f} s")
    largest = [("Change (largest)", f"{levels(case.largest_change)} of 255")] if case.norm == "l2" else []
    return [*largest, ("Change (RMS)", f"{levels(case.rms_change)} of 255"), effort]


def _visible(desk: Desk) -> list[Row]:
    seen = desk.seen()
    if seen is None:
        return []
    likeness = f"{seen.psnr:.0f} dB, {seen.ssim:.3f}" if isfinite(seen.psnr) else "no change"
    return [("PSNR, SSIM", likeness), ("Steps for the eye (JND)", f"at most {seen.jnd_largest:.1f}")]


def _limits(desk: Desk) -> str:
    """What those steps are, and are not."""
    seen = desk.seen()
    if seen is None:
        return ""
    display = f"A display of {levels(seen.display.black)} to {levels(seen.display.white)} cd/m² after DICOM PS3.14."
    return f'<details class="story"><summary>What the eye could tell</summary>{display} {escape(LIMITS)}</details>'


def _accidents(desk: Desk) -> str:
    """What nobody planned, beside what somebody did: each accident's worst reading, and how much more it changes."""
    mishaps, before = desk.mishaps(), desk.reading(desk.undefended)
    if mishaps is None or before is None:
        return ""
    lines = []
    for title, group in groupby(mishaps, key=lambda mishap: mishap.title):
        tried = list(group)
        flips = [mishap.words for mishap in tried if mishap.reading.prediction != before.prediction]
        most = max(mishap.largest_change for mishap in tried)
        name = f"{title}, {tried[0].words} to {tried[-1].words} ({most:.0f})"
        outcome = f"flips at {', '.join(flips)}" if flips else "holds"
        lines.append(f"<dt>{escape(name)}</dt><dd>{escape(outcome)}</dd>")
    return (
        '<details class="story"><summary>What an accident does</summary>'
        f'<dl class="figures">{"".join(lines)}</dl>In brackets: a pixel\'s largest change, in grey levels.</details>'
    )


def _smallest(desk: Desk) -> list[Row]:
    found = {model: desk.smallest(model) for model in desk.models}
    made: list[Row] = []
    what = "Smallest RMS" if desk.request.norm == "l2" else "Smallest flip"
    for model, result in found.items():
        if result is None:
            value = "searching …"
        else:
            value = f"{levels(result.levels)} of 255" if result.found else f"over {levels(result.ceiling)} of 255"
        made.append((f"{what}, {short(model)}", value))
    first, second = found.get(desk.undefended), found.get(desk.defended)
    if first is not None and second is not None and first.found and second.found and first.levels > 0:
        made.append(("The twin needs", f"{second.levels / first.levels:.1f} × as much"))
    return made


def _drift(desk: Desk) -> list[Row]:
    moved = desk.drift(desk.undefended)
    if moved is None:
        return [("Saliency", "explaining …")]
    before, after = (desk.saliency(desk.undefended, attacked=attacked) for attacked in (False, True))
    empty = [when for when, saliency in (("before", before), ("after", after)) if not saliency.map.any()]
    made: list[Row] = [("Saliency", f"empty {' and '.join(empty)}")]
    if not empty:
        made = [
            ("Saliency rank correlation", f"{moved.spearman:.2f}"),
            ("Hottest tenth in common", percent(moved.top_overlap)),
        ]
    if moved.inside_before is not None:
        made.append(("Saliency in the lesion", f"{percent(moved.inside_before)} → {percent(moved.inside_after)}"))
    if after.delta is not None:
        made.append(("Convergence delta", f"{after.delta:+.3f}"))
    return made
