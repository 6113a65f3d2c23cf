"""Live attack: pick a film, see the model read it, press Attack, see the reading flip and why."""

import streamlit as st

from ui import shell
from ui.live import attacker, cases, downloads, film, numbers, reasons, saying
from ui.live.desk import Desk
from ui.notices import notices

POLL_SECONDS = 0.2
AROUND = 23.4  # rem that bar, sentence, reasons and gaps take; the films have the rest of the window


def main() -> None:
    """The whole page, top to bottom."""
    shell.begin(shell.LIVE)
    desk = Desk.current()
    cases.opening(desk)
    desk.start()
    poll = POLL_SECONDS if desk.busy else None

    left, middle, right = st.columns([1.15, 8.2, 2.35], gap="medium")
    with left:
        cases.cases(desk)
    with middle:
        lines = notices(desk.trouble, desk.film.radiograph.warnings)
        cases.frame_and_window(desk)
        st.fragment(results, run_every=poll)(desk, lines + 3.2 * cases.has_choices(desk))
    with right:
        with st.container(key="controls"):
            st.fragment(attacker.attacker)(desk)
            downloads.links(desk)
        st.fragment(numbers.numbers, run_every=poll)(desk)


def results(desk: Desk, taken: float) -> None:
    """Sentence, films and reasons: redrawn by itself while work goes on, and the whole page when a stage is reached.

    ``taken``: rem of the window's height that stands above the sentence.
    """
    desk.start()
    saying.sentence(desk)
    film.viewer(desk, height=f"calc(100vh - {AROUND + taken}rem)")
    with st.container(key="why-and-how"):
        how, why = st.columns([2.9, 5], gap="medium")
    with how:
        reasons.curves(desk)
    with why:
        reasons.reasons(desk)
    stage = (desk.attacking, desk.busy, desk.reading(desk.models[0]) is None)
    if st.session_state.get("stage") != stage:
        st.session_state.stage = stage
        st.rerun()


main()
