"""The left and the right of the live page: which film, and what the attacker may do. Questions, not jargon."""

from __future__ import annotations

import streamlit as st

from imaging import gallery
from ui.case_strip import Item, case_strip
from ui.live.desk import Desk
from ui.live.tasks import UNDEFENDED, Request
from ui.sentences import levels

ATTACKS = {"pgd": "In small steps, each the way the model is weakest", "fgsm": "In one single step"}
TECHNICAL = {"pgd": "projected gradient descent, PGD", "fgsm": "fast gradient sign method, FGSM"}
METHODS = {
    "grad_cam": "Grad-CAM",
    "integrated_gradients": "Integrated Gradients",
    "smooth_grad": "SmoothGrad",
    "occlusion": "Occlusion",
}
CEILING = 16.0  # grey levels of 255: beyond it the change is plainly visible


def cases(desk: Desk) -> None:
    """Bundled cases as thumbnails, and a place to drop one's own film."""
    with st.container(key="upload"):
        uploaded = st.file_uploader("Your own film", help="DICOM, PNG, JPEG or TIFF. It stays on this machine.")
        if uploaded is not None and uploaded.file_id != st.session_state.get("opened_upload"):
            st.session_state.opened_upload = uploaded.file_id
            desk.open(uploaded.getvalue(), "Your film")
            st.rerun()
    bundled = {case.id: case for case in gallery.cases()}
    items = [
        Item(
            id=case.id,
            thumbnail=case.thumbnail,
            label=f"{case.sex} {case.age:.0f} · {case.view}",
            sublabel="phantom",
            alt=f"{case.title}. Digital phantom.",
        )
        for case in bundled.values()
    ]
    chosen = case_strip(items, selected=desk.case.id if desk.case else None, key="cases", height=560)
    if chosen and (desk.case is None or chosen != desk.case.id):
        desk.open_case(bundled[chosen])
        st.query_params["case"] = chosen
        st.rerun()


def attacker(desk: Desk) -> None:
    """What the attacker may do, and the button. Inside a fragment: moving a slider redraws nothing else."""
    film = desk.film
    if film is None:
        return
    attack = st.radio(
        "How does the attacker change the image?",
        list(ATTACKS),
        format_func=ATTACKS.get,
        captions=list(TECHNICAL.values()),
        key="attack",
    )
    epsilon = _budget(desk)
    goal = st.selectbox(
        "What does the attacker want?", [None, "normal", "pneumonia"], format_func=_goal_label, key="goal"
    )
    with st.popover("More choices", width="stretch"):
        norm = st.segmented_control(
            "Measure of the change",
            ["linf", "l2"],
            default="linf",
            format_func={"linf": "Largest change of a pixel (L∞)", "l2": "Root-mean-square change (L2)"}.get,
            key="norm",
            required=True,
        )
        region = "film"
        if desk.lesion() is not None and desk.lesion().any():
            region = st.segmented_control(
                "Where may pixels change?",
                ["film", "inside", "outside"],
                default="film",
                format_func={
                    "film": "Whole film",
                    "inside": "Only inside the lesion",
                    "outside": "Only outside it",
                }.get,
                key="region",
                required=True,
            )
        early_stop = st.toggle("Stop at the first flip", value=True, key="early_stop")
    request = Request(attack, epsilon, norm, goal, region, early_stop)
    _button(desk, request)
    twin = st.toggle("Defended twin beside it", key="twin", bind="query-params")
    if twin != desk.twin:
        desk.twin = twin
        st.rerun()


def _budget(desk: Desk) -> float:
    """The slider, in grey levels of 255, whole ones where the file stores no finer."""
    radiograph = desk.film.radiograph
    fine = radiograph.grey_levels > 256
    epsilon = st.slider(
        "Largest change of a pixel, in grey levels of 255",
        0.0,
        CEILING,
        2.0,
        0.25 if fine else 1.0,
        format="%.2f" if fine else "%.0f",
        key="epsilon_fine" if fine else "epsilon_whole",
    )
    if radiograph.format == "DICOM":
        stored = epsilon * radiograph.stored_units_per_level
        st.html(
            f'<p class="quiet">{levels(epsilon)} of 255 = {stored:.0f} of {radiograph.grey_levels} stored values</p>'
        )
    return epsilon


def _goal_label(goal: str | None) -> str:
    return {None: "Any wrong reading", "normal": "Hide the disease", "pneumonia": "Invent a disease"}[goal]


def _button(desk: Desk, request: Request) -> None:
    """*Attack*, or *Stop* while one runs, or the reason why there is nothing to attack."""
    reading = desk.reading(UNDEFENDED)
    if desk.work.running and desk.request is not None and desk.attacked(desk.models[-1]) is None:
        if st.button("Stop", width="stretch", icon=":material/stop:", key="stop"):
            desk.stop()
            st.rerun()
        return
    fulfilled = reading is not None and request.goal == reading.prediction
    if st.button("Attack", type="primary", width="stretch", disabled=fulfilled, key="start"):
        desk.attack(request)
        st.rerun()
    if fulfilled:
        st.html(f'<p class="quiet">The model already reads this film as {reading.prediction}. Choose another aim.</p>')
