"""Where a model comes from: whose signature its weights carry, and a bill of materials that says what went into it."""

from evidence.provenance.bom import bill_of_materials
from evidence.provenance.signature import PUBLISHER, SIGNATURES, Signature, sign, verify

__all__ = ["PUBLISHER", "SIGNATURES", "Signature", "bill_of_materials", "sign", "verify"]
