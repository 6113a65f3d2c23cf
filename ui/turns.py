"""Which of two deliveries to a component is the newer one.

The browser waits for a component's script before it hands over the data, and may hand over an older one last. So each
carries its turn, and the component lets none follow that is older than what it shows.
"""

from collections.abc import Hashable

import streamlit as st


def turn(key: str, data: Hashable) -> int:
    """The turn of what the component `key` is about to be sent: counted up whenever it differs from the last."""
    turns: dict[str, tuple[Hashable, int]] = st.session_state.setdefault("turns", {})
    last, number = turns.get(key, (None, 0))
    if last != data or not number:
        number += 1
        turns[key] = (data, number)
    return number
