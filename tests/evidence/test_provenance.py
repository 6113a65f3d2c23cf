"""A changed file, or one signed by somebody else, is refused; the bill of materials is valid and whole."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

import models
from evidence.provenance import FINGERPRINT, PUBLISHER, SIGNATURES, bill_of_materials, fingerprint, sign, verify

ID = "chest-undefended"


@pytest.fixture
def stranger(tmp_path):
    """A private key that is not the publisher's."""
    key = ec.generate_private_key(ec.SECP256R1())
    path = tmp_path / "stranger.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


@pytest.mark.parametrize("id", models.ids())
def test_every_shipped_model_carries_the_publishers_signature(id):
    assert verify(id).valid
    assert models.card(id).title in verify(id).words


def test_one_changed_bit_is_refused(tmp_path):
    data = bytearray(models.card(ID).weights.read_bytes())
    data[-1] ^= 1
    changed = tmp_path / "changed.safetensors"
    changed.write_bytes(data)
    found = verify(ID, changed)
    assert not found.valid
    assert "is not" in found.words


def test_another_models_weights_are_refused():
    assert not verify(ID, models.card(models.card(ID).twin).weights).valid


def test_a_strangers_signature_is_refused(tmp_path, stranger):
    shutil.copy(PUBLISHER, tmp_path / PUBLISHER.name)
    sign(models.card(ID), stranger, tmp_path / f"{ID}.sig")
    assert not verify(ID, signatures=tmp_path).valid


def test_a_strangers_key_beside_his_signature_is_not_the_publishers(tmp_path, stranger):
    key = serialization.load_pem_private_key(stranger.read_bytes(), password=None).public_key()
    encoded = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / PUBLISHER.name).write_bytes(key.public_bytes(*encoded))
    sign(models.card(ID), stranger, tmp_path / f"{ID}.sig")
    found = verify(ID, signatures=tmp_path)
    assert not found.valid
    assert "not its publisher's" in found.words


def test_another_models_weights_with_their_own_signature_do_not_pass_under_this_name(tmp_path):
    other = models.card("chest-noise-12")
    shutil.copy(PUBLISHER, tmp_path / PUBLISHER.name)
    shutil.copy(SIGNATURES / f"{other.id}.sig", tmp_path / f"{ID}.sig")
    assert not verify(ID, other.weights, tmp_path).valid
    assert not verify(ID, other.weights, tmp_path, card=replace(models.card(ID), sha256=other.sha256)).valid


def test_a_moved_operating_point_is_refused():
    assert verify(ID, card=models.card(ID)).valid
    assert not verify(ID, card=replace(models.card(ID), operating_point=0.9)).valid


def test_people_can_compare_the_fingerprint():
    assert fingerprint(PUBLISHER) == FINGERPRINT
    assert FINGERPRINT in (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_a_model_that_nobody_signed_is_named_as_such(tmp_path):
    found = verify(ID, signatures=tmp_path)
    assert not found.valid
    assert found.words.startswith("Nobody signed")


def test_the_bill_of_materials_is_valid_and_says_what_the_cards_say():
    written = bill_of_materials()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(written) is None
    components = {component["name"]: component for component in json.loads(written)["components"]}
    assert set(components) == set(models.ids())
    for id, component in components.items():
        card = models.card(id)
        assert component["hashes"][0]["content"] == card.sha256
        metrics = component["modelCard"]["quantitativeAnalysis"]["performanceMetrics"]
        assert len(metrics) == len(card.figures)
        assert component["modelCard"]["considerations"]["technicalLimitations"] == list(card.limits)


def test_the_command_fails_where_a_signature_does_not_hold(tmp_path):
    code = (
        "import sys; from pathlib import Path; import evidence.provenance.signature as s;"
        "import evidence.provenance.__main__ as m;"
        f"m.verify = lambda id: s.verify(id, signatures=Path({str(tmp_path)!r})); sys.argv = ['x']; m.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stdout.count("Nobody signed") == len(models.ids())
    whole = subprocess.run([sys.executable, "-m", "evidence.provenance"], capture_output=True, text=True)
    assert whole.returncode == 0
