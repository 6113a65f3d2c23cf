"""What travels to the viewer: planes that decode to the very same levels, panes that are what they claim to be."""

import json
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from ui.viewer import Pane, film_viewer
from ui.viewer.component import describe
from ui.viewer.planes import payload, plane

SHAPES = array_shapes(min_dims=2, max_dims=2, max_side=9)


def decode(message: bytes, base: np.ndarray | None = None) -> tuple[dict, np.ndarray]:
    """Header and levels of a payload, written from its description alone."""
    (length,) = struct.unpack_from("<I", message)
    header = json.loads(message[4 : 4 + length])
    raw = np.frombuffer(zlib.decompress(message[4 + length :]), np.uint8).astype(np.int64)
    shape = header["height"], header["width"]
    eight = header["depth"] == 8
    residue = raw.reshape(shape) if eight else (raw[: raw.size // 2] * 256 + raw[raw.size // 2 :]).reshape(shape)
    step, modulus = (257, 256) if eight else (1, 65536)
    if header["coding"] == "difference":
        numbers = (base.astype(np.int64) // step + residue) % modulus
    else:
        numbers = np.cumsum(residue, axis=0) % modulus
    return header, numbers * step


@settings(max_examples=60, deadline=None)
@given(arrays(np.uint8, SHAPES))
def test_every_8_bit_film_arrives_exactly(grey):
    subject = plane((grey / np.float32(255)).astype(np.float32))
    header, levels = decode(payload(subject))
    assert header["depth"] == 8
    np.testing.assert_array_equal(levels, grey.astype(np.int64) * 257)


@settings(max_examples=60, deadline=None)
@given(arrays(np.uint16, SHAPES))
def test_every_16_bit_film_arrives_exactly(grey):
    subject = plane((grey / np.float32(65535)).astype(np.float32))
    _, levels = decode(payload(subject))
    np.testing.assert_array_equal(levels, grey)


@pytest.mark.parametrize("top", [255, 4095, 65535])
def test_every_level_of_a_file_stays_apart(top):
    levels = plane((np.arange(top + 1, dtype=np.float32) / top)[None]).levels
    assert len(np.unique(levels)) == top + 1
    assert (levels[0, 0], levels[0, -1]) == (0, 65535)


@settings(max_examples=60, deadline=None)
@given(st.data(), SHAPES, st.sampled_from([255, 65535]), st.sampled_from([255, 65535]))
def test_a_film_arrives_exactly_as_a_difference_to_another(data, shape, top, base_top):
    film, base = (
        plane((data.draw(arrays(np.uint16, shape, elements=st.integers(0, limit))) / limit).astype(np.float32))
        for limit in (top, base_top)
    )
    header, levels = decode(payload(film, base), base.levels)
    np.testing.assert_array_equal(levels, film.levels)
    assert header["base"] == (None if film == base else base.digest)


def test_a_difference_to_a_film_of_another_size_is_not_taken():
    film, other = plane(np.ones((4, 5), np.float32)), plane(np.ones((5, 4), np.float32))
    header, levels = decode(payload(film, other))
    assert header["coding"] == "rows"
    np.testing.assert_array_equal(levels, film.levels)


def test_a_small_change_costs_far_less_than_a_film():
    rng = np.random.default_rng(0)
    film = rng.integers(0, 253, (256, 256))
    before, after = (plane((grey / 255).astype(np.float32)) for grey in (film, film + (rng.random(film.shape) < 0.1)))
    assert len(payload(after, before)) < 0.2 * len(payload(after))


def test_planes_are_equal_when_their_levels_are():
    values = np.random.default_rng(0).random((6, 7), np.float32)
    assert plane(values) == plane(values.copy())
    assert plane(values) != plane(1 - values)
    assert plane(np.zeros((2, 3), np.float32)) != plane(np.zeros((3, 2), np.float32))


def test_only_read_only_arrays_are_remembered():
    values = np.random.default_rng(0).random((6, 7), np.float32)
    before = plane(values)
    values[0, 0] = 1 - values[0, 0]
    assert plane(values) != before
    values.flags.writeable = False
    assert plane(values) is plane(values)


def test_what_is_remembered_goes_with_its_array():
    for grey in range(50):  # each array is likely to lie where the last one lay
        values = np.full((6, 7), grey / 255, np.float32)
        values.flags.writeable = False
        assert (plane(values).levels == 257 * grey).all()
        del values


def film(*shape: int) -> np.ndarray:
    return np.full(shape, 0.5, np.float32)


@pytest.mark.parametrize(
    ("pixels", "message"),
    [
        (film(3), "expected pixels of shape \\[H, W\\], got \\(3,\\)"),
        (film(0, 3), "expected pixels of shape"),
        (film(2, 2) + 1, "expected pixels in \\[0, 1\\], got 1.5 to 1.5"),
        (film(2, 2) - 1, "expected pixels in \\[0, 1\\]"),
        (film(2, 2) * np.nan, "expected pixels in \\[0, 1\\], got nan to nan"),
    ],
)
def test_pixels_that_are_no_film_are_refused(pixels, message):
    with pytest.raises(ValueError, match=message):
        Pane(id="a", title="A", pixels=pixels)


def test_overlay_and_lesion_are_checked():
    with pytest.raises(ValueError, match="expected overlay in"):
        Pane(id="a", title="A", pixels=film(2, 2), overlay=film(2, 2) * 3)
    with pytest.raises(ValueError, match="expected a lesion mask of shape \\(2, 2\\), got \\(2, 3\\)"):
        Pane(id="a", title="A", pixels=film(2, 2), lesion=np.ones((2, 3), bool))
    Pane(id="a", title="A", pixels=film(20, 20), overlay=film(4, 4))


@pytest.mark.parametrize(
    ("tone", "title", "tag"),
    [
        ("neutral", "Original", ""),
        ("attack", "Attacked", ""),
        ("attack", "After saving", "attack"),
        ("defence", "Defended twin", ""),
        ("defence", "Twin", "defence"),
    ],
)
def test_a_colour_never_stands_without_its_word(tone, title, tag):
    pane = Pane(id="a", title=title, pixels=film(2, 2), tone=tone)
    described = describe(pane, plane(pane.pixels), None, None)
    assert (described["tone"], described["tag"]) == (tone, tag)
    assert described["alt"] == title


@pytest.mark.parametrize("count", [0, 5])
def test_one_to_four_panes(count):
    with pytest.raises(ValueError, match=f"expected 1 to 4 panes, got {count}"):
        film_viewer([Pane(id="a", title="A", pixels=film(2, 2))] * count, key="films")
