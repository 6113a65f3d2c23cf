"""Defended vs undefended: models side by side, on one film attacked in step, and on many films."""
