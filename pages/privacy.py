"""Privacy: was this patient in the training set? What a promise against that question costs and keeps."""

import streamlit as st

from ui import polling, shell
from ui.privacy import live, screen, tables
from ui.privacy.inquiry import Inquiry


def main() -> None:
    """The whole page, top to bottom."""
    shell.begin(shell.PRIVACY)
    inquiry = Inquiry.current()
    polling.begin(inquiry)
    screen.lead()
    middle, right = st.columns([8.2, 2.35], gap="large")
    with right, st.container(key="controls"):
        screen.promise(inquiry)
        live.controls(inquiry)
    with middle:
        screen.cards(inquiry)
        live.one(inquiry)
        live.everybody(inquiry)
        tables.tables(inquiry)
    polling.poll(inquiry)


main()
