"""How long a person waits: server start → first page usable, and press *Attack* → flip on screen.

`python -m benchmarks.page_speed --starts 5 --attacks 15` writes `benchmarks/results/page_speed.json`: medians,
quartiles and n of one run on one machine. Every start is a new server and a new tab. Attacks are on the bundled cases
in turn, at the page's own budget, after the page has read the film; runs that held are counted, not timed.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from imaging import gallery
from tests.browser import ROOT, Screen, chromium, streamlit_server

RESULTS = Path(__file__).parent / "results" / "page_speed.json"
# Taken in the page itself, from the press of the button to the frame that shows the result.
STOPWATCH = """
(() => {
  addEventListener("pointerdown", () => { window.pressed = performance.now(); }, { capture: true, once: true });
  const watcher = new MutationObserver(() => {
    if (!document.querySelector("p.sentence")?.textContent.includes("Random noise")) return;
    watcher.disconnect();
    requestAnimationFrame(() => { window.shown = performance.now(); });
  });
  watcher.observe(document, { subtree: true, childList: true, characterData: true });
})()
"""


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--attacks", type=int, default=15)
    parser.add_argument("--out", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=chromium(), args=flags)
        starts = [_start(browser) for _ in range(arguments.starts)]
        flips = list(_attacks(browser, arguments.attacks))
        browser.close()
    found = {
        "machine": {"cores": len(os.sched_getaffinity(0)), "load_before": round(os.getloadavg()[2], 2)},
        "server_start_to_first_page_s": summary(starts),
        "attack_to_flip_on_screen_s": summary([seconds for seconds in flips if seconds is not None]),
        "attacks_without_a_flip": flips.count(None),
    }
    arguments.out.parent.mkdir(exist_ok=True)
    arguments.out.write_text(json.dumps(found, indent=1) + "\n")
    print(json.dumps(found, indent=1))


def summary(seconds: Sequence[float]) -> dict[str, Any]:
    """Median, quartiles and n."""
    quarters = statistics.quantiles(seconds, n=4) if len(seconds) > 1 else list(seconds) * 3
    return {"median": round(statistics.median(seconds), 2), "quartiles": [round(quarters[i], 2) for i in (0, 2)]} | {
        "n": len(seconds)
    }


@contextmanager
def _tab(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield Screen(context.new_page()).page
    context.close()


def _start(browser: Browser) -> float:
    """Seconds from the command to an attacked case on the start page and nothing left to load."""
    with tempfile.TemporaryDirectory() as folder, _tab(browser) as page:
        began = time.perf_counter()
        with streamlit_server(ROOT / "app.py", ROOT, Path(folder) / "log") as url:
            page.goto(url)
            page.get_by_text("A case already attacked").wait_for()
            page.get_by_role("link", name="Attack a film").wait_for()
            page.locator("figure.pane canvas").first.wait_for()
            return time.perf_counter() - began


def _attacks(browser: Browser, count: int) -> Iterator[float | None]:
    """Seconds from the click to the flipped sentence, None where the reading held."""
    with tempfile.TemporaryDirectory() as folder, streamlit_server(ROOT / "app.py", ROOT, Path(folder) / "log") as url:
        for case in islice(cycle(gallery.cases()), count):
            with _tab(browser) as page:
                page.goto(f"{url}/live_attack?case={case.id}")
                page.get_by_text("Press Attack").wait_for()
                page.get_by_text("Before …").wait_for(state="detached")
                page.evaluate(STOPWATCH)
                page.get_by_role("button", name="Attack", exact=True).click()
                page.wait_for_function("window.shown")
                flipped = page.locator("p.sentence .attack").count()
                yield page.evaluate("(window.shown - window.pressed) / 1000") if flipped else None


if __name__ == "__main__":
    main()
