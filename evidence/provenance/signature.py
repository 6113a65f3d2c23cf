"""A publisher's signature over a weight file, by OpenSSF model signing (v1.0, 2025) with a key of one's own.

The card's SHA-256 says whether a file is the one that the card speaks of. Whoever can exchange the file can exchange
the card too; a signature cannot be made again without the publisher's private key, which is kept elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import models

SIGNATURES = Path(__file__).parent / "signatures"
PUBLISHER = SIGNATURES / "publisher.pem"


@dataclass(frozen=True)
class Signature:
    """Whether a file is the one that the publisher signed, and a sentence that says so to a clinician."""

    valid: bool
    words: str


def sign(weights: Path, private_key: Path, signature: Path) -> None:
    """Sign a weight file with an elliptic-curve key (PEM), and write the Sigstore bundle to `signature`."""
    from model_signing import signing

    signature.parent.mkdir(parents=True, exist_ok=True)
    signing.Config().use_elliptic_key_signer(private_key=private_key).sign(weights, signature)


def verify(id: str, weights: Path | None = None, signatures: Path = SIGNATURES) -> Signature:
    """Check a file (default: the one in the zoo) against the publisher's signature of this model's weights."""
    from model_signing import verifying

    card, signature = models.card(id), signatures / f"{id}.sig"
    if not signature.is_file():
        return Signature(False, f"Nobody signed “{card.title}”: its origin cannot be checked.")
    checker = verifying.Config().use_elliptic_key_verifier(public_key=signatures / PUBLISHER.name)
    try:
        checker.verify(weights or card.weights, signature)
    except ValueError:  # of the library, for a changed file as for a signature by another key
        return Signature(False, f"This file is not “{card.title}” as its publisher signed it.")
    return Signature(True, f"The publisher signed this very file as “{card.title}”.")
