"""What an archive does to an attack: which altered films still mislead after JPEG, another size, blur."""

from __future__ import annotations

from html import escape

from evidence import survival
from evidence.remade import made_by
from evidence.survival import Row
from measures import Estimate
from robustness import REGISTRY
from robustness.accidents import ACCIDENTS
from ui.live.words import HOW
from ui.markup import figures_html, markup, row_html, share_bar_html, share_html
from ui.sentences import levels, percent


def section() -> None:
    """The heading and the table, where it was measured."""
    rows = survival.load()
    if not rows:
        return
    markup(
        '<h2>What an archive does to an attack</h2><p class="lead">On its way a film is recompressed, shrunk, blurred. '
        "That was never meant as a defence. JPEG undoes little; shrinking to a quarter and a strong blur undo much of "
        "an attack that did not reckon with them, and less of one that did (the last column). Below: the films that "
        f"still mislead the model afterwards.</p>{table_html(rows)}",
        key="survival",
    )


def table_html(rows: tuple[Row, ...]) -> str:
    """One line an accident, one column an attack."""
    heads = (
        f"{escape(HOW.get(row.attack, REGISTRY[row.attack].title))}"
        f"<br><span>flips {percent(row.flipped.value)} of {row.flipped.n} films</span>"
        for row in rows
    )
    lines = []
    for name, strength in rows[0].misled:
        accident = ACCIDENTS[name]
        cells = (_cell(row.misled[name, strength]) for row in rows)
        lines.append(row_html(f"<b>{accident.title}</b>, {accident.words.format(strength)}", cells))
    return (
        f"{figures_html(('Misled after', *heads), lines, 'survival')}"
        f'<p class="hint">Undefended chest model, test films of children (kermany-224), changes of at most '
        f"{levels(rows[0].level)} of 255, each film pushed as far as an attack can. Of the films that the accident "
        "alone does not flip; small: 95 % interval. Remade by "
        f"<code>{escape(made_by(survival.RESULTS))}</code>.</p>"
    )


def _cell(share: Estimate) -> str:
    return share_html(share, counted=True) + share_bar_html(share.value, "attack")
