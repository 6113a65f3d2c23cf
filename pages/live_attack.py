"""Live attack: pick a film, see the model read it, press Attack, see the reading flip and why."""

import streamlit as st

from ui import polling, shell
from ui.live import attacker, cases, downloads, film, numbers, reasons, saying
from ui.live.desk import Desk
from ui.notices import notices

AROUND = 19.7  # rem that bar, reasons and gaps take; the films have the rest of the window


def main() -> None:
    """The whole page, top to bottom."""
    shell.begin(shell.LIVE)
    desk = Desk.current()
    cases.opening(desk)
    cases.address(desk)
    polling.begin(desk)

    left, middle, right = st.columns([1.15, 8.2, 2.35], gap="medium")
    with left:
        cases.cases(desk)
    with middle:
        lines = notices(desk.trouble, desk.warnings)
        cases.frame_and_window(desk)
        taken = lines + 3.2 * cases.has_choices(desk)
        st.fragment(results)(desk, taken)
    with right:
        with st.container(key="controls"):
            st.fragment(attacker.attacker)(desk)
            downloads.links(desk)
        numbers.numbers(desk)
    polling.poll(desk)


def results(desk: Desk, taken: float) -> None:
    """Sentence, films and reasons. Inside a fragment: moving through the steps redraws nothing else.

    ``taken``: rem of the window's height that stands above the sentence.
    """
    saying.sentence(desk)
    film.viewer(desk, height=f"calc(100vh - {AROUND + taken}rem - 2.54 * var(--sentence))")
    with st.container(key="why-and-how"):
        how, why = st.columns([2.9, 5], gap="medium")
    with how:
        reasons.curves(desk)
    with why:
        reasons.reasons(desk)


main()
