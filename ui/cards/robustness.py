"""What a card says of attacks: what they leave, what is certain, and whether the figures can be believed."""

from __future__ import annotations

from html import escape

from evidence import certified, masking, worst
from evidence.masking import Checked
from evidence.remade import made_by
from models import Card
from training import PGD_STEPS
from ui.cards.cells import DATA, UNDER_ATTACK, cell
from ui.heat import data_uri
from ui.markup import area_html, figures_html, row_html, share_html
from ui.sentences import floored, levels, percent

SURFACE = 8  # pixels of the picture for one point of the surface
RADII = (0.1, 0.25, 0.5)  # L2, display units


def robustness(card: Card) -> str:
    """All of it, as far as it was measured."""
    return f"{_attacked(card)}{_certified(card)}{_worst(card)}{_honest(card)}"


def _attacked(card: Card) -> str:
    """Figures under attack, one row a set and budget."""
    rows = []
    for data in dict.fromkeys(figure.data for figure in card.figures):
        found = {f.measure: f for f in card.figures if f.data == data and UNDER_ATTACK in f.measure}
        budgets = dict.fromkeys(measure.split(UNDER_ATTACK)[1] for measure in found)
        if budgets:
            rows.append(f'<tr class="set"><th colspan="3">{escape(DATA.get(data, data))}</th></tr>')
        for budget in budgets:
            cells = (cell(found.get(f"{measure}{UNDER_ATTACK}{budget}")) for measure in ("AUC", "accuracy"))
            rows.append(row_html(f"{escape(budget)} grey levels", cells))
    return (
        f'<p class="hint">By an attacker who has the weights: projected gradient descent on the margin, {PGD_STEPS} '
        "steps, one start; each film pushed to the wrong side as far as it goes.</p>"
        f"{figures_html(('Largest change', 'AUC', 'Accuracy'), rows)}"
    )


def _certified(card: Card) -> str:
    """What is certain of a model that was trained with noise, when it votes over noisy copies."""
    found = next((each for each in certified.load() if each.model == card.id), None)
    if found is None:
        return ""
    shares = {"nothing": found.right_beyond(0)}
    for radius in RADII:
        even = floored(found.levels(radius))
        shares[f"L2 {radius:g}, as {even} grey levels in every pixel"] = found.right_beyond(radius)
    rows = (row_html(change, [share_html(share)]) for change, share in shares.items())
    return (
        f"<h3>What is certain when {found.copies:,} noisy copies vote</h3>"
        f'<p class="hint">{len(found)} films ({escape(DATA["kermany"])}); no answer for '
        f"{percent(found.abstained.value)}. Remade by <code>{escape(made_by(certified.RESULTS))}</code>.</p>"
        f"{figures_html(('Whatever is changed, up to', 'Read rightly, and certainly so'), rows)}"
    )


def _worst(card: Card) -> str:
    """What is left where several attacks push each film and the worst of them counts, where that was measured."""
    found = worst.load().get(card.id)
    if not found:
        return ""
    rows = []
    for pushed in found:
        rows.append(f'<tr class="set"><th colspan="2">{levels(pushed.level)} of 255</th></tr>')
        for name, value in pushed.attacks.items():
            rows.append(row_html(escape(name), [area_html(value)]))
        rows.append(row_html("The worst of them, film by film", [area_html(pushed.worst)]))
    return (
        "<h3>Pushed by several attacks</h3>"
        f"<p>Nothing stops once the answer has tipped: each film is pushed as far to the wrong side as an attack can. "
        f'<span class="hint">{escape(DATA.get(found[0].set, found[0].set))}. Remade by '
        f"<code>{escape(made_by(worst.RESULTS))}</code>.</span></p>"
        f"{figures_html(('Attack', 'AUC'), rows)}"
    )


def _honest(card: Card) -> str:
    """Whether those figures can be believed: the checks for a gradient that hides, where they were made."""
    found = masking.load().get(card.id)
    if found is None:
        return ""
    rows = (
        row_html(
            f"{'✓' if sign.held else '⚑'} {escape(sign.name)}",
            (f"<b>{percent(sign.stronger.value)}</b>", percent(sign.weaker.value), sign.missed),
        )
        for sign in found.signs
    )
    heads = ("What should hold", "Films flipped", "against", "Only by that, films")
    said = "No sign of it was found." if found.honest else "⚑ marks a sign of it: the figures above may be too good."
    return (
        "<h3>Does it resist, or only hide its gradient?</h3>"
        f'<p>{said} <span class="hint">{found.signs[0].stronger.n} films ({escape(found.set)}), changes of up to '
        f"{levels(found.level)} of 255. Remade by <code>{escape(masking.COMMAND)}</code>.</span></p>"
        f'<div class="honest">{figures_html(heads, rows)}{_surface(found)}</div>'
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
