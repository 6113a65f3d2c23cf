"""Live attack: pick a film, see the model read it, press Attack, see the reading flip and why."""

import streamlit as st

from imaging import gallery
from ui import shell
from ui.live import controls, downloads, film, reasons
from ui.live.desk import Desk

POLL_SECONDS = 0.2


def main() -> None:
    """The whole page, top to bottom."""
    shell.begin(shell.LIVE)
    desk = Desk.current()
    if desk.film is None:
        wanted = st.query_params.get("case")
        bundled = {case.id: case for case in gallery.cases()}
        desk.open_case(bundled.get(wanted, next(iter(bundled.values()))))
    desk.work.start()

    left, middle, right = st.columns([1.15, 8.2, 2.45], gap="medium")
    with left:
        controls.cases(desk)
    with right, st.container(key="controls"):
        st.fragment(controls.attacker)(desk)
        downloads.links(desk)
    with middle:
        if desk.trouble:
            st.error(desk.trouble, icon=":material/error:")
        for warning in desk.film.radiograph.warnings:
            st.warning(warning, icon=":material/info:")
        controls.frame_and_window(desk)
        busy = desk.work.running or desk.work.missing() is not None
        st.fragment(results, run_every=POLL_SECONDS if busy else None)(desk)


def results(desk: Desk) -> None:
    """Sentence, films and reasons: redrawn by itself while work goes on, and the whole page once when it ends."""
    attacking = desk.request is not None and desk.attacked(desk.models[-1]) is None
    film.sentence(desk)
    film.viewer(desk)
    chart, why, numbers = st.columns([2.6, 3.6, 2.1], gap="medium")
    with chart:
        reasons.curves(desk)
    with why:
        reasons.reasons(desk)
    with numbers:
        reasons.figures(desk)
    phase = (desk.work.running, attacking)
    if st.session_state.get("phase") != phase:
        st.session_state.phase = phase
        st.rerun()


main()
