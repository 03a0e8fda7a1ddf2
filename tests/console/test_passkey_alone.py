"""A passkey lets in alone only where the device looked who holds it, whatever it was asked for."""

import json
from hashlib import sha256

import pytest
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData

from regulars.access.actions import create_staff
from regulars.access.models import Staff

pytestmark = pytest.mark.django_db
PASSWORD = "oolong-in-the-morning"
TOUCHED, LOOKED, WITH_KEY = 0x01, 0x04, 0x40
SITE = sha256(b"testserver").digest()
NAMED = b"a device of lin's"


@pytest.fixture
def lin() -> Staff:
    return create_staff("lin", PASSWORD, "owner", name="Lin")


@pytest.fixture
def device(lin: Staff) -> ec.EllipticCurvePrivateKey:
    """What the device keeps of a passkey that was added."""
    made = ec.generate_private_key(ec.SECP256R1())
    shared = AttestedCredentialData.create(Aaguid.NONE, NAMED, ES256.from_cryptography_key(made.public_key()))
    told = AuthenticatorData.create(SITE, TOUCHED | LOOKED | WITH_KEY, 0, shared)
    answer = {
        "clientDataJSON": collected("webauthn.create", "AAAA"),
        "attestationObject": websafe_encode(bytes(AttestationObject.create("none", told, {}))),
    }
    given = {"id": websafe_encode(NAMED), "rawId": websafe_encode(NAMED), "type": "public-key", "response": answer}
    Authenticator.objects.create(user=lin, type="webauthn", data={"name": "telephone", "credential": given})
    return made


def collected(kind: str, challenge: str) -> str:
    said = {"type": kind, "challenge": challenge, "origin": "https://testserver", "crossOrigin": False}
    return websafe_encode(json.dumps(said).encode())


def answered(device: ec.EllipticCurvePrivateKey, lin: Staff, challenge: str, flags: int) -> str:
    """What it says when it is asked, with as much as `flags` tell of whoever holds it."""
    told, collection = bytes(AuthenticatorData.create(SITE, flags, 1)), collected("webauthn.get", challenge)
    signed = device.sign(told + sha256(websafe_decode(collection)).digest(), ec.ECDSA(hashes.SHA256()))
    answer = {
        "clientDataJSON": collection,
        "authenticatorData": websafe_encode(told),
        "signature": websafe_encode(signed),
        "userHandle": websafe_encode(user_pk_to_url_str(lin).encode()),
    }
    named = websafe_encode(NAMED)
    return json.dumps({"id": named, "rawId": named, "type": "public-key", "response": answer})


def asked_after_the_password(client: Client) -> str:
    """The challenge of the second step, of a device that need only be touched; then too much time goes by for it."""
    client.post("/sign-in", {"login": "lin", "password": PASSWORD})
    client.get("/sign-in/second-step")
    session = client.session
    del session["account_login"]
    session.save()
    return str(session["mfa.webauthn.state"]["challenge"])


@pytest.mark.parametrize(("flags", "is_in"), [(TOUCHED, False), (TOUCHED | LOOKED, True)])
def test_a_device_that_was_only_touched_lets_nobody_in_alone(
    device: ec.EllipticCurvePrivateKey, lin: Staff, flags: int, is_in: bool
) -> None:
    client = Client()
    challenge = asked_after_the_password(client)
    client.post("/sign-in/passkey", {"credential": answered(device, lin, challenge, flags)}, secure=True)
    assert ("_auth_user_id" in client.session) is is_in
