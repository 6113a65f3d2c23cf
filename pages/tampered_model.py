"""Tampering: an insider fine-tunes the model to fail one group; validation passes, an audit finds it."""

import streamlit as st

from ui import polling, shell
from ui.tampering import before, films, screen, verdicts
from ui.tampering.lab import Lab


def main() -> None:
    """The whole page, top to bottom."""
    shell.begin(shell.TAMPERING)
    lab = Lab.current()
    polling.begin(lab)
    screen.lead()
    middle, right = st.columns([8.2, 2.35], gap="large")
    with right, st.container(key="controls"):
        screen.controls(lab)
    with middle:
        screen.story(lab)
        before.before(lab)
        screen.picture(lab)
        verdicts.verdicts(lab)
        films.films(lab)
        verdicts.details(lab)
    polling.poll(lab)


main()
