"""One model's card as HTML: on whom it was trained, what was measured, where it fails."""

from __future__ import annotations

from html import escape

from evidence.provenance import verify
from measures import Estimate, balanced
from models import Card, Figure
from robustness import METHODS
from ui.cards.cells import DATA, cell
from ui.cards.robustness import robustness
from ui.cards.training import training_html
from ui.markup import figures_html, row_html, share_html
from ui.sentences import percent

POINTING, INSIDE = "pointing game, ", "saliency inside, "
BALANCED = "balanced accuracy"
MEASURES = ("AUC", "sensitivity", "specificity")


def _kind(card: Card) -> str:
    if card.options.get("noise"):
        return "Made to vote over noisy copies; figures are of one reading without that vote, unless they say so"
    return "Defended" if card.defended else "Undefended"


def card_html(card: Card) -> str:
    """The whole card."""
    tone = "defence" if card.defended else "attack"
    trained = "".join(
        f"<tr><th>{escape(entry.name)}</th><td>{entry.images:,}</td><td>{escape(entry.people)}</td>"
        f"<td>{escape(entry.licence)}</td></tr>"
        for entry in card.training
    )
    limits = "".join(f"<li>{escape(limit)}</li>" for limit in card.limits)
    facts = {
        "Operating point": f"{card.disease} from {percent(card.operating_point)} on, chosen on validation films",
        "Answers": ", ".join(card.classes),
        "Made by": f"<code>{escape(card.made_by)}</code>",
        "Cost": escape(card.compute),
        "Weights": f"Apache-2.0, SHA-256 <code>{card.sha256}</code>",
    }
    signature = verify(card.id)
    facts["Signature"] = f"{'✓' if signature.valid else '⚑'} {escape(signature.words)}"
    rows = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts.items())
    return (
        f'<p class="label {tone}">{_kind(card)} · {escape(card.id)}</p>'
        f"<h2>{escape(card.title)}</h2><p>{escape(card.summary)}</p>"
        f'<p class="use">{escape(card.intended_use)}</p>'
        f"<h3>How it reads</h3>{_readings(card)}"
        f"<h3>How it reads under attack</h3>{robustness(card)}{_looks(card)}"
        '<h3>On whom it was trained</h3><table class="facts"><tr><th>Set</th><th>Films</th><th>Whom it shows</th>'
        f"<th>Terms</th></tr>{trained}</table>"
        f"<h3>How its training went</h3>{training_html(card)}"
        f"<h3>Limits and shortcuts</h3><ul>{limits}</ul>"
        f'<h3>Provenance</h3><dl class="provenance">{rows}</dl>'
    )


def _readings(card: Card) -> str:
    """Clean figures by set and group, one row a group."""
    rows = []
    for data in dict.fromkeys(figure.data for figure in card.figures):
        rows.append(f'<tr class="set"><th colspan="{len(MEASURES) + 2}">{escape(DATA.get(data, data))}</th></tr>')
        clean = [figure for figure in card.figures if figure.data == data and figure.measure in MEASURES]
        for group in dict.fromkeys(figure.group for figure in clean):
            of_group = {figure.measure: figure for figure in clean if figure.group == group}
            cells = (*(cell(of_group.get(measure)) for measure in MEASURES), _balanced(of_group))
            rows.append(row_html(escape(group), cells))
    heads = (measure[0].upper() + measure[1:] for measure in (*MEASURES, BALANCED))
    return figures_html(("Group", *heads), rows)


def _looks(card: Card) -> str:
    """Whether its explanations point at the lesion, one row a set and method, where that was measured."""
    rows = []
    for data in dict.fromkeys(figure.data for figure in card.figures):
        found = {f.measure: f for f in card.figures if f.data == data and f.measure.startswith((POINTING, INSIDE))}
        methods = dict.fromkeys(measure.removeprefix(POINTING) for measure in found if measure.startswith(POINTING))
        if methods:
            rows.append(f'<tr class="set"><th colspan="3">{escape(DATA.get(data, data))}</th></tr>')
        for method in methods:
            title = METHODS[method].title if method in METHODS else method
            cells = (cell(found.get(f"{measure}{method}")) for measure in (POINTING, INSIDE))
            rows.append(row_html(escape(title), cells))
    if not rows:
        return ""
    heads = ("Map", "Its summit lies on the lesion", "Share of it inside the lesion")
    return f"<h3>Where it looks</h3>{figures_html(heads, rows)}"


def _balanced(found: dict[str, Figure]) -> str:
    """The mean of sensitivity and specificity, at the operating point that was chosen on validation films."""
    both = [found[measure] for measure in ("sensitivity", "specificity") if measure in found]
    if len(both) < 2:
        return ""
    mean = balanced(*(Estimate(each.value, each.low, each.high, each.n) for each in both))
    return share_html(mean)
