"""The privacy page in a browser: reached from the bar, worked with the keyboard, one patient asked about."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SLOW = 90_000  # ms, for two cores that are busy with something else


def test_a_promise_is_chosen_by_keyboard_and_one_patient_is_asked_about(screen, app_url):
    screen.open(f"{app_url}/privacy")
    page = screen.page
    expect(page.get_by_role("heading", level=1)).to_have_text("Was this patient in the training set?")
    with screen.rerun():
        page.get_by_role("radio", name="None: ordinary training").press("ArrowDown")
    expect(page.get_by_text("At most 2,981 ×")).to_be_visible(timeout=SLOW)
    page.get_by_role("button", name="Ask both models").click()
    expect(page.get_by_role("img", name="How sure models are of this film")).to_have_count(2, timeout=SLOW)
    expect(page.get_by_text("The attacker is")).to_have_count(0)
    page.get_by_role("button", name="Show the truth").click()
    expect(page.get_by_text("The attacker is")).to_have_count(2, timeout=SLOW)
    expect(page.get_by_role("img", name="Drawn chest film of patient 1")).to_be_visible()
    screen.check()
