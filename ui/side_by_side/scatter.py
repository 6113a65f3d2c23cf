"""What a defence costs against what it buys: one mark a model, with both intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import floor

from measures import Estimate
from ui.drawing import Area, svg, tick
from ui.lines import STYLES, apart
from ui.sentences import percent

SHAPES = (  # one for each kind of line, around (0, 0)
    '<circle class="{kind}" r="6"/>',
    '<rect class="{kind}" x="-5.5" y="-5.5" width="11" height="11"/>',
    '<path class="{kind}" d="M0,-7L7,5H-7Z"/>',
    '<path class="{kind}" d="M0,-8L8,0L0,8L-8,0Z"/>',
    '<path class="{kind}" d="M0,7L7,-5H-7Z"/>',
    '<path class="{kind}" d="M-7,-3H-3V-7H3V-3H7V3H3V7H-3V3H-7Z"/>',
)


@dataclass(frozen=True)
class Mark:
    """One model: a share without attack and the same share under attack."""

    name: str
    style: int
    clean: Estimate
    attacked: Estimate


def scatter_svg(marks: Sequence[Mark], title: str, *, axis: str, size: tuple[int, int], names: int) -> str:
    """`clean` to the right, `attacked` upwards, both shares; `axis` are the words below, `names` the width of names."""
    width, height = size
    ground = Area(40, width - names, 10, height - 40)
    right, y = ground.right, ground.y
    least = min([0.5, *(floor(mark.clean.low * 4) / 4 for mark in marks)])

    def x(share: float) -> float:
        return ground.x((share - least) / (1 - least))

    parts = ground.grid()
    quarters = (quarter / 4 for quarter in range(round(least * 4), 5))
    parts += [tick(x(share), ground.bottom + 16, f"{share:.0%}") for share in quarters]
    parts.append(f'<text class="tick" x="{ground.left}" y="{height - 6}">{escape(axis)}</text>')
    places = apart([y(mark.attacked.value) for mark in marks], ground.top + 4, ground.bottom)
    for mark, at in zip(marks, places, strict=True):
        ends = f"{x(mark.clean.value):.1f},{y(mark.attacked.value):.1f} {right + 6:.1f},{at:.1f}"
        parts.append(f'<polyline class="leader" points="{ends}"/>')
    for mark, at in zip(marks, places, strict=True):
        kind, px, py = f"line-{mark.style % STYLES}", x(mark.clean.value), y(mark.attacked.value)
        shape = SHAPES[mark.style % STYLES].format(kind=f"mark {kind}")
        parts.append(
            f'<line class="whisker {kind}" x1="{x(mark.clean.low):.1f}" x2="{x(mark.clean.high):.1f}" y1="{py:.1f}" '
            f'y2="{py:.1f}"/><line class="whisker {kind}" x1="{px:.1f}" x2="{px:.1f}" y1="{y(mark.attacked.low):.1f}" '
            f'y2="{y(mark.attacked.high):.1f}"/><g transform="translate({px:.1f} {py:.1f})">{shape}</g>'
            f'<text class="name {kind}" x="{right + 9}" y="{at + 4:.1f}">{escape(mark.name)}</text>'
        )
    told = (f"{m.name}: {percent(m.clean.value)} without, {percent(m.attacked.value)} under attack" for m in marks)
    return svg(parts, size, f"{title}. {'; '.join(told)}.")
