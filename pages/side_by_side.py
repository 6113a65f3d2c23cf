"""Defended vs undefended: several models side by side, on one film in step, and on many films."""

import streamlit as st

from evidence import comparison
from ui import polling, shell
from ui.live import cases
from ui.live.desk import Desk
from ui.notices import notices
from ui.side_by_side import cohort, film, screen
from ui.side_by_side.bench import Bench

AROUND = 20.6  # rem that bar, table, curves and gaps take; the films have the rest of the window
MAPS = 10.6  # rem that the maps take
VIEWS = {"film": "One film", "cohort": "Many films"}


def main() -> None:
    """The whole page, top to bottom."""
    shell.begin(shell.SIDE_BY_SIDE)
    st.html(film.STYLESHEET)
    wished = st.query_params.get("view")
    st.session_state.setdefault("side-view", wished if wished in VIEWS else "film")
    if st.session_state["side-view"] == "cohort":
        many()
    else:
        one()


def view() -> None:
    """Which half of the page is shown."""
    chosen = st.segmented_control(
        "View",
        VIEWS,
        format_func=VIEWS.get,
        key="side-view",
        label_visibility="collapsed",
        width="stretch",
    )
    st.query_params["view"] = chosen or "film"


def one() -> None:
    """One film."""
    desk, bench = Desk.current(), Bench.current()
    cases.opening(desk)
    bench.lay(desk.film, desk.modality)
    polling.begin(bench)

    left, middle, right = st.columns([1.15, 8.2, 2.35], gap="medium")
    with left:
        cases.cases(desk)
    with right:
        view()
        with st.container(key="controls"):
            screen.controls(bench)
    with middle:
        lines = notices(desk.trouble, desk.warnings)
        cases.frame_and_window(desk)
        taken = lines + 3.2 * cases.has_choices(desk) + MAPS * bench.why
        st.fragment(results)(bench, taken)
    polling.poll(bench)


def results(bench: Bench, taken: float) -> None:
    """Sentence, films, maps, curves and table. Inside a fragment: moving through the steps redraws nothing else."""
    screen.story(bench)
    film.films(bench, height=f"calc(100vh - {AROUND + taken}rem - 2.54 * var(--sentence))")
    if bench.why:
        film.reasons(bench)
    how, what = st.columns([3.6, 5], gap="medium")
    with how:
        film.curves(bench)
    with what:
        film.table(bench)


def many() -> None:
    """Many films."""
    middle, right = st.columns([9.35, 2.35], gap="medium")
    with right:
        view()
        with st.container(key="controls"):
            stored = comparison.load(comparison.RESULTS[cohort.kind()])
            choice = cohort.controls(stored)
    with middle:
        cohort.screen(stored, choice)


main()
