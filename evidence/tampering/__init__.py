"""What an insider's fine-tuning does, whether typical validation sees it, and what catches it."""

from evidence.tampering.cohorts import Films, enriched, ordinary, strata
from evidence.tampering.results import COMMAND, EACH, FILMS, READY, RESULTS, SHARE, Row, load
from evidence.tampering.validation import Validation, noticed, read_rightly, validate

__all__ = [
    "COMMAND",
    "EACH",
    "FILMS",
    "READY",
    "RESULTS",
    "SHARE",
    "Films",
    "Row",
    "Validation",
    "enriched",
    "load",
    "noticed",
    "ordinary",
    "read_rightly",
    "strata",
    "validate",
]
