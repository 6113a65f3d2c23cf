"""Whether any group of patients is easier to attack, folded away below the cards."""

from __future__ import annotations

from html import escape

from evidence import fairness
from evidence.fairness import Figure
from evidence.remade import made_by
from models import Card
from ui.markup import markup


def by_group(model: Card, twin: Card) -> None:
    """The whole block; nothing where this pair was not measured."""
    found = {(figure.model, figure.group): figure for figure in fairness.load()}
    if (model.id, fairness.GROUPS[0]) in found:
        markup(table_html(model, twin, found), key=f"fairness-{model.id}")


def table_html(model: Card, twin: Card, found: dict[tuple[str, str], Figure]) -> str:
    """One row a group, the model beside its twin."""
    rows = "".join(
        f"<tr><th>{escape(group)}</th>{''.join(_cell(found.get((card.id, group))) for card in (model, twin))}</tr>"
        for group in fairness.GROUPS
    )
    return (
        '<details class="story"><summary>Is anyone easier to attack?</summary>'
        f"<p>{escape(_gist(model, found))} So many of 255 grey levels may each pixel change "
        "until half of the group's films, read rightly before, are read wrongly.</p>"
        '<table class="figures-table"><tr><th>Group</th><th>Undefended</th><th>Defended twin</th></tr>'
        f'{rows}</table><p class="hint">Drawn patients of the bundled ward; small: 95 % interval of the median. Films '
        "that none of the budgets up to 16 turns count as more. White box, projected gradient descent at every budget. "
        f"Remade by <code>{escape(made_by(fairness.RESULTS))}</code>.</p></details>"
    )


def _gist(model: Card, found: dict[tuple[str, str], Figure]) -> str:
    """The two groups furthest apart, if their intervals are."""
    figures = sorted((found[model.id, group] for group in fairness.GROUPS), key=lambda figure: figure.median.value)
    least, most = figures[0], figures[-1]
    if least.median.high >= most.median.low:
        return "No group of these patients is surely easier to attack than another."
    return (
        f"Yes. Against the undefended model it takes {least.median.value:.2f} grey levels for “{least.group}” and "
        f"{most.median.value:.2f} for “{most.group}”."
    )


def _cell(figure: Figure | None) -> str:
    if figure is None:
        return "<td><span>not measured</span></td>"
    held = f", {figure.held} held" if figure.held else ""
    estimate = figure.median
    interval = f"{estimate.low:.2f} – {estimate.high:.2f}, n {estimate.n}{held}"
    return f"<td><b>{estimate.value:.2f}</b> <span>{interval}</span></td>"
