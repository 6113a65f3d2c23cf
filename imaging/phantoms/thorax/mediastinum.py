"""The middle of the chest: great vessels and heart, as intervals of depth."""

from __future__ import annotations

import numpy as np

from imaging.phantoms.fields import Array
from imaging.phantoms.thorax.anatomy import Anatomy
from imaging.phantoms.thorax.canvas import Interval, dome, profile
from imaging.phantoms.thorax.outlines import (
    HEART_DEPTH,
    LEFT_HEART,
    LEFT_NECK,
    RIGHT_HEART,
    RIGHT_VESSELS,
    VESSEL_DEPTH,
)


def great_vessels(middle: Array, zn: Array, a: Anatomy) -> Interval:
    """Great vessels, oesophagus and paraspinal tissue; the left border carries the aortic knob."""
    k, shift = a.knob, a.rotation * 10
    knob = 26 + 8 * k
    left = [*LEFT_NECK, (47, knob - 6), (58, knob - 1), (72, knob - 1.5), (84, max(knob - 6, 26))]
    left += [(90, 26), (112, 21 + 5 * k), (160, 16 + 5 * k), (220, 13 + 4 * k), (300, 12 + 3 * k)]
    sail = a.thymus * 16 * np.exp(-(((zn - 66) / 58) ** 4))
    lo = -(profile(RIGHT_VESSELS, zn) + 1.1 * sail) * (1 + 0.12 * a.child) + shift
    hi = (profile(left, zn) + sail) * (1 + 0.1 * a.child) + shift
    hi = hi + 9 * a.child * np.exp(-(((zn - 86) / 20) ** 2))  # the window under the arch is not yet open
    ripple = [profile([(z, r) for z, r in zip(range(-60, 300, 22), side, strict=False)], zn) for side in a.ripples]
    lo, hi = lo + ripple[0], hi + ripple[1]
    half = profile(VESSEL_DEPTH, zn) * dome((2 * middle - hi - lo) / (hi - lo), 2.1)
    return -10 - half, -10 + half


def heart(middle: Array, zn: Array, a: Anatomy) -> Interval:
    """The pulmonary trunk, appendage and left ventricle make the left border, the right atrium the right one."""
    shift = a.rotation * 60
    lowered = zn - 6 * (1 - a.heart) + 0.6 * a.breath
    size = a.heart * (1 + 0.04 * a.child)
    lo = -profile(RIGHT_HEART, lowered) * (0.75 * size + 0.25) * a.atrium + shift
    rounder = a.child * (9 * np.exp(-(((lowered - 138) / 30) ** 2)) - 6 * np.exp(-(((lowered - 225) / 28) ** 2)))
    hi = (profile(LEFT_HEART, lowered) + rounder) * size * (1 + a.lie * ((lowered - 140) / 90).clip(-0.7, 1)) + shift
    half = profile(HEART_DEPTH, lowered) * dome((2 * middle - hi - lo) / (hi - lo)) * (lowered > 76) * (lowered < 310)
    centre = 14 + 4 * a.child
    return centre - half, centre + half
