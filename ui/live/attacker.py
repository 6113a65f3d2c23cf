"""The right of the live page: what the attacker may do, and the button. Questions, not jargon."""

from __future__ import annotations

import streamlit as st

import models
from robustness.threat import GREY
from ui.live.desk import Desk
from ui.live.which import which_attack
from ui.live.wishes import Request
from ui.live.words import ANY, BUDGETS, NORMS, REGIONS, aim
from ui.markup import markup
from ui.shell import EXPLANATION, UNIVERSAL

CEILING = 16.0  # grey levels of 255: beyond it the change is plainly visible
START = {"chest": 2.0, "mammogram": 0.5}  # where most undefended readings fall, and most of the twin's hold


def start(modality: str, *, fine: bool) -> float:
    """The largest change that is offered first; at least a whole grey level where the file stores no finer."""
    return START[modality] if fine else max(1.0, START[modality])


def budget(words: str, modality: str, *, fine: bool, key: str) -> float:
    """A slider in grey levels of 255, whole ones where the file stores no finer; one for each kind of film and file."""
    return st.slider(
        words,
        0.0,
        CEILING,
        start(modality, fine=fine),
        0.25 if fine else 1.0,
        format="%.2f" if fine else "%.0f",
        key=f"{key}-{modality}-{fine}",
    )


def attacker(desk: Desk) -> None:
    """All choices of an attack. Inside a fragment: moving a slider redraws nothing else."""
    attack = which_attack("live")
    epsilon = float(GREY) if attack.visible else _budget(desk, attack.norms)
    card = models.card(desk.undefended)
    goal = st.selectbox(
        "What does the attacker want?",
        [ANY, *card.classes],
        format_func=lambda goal: aim(goal, card.disease),
        key="goal",
    )
    norm, region, early_stop = _more(desk, attack.norms)
    pressed = _button(desk, reached=None if goal == ANY else goal)
    twin = st.toggle("Defended twin beside it", value=desk.twin, key="twin")
    # Acted on only now: a run that ends before a widget is drawn lets Streamlit forget what it was set to.
    if pressed == "Stop":
        desk.stop()
    elif pressed == "Attack":
        desk.attack(Request(attack.name, epsilon, norm, None if goal == ANY else goal, region, early_stop))
    if pressed is not None or twin != desk.twin:
        desk.twin = twin
        st.rerun()


def _budget(desk: Desk, norms: tuple[str, ...]) -> float:
    """The slider, and what it means in the file's own values.

    Its name says what it limits, which is chosen further down, under *More choices*.
    """
    norm = st.session_state.get("norm")
    radiograph = desk.film.radiograph
    words = BUDGETS[norm if norm in norms else norms[0]]
    epsilon = budget(words, desk.modality, fine=radiograph.grey_levels > 256, key="epsilon")
    if radiograph.format == "DICOM":
        stored = epsilon * radiograph.stored_units_per_level
        words = f"= {stored:.0f} of the file's {radiograph.grey_levels:,} stored values"
        markup(f'<p class="hint">{words}</p>', key="budget-hint")
    return epsilon


def _more(desk: Desk, norms: tuple[str, ...]) -> tuple[str, str, bool]:
    """Choices that most people leave alone: ``(norm, region, early stop)``."""
    with st.popover("More choices", width="stretch"):
        norm = st.radio("What is limited?", norms, format_func=NORMS.get, key="norm")
        places = [name for name in REGIONS if name == "film" or name in desk.regions]
        region = st.radio("Where may pixels change?", places, format_func=REGIONS.get, key="region")
        early_stop = st.toggle("Stop at the first flip", value=False, key="early_stop")
        for page, label in ((UNIVERSAL, "One noise for every patient"), (EXPLANATION, "Attack the explanation")):
            st.page_link(page.path, label=label, icon=":material/arrow_forward:")
    return norm, region, early_stop


def _button(desk: Desk, reached: str | None) -> str | None:
    """*Attack*, or *Stop* while one runs; which was pressed. Greyed out where the model already reads ``reached``."""
    if desk.attacking:
        return "Stop" if st.button("Stop", width="stretch", icon=":material/stop_circle:", key="stop") else None
    reading = desk.reading(desk.undefended)
    fulfilled = reading is not None and reached == reading.prediction
    pressed = st.button("Attack", type="primary", width="stretch", disabled=fulfilled, key="start")
    if fulfilled:
        markup(f'<p class="hint">It already reads {reading.prediction}: choose another aim.</p>', key="fulfilled")
    return "Attack" if pressed else None
