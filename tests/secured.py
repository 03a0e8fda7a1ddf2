"""Somebody of the staff who has set up every way to sign in: an app, a passkey, recovery codes."""

from hashlib import sha256

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from regulars.access.models import Staff

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
DEVICE = b"the phone in her pocket"


def secure(staff: Staff) -> None:
    TOTP.activate(staff, SECRET)
    RecoveryCodes.activate(staff)
    Authenticator.objects.create(
        user=staff, type=Authenticator.Type.WEBAUTHN, data={"name": "Mei’s phone", "credential": _passkey()}
    )


def _passkey() -> dict[str, object]:
    """What a browser sends when one is added."""
    public = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT
    attested = AttestedCredentialData.create(bytes(Aaguid.NONE), DEVICE, public)
    held = AuthenticatorData.create(sha256(b"localhost").digest(), flags, 0, attested)
    client = CollectedClientData.create("webauthn.create", b"a challenge", "http://localhost")
    return {
        "id": websafe_encode(DEVICE),
        "rawId": websafe_encode(DEVICE),
        "type": "public-key",
        "response": {
            "clientDataJSON": websafe_encode(client),
            "attestationObject": websafe_encode(AttestationObject.create("none", held, {})),
        },
        "clientExtensionResults": {"credProps": {"rk": True}},
    }
