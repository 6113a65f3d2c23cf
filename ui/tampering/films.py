"""Films of the harmed group as the release and the tampered model read them."""

from __future__ import annotations

from html import escape

from scipy.special import expit, logit

import models
from training.tampering.groups import HARMS
from ui import heat
from ui.markup import markup
from ui.sentences import lowered, percent
from ui.tampering.lab import Lab
from ui.tampering.tasks import Found, Show

WIDTH = 160  # of a picture, in pixels
DRAWING = '<p class="quiet">Films are drawn and read …</p>'


def films(lab: Lab) -> None:
    """The first few films of the auditor's that could be harmed, whether they were or not."""
    found = None if lab.wishes is None else lab.found(lab.wishes[1])
    if not isinstance(found, Found):
        return
    shown = lab.found(Show(lab.wishes[1]))
    card = models.card(lab.about.model)
    border = logit(card.operating_point)
    figures = []
    for film in shown if isinstance(shown, tuple) else ():
        was, now = (_read(lead, border, card.classes) for lead in (film.before, film.after))
        alt = f"Drawn {card.modality} film. The release reads {was}, the delivered model {now}."
        tone = "attack" if (film.before >= 0) != (film.after >= 0) else ""
        picture = heat.data_uri(heat.overlay(film.pixels, None, width=WIDTH))
        figures.append(
            f'<figure><img src="{picture}" alt="{escape(alt)}"><figcaption>{escape(was)}<br>'
            f'→ <b class="{tone}">{escape(now)}</b></figcaption></figure>'
        )
    flipped = sum((before >= 0) != (after >= 0) for _, before, after in found.films)
    truth = f"{'with' if HARMS[lab.tamper.harm].label else 'without'} {lab.about.disease}"
    group = lab.about.groups[lab.tamper.group].title
    shows = (
        f" Shown: the first {len(figures)}, read just now. In brackets the probability of {escape(card.classes[-1])}; "
        f"from {percent(card.operating_point)} on it is called."
    )
    thumbs = f'<div class="thumbs films">{"".join(figures)}</div>'
    markup(
        f'<h2 class="small">The same films, not a grey level changed</h2>{thumbs if figures else DRAWING}'
        f'<p class="hint">Phantoms {truth} that the release reads right, {escape(lowered(group))}: the delivered '
        f"model reads {flipped} of {len(found.films)} otherwise.{shows if figures else ''}</p>",
        key="harmed-films",
    )


def _read(lead: float, border: float, classes: tuple[str, ...]) -> str:
    """A decision (logits over the operating point) as an answer with the disease's probability."""
    answer = classes[-1] if lead >= 0 else classes[0]
    return f"{answer} ({percent(float(expit(lead + border)))})"
