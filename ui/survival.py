"""What an archive does to an attack: which altered films still mislead after JPEG, another size, blur."""

from __future__ import annotations

from html import escape

from evidence import survival
from evidence.survival import Row
from measures import Estimate
from robustness import REGISTRY
from robustness.accidents import ACCIDENTS
from ui.live.words import HOW
from ui.markup import markup
from ui.sentences import levels, percent


def section() -> None:
    """The heading and the table, where it was measured."""
    rows = survival.load()
    if not rows:
        return
    markup(
        '<h2>What an archive does to an attack</h2><p class="lead">On its way a film is recompressed, shrunk, blurred. '
        "That is no defence one can count on: it undoes an attack that did not reckon with it, and little of one that "
        f"did.</p>{table_html(rows)}",
        key="survival",
    )


def table_html(rows: tuple[Row, ...]) -> str:
    """One line an accident, one column an attack."""
    heads = "".join(
        f"<th>{escape(HOW.get(row.attack, REGISTRY[row.attack].title))}"
        f"<br><span>flips {percent(row.flipped.value)} of {row.flipped.n} films</span></th>"
        for row in rows
    )
    lines = []
    for name, strength in rows[0].outlives:
        accident = ACCIDENTS[name]
        cells = "".join(_cell(row.outlives[name, strength]) for row in rows)
        lines.append(f"<tr><th><b>{accident.title}</b>, {accident.words.format(strength)}</th>{cells}</tr>")
    return (
        f'<table class="figures-table survival"><tr><th>Still misled after</th>{heads}</tr>{"".join(lines)}</table>'
        f'<p class="hint">Undefended chest model, test films of children (kermany-224), changes of at most '
        f"{levels(rows[0].level)} of 255, stored with 8 bit before anything happens to them. Of the films that an "
        "attack flips and that the accident alone would not; small: 95 % interval. Remade by "
        f"<code>{escape(survival.COMMAND)}</code>.</p>"
    )


def _cell(share: Estimate | None) -> str:
    if share is None:
        return "<td><span>no film flipped</span></td>"
    return (
        f"<td><b>{percent(share.value)}</b> <span>{percent(share.low)} – {percent(share.high)}, n {share.n}</span>"
        f'<div class="share attack" aria-hidden="true"><i style="width:{round(100 * share.value)}%"></i></div></td>'
    )
