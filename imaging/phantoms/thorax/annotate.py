"""What the radiographer puts on a film: collimated edges and side markers. Drawn without knowing the disease."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from imaging.phantoms.fields import Array


def collimate(pixels: Array, rng: np.random.Generator) -> Array:
    """Shutters over some of the edges, slightly askew: black, or white on a film without a mask."""
    size = pixels.shape[0]
    u = (np.arange(size, dtype=np.float32) + 0.5) / size
    shade = float(rng.choice([0.0, 0.02, 0.95], p=[0.65, 0.3, 0.05]))
    open_ = np.ones_like(pixels)
    askew = rng.normal(0, 0.008)
    softness = rng.uniform(1.0, 5.0) / size
    for edge in range(4):
        cut, used = abs(rng.normal(0, 0.035)), rng.random() < 0.25
        if used:
            along, across = (u[None, :], u[:, None]) if edge < 2 else (u[:, None], u[None, :])
            distance = across if edge % 2 == 0 else 1 - across
            open_ = open_ * ((distance - cut + askew * (along - 0.5)) / softness).clip(0, 1)
    return pixels * open_ + shade * (1 - open_)


def mark(pixels: Array, view: str, child: bool, rng: np.random.Generator) -> Array:
    """A lead letter for the patient's side, sometimes in a ring or with initials; on portable films often a caption."""
    size = pixels.shape[0]
    scale = 1024  # drawn large and reduced, so that a marker has the same form at every film size
    layer = Image.new("L", (scale, scale), 0)
    right = rng.random() < (0.85 if child else 0.3)
    high, style = rng.uniform(0.03, 0.2), rng.choice(3, p=[0.45, 0.12, 0.43])
    across = rng.uniform(0.03, 0.13)
    x = (across if right else 0.955 - across) * scale
    letter = "R" if right else "L"
    big = int(scale * rng.uniform(0.026, 0.048))
    initials = "".join(rng.choice(list("ABCDEGHJKLMNPRSTV"), 2))
    turn = float(rng.normal(0, 7))
    draw = ImageDraw.Draw(layer)
    bold = int(rng.integers(0, 4))
    draw.text((x, high * scale), letter, fill=255, font=ImageFont.load_default(big), stroke_width=bold)
    if style == 1:
        radius = 0.75 * big
        middle = (x + 0.3 * big, high * scale + 0.62 * big)
        draw.ellipse(
            [middle[0] - radius, middle[1] - radius, middle[0] + radius, middle[1] + radius], outline=255, width=5
        )
    elif style == 2 and not child:
        draw.text((x - 4, high * scale + big * 1.1), initials, fill=255, font=ImageFont.load_default(int(big * 0.5)))
    caption, low = rng.random() < 0.45, rng.uniform(0.03, 0.93)
    layer = layer.rotate(turn, center=(x, high * scale), resample=Image.Resampling.BILINEAR)
    if view == "AP" and caption and not child:
        text = ImageFont.load_default(int(scale * 0.022))
        ImageDraw.Draw(layer).text((0.02 * scale, low * scale), "AP PORTABLE", fill=255, font=text)
    ink = np.asarray(layer.resize((size, size), Image.Resampling.LANCZOS), dtype=np.float32) / 255
    bright = float(rng.uniform(0.82, 1.0))
    return pixels + (np.maximum(bright, pixels) - pixels) * ink * (rng.random() < 0.9)
