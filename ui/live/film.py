"""The films of the live page: as the file holds it, and as each model's attacker left it."""

from __future__ import annotations

import streamlit as st

import models
from ui.live.desk import Desk
from ui.live.tasks import Progress
from ui.live.words import name, tone
from ui.sentences import answer, levels, percent
from ui.viewer import Pane, film_viewer


def viewer(desk: Desk, height: str) -> None:
    """The film as it came, and as each model's attacker left it."""
    film_viewer(panes(desk), key="films", height=height)


def panes(desk: Desk) -> list[Pane]:
    """The films on the screen, the original first."""
    radiograph, reading = desk.film.radiograph, desk.reading(desk.undefended)
    disease = models.card(desk.undefended).disease
    original = Pane(
        id="original",
        title="Original",
        caption=film_facts(desk),
        pixels=radiograph.pixels,
        verdict=answer(reading, disease).capitalize() if reading else "",
        detail=f"operating point {percent(reading.operating_point)}" if reading else "",
        alt=f"{desk.title}, as the file holds it",
        overlay=_overlay(desk, desk.undefended, attacked=False),
        overlay_title="What the model looked at",
        lesion=desk.lesion,
    )
    altered = [pane for model in desk.models if (pane := _altered(desk, model, disease)) is not None]
    return [original, *altered]


def _altered(desk: Desk, model: str, disease: str) -> Pane | None:
    attacked, progress = desk.attacked(model), desk.front.progress
    running = isinstance(progress, Progress) and progress.model == model
    if attacked is not None:
        pixels, caption, says, detail = _finished(desk, model, disease)
    elif running and progress.pixels is not None:
        pixels, caption = progress.pixels, f"step {len(progress.probabilities) - 1}"
        says, detail = f"{disease} {percent(progress.probabilities[-1])}".capitalize(), ""
    else:
        return None
    return Pane(
        id=model,
        title="Attacked" if model == desk.undefended else "Defended twin, attacked",
        caption=caption,
        pixels=pixels,
        tone=tone(model),
        verdict=says,
        detail=detail,
        alt=f"The film after the attack on the {name(model)}",
        overlay=_overlay(desk, model, attacked=True),
        overlay_title="What the model looked at",
        lesion=desk.lesion,
    )


def _finished(desk: Desk, model: str, disease: str):  # noqa: ANN202
    """Pixels, caption, verdict and detail of an attacked film, or of the step that the player stands on."""
    attacked = desk.attacked(model)
    case = attacked.case
    step = shown_step(desk)
    if step is not None and step in attacked.frames and step < len(case.trace) - 1:
        says = f"{disease} {percent(case.trace[step])}".capitalize()
        return attacked.frames[step], f"step {step} of {len(case.trace) - 1}", says, ""
    before = "" if model == desk.undefended else f"before: {answer(case.before, disease)} · "
    detail = f"{before}same-size noise: {answer(case.noise, disease)}"
    return case.radiograph.pixels, "after saving and reopening", answer(case.after, disease).capitalize(), detail


def shown_step(desk: Desk) -> int | None:
    """The step that the player stands on; None before anyone has moved it."""
    return st.session_state.get(player_key(desk))


def player_key(desk: Desk) -> str:
    """Another run has other steps, so its player starts afresh."""
    return f"step-{hash((desk.film, desk.request, desk.twin)):x}"


def _overlay(desk: Desk, model: str, *, attacked: bool):  # noqa: ANN202
    saliency = desk.saliency(model, attacked=attacked)
    return None if saliency is None else saliency.map


def film_facts(desk: Desk) -> str:
    """Who and what, without who it was: ``Digital phantom · F 54 · PA · 512 × 512 · 0.70 mm``."""
    r = desk.film.radiograph
    age = None if r.age is None else f"{r.age:.0f}" if r.age >= 2 else f"{r.age * 12:.0f} months"
    facts = [
        "Digital phantom" if r.phantom else r.format,
        " ".join(part for part in (r.sex, age) if part),
        f"{r.laterality} {r.view}" if r.view and r.laterality in ("L", "R") else r.view,
        f"{r.pixels.shape[1]} × {r.pixels.shape[0]}",
        f"{levels(r.pixel_spacing[0])} mm" if r.pixel_spacing else None,
        f"{r.grey_levels} grey levels",
    ]
    return " · ".join(fact for fact in facts if fact)
