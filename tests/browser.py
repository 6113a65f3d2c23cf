"""Headless Chromium on a Streamlit server of our own: what every browser test stands on.

`app_url` serves the product; `serve(script)` serves any other Streamlit script with the product's theme and fonts.
`screen` is a fresh tab. It fails its test if the browser's console showed an error, if a script raised, or if anything
was asked of another machine:

    @pytest.mark.browser
    def test_attack(screen, app_url):
        screen.open(f"{app_url}/live_attack")
        with screen.rerun():
            screen.page.get_by_role("button", name="Attack").click()
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 60.0  # seconds, for two cores that are busy with something else
LOCAL = {"127.0.0.1", "localhost", ""}
# On a deep link Streamlit first looks for its server below the page's own address, and finds it at the root.
PROBES = ("/_stcore/health", "/_stcore/host-config")

# Right after an action the app still reads "notRunning" for some 50 ms, so finished runs are counted instead.
COUNT_RUNS = """
(() => {
  let last = null;
  window.finishedRuns = 0;
  const look = () => {
    const app = document.querySelector('[data-testid="stApp"]');
    const state = app && app.getAttribute('data-test-script-state');
    if (state === 'notRunning' && last !== null && last !== state) window.finishedRuns++;
    if (state) last = state;
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true,
    attributeFilter: ['data-test-script-state'] });
})()
"""
IDLE = """
(runs) => {
  const app = document.querySelector('[data-testid="stApp"]');
  return app && window.finishedRuns >= runs && app.getAttribute('data-test-connection-state') === 'CONNECTED'
    && app.getAttribute('data-test-script-state') === 'notRunning';
}
"""


def chromium() -> str | None:
    """Path of an installed Chromium or Chrome."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


class Screen:
    """One browser tab, and what must not have happened in it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.troubles: list[str] = []
        page.set_default_timeout(PATIENCE * 1000)
        page.add_init_script(COUNT_RUNS)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.troubles.append(f"error in the page: {error}"))
        page.on("request", self._request)

    def open(self, url: str) -> None:
        """Go to an address and wait until the first run has ended."""
        self.page.goto(url)
        self.idle(1)

    @contextmanager
    def rerun(self) -> Iterator[None]:
        """Act inside the block; leaving it waits until the run that the action caused has ended."""
        before = self.page.evaluate("window.finishedRuns")
        yield
        self.idle(before + 1)

    def idle(self, runs: int = 0) -> None:
        """Wait until at least so many runs have ended on this page and none is under way."""
        self.page.wait_for_function(IDLE, arg=runs)
        self.check()

    def check(self) -> None:
        """Fail if a script raised, the console showed an error or a request left the machine."""
        for box in self.page.get_by_test_id("stException").all():
            self.troubles.append(f"exception on the page: {box.inner_text()}")
        assert not self.troubles, "\n".join(self.troubles)

    def _console(self, message: ConsoleMessage) -> None:
        url = message.location.get("url", "")
        if message.type == "error" and not urlsplit(url).path.endswith(PROBES):
            self.troubles.append(f"console error: {message.text} ({url})")

    def _request(self, request: Request) -> None:
        if (urlsplit(request.url).hostname or "") not in LOCAL:
            self.troubles.append(f"request to another machine: {request.url}")


@contextmanager
def streamlit_server(script: Path, folder: Path, log: Path) -> Iterator[str]:
    """Serve a script from `folder`; yields the address once the server is healthy."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = {"address": "127.0.0.1", "port": port, "headless": "true", "fileWatcherType": "none"}
    flags = [text for name, value in options.items() for text in (f"--server.{name}", str(value))]
    url = f"http://127.0.0.1:{port}"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", str(script), *flags],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_healthy(url, process, log)
            yield url
        finally:
            process.terminate()
            process.wait(10)


def _wait_until_healthy(url: str, process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"expected a healthy server at {url}, got:\n{log.read_text()}")


@pytest.fixture(scope="session")
def chromium_browser() -> Iterator[Browser]:
    """One headless Chromium for all tests; without one they are skipped, except in CI, where they fail."""
    path = chromium()
    if path is None:
        reason = "no Chromium found: install one (Debian: apt-get install chromium) to run the browser tests"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], str]]:
    """`serve(script)` starts a server for a Streamlit script, once a session, and returns its address."""
    running: dict[Path, tuple[AbstractContextManager[str], str]] = {}

    def start(script: Path) -> str:
        if script not in running:
            folder = tmp_path_factory.mktemp(script.stem)
            for name in (".streamlit", "static"):  # Streamlit looks for both beside the script
                shutil.copytree(ROOT / name, folder / name)
            server = streamlit_server(Path(shutil.copy(script, folder)), folder, folder / "server.log")
            running[script] = server, server.__enter__()
        return running[script][1]

    yield start
    for server, _ in running.values():
        server.__exit__(None, None, None)


@pytest.fixture(scope="session")
def app_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the product itself."""
    with streamlit_server(ROOT / "app.py", ROOT, tmp_path_factory.mktemp("app") / "server.log") as url:
        yield url


@pytest.fixture
def screen(chromium_browser: Browser) -> Iterator[Screen]:
    """A fresh tab at 1440 × 900; its test fails on console errors, exceptions and requests to other machines."""
    context = chromium_browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="dark")
    screen = Screen(context.new_page())
    try:
        yield screen
        screen.check()
    finally:
        context.close()
