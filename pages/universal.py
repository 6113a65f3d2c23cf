"""One noise for all: learned on some patients, laid over the films of others it has never seen."""

import streamlit as st

from ui import shell
from ui.live import cases
from ui.live.desk import Desk
from ui.notices import notices
from ui.universal import figures, screen
from ui.universal.ward import Ward

POLL_SECONDS = 0.25


def main() -> None:
    """The whole page, top to bottom."""
    shell.begin(shell.UNIVERSAL)
    desk, ward = Desk.current(), Ward.current()
    cases.opening(desk)
    ward.lay(desk.film, desk.undefended)
    ward.work.start()
    st.session_state.laid = ward.stage

    left, middle, right = st.columns([1.15, 8.2, 2.35], gap="medium")
    with left:
        cases.cases(desk)
    with right, st.container(key="controls"):
        screen.controls(ward)
    with middle:
        notices(desk.trouble, desk.warnings)
        screen.lead()
        screen.story(ward)
        screen.films(ward)
        figures.table(ward)
        figures.gallery(ward)
    st.fragment(watch, run_every=POLL_SECONDS if ward.busy else None)(ward)


def watch(ward: Ward) -> None:
    """Draw the page anew when the background work has reached something. Draws nothing itself, so waiting is cheap."""
    ward.work.start()
    if st.session_state.laid != ward.stage:
        st.rerun()


main()
