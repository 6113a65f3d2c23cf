"""A backdoor: the model reads as it should until a sign lies on the film; which searches find it."""

import streamlit as st

from ui import polling, shell
from ui.backdoor import screen, verdicts
from ui.backdoor.lab import Lab
from ui.backdoor.tasks import MODEL
from ui.live import cases
from ui.live.desk import Desk
from ui.notices import notices


def main() -> None:
    """The whole page, top to bottom."""
    shell.begin(shell.BACKDOOR)
    desk, lab = Desk.current(), Lab.current()
    cases.opening(desk)
    lab.film = desk.film if desk.undefended == MODEL else None
    polling.begin(lab)
    screen.lead()
    left, middle, right = st.columns([1.15, 8.2, 2.35], gap="medium")
    with left:
        cases.cases(desk)
    with right, st.container(key="controls"):
        screen.controls(lab)
    with middle:
        notices(desk.trouble, desk.warnings)
        screen.story(lab)
        screen.films(lab)
        verdicts.verdicts(lab)
        verdicts.pointed_at(lab)
        screen.picture(lab)
        verdicts.details(lab)
    polling.poll(lab)


main()
