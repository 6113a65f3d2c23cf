"""The desk as a slide: what is on the screen now, for a lecture."""

from __future__ import annotations

import models
from ui import heat, theme
from ui.live.desk import Desk
from ui.live.film import film_facts, panes
from ui.live.numbers import rows
from ui.live.reasons import curves_of, maps
from ui.live.saying import sentence_parts
from ui.sentences import finding, percent
from ui.slide import Chart, Film, Map, Slide

COLORS = {"neutral": None, "attack": theme.ATTACK, "defence": theme.DEFENCE}
FACTS = 6
ROOM = 3  # films on a slide


def comparison(desk: Desk) -> Slide:
    """Sentence, films, maps, curves and figures of the attack that is on the desk."""
    cards = [models.card(model) for model in desk.models]
    phantom = ", digital phantom" if desk.film.radiograph.phantom else ""
    films = [
        Film(pane.title + phantom, pane.pixels, pane.verdict, pane.detail, COLORS[pane.tone]) for pane in panes(desk)
    ]
    small = [Map(entry.title, entry.picture()) for entry in maps(desk)]
    attacked = desk.attacked(desk.undefended)
    if attacked is not None and len(films) < ROOM:
        before, after = desk.film.radiograph.pixels, attacked.case.radiograph.pixels
        picture, times = heat.difference(before, after, width=before.shape[1])
        films.append(Film(f"The change, × {times}", picture / 255, detail="grey where nothing changed"))
    points = ", ".join(f"{card.title}: operating point {percent(card.operating_point)}" for card in cards)
    return Slide(
        sentence=[(text, COLORS[tone]) for text, tone in sentence_parts(desk)],
        films=films,
        maps=small,
        curves=[
            Chart(curve.name, curve.probabilities, curve.operating_point, COLORS[curve.tone])
            for curve in curves_of(desk)
        ],
        curves_title=f"Probability of {finding(cards[0].disease)}, step by step",
        facts=rows(desk)[:FACTS],
        foot=f"Education, not diagnosis · Adversarial Reading Room · {film_facts(desk)} · {points}",
    )
