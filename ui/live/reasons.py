"""The foot of the live page: the probability step by step, why the model said so, and how much it takes."""

from __future__ import annotations

from html import escape

import numpy as np
import streamlit as st

import models
from ui import heat, theme
from ui.charts import Curve, describe, probability_curves
from ui.live.controls import METHODS
from ui.live.desk import Desk
from ui.live.film import NAMES
from ui.live.tasks import DEFENDED, UNDEFENDED, Explain, Progress, Smallest
from ui.sentences import levels, percent

COLORS = {UNDEFENDED: theme.ATTACK, DEFENDED: theme.DEFENCE}


def curves(desk: Desk) -> None:
    """Probability of the disease through the steps, for each model, and the player that walks through them."""
    disease = models.card(UNDEFENDED).classes[-1]
    st.html(f'<p class="label">Probability of {escape(disease)}, step by step</p>')
    drawn = [curve for model in desk.models if (curve := _curve(desk, model)) is not None]
    if not drawn:
        st.html('<p class="quiet">The curve appears when the attack begins.</p>')
        return
    steps = max(len(curve.probabilities) for curve in drawn) - 1
    done = all(desk.attacked(model) is not None for model in desk.models)
    height = 150 if done and steps > 1 else 205
    figure = probability_curves(drawn, disease, height=height, step=st.session_state.get("step") if done else None)
    st.plotly_chart(figure, key="curves", config={"displayModeBar": False}, alt=describe(drawn, disease))
    if done and steps > 1:
        st.slider("Step shown on the films", 0, steps, steps, key="step", help="0 is the film before the first step.")


def _curve(desk: Desk, model: str) -> Curve | None:
    attacked, progress, reading = desk.attacked(model), desk.work.progress, desk.reading(model)
    if reading is None:
        return None
    if attacked is not None:
        after: tuple[float, ...] = tuple(attacked.case.trace)
    elif isinstance(progress, Progress) and progress.model == model:
        after = progress.probabilities
    else:
        return None
    return Curve(NAMES[model].split()[0].lower(), after, COLORS[model], operating_point=reading.operating_point)


def reasons(desk: Desk) -> None:
    """Saliency before and after, at the same scale, and the change itself."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.html('<p class="label">Why: where the model looked</p>', width="content")
        method = st.selectbox(
            "Method", list(METHODS), format_func=METHODS.get, key="method", label_visibility="collapsed", width=190
        )
    if method != desk.method:
        desk.method = method
        st.rerun()
    pictures = [("Before", "original", desk.film.radiograph.pixels, _saliency(desk, UNDEFENDED, None))]
    for model in desk.models:
        attacked = desk.attacked(model)
        if attacked is not None:
            name = "After" if model == UNDEFENDED else "After, defended"
            saliency = _saliency(desk, model, desk.attack_on(model))
            pictures.append((name, model, attacked.case.radiograph.pixels, saliency))
    columns = st.columns(max(4, len(pictures) + 1), gap="small")
    for column, (name, _, pixels, saliency) in zip(columns, pictures, strict=False):
        column.image(
            heat.overlay(pixels, None if saliency is None else saliency.map, width=320),
            width="stretch",
            alt=f"{name} the attack: {METHODS[desk.method]} of the model's reading",
        )
        column.html(f'<p class="quiet">{name}{" …" if saliency is None else ""}</p>')
    attacked = desk.attacked(UNDEFENDED)
    if attacked is not None:
        change, times = heat.difference(desk.film.radiograph.pixels, attacked.case.radiograph.pixels, width=320)
        columns[len(pictures)].image(change, width="stretch", alt=f"The change, amplified {times} times")
        columns[len(pictures)].html(f'<p class="quiet">The change, × {times}</p>')


def _saliency(desk: Desk, model: str, attack):  # noqa: ANN001, ANN202
    return desk.work.results.get(Explain(desk.film, model, desk.method, attack))


def figures(desk: Desk) -> None:
    """The numbers that go with the pictures, each with its word."""
    rows: list[tuple[str, str]] = []
    before = _saliency(desk, UNDEFENDED, None)
    attack = desk.attack_on(UNDEFENDED)
    after = _saliency(desk, UNDEFENDED, attack) if attack else None
    if before is not None and after is not None:
        from robustness import drift

        lesion = desk.lesion()
        moved = drift(before.map, after.map, region=lesion if lesion is not None and lesion.any() else None)
        rows.append(("Same order of importance (Spearman)", f"{moved.spearman:.2f}"))
        rows.append(("Top 10 % still the same", percent(moved.top_overlap)))
        if moved.inside_before is not None:
            rows.append(("Inside the lesion", f"{percent(moved.inside_before)} → {percent(moved.inside_after)}"))
        if after.delta is not None:
            rows.append(("Unexplained remainder (delta)", f"{after.delta:+.3f}"))
    attacked = desk.attacked(UNDEFENDED)
    if attacked is not None:
        rows.append(("Root-mean-square change", f"{levels(attacked.case.rms_change)} of 255"))
        rows.append(("Time", f"{attacked.case.seconds:.1f} s, {attacked.case.steps} steps"))
    rows += _smallest(desk)
    body = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows)
    st.html(f'<p class="label">How much it takes</p><dl class="figures">{body}</dl>')


def _smallest(desk: Desk) -> list[tuple[str, str]]:
    found = {model: desk.work.results.get(Smallest(desk.film, model)) for model in desk.models}
    rows = []
    for model, result in found.items():
        if result is not None:
            value = levels(result.levels) if result.found else f"more than {levels(result.ceiling)}"
            rows.append((f"Smallest change that flips the {NAMES[model].lower()}", f"{value} of 255"))
    first, second = found.get(UNDEFENDED), found.get(DEFENDED)
    if first is not None and second is not None and first.found and second.found and first.levels > 0:
        rows.append(("The twin needs", f"{np.round(second.levels / first.levels, 1):g} × more change"))
    return rows
