"""Running whole pages without a browser."""

import html
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 480.0  # seconds, for two cores that are busy with something else


def opened(page: str, **query: str) -> AppTest:
    """A page by its file, as a fresh browser session sees it after its first run."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    if page != "app.py":
        app.switch_page(page)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def words(app: AppTest) -> str:
    """What our own HTML on the page says, without its tags."""
    drawn = [
        json.loads(entry.proto.json) for entry in _all(app.main) if entry.type == "bidi_component" and entry.proto.json
    ]
    parts = [entry["html"] for entry in drawn if "html" in entry]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", " ".join(parts))))


def press(app: AppTest, label: str) -> AppTest:
    """Press the first button of this name."""
    next(entry for entry in app.button if entry.label == label).click()
    return app.run()


def finished(app: AppTest, key: str, until: Callable[[Any], bool] = lambda state: not state.busy) -> AppTest:
    """Wait until the state that a page keeps under this key has done its work, and run the page again."""
    state, deadline = app.session_state[key], time.monotonic() + PATIENCE
    while not until(state):
        assert time.monotonic() < deadline, "expected the background work to end"
        state.start()
        time.sleep(0.05)
    return app.run()


def settled(app: AppTest) -> AppTest:
    """Wait for the background work of the live page and run the page again, as its polling does."""
    return finished(app, "desk")


def _all(block):
    for child in block.children.values():
        yield child
        if hasattr(child, "children"):
            yield from _all(child)
