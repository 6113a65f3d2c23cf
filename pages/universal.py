"""One noise for all: learned on some patients, laid over the films of others it has never seen."""

import streamlit as st

from ui import polling, shell
from ui.live import cases
from ui.live.desk import Desk
from ui.notices import notices
from ui.universal import figures, screen
from ui.universal.ward import Ward


def main() -> None:
    """The whole page, top to bottom."""
    shell.begin(shell.UNIVERSAL)
    desk, ward = Desk.current(), Ward.current()
    cases.opening(desk)
    ward.lay(desk.film, desk.undefended)
    polling.begin(ward)

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
    polling.poll(ward)


main()
