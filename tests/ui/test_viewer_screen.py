"""The viewer in a browser: the right grey at every pixel, every view, every key, and a film that changes alone."""

import base64
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser import Screen
from tests.ui.viewer_app import BLOCK, EIGHT_BIT, SIXTEEN_BIT, SIZE, attacked

pytestmark = pytest.mark.browser
HEAT_TOP = 252  # red of the strongest saliency
APP = Path(__file__).with_name("viewer_app.py")

RED = """(canvas) => {
  const { data, width, height } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const red = new Uint8Array(width * height).map((_, i) => data[4 * i]);
  return new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done({ width, height, red: reader.result.split(",")[1] });
    reader.readAsDataURL(new Blob([red]));
  });
}"""


class Films:
    """The viewer of one scene, focused and ready for keys."""

    def __init__(self, screen: Screen, url: str, query: str) -> None:
        self.screen, self.page = screen, screen.page
        screen.open(f"{url}?{query}")
        self.stage = self.page.locator(".stage")
        self.page.locator(".pane").first.wait_for(state="attached")
        self.stage.focus()
        self.settle()

    def settle(self) -> None:
        """Two frames: what was asked for is on screen."""
        self.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
        self.settle()

    def canvas(self, index: int = 0) -> np.ndarray:
        """Red channel of a pane's canvas, `[H, W]`."""
        read = self.page.locator(".pane canvas").nth(index).evaluate(RED)
        red = np.frombuffer(base64.b64decode(read["red"]), np.uint8)
        return red.reshape(read["height"], read["width"]).astype(int)

    def film(self, index: int = 0, size: int = SIZE) -> np.ndarray:
        """The film at actual size, cut out of the middle of its canvas."""
        canvas = self.canvas(index)
        top, left = ((np.array(canvas.shape) - size) / 2 + 0.5).astype(int)
        return canvas[top : top + size, left : left + size]

    def button(self, name: str):
        return self.page.get_by_role("button", name=name, exact=True)

    def said(self, text: str) -> None:
        """The live region comes to say this."""
        expect(self.page.locator(".live")).to_have_text(text)


@pytest.fixture
def films(screen: Screen, serve):
    return lambda query: Films(screen, serve(APP), query)


def test_every_grey_level_is_exact_at_actual_size(films):
    view = films("scene=pair")
    view.press("z")
    expect(view.page.locator(".zoom")).to_have_text("100 %")
    np.testing.assert_array_equal(view.film(0), EIGHT_BIT)
    np.testing.assert_array_equal(view.film(1), attacked(0))


def test_deep_films_are_rounded_to_the_screen_and_windowed_from_all_their_levels(films):
    view = films("scene=deep")
    view.press("z")
    np.testing.assert_array_equal(view.film(), np.rint(SIXTEEN_BIT / 257))
    view.press(*["Shift+ArrowRight"] * 30)
    view.said("Window 15 wide at 128 of 255")
    expected = np.clip((SIXTEEN_BIT / 257 - (127.5 - 7.5)) / 15 * 255, 0, 255)
    assert np.abs(view.film() - expected).max() <= 0.5 + 1e-9
    view.press("w", "i")
    np.testing.assert_array_equal(view.film(), 255 - np.rint(SIXTEEN_BIT / 257))
    view.press("2")  # one film offers no comparison
    expect(view.button("Swipe")).to_be_hidden()
    expect(view.stage).to_have_attribute("data-view", "side")


def test_the_difference_is_amplified_and_says_so(films):
    view = films("scene=pair")
    view.press("4", "z")
    view.said("Zoom 100 %")
    change = attacked(0) - EIGHT_BIT
    np.testing.assert_array_equal(view.film(0), EIGHT_BIT)
    np.testing.assert_array_equal(view.film(1), 128 + 60 * change)
    head = view.page.locator(".head").nth(1)
    expect(head).to_contain_text("Attacked: change × 60")
    expect(head).to_contain_text("largest change 2 of 255 grey levels")

    slider = view.page.get_by_role("slider", name="Amplification of the change")
    slider.press("ArrowLeft")
    expect(head).to_contain_text("change × 40")
    expect(slider).to_have_attribute("aria-valuetext", "change × 40")
    np.testing.assert_array_equal(view.film(1), 128 + 40 * change)


def test_a_shrunken_difference_keeps_its_strength(films):
    view = films("scene=large")
    view.press("4")
    assert int(view.page.locator(".zoom").inner_text().split()[0]) < 50
    shown = view.canvas(1)[100:-100, 100:-100]
    assert set(np.unique(shown)) == {8, 68, 128, 188, 248}
    assert abs((shown == 128).mean() - 0.2) < 0.02


