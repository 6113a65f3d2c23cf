"""The plot of `docs/benchmarks.md`: shares of films with their intervals, and ratios with their bars."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from benchmarks.rows import Comparison, Ratio
from measures import Estimate

OURS, THEIRS, INK = "#a86b00", "#1d5f9e", "#5a646e"  # as on the screens; told apart by shape, too
LINE = 0.3  # inches a row
TICKS = (0.01, 0.03, 0.1, 0.3, 1, 3)


def draw(found: Sequence[Comparison], path: Path) -> None:
    """Write the plot as SVG, the same bytes for the same figures."""
    shares = [entry for entry in found if entry.shares]
    ratios = [(entry, ratio) for entry in found for ratio in entry.ratios]
    sizes = [max(len(shares), 1), max(len(ratios), 1)]
    style = {"svg.hashsalt": "benchmarks", "svg.fonttype": "none", "font.size": 9, "font.family": "sans-serif"}
    with matplotlib.rc_context(style):
        figure, (upper, lower) = plt.subplots(
            2, 1, figsize=(11, LINE * sum(sizes) + 2.2), height_ratios=sizes, layout="constrained"
        )
        figure.patch.set_facecolor("white")
        _shares(upper, shares)
        _ratios(lower, ratios)
        figure.savefig(path, format="svg", metadata={"Date": None})
        plt.close(figure)


def _shares(axes: Axes, entries: Sequence[Comparison]) -> None:
    for place, entry in enumerate(entries):
        for share, colour, shape, shift in zip(entry.shares or (), (OURS, THEIRS), "os", (-0.14, 0.14), strict=True):
            _point(axes, place + shift, share, colour, shape)
    _rows(axes, [_name(entry) for entry in entries])
    axes.set_xlim(-0.02, 1.02)
    axes.set_title(
        "Share of films, disc: ours, square: theirs\nstrongest: still read correctly; others: flipped", loc="left"
    )


def _ratios(axes: Axes, entries: Sequence[tuple[Comparison, Ratio]]) -> None:
    for place, (entry, ratio) in enumerate(entries):
        _point(axes, place, ratio.value, OURS, "o", filled=entry.row.reached[ratio.name])
        axes.plot([ratio.bar] * 2, [place - 0.38, place + 0.38], color=INK, linewidth=2.2)
    _rows(axes, [f"{_name(entry)} · {ratio.name}" for entry, ratio in entries])
    axes.set_xscale("log")
    axes.set_xticks(TICKS, [f"{tick:g}" for tick in TICKS])
    axes.set_xticks([], minor=True)
    axes.axvline(1, color=INK, linewidth=0.8, linestyle=":")
    axes.set_title("Ours over theirs, dotted: equal\nupright line: the bar; filled: bar reached", loc="left")


def _point(axes: Axes, place: float, value: Estimate, colour: str, shape: str, *, filled: bool = True) -> None:
    axes.plot([value.low, value.high], [place, place], color=colour, linewidth=1.4)
    axes.plot(value.value, place, shape, color=colour, markerfacecolor=colour if filled else "white", markersize=6)


def _rows(axes: Axes, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.grid(axis="x", color="#d3d9df", linewidth=0.6)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(left=False)


def _name(entry: Comparison) -> str:
    """Both attacks, budget and model, without the details in the table."""
    first, *_, model = entry.row.what.replace("*", "").split(", ")
    budget = next((part for part in entry.row.what.split(", ") if "ε" in part), "")
    parts = [first.split(" (")[0], budget.removeprefix("until "), model]
    return f"{', '.join(part for part in parts if part)} (n {entry.row.n})"
