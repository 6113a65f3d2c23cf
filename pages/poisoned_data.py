"""Poisoned data: what a share of false films does to whoever learns from them, and what a curator finds."""

import streamlit as st

from ui import polling, shell
from ui.curation import rates, review, screen
from ui.curation.desk import Curation


def main() -> None:
    """The whole page, top to bottom."""
    shell.begin(shell.POISONED)
    desk = Curation.current()
    polling.begin(desk)
    screen.lead()
    middle, right = st.columns([8.2, 2.35], gap="large")
    with right, st.container(key="controls"):
        screen.controls(desk)
    with middle:
        screen.story(desk)
        screen.harm(desk)
        review.review(desk)
        rates.rates()
    polling.poll(desk)


main()
