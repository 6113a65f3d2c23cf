"""Whether any group of patients is easier to attack, folded away below the cards."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from evidence import fairness
from evidence.fairness import Figure
from evidence.remade import made_by
from models import Card
from ui.markup import figures_html, markup, row_html
from ui.sentences import levels

READERS = ("Undefended", "Defended twin")
LABELS = {1: "with pneumonia", 0: "without pneumonia"}


def by_group(model: Card, twin: Card) -> None:
    """The whole block; nothing where this pair was not measured."""
    figures = fairness.load()
    if any(figure.model == model.id for figure in figures):
        markup(table_html(model, twin, figures), key=f"fairness-{model.id}")


def table_html(model: Card, twin: Card, figures: Sequence[Figure]) -> str:
    """One row a group, its films with and without the disease, the model beside its twin."""
    found = {(figure.model, figure.group, figure.label): figure for figure in figures}
    rows = []
    for group in fairness.GROUPS:
        cells = (_cell(found.get((card.id, group, label))) for card in (model, twin) for label in LABELS)
        rows.append(row_html(escape(group), cells))
    heads = (f"{name}<br><span>{told}</span>" for name in READERS for told in LABELS.values())
    return (
        '<details class="story"><summary>Is anyone easier to attack?</summary>'
        f"<p>{escape(_gist([figure for figure in figures if figure.model == model.id]))} The figures are grey levels "
        "of 255: with so large a change of each pixel, half of the group's films that were read rightly are read "
        "wrongly. Lower is easier to attack.</p>"
        f"{figures_html(('Group', *heads), rows)}"
        '<p class="hint">Drawn patients of the bundled ward; small: 95 % interval of the median. Held: films that no '
        "budget up to 16 turns; they count as more. White box, projected gradient descent "
        "at every budget, in numbers finer than an 8-bit file stores, so that groups can be told apart. Groups that "
        "nobody shares (children, women, men) are compared by Mann and Whitney's test, corrected after Holm. "
        f"Remade by <code>{escape(made_by(fairness.RESULTS))}</code>.</p></details>"
    )


def _gist(figures: Sequence[Figure]) -> str:
    """The two groups that are most surely apart."""
    first = fairness.contrasts(figures)[0]
    if not first.sure:
        return "No group of these patients is surely easier to attack than another."
    easier, harder = (f"{levels(each.median.value)} for {each.group.lower()}" for each in (first.easier, first.harder))
    return (
        f"Yes. Of films {LABELS[first.easier.label]}, the change that turns half is {easier} and {harder} (undefended "
        f"model, p {_told(first.p)})."
    )


def _told(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"= {p:.3f}"


def _cell(figure: Figure | None) -> str:
    if figure is None:
        return "<span>not measured</span>"
    held = f", {figure.held} held" if figure.held else ""
    estimate = figure.median
    interval = f"{levels(estimate.low)} – {levels(estimate.high)}, n {estimate.n}{held}"
    return f"<b>{levels(estimate.value)}</b> <span>{interval}</span>"
