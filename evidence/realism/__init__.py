"""How real the phantoms look: `python -m evidence.realism`, `… .cross_reading`, `… .conspicuity`."""

from evidence.realism.results import Realism, Spread, load

__all__ = ["Realism", "Spread", "load"]
