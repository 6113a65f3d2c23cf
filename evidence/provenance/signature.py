"""A publisher's signature over a model, by OpenSSF model signing (v1.0, 2025) with a key of one's own.

The card's SHA-256 says whether a file is the one that the card speaks of. Whoever can exchange the file can exchange
the card too; a signature cannot be made again without the publisher's private key, which is kept elsewhere. Signed are
the weights and all of the card that decides an answer, under the model's id: neither another model's signature nor
another operating point passes. The publisher's key is known by its fingerprint, which README names as well: who
exchanges the key beside the signatures has to exchange what people have written down.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import models
from models import Card

SIGNATURES = Path(__file__).parent / "signatures"
PUBLISHER = SIGNATURES / "publisher.pem"
FINGERPRINT = "294a63300d87cc7b9c82f086aea81532dd6d2d2eded5f28c3ee56f3ae0b47fb3"
"""SHA-256 of the publisher's public key, as it is encoded in `publisher.pem` (DER)."""


@dataclass(frozen=True)
class Signature:
    """Whether a file is the one that the publisher signed, and a sentence that says so to a clinician."""

    valid: bool
    words: str


def sign(card: Card, private_key: Path, signature: Path) -> None:
    """Sign a model with an elliptic-curve key (PEM), and write the Sigstore bundle to `signature`."""
    from model_signing import signing

    signature.parent.mkdir(parents=True, exist_ok=True)
    with _parcel(card, card.weights) as parcel:
        signing.Config().use_elliptic_key_signer(private_key=private_key).sign(parcel, signature)


def verify(
    id: str, weights: Path | None = None, signatures: Path = SIGNATURES, *, card: Card | None = None
) -> Signature:
    """Check a file and a card (default: those in the zoo) against the publisher's signature of this model."""
    from model_signing import verifying

    card, signature, key = card or models.card(id), signatures / f"{id}.sig", signatures / PUBLISHER.name
    if not signature.is_file() or not key.is_file():
        return Signature(False, f"Nobody signed “{card.title}”: its origin cannot be checked.")
    if fingerprint(key) != FINGERPRINT:
        return Signature(False, f"The key that “{card.title}” was signed with is not its publisher's.")
    checker = verifying.Config().use_elliptic_key_verifier(public_key=key)
    try:
        with _parcel(card, weights or card.weights) as parcel:
            checker.verify(parcel, signature)
    except ValueError:  # of the library, for a changed file as for a signature by another key
        return Signature(False, f"This file is not “{card.title}” as its publisher signed it.")
    return Signature(True, f"The publisher signed this very file as “{card.title}”, with this operating point.")


def fingerprint(public_key: Path) -> str:
    """SHA-256 of a public key in a PEM file."""
    from cryptography.hazmat.primitives import serialization

    key = serialization.load_pem_public_key(public_key.read_bytes())
    encoded = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(encoded).hexdigest()


@contextmanager
def _parcel(card: Card, weights: Path) -> Iterator[Path]:
    """A folder of what is signed, named after the model: its weights, and what of its card decides an answer."""
    deciding = {
        "id": card.id,
        "network": card.network,
        "options": card.options,
        "classes": card.classes,
        "operating_point": card.operating_point,
        "sha256": card.sha256,
    }
    with TemporaryDirectory() as folder:
        parcel = Path(folder)
        shutil.copyfile(weights, parcel / f"{card.id}.safetensors")
        (parcel / f"{card.id}.json").write_text(json.dumps(deciding, sort_keys=True), encoding="utf-8")
        yield parcel
