"""Four models on one film, as a hall sees them on a projector."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.test_app import CASE, SLOW, press, sentence

pytestmark = pytest.mark.browser

MORE = ("Undefended + JPEG", "Defended + Median")


def test_four_models_are_attacked_in_step_and_fit_on_a_projector(screen, app_url):
    page = screen.page
    page.set_viewport_size({"width": 1920, "height": 1080})
    screen.open(f"{app_url}/side_by_side?case={CASE.id}")
    expect(sentence(screen)).to_contain_text("Which give way", timeout=SLOW)
    wanted = page.get_by_role("combobox", name=re.compile("Models side by side"))
    for name in MORE:
        wanted.fill(name)
        page.get_by_role("option", name=re.compile(re.escape(name))).first.click()
        page.keyboard.press("Escape")  # the list hides the rest of the page from whoever cannot see it
    expect(sentence(screen)).to_contain_text("Which give way", timeout=SLOW)
    press(screen, "Attack all")
    expect(sentence(screen)).to_contain_text("of 4 gave way", timeout=SLOW)
    outcomes = page.get_by_text(re.compile("^(Flipped|Held): "))
    expect(outcomes).to_have_count(4)
    for index in range(4):
        expect(outcomes.nth(index)).to_be_in_viewport(ratio=1)
    expect(page.get_by_text("Probability of pneumonia, step by step")).to_be_in_viewport(ratio=1)
    root = page.get_by_test_id("stMain")
    assert root.evaluate("element => element.scrollWidth <= element.clientWidth")
    assert root.evaluate("element => element.scrollHeight <= element.clientHeight")
