"""The left of the live page: bundled cases, one's own film, and which frame and window of it."""

from __future__ import annotations

import streamlit as st

import models
from evidence import showcase
from imaging import gallery
from ui.case_strip import Item, case_strip
from ui.live.desk import Desk
from ui.live.words import MODALITIES

MEGABYTES = 200


def opening(desk: Desk) -> None:
    """Put the first film on an empty desk: the one that the address names, else the case of the start page, on which
    one press of the button shows what this is about; the twin likewise."""
    if desk.film is not None:
        return
    bundled = {case.id: case for case in gallery.cases() if case.modality in models.modalities()}
    wanted = st.query_params.get("case")
    desk.open_case(bundled.get(wanted, bundled[showcase.case()]))
    if wanted is not None and wanted not in bundled:
        desk.trouble = "The address names a case that is not here, so another one is shown."
    desk.twin = st.query_params.get("twin") == "true"


def address(desk: Desk) -> None:
    """Keep the address bar in line with the desk, so that it can be passed on. One's own film is never named there."""
    named = {"case": desk.case.id if desk.case else None, "twin": "true" if desk.twin else None}
    for name, value in named.items():
        if value is None:
            st.query_params.pop(name, None)
        elif st.query_params.get(name) != value:
            st.query_params[name] = value


def cases(desk: Desk) -> None:
    """A place to drop one's own film, and bundled cases as thumbnails."""
    with st.container(key="upload"):
        uploaded = st.file_uploader(
            "Your own film",
            help="DICOM, PNG, JPEG or TIFF. It stays on this machine.",
            max_upload_size=MEGABYTES,
            key="uploaded",
        )
    if uploaded is not None and uploaded.file_id != st.session_state.get("opened_upload"):
        st.session_state.opened_upload = uploaded.file_id
        desk.open(uploaded.getvalue(), "Your film")
        st.rerun()
    _kinds(desk)
    bundled = {case.id: case for case in gallery.cases() if case.modality == desk.modality}
    items = [
        Item(
            id=case.id,
            thumbnail=case.thumbnail,
            label=f"{case.sex} {case.age:.0f} · {' '.join(filter(None, (case.laterality, case.view)))}",
            sublabel="phantom",
            alt=f"{case.title}. Digital phantom.",
        )
        for case in bundled.values()
    ]
    selected = desk.case.id if desk.case else None
    chosen = case_strip(
        items, selected=selected, key="cases", height=f"calc(100vh - {10.6 + 2.6 * (len(models.modalities()) > 1)}rem)"
    )
    if chosen and chosen != selected:
        desk.open_case(bundled[chosen])
        st.rerun()


def _kinds(desk: Desk) -> None:
    """Which kind of film: bundled cases to choose from, and the models that read one's own."""
    kinds = models.modalities()
    if len(kinds) < 2:
        return
    st.session_state.kind = desk.modality  # the desk leads: a file that says what it is turns the choice
    st.segmented_control(
        "Kind of film",
        kinds,
        format_func=MODALITIES.get,
        key="kind",
        label_visibility="collapsed",
        on_change=lambda: desk.read_as(st.session_state.kind or desk.modality),
        width="stretch",
    )


def has_choices(desk: Desk) -> bool:
    """Whether the file has more than one frame or window."""
    radiograph = desk.film.radiograph
    return radiograph.frames > 1 or len(radiograph.windows) > 1


def frame_and_window(desk: Desk) -> None:
    """Which frame and window of the file is read, where it has several."""
    if not has_choices(desk):
        return
    radiograph = desk.film.radiograph
    with st.container(key="frames", horizontal=True, vertical_alignment="center", gap="small"):
        frame, window = radiograph.frame, radiograph.window
        if radiograph.frames > 1:
            frame = st.selectbox(
                "Frame of the file",
                range(radiograph.frames),
                frame,
                format_func=lambda index: f"Frame {index + 1} of {radiograph.frames}",
                key=f"frame-{radiograph.sha256}",
                label_visibility="collapsed",
                width=180,
            )
        if len(radiograph.windows) > 1:
            window = st.selectbox(
                "Window of the file",
                range(len(radiograph.windows)),
                window,
                format_func=lambda index: f"Window: {radiograph.windows[index]}",
                key=f"window-{radiograph.sha256}",
                label_visibility="collapsed",
                width=420,
            )
    if (frame, window) != (radiograph.frame, radiograph.window):
        desk.turn_to(window=window, frame=frame)
        st.rerun()
