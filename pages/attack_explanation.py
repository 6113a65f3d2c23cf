"""Attack the explanation: the answer stays and its reason moves, or the answer flips and its reason stays."""

import streamlit as st

from ui import polling, shell
from ui.explanation import carry, screen
from ui.explanation.table import Table
from ui.live import cases
from ui.live.desk import Desk
from ui.notices import notices


def main() -> None:
    """The whole page, top to bottom."""
    shell.begin(shell.EXPLANATION)
    desk, table = Desk.current(), Table.current()
    cases.opening(desk)
    table.lay(desk.film, desk.undefended)
    polling.begin(table)

    left, middle, right = st.columns([1.15, 8.2, 2.35], gap="medium")
    with left:
        cases.cases(desk)
    with right, st.container(key="controls"):
        screen.controls(table)
    with middle:
        notices(desk.trouble, desk.warnings)
        screen.story(table)
        screen.films(table)
        screen.others(table)
        carry.carry()
    polling.poll(table)


main()
