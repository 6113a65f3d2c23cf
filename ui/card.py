"""One model's card as HTML: on whom it was trained, what was measured, where it fails."""

from __future__ import annotations

from html import escape

from evidence import masking, worst
from evidence.masking import Checked
from evidence.provenance import verify
from evidence.remade import made_by
from measures import Estimate, balanced
from models import Card, Figure
from robustness import METHODS
from ui.heat import data_uri
from ui.sentences import levels, percent

DATA = {
    "kermany": "Kermany test films: children of 1–5 years, one hospital",
    "nih": "NIH test patients: mostly adults, one hospital",
    "mias": "MIAS women: each read by a model that never saw her",
    "phantoms": "Digital phantoms, computed",
}
POINTING, INSIDE = "pointing game, ", "saliency inside, "
UNDER_ATTACK = " under attack, "
LEVELS = " grey levels"
SURFACE = 8  # pixels of the picture for one point of the surface
BALANCED = "balanced accuracy"
MEASURES = ("AUC", "sensitivity", "specificity")


def _kind(card: Card) -> str:
    if card.options.get("noise"):
        return "Made to be smoothed; all figures are of the bare network"
    return "Defended" if card.defended else "Undefended"


def card_html(card: Card) -> str:
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
        f"<h3>How it reads under attack</h3>{_attacked(card)}{_worst(card)}{_honest(card)}{_looks(card)}"
        '<h3>On whom it was trained</h3><table class="facts"><tr><th>Set</th><th>Films</th><th>Whom it shows</th>'
        f"<th>Terms</th></tr>{trained}</table>"
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
            cells = "".join(_cell(of_group.get(measure)) for measure in MEASURES) + _balanced(of_group)
            rows.append(f"<tr><th>{escape(group)}</th>{cells}</tr>")
    heads = "".join(f"<th>{measure[0].upper() + measure[1:]}</th>" for measure in (*MEASURES, BALANCED))
    return f'<table class="figures-table"><tr><th>Group</th>{heads}</tr>{"".join(rows)}</table>'


def _attacked(card: Card) -> str:
    """Figures under attack, one row a set and budget."""
    rows = []
    for data in dict.fromkeys(figure.data for figure in card.figures):
        found = {f.measure: f for f in card.figures if f.data == data and UNDER_ATTACK in f.measure}
        budgets = dict.fromkeys(measure.split(UNDER_ATTACK)[1] for measure in found)
        if budgets:
            rows.append(f'<tr class="set"><th colspan="3">{escape(DATA.get(data, data))}</th></tr>')
        for budget in budgets:
            cells = "".join(_cell(found.get(f"{measure}{UNDER_ATTACK}{budget}")) for measure in ("AUC", "accuracy"))
            rows.append(f"<tr><th>{escape(budget)} grey levels</th>{cells}</tr>")
    heads = "<th>Largest change</th><th>AUC</th><th>Accuracy</th>"
    return f'<table class="figures-table"><tr>{heads}</tr>{"".join(rows)}</table>'


def _worst(card: Card) -> str:
    """What is left where several attacks push each film and the worst of them counts, where that was measured."""
    found = worst.load().get(card.id)
    if not found:
        return ""
    rows = []
    for pushed in found:
        rows.append(f'<tr class="set"><th colspan="2">{levels(pushed.level)} of 255</th></tr>')
        for name, value in pushed.attacks.items():
            rows.append(f"<tr><th>{escape(name)}</th>{_area(value)}</tr>")
        rows.append(f"<tr><th>The worst of them, film by film</th>{_area(pushed.worst)}</tr>")
    return (
        "<h3>Pushed by several attacks</h3>"
        f"<p>Nothing stops once the answer has tipped: each film is pushed as far to the wrong side as an attack can. "
        f'<span class="hint">{escape(DATA.get(found[0].set, found[0].set))}. Remade by '
        f"<code>{escape(made_by(worst.RESULTS))}</code>.</span></p>"
        f'<table class="figures-table"><tr><th>Attack</th><th>AUC</th></tr>{"".join(rows)}</table>'
    )


def _honest(card: Card) -> str:
    """Whether those figures can be believed: the checks for a gradient that hides, where they were made."""
    found = masking.load().get(card.id)
    if found is None:
        return ""
    rows = "".join(
        f"<tr><th>{'✓' if sign.held else '⚑'} {escape(sign.name)}</th>"
        f"<td><b>{percent(sign.stronger.value)}</b></td><td>{percent(sign.weaker.value)}</td><td>{sign.missed}</td></tr>"
        for sign in found.signs
    )
    said = "No sign of it was found." if found.honest else "⚑ marks a sign of it: the figures above may be too good."
    return (
        "<h3>Does it resist, or only hide its gradient?</h3>"
        f'<p>{said} <span class="hint">{found.signs[0].stronger.n} films ({escape(found.set)}), changes of up to '
        f"{levels(found.level)} of 255. Remade by <code>{escape(masking.COMMAND)}</code>.</span></p>"
        '<div class="honest"><table class="figures-table"><tr><th>What should hold</th><th>Films flipped</th>'
        f"<th>against</th><th>Only by that, films</th></tr>{rows}</table>{_surface(found)}</div>"
    )


def _surface(found: Checked) -> str:
    """The attacker's lead around one film as a small picture: the darker, the surer the right answer still is."""
    least, most = float(found.surface.min()), float(found.surface.max())
    shares = (found.surface - least) / max(most - least, 1e-9)
    picture = data_uri((255 * shares + 0.5).astype("uint8").repeat(SURFACE, 0).repeat(SURFACE, 1))
    flips = "the answer changes at its edge" if most > 0 else "the answer holds everywhere in it"
    words = (
        f"Around one film, from −{found.level:g} to {found.level:g} grey levels along its gradient (downwards) and "
        f"along a random change: {flips}. Smooth in an honest model, ragged where a gradient hides"
    )
    return f'<figure><img src="{picture}" alt="{escape(words)}"><figcaption>{escape(words)}.</figcaption></figure>'


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
            cells = "".join(_cell(found.get(f"{measure}{method}")) for measure in (POINTING, INSIDE))
            rows.append(f"<tr><th>{escape(title)}</th>{cells}</tr>")
    if not rows:
        return ""
    heads = "<th>Map</th><th>Its summit lies on the lesion</th><th>Share of it inside the lesion</th>"
    return f'<h3>Where it looks</h3><table class="figures-table"><tr>{heads}</tr>{"".join(rows)}</table>'


def _cell(figure: Figure | None) -> str:
    if figure is None:
        return "<td><span>not measured</span></td>"
    if figure.measure.startswith("AUC"):
        return _area(figure)
    value, low, high = (percent(share) for share in (figure.value, figure.low, figure.high))
    return f"<td><b>{value}</b> <span>{low} – {high}, n {figure.n:,}</span></td>"


def _balanced(found: dict[str, Figure]) -> str:
    """The mean of sensitivity and specificity, at the operating point that was chosen on validation films."""
    both = [found[measure] for measure in ("sensitivity", "specificity") if measure in found]
    if len(both) < 2:
        return "<td></td>"
    mean = balanced(*(Estimate(each.value, each.low, each.high, each.n) for each in both))
    return f"<td><b>{percent(mean.value)}</b> <span>{percent(mean.low)} – {percent(mean.high)}</span></td>"


def _area(value: Figure | Estimate) -> str:
    return f"<td><b>{value.value:.3f}</b> <span>{value.low:.3f} – {value.high:.3f}, n {value.n:,}</span></td>"
