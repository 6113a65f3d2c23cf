"""The middle of the live page: the sentence that says what happened, and the films."""

from __future__ import annotations

from html import escape

import streamlit as st

import models
from ui.live.desk import Desk
from ui.live.tasks import DEFENDED, UNDEFENDED, Explain, Progress
from ui.sentences import answer, levels, percent, verdict
from ui.viewer import Pane, film_viewer

NAMES = {UNDEFENDED: "Undefended model", DEFENDED: "Defended twin"}
TONES = {UNDEFENDED: "attack", DEFENDED: "defence"}


def sentence(desk: Desk) -> None:
    """What happened, said once, large, and to screen readers too."""
    disease = models.card(UNDEFENDED).classes[-1]
    attacked, reading = desk.attacked(UNDEFENDED), desk.reading(UNDEFENDED)
    progress = desk.work.progress
    if desk.work.errors:
        text = escape(next(iter(desk.work.errors.values())))
    elif attacked is not None:
        before, after, rest = verdict(attacked.case, disease)
        arrow = f'<span class="attack">→ {escape(after)}.</span>' if attacked.case.flipped else f"→ {escape(after)}."
        text = f"{escape(before).capitalize()} {arrow} {escape(rest)}{_twin(desk, disease)}"
    elif isinstance(progress, Progress):
        text = f"Attacking: {disease} {percent(progress.probabilities[-1])} after step {len(progress.probabilities)}."
    elif reading is not None:
        text = f"The model reads {escape(answer(reading, disease))}. Press Attack to change its mind, not the image."
    else:
        text = "The model is reading the film …"
    st.html(f'<div class="verdict" role="status" aria-live="polite">{text}</div>')


def _twin(desk: Desk, disease: str) -> str:
    attacked = desk.attacked(DEFENDED) if desk.twin else None
    if attacked is None:
        return ""
    held = "gave way" if attacked.case.flipped else "held"
    return f' <span class="defence">The defended twin {held}: {escape(answer(attacked.case.after, disease))}.</span>'


def viewer(desk: Desk) -> None:
    """The film as it came, and as each model's attacker left it."""
    film_viewer(_panes(desk), key="films", height=520)


def _panes(desk: Desk) -> list[Pane]:
    radiograph = desk.film.radiograph
    disease = models.card(UNDEFENDED).classes[-1]
    reading = desk.reading(UNDEFENDED)
    panes = [
        Pane(
            id="original",
            title="Original",
            caption=film_facts(desk),
            pixels=radiograph.pixels,
            verdict=answer(reading, disease).capitalize() if reading else "",
            detail=f"operating point {percent(reading.operating_point)}" if reading else "",
            alt=f"{desk.title}, as the file holds it",
            overlay=_saliency(desk, UNDEFENDED, attacked=False),
            lesion=desk.lesion(),
        )
    ]
    progress = desk.work.progress
    for model in desk.models:
        attacked = desk.attacked(model)
        running = isinstance(progress, Progress) and progress.model == model
        if attacked is None and not running:
            continue
        pixels = progress.pixels if attacked is None else _step_pixels(desk, model)
        panes.append(
            Pane(
                id=model,
                title="Attacked" if model == UNDEFENDED else "Attacked: defended twin",
                caption="as it is after saving and reopening" if attacked else f"step {len(progress.probabilities)}",
                pixels=pixels,
                tone=TONES[model],
                verdict=answer(attacked.case.after, disease).capitalize() if attacked else "",
                detail=f"noise of the same size: {answer(attacked.case.noise, disease)}" if attacked else "",
                alt=f"The film after the attack on the {NAMES[model].lower()}",
                overlay=_saliency(desk, model, attacked=True),
                lesion=desk.lesion(),
            )
        )
    return panes


def _step_pixels(desk: Desk, model: str):  # noqa: ANN202
    """The attacked film: the reread file, or the step that the step player stands on."""
    attacked = desk.attacked(model)
    step = st.session_state.get("step")
    if step is None or step >= len(attacked.frames):
        return attacked.case.radiograph.pixels
    return attacked.frames[step]


def _saliency(desk: Desk, model: str, *, attacked: bool):  # noqa: ANN202
    result = desk.work.results.get(Explain(desk.film, model, desk.method, desk.attack_on(model) if attacked else None))
    return None if result is None or (attacked and desk.attack_on(model) is None) else result.map


def film_facts(desk: Desk) -> str:
    """Who and what, without who it was: ``Digital phantom · F 54 · PA · 12 bit · 0.70 mm``."""
    r = desk.film.radiograph
    age = None if r.age is None else f"{r.age:.0f}" if r.age >= 2 else f"{r.age * 12:.0f} months"
    facts = [
        "Digital phantom" if r.phantom else r.format,
        " ".join(part for part in (r.sex, age) if part),
        r.view,
        f"{r.pixels.shape[1]} × {r.pixels.shape[0]}",
        f"{levels(r.pixel_spacing[0])} mm" if r.pixel_spacing else None,
        f"{r.grey_levels} grey levels",
    ]
    return " · ".join(fact for fact in facts if fact)
