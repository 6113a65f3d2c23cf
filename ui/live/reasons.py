"""The foot of the live page: the probability step by step, and where the models looked before and after."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray

import models
from robustness import METHODS
from ui import heat
from ui.charts import Curve, curves_svg
from ui.live.desk import Desk
from ui.live.film import player_key, shown_step
from ui.live.tasks import Progress
from ui.live.words import short, tone
from ui.markup import markup
from ui.sentences import finding

WIDTH = 320  # of a small picture, in pixels


@dataclass(frozen=True)
class Small:
    """A small picture with its words; equal when it shows the same, by ``of``."""

    title: str
    alt: str
    of: tuple
    pixels: NDArray[np.float32] = field(compare=False, repr=False)
    map: NDArray[np.float32] | None = field(compare=False, repr=False, default=None)

    def picture(self) -> NDArray[np.uint8]:
        """uint8 ``[h, w, 3]``."""
        return heat.overlay(self.pixels, self.map, width=WIDTH)


def curves(desk: Desk) -> None:
    """Probability of the disease through the steps, for each model, and the player that walks through them."""
    disease = models.card(desk.undefended).disease
    drawn = curves_of(desk)
    head = f'<p class="label">Probability of {escape(finding(disease))}, step by step</p>'
    if not drawn:
        markup(f'{head}<p class="quiet">The curve begins with the attack.</p>', key="curves")
        return
    frames = sorted({step for model in desk.models if (done := desk.attacked(model)) for step in done.frames})
    player = not desk.attacking and len(frames) > 2
    chart = curves_svg(drawn, disease, size=(400, 150), step=shown_step(desk) if player else None)
    markup(head + chart, key="curves")
    if player:
        st.select_slider("Step shown on the films", frames, value=frames[-1], key=player_key(desk))


def curves_of(desk: Desk) -> list[Curve]:
    """What is known so far of each model's probability."""
    drawn = []
    for model in desk.models:
        attacked, progress = desk.attacked(model), desk.front.progress
        if attacked is not None:
            trace = attacked.case.trace
        elif isinstance(progress, Progress) and progress.model == model:
            trace = progress.probabilities
        else:
            continue
        drawn.append(Curve(short(model), trace, tone(model), models.card(model).operating_point))
    return drawn


def reasons(desk: Desk) -> None:
    """Saliency before and after, at the same scale, and the change itself."""
    with st.container(key="why-head", horizontal=True, vertical_alignment="center", gap="small"):
        markup('<p class="label">Why: what the model looked at</p>', key="why-label")
        method = st.selectbox(
            "Method of explanation",
            list(METHODS),
            format_func=lambda name: METHODS[name].title,
            key="method",
            label_visibility="collapsed",
            width=170,
        )
    if method != desk.method:
        desk.method = method
        st.rerun()
    markup(f'<p class="sr-only">{METHODS[method].plain}</p>', key="method-words")
    figures = "".join(_figure(small.title, small.alt, _uri(small)) for small in maps(desk))
    markup(f'<div class="thumbs">{figures}{_change(desk)}</div>', key="why")


def maps(desk: Desk) -> list[Small]:
    """Each model's saliency, before and after the attack on it; the bare film where it is not there yet."""
    shown = []
    for model in desk.models:
        name = "" if len(desk.models) == 1 else f", {short(model)}"
        attacked = desk.attacked(model)
        films = [("Before", False, desk.film.radiograph.pixels)]
        if attacked is not None:
            films.append(("After", True, attacked.case.radiograph.pixels))
        for when, after, pixels in films:
            saliency = desk.saliency(model, attacked=after)
            state = " …" if saliency is None else "" if saliency.map.any() else ": empty"
            of = (desk.film, model, after and desk.request, desk.method, saliency is None)
            alt = f"{when} the attack: {METHODS[desk.method].title} of the {short(model)} model's reading{state}"
            shown.append(Small(f"{when}{name}{state}", alt, of, pixels, None if saliency is None else saliency.map))
    return shown


@functools.lru_cache(maxsize=64)
def _uri(small: Small) -> str:
    return heat.data_uri(small.picture())


def change(desk: Desk) -> tuple[NDArray[np.uint8], int] | None:
    """The change of the attacked film, amplified, and how many times."""
    attacked = desk.attacked(desk.undefended)
    if attacked is None:
        return None
    return heat.difference(desk.film.radiograph.pixels, attacked.case.radiograph.pixels, width=WIDTH)


def _change(desk: Desk) -> str:
    made = change(desk)
    if made is None:
        return ""
    picture, times = made
    return _figure(f"The change, × {times}", f"The change of the film, amplified {times} times", heat.data_uri(picture))


def _figure(title: str, alt: str, uri: str) -> str:
    return f'<figure><img src="{uri}" alt="{escape(alt)}"><figcaption>{escape(title)}</figcaption></figure>'
