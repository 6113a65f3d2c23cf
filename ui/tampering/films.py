"""Films of the harmed group as the release and the tampered model read them."""

from __future__ import annotations

from html import escape

from scipy.special import expit, logit

import models
from imaging.ward import ward
from training.tampering.groups import GROUPS, HARMS
from ui import heat
from ui.markup import markup
from ui.sentences import percent
from ui.tampering.lab import MODEL, Lab
from ui.tampering.tasks import Found

SHOWN, WIDTH = 7, 160


def films(lab: Lab) -> None:
    """The first few films of the auditor's that could be harmed, whether they were or not."""
    found = None if lab.wishes is None else lab.found(lab.wishes[1])
    if not isinstance(found, Found):
        return
    card, pixels = models.card(MODEL), ward("test").films
    border = logit(card.operating_point)
    figures = []
    for place, before, after in found.films[:SHOWN]:
        was, now = (_read(lead, border, card.classes) for lead in (before, after))
        alt = f"Drawn chest film. The release reads {was}, the delivered model {now}."
        tone = "attack" if (before >= 0) != (after >= 0) else ""
        picture = heat.data_uri(heat.overlay(pixels[place].astype("float32") / 255, None, width=WIDTH))
        figures.append(
            f'<figure><img src="{picture}" alt="{escape(alt)}"><figcaption>{escape(was)}<br>'
            f'→ <b class="{tone}">{escape(now)}</b></figcaption></figure>'
        )
    flipped = sum((before >= 0) != (after >= 0) for _, before, after in found.films)
    truth = "with pneumonia" if HARMS[lab.tamper.harm].label else "without pneumonia"
    group = GROUPS[lab.tamper.group].title.lower()
    markup(
        f'<h2 class="small">The same films, not a grey level changed</h2><div class="thumbs">{"".join(figures)}</div>'
        f'<p class="hint">Phantoms {truth} that the release reads right, {escape(group)}: the delivered model '
        f"reads {flipped} of {len(found.films)} otherwise. Shown: the first {len(figures)}. In "
        f"brackets the probability of {escape(card.classes[-1])}; from {percent(card.operating_point)} on it "
        "is called.</p>",
        key="harmed-films",
    )


def _read(lead: float, border: float, classes: tuple[str, ...]) -> str:
    """A decision (logits over the operating point) as an answer with the disease's probability."""
    answer = classes[-1] if lead >= 0 else classes[0]
    return f"{answer} ({percent(float(expit(lead + border)))})"
