"""A page that waits for background work: it looks now and then, and is drawn anew when there is something new."""

from collections.abc import Hashable
from typing import Protocol

import streamlit as st

POLL_SECONDS = 0.25


class Polled(Protocol):
    """What a page shows the state of. `stage` changes whenever there is something new to draw."""

    @property
    def busy(self) -> bool:
        """Whether something is still to come."""

    @property
    def stage(self) -> Hashable:
        """Names what is known so far."""

    def start(self) -> None:
        """Set the background work going, where something is missing."""


def begin(state: Polled) -> None:
    """Start the work and note what is about to be drawn. Before the page draws."""
    state.start()
    st.session_state.drawn = state.stage


def poll(state: Polled) -> None:
    """Watch the work while there is some. After the page has drawn."""
    st.fragment(_watch, run_every=POLL_SECONDS if state.busy else None)(state)


def _watch(state: Polled) -> None:
    """Draws nothing itself, so waiting is cheap."""
    state.start()
    if st.session_state.drawn != state.stage:
        st.rerun()
