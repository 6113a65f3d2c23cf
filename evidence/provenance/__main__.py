"""`python -m evidence.provenance`: says of each model whether its weights are those that its publisher signed.

`--bom FILE` writes the bill of materials (CycloneDX 1.6). `--sign KEY` signs all models with an elliptic-curve private
key (PEM), keeps its public half beside the signatures and prints its fingerprint, which belongs into `signature.py` and
README. The exit status is 1 where a signature does not hold.
"""

from __future__ import annotations

import sys
from pathlib import Path

import models
from evidence.provenance import PUBLISHER, SIGNATURES, bill_of_materials, fingerprint, sign, verify
from training.commands import command_line


def main() -> None:
    """The command line."""
    parser = command_line(__doc__)
    parser.add_argument("--bom", type=Path, metavar="FILE", help="write the bill of materials")
    parser.add_argument("--sign", type=Path, metavar="KEY", help="sign all weights with this private key")
    options = parser.parse_args()
    if options.sign:
        _sign_all(options.sign)
    if options.bom:
        options.bom.write_text(bill_of_materials(), encoding="utf-8")
    found = [verify(id) for id in models.ids()]
    for signature in found:
        print(signature.words)
    sys.exit(not all(signature.valid for signature in found))


def _sign_all(private_key: Path) -> None:
    from cryptography.hazmat.primitives import serialization

    key = serialization.load_pem_private_key(private_key.read_bytes(), password=None)
    SIGNATURES.mkdir(exist_ok=True)
    PUBLISHER.write_bytes(
        key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    for id in models.ids():
        sign(models.card(id), private_key, SIGNATURES / f"{id}.sig")
    print(f"fingerprint of the key: {fingerprint(PUBLISHER)}")


if __name__ == "__main__":
    main()
