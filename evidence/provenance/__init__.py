"""Where a model comes from: whose signature its weights carry, and a bill of materials that says what went into it."""

from evidence.provenance.bom import bill_of_materials
from evidence.provenance.signature import FINGERPRINT, PUBLISHER, SIGNATURES, Signature, fingerprint, sign, verify

__all__ = [
    "FINGERPRINT",
    "PUBLISHER",
    "SIGNATURES",
    "Signature",
    "bill_of_materials",
    "fingerprint",
    "sign",
    "verify",
]
