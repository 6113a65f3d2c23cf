"""What is certain: how many films keep their right answer, whatever an attacker does up to a size."""

from __future__ import annotations

from html import escape

import numpy as np

import models
from evidence import certified
from evidence.certified import Certified
from evidence.remade import made_by
from ui.lines import Line, lines_svg
from ui.markup import markup
from ui.sentences import floored, percent

POINTS = 60  # of a curve
STYLE = 2  # of the first curve; 0 and 1 are the pair's
BEYOND = 1.03  # of the largest radius: that so many copies certify no more is to be seen
TOLD = 0.25  # radius, L2, that the sentence speaks of


def screen() -> None:
    """Chart and words; nothing before the command has run on the zoo's weights."""
    found = certified.load() if certified.RESULTS.is_file() else ()
    if not found:
        return
    title = "What is certain, for very small changes: films read rightly, whatever the attacker does"
    words = (
        f'<p>{_sentence(found)}</p><p class="hint">A model trained with noise reads '
        f"{found[0].copies:,} noisy copies of a film. The more of them agree, the larger the change that no attacker, "
        "known or yet to come, can use to alter the answer; where too few agree, it gives none and a radiologist must "
        "look. The change is counted over the whole film (L2), here as if every pixel took the same share of it: "
        f"{floored(found[0].levels(TOLD))} of a grey level in each is as much as 2 grey levels in 2 of 100 pixels. The "
        "attacks above are larger; against them nothing is certain. A curve ends where so many copies can prove no "
        f"more. Each certificate is wrong with a probability of at most {found[0].alpha:g}. {len(found[0])} test films "
        "of children (kermany-224/test); bands: 95 % intervals. Cohen, Rosenfeld and Kolter, Certified adversarial "
        "robustness via randomized smoothing, ICML 2019. Remade by "
        f"<code>{escape(made_by(certified.RESULTS))}</code>.</p>"
    )
    drawn = f'<div><p class="label">{title}</p>{chart(found, title)}</div>'
    markup(f'<div class="certain">{drawn}<div>{words}</div></div>', key="cohort-certain")


def chart(found: tuple[Certified, ...], title: str) -> str:
    """Certified accuracy against the size of the change."""
    last = BEYOND * max(float(each.radii.max()) for each in found)
    radii = np.linspace(0, last, POINTS)
    drawn = []
    for style, each in enumerate(found, start=STYLE):
        shares = each.curve(list(radii))
        low, high = ([getattr(share, end) for share in shares] for end in ("low", "high"))
        values = [share.value for share in shares]
        name = f"noise {each.sigma:g}"
        told = f"{name}: {percent(values[0])} without a change, {percent(each.right_beyond(TOLD).value)} at {TOLD:g} L2"
        drawn.append(Line(name, style, [each.levels(r) for r in radii], values, told, low, high))
    ends = found[0].levels(last)
    ticks = [step / 10 for step in range(0, int(ends * 10) + 1, 2)]
    return lines_svg(drawn, title, axis="grey levels", size=(400, 220), names=100, ticks=ticks)


def _sentence(found: tuple[Certified, ...]) -> str:
    told = []
    for each in found:
        share, kept = each.right_beyond(TOLD), percent(each.abstained.value)
        title = escape(models.card(each.model).title.split(", ", 1)[-1])
        told.append(
            f"The {title} model keeps the right answer for <b>{percent(share.value)}</b> of films "
            f"<small>({percent(share.low)} to {percent(share.high)})</small> under any change of "
            f"{floored(each.levels(TOLD))} grey levels of 255 in every pixel, and gives no answer for {kept}"
        )
    return ". ".join(told) + "."
