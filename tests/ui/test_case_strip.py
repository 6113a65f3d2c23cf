"""The strip of cases: which images it takes, and choosing by mouse and keyboard."""

import base64
from pathlib import Path

import pytest

from tests.browser import Screen
from tests.ui.viewer_app import thumbnail
from ui.case_strip import Item, case_strip, data_uri

APP = Path(__file__).with_name("viewer_app.py")


def test_a_thumbnail_becomes_an_address_that_holds_its_bytes(tmp_path):
    content = thumbnail(90)
    path = tmp_path / "case.png"
    path.write_bytes(content)
    for image in (content, path, str(path)):
        kind, _, text = data_uri(image).partition(",")
        assert kind == "data:image/png;base64"
        assert base64.b64decode(text) == content


def test_a_thumbnail_that_no_browser_shows_is_refused():
    with pytest.raises(
        ValueError, match="expected a PNG, JPEG, WebP or GIF thumbnail, got bytes that begin with b'DICM'"
    ):
        data_uri(b"DICM")


def test_items_need_different_ids():
    item = Item("a", thumbnail(0), "A")
    with pytest.raises(ValueError, match="different ids"):
        case_strip([item, item], selected=None, key="cases")


@pytest.fixture
def strip(screen: Screen, serve):
    screen.open(serve(APP) + "?scene=one")
    screen.page.get_by_role("option").first.wait_for()
    return screen


def selected(screen: Screen) -> list[str]:
    return screen.page.locator(".case[aria-selected=true]").evaluate_all("all => all.map(one => one.dataset.id)")


@pytest.mark.browser
def test_open_case_is_marked_and_every_case_has_its_words(strip: Screen):
    assert selected(strip) == ["2"]
    names = strip.page.get_by_role("option").evaluate_all("all => all.map(one => one.ariaLabel)")
    assert names == [f"F {50 + i} · PA. phantom. Case {i}" for i in range(9)]
    loaded = strip.page.locator(".case img").evaluate_all(
        "all => all.every(one => one.complete && one.naturalWidth === 32)"
    )
    assert loaded


@pytest.mark.browser
def test_a_click_opens_a_case_once(strip: Screen):
    with strip.rerun():
        strip.page.get_by_role("option", name="Case 1").click()
    strip.page.get_by_text("case 1, opened 1 times").wait_for()
    assert selected(strip) == ["1"]
    with strip.rerun():
        strip.page.get_by_role("button", name="Next step").click()
    assert strip.page.get_by_text("case 1, opened 1 times").is_visible()


@pytest.mark.browser
def test_arrows_move_and_enter_opens(strip: Screen):
    strip.page.get_by_role("option", name="Case 2").focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowUp", "End", "ArrowDown", "ArrowUp"):
        strip.page.keyboard.press(key)
    assert selected(strip) == ["2"]
    with strip.rerun():
        strip.page.keyboard.press("Enter")
    strip.page.get_by_text("case 7, opened 1 times").wait_for()
    assert selected(strip) == ["7"]


@pytest.mark.browser
def test_the_strip_scrolls_inside_its_height_and_is_narrow(strip: Screen):
    box = strip.page.locator(".strip").bounding_box()
    assert box["height"] == 420
    assert box["width"] <= 150
    last = strip.page.get_by_role("option", name="Case 8")
    last.focus()
    shown = last.bounding_box()
    assert box["y"] <= shown["y"]
    assert shown["y"] + shown["height"] <= box["y"] + box["height"] + 1
