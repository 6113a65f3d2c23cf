"""Titles and threat models are there before torch is; Captum comes only with a map."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        ("import robustness; robustness.REGISTRY['pgd'].title; robustness.METHODS; robustness.ThreatModel()", "torch"),
        ("from robustness import attack_radiograph, smallest_epsilon_of_radiograph, Lattice", "captum"),
        ("from robustness import drift", "torch"),
    ],
)
def test_nothing_heavy_before_it_is_needed(statement, absent):
    code = f"{statement}\nimport sys\nassert {absent!r} not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_public_name_is_there():
    import robustness

    for name in robustness.__all__:
        assert getattr(robustness, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'magic'"):
        robustness.magic  # noqa: B018
