"""Running whole pages without a browser."""

import html
import json
import re
import time
from pathlib import Path

from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 240.0  # seconds, for two cores that are busy with something else


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


def settled(app: AppTest) -> AppTest:
    """Wait for the background work of the live page and run the page again, as its polling does."""
    deadline = time.monotonic() + PATIENCE
    while app.session_state.desk.busy:
        assert time.monotonic() < deadline, "expected the background work to end"
        time.sleep(0.05)
        app.session_state.desk.start()
    return app.run()


def _all(block):
    for child in block.children.values():
        yield child
        if hasattr(child, "children"):
            yield from _all(child)