def test_films_of_different_sizes_are_not_subtracted(films):
    view = films("scene=sizes")
    view.press("4")
    expect(view.page.locator(".head").nth(1)).to_have_text("White another size than Original, so no difference")
    assert (np.unique(view.canvas(1)) == [0, 255]).all()


def test_digits_choose_the_view_and_the_live_region_says_it(films):
    view = films("scene=three")
    for key, name, words in [
        ("2", "Swipe", "Swipe: Original left, Attacked right"),
        ("3", "Blink", "Blink: Original"),
        ("4", "Difference", "Difference: Original, Attacked, Deep"),
        ("1", "Side by side", "Side by side: Original, Attacked, Deep"),
    ]:
        view.press(key)
        expect(view.button(name)).to_have_attribute("aria-pressed", "true")
        view.said(words)
    view.press("2")
    view.page.get_by_label("Film to compare the first with").select_option("Deep")
    view.said("Original left, Deep right")


def test_keys_zoom_and_move_all_films_together(films):
    view = films("scene=pair")
    view.press("z", "+", "+", "+", "+", "+", "+")
    before = view.canvas(0), view.canvas(1)
    view.press("ArrowRight")
    after = view.canvas(0), view.canvas(1)
    for old, new in zip(before, after, strict=True):
        np.testing.assert_array_equal(new[:, :-60], old[:, 60:])
    view.press("0")
    view.said(f"Whole film, {view.page.locator('.zoom').inner_text()}")


def test_wheel_drag_and_double_click(films):
    view = films("scene=pair")
    whole = view.page.locator(".zoom").inner_text()
    box = view.page.locator(".pane").first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    view.page.mouse.move(x, y)
    for _ in range(4):
        zoom = view.page.locator(".zoom").inner_text()
        view.page.mouse.wheel(0, -240)
        expect(view.page.locator(".zoom")).not_to_have_text(zoom)
    before = view.canvas()
    view.page.mouse.down()
    view.page.mouse.move(x + 30, y + 20, steps=3)
    view.page.mouse.up()
    view.settle()
    np.testing.assert_array_equal(view.canvas()[20:, 30:], before[:-20, :-30])
    view.page.mouse.dblclick(x, y)
    expect(view.page.locator(".zoom")).to_have_text(whole)


def test_dragging_with_the_right_button_or_shift_sets_the_window(films):
    view = films("scene=pair")
    box = view.page.locator(".pane").first.bounding_box()
    before = view.canvas()
    for button, keys in (("right", []), ("left", ["Shift"])):
        view.page.mouse.move(box["x"] + 100, box["y"] + 200)
        for key in keys:
            view.page.keyboard.down(key)
        view.page.mouse.down(button=button)
        view.page.mouse.move(box["x"] + 100, box["y"] + 120, steps=4)
        view.page.mouse.up(button=button)
        for key in keys:
            view.page.keyboard.up(key)
        view.settle()
        assert view.canvas().mean() > before.mean() + 10
        view.button("Reset window").click()
        view.settle()
        np.testing.assert_array_equal(view.canvas(), before)


def brightness(view: Films, share: float) -> int:
    """The screen's own grey at a share of the stage's width, a little above its middle."""
    box = view.stage.bounding_box()
    clip = {"x": box["x"] + share * box["width"], "y": box["y"] + 0.4 * box["height"], "width": 2, "height": 2}
    return Image.open(BytesIO(view.page.screenshot(clip=clip))).convert("L").getpixel((0, 0))


def test_the_divider_swipes_by_mouse_and_keyboard(films):
    view = films("scene=contrast")
    view.press("2")
    divider = view.page.get_by_role("slider", name="Divider between the two films")
    expect(divider).to_have_attribute("aria-valuenow", "50")
    assert (brightness(view, 0.44), brightness(view, 0.56)) == (0, 255)
    divider.focus()
    view.press(*["ArrowRight"] * 5)
    expect(divider).to_have_attribute("aria-valuetext", "60 % Black")
    assert (brightness(view, 0.56), brightness(view, 0.64)) == (0, 255)
    handle, stage = divider.bounding_box(), view.stage.bounding_box()
    view.page.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + 30)
    view.page.mouse.down()
    view.page.mouse.move(stage["x"] + 0.4 * stage["width"], handle["y"] + 40, steps=3)
    view.page.mouse.up()
    expect(divider).to_have_attribute("aria-valuenow", "40")
    assert (brightness(view, 0.36), brightness(view, 0.44)) == (0, 255)
    divider.focus()
    view.press("Home")
    expect(divider).to_have_attribute("aria-valuenow", "0")


