"""What is written on a mammogram: side and view, in the black away from the breast."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from imaging.phantoms.fields import Array

SCALE = 1024  # drawn large and reduced, so that a marker has the same form at every film size


def mark(pixels: Array, shadow: Array, side: str, view: str, style: str, rng: np.random.Generator) -> Array:
    """Writes side and view where `shadow` (bool `[H, W]`, the breast) is not; film often has them on a white label."""
    size = pixels.shape[0]
    box = style == "film" and rng.random() < 0.6
    present = rng.random() < 0.9
    big = int(SCALE * (rng.uniform(0.028, 0.04) if style == "film" else rng.uniform(0.018, 0.03)))
    one_line = rng.random() < 0.6
    text = f"{side} {view}" if one_line else f"{side}\n{view}"
    if rng.random() < 0.3:
        text = f"{view}-{side}" if one_line else text
    initials = "".join(rng.choice(list("ABCDEGHJKLMNPRSTV"), 2))
    signed = rng.random() < 0.35
    turn = float(rng.normal(0, 4)) if style == "film" else 0.0
    high, bright = rng.uniform(0.02, 0.10), float(rng.uniform(0.75, 1.0))
    if not present:
        return pixels
    layer = Image.new("L", (3 * SCALE // 4, SCALE), 0)
    draw = ImageDraw.Draw(layer)
    font = ImageFont.load_default(big)
    left, top, right, bottom = draw.multiline_textbbox((0, 0), text, font=font, align="center")
    wide, tall = right - left, bottom - top
    margin = 0.5 * big
    x = 0.75 * SCALE - wide - 2.2 * margin if side == "L" else 1.2 * margin
    y = high * SCALE
    if box:
        draw.rectangle([x - margin, y - margin, x + wide + margin, y + tall + margin], fill=255)
    draw.multiline_text((x - left, y - top), text, fill=0 if box else 255, font=font, align="center")
    if signed:
        small = ImageFont.load_default(int(0.6 * big))
        draw.text((x, y + tall + 1.6 * margin), initials, fill=170, font=small)
    layer = layer.rotate(turn, center=(x + wide / 2, y + tall / 2), resample=Image.Resampling.BILINEAR)
    ink = np.asarray(layer.resize((3 * size // 4, size), Image.Resampling.LANCZOS), dtype=np.float32) / 255
    ink = ink * ~shadow
    return pixels + (np.maximum(bright, pixels) - pixels) * ink
