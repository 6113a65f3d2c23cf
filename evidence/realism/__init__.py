"""How real the phantoms look: `python -m evidence.realism`, `… evidence.realism.cross_reading`."""