def test_blinking_alternates_and_stops(films):
    view = films("scene=contrast")
    view.press("3")
    expect(view.button("Stop")).to_be_visible()
    seen = set()
    for _ in range(40):
        seen.add(brightness(view, 0.5))
        if seen == {0, 255}:
            break
        view.page.wait_for_timeout(100)
    assert seen == {0, 255}
    view.press("Space")
    expect(view.button("Start")).to_be_visible()
    still = brightness(view, 0.5)
    view.page.wait_for_timeout(1300)
    assert brightness(view, 0.5) == still
    view.press("x")
    assert brightness(view, 0.5) == 255 - still


def test_blinking_never_starts_by_itself_nor_where_less_motion_is_wanted(films):
    view = films("scene=contrast&view=blink")
    expect(view.button("Blink")).to_have_attribute("aria-pressed", "true")
    expect(view.button("Start")).to_be_visible()
    view.page.emulate_media(reduced_motion="reduce")
    view.press("1", "3")
    expect(view.button("Start")).to_be_visible()
    view.press("Space")
    expect(view.button("Stop")).to_be_visible()


def test_saliency_and_lesion_lie_over_the_film_and_lift_off_again(films):
    view = films("scene=seen")
    view.press("z")
    plain = view.film()
    view.press("m")
    view.said("Saliency map on")
    expect(view.page.locator(".legend").first).to_contain_text("Grad-CAM")
    covered = view.film()
    core, beyond = np.zeros_like(BLOCK), np.ones_like(BLOCK)
    core[98:158, 98:158] = True
    beyond[94:162, 94:162] = False  # the map is drawn smoothly
    np.testing.assert_array_equal(covered[beyond], plain[beyond])
    assert np.abs(covered[core] - (0.3 * plain[core] + 0.7 * HEAT_TOP)).max() <= 2
    opacity = view.page.get_by_role("slider", name="Opacity of the saliency map")
    opacity.press("End")
    view.settle()
    assert np.abs(view.film()[core] - HEAT_TOP).max() <= 1
    view.stage.focus()
    view.press("m", "l")
    outlined = view.film()
    changed = outlined != plain
    edge = slice(93, 163)  # four pixels about the outline, and one for soft edges
    assert changed[edge, 96:160].any(axis=0).all()
    assert not changed[100:156, 100:156].any()
    changed[edge, edge] = False
    assert not changed.any()
    view.press("l")
    np.testing.assert_array_equal(view.film(), plain)


def test_a_step_of_an_attack_sends_one_film_and_keeps_the_readers_place(films, screen):
    received = []
    screen.page.on("websocket", lambda socket: socket.on("framereceived", lambda data: received.append(len(data))))
    view = films("scene=pair")
    view.press("4", "z", "+", "Shift+ArrowUp")
    zoom = view.page.locator(".zoom").inner_text()
    first = view.canvas(0)
    received.clear()
    with screen.rerun():
        view.button("Next step").click()
    expect(view.page.locator(".verdict").nth(1)).to_have_text("Normal 91 %")
    assert view.page.locator(".zoom").inner_text() == zoom
    expect(view.button("Reset window")).to_be_visible()
    expect(view.stage).to_have_attribute("data-view", "difference")
    np.testing.assert_array_equal(view.canvas(0), first)
    view.stage.focus()
    view.press("1", "w", "z")
    np.testing.assert_array_equal(view.film(1), attacked(1))
    # Words and one film that differs from the first by at most two grey levels: under half of its 64 KiB.
    films_sent = [size for size in received if size > 12_000]
    assert len(films_sent) == 2, received
    assert min(films_sent) < 32_768


def test_each_film_has_its_words_on_the_page_and_in_a_hall(films):
    view = films("scene=pair")
    names = view.page.locator(".pane canvas").evaluate_all("all => all.map((one) => one.ariaLabel)")
    assert names == ["Test film. Original. 8 bit. Pneumonia 97 %", "Altered film. Attacked. Normal 92 %"]
    expect(view.stage).to_have_attribute("aria-label", "Films: Original, Attacked")
    view.page.keyboard.press("Tab")
    view.page.keyboard.press("Shift+Tab")
    assert view.stage.evaluate("stage => getComputedStyle(stage).outlineStyle") == "solid"
    verdicts = view.page.locator(".verdict")
    assert verdicts.nth(0).inner_text() == "Pneumonia 97 %"
    colours = verdicts.evaluate_all("all => all.map((one) => getComputedStyle(one).color)")
    assert colours == ["rgb(238, 242, 245)", "rgb(224, 168, 58)"]
    view.press("f")
    view.page.wait_for_function("document.fullscreenElement !== null")
    box = view.page.locator(".viewer").bounding_box()
    assert (box["width"], box["height"]) == (1440, 900)
    view.button("Full screen").click()
    view.page.wait_for_function("document.fullscreenElement === null")
    view.stage.focus()
    view.press("t")
    expect(view.page.locator(".verdict").first).to_be_hidden()
