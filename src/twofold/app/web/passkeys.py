"""Passkeys: what a device is asked, and whether its answer is right. No disk, no page."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fastapi import Request

if TYPE_CHECKING:
    from twofold.people.person import Person
    from twofold.store.second_factors import Passkey


@dataclass(frozen=True)
class Site:
    """The name that a passkey belongs to, and the exact address of its pages."""

    name: str
    origin: str


def site_of(request: Request) -> Site | None:
    """Return the site of a request; ``None`` where browsers make no passkeys.

    They do so on https with a name (not a number), and on ``http://localhost``.
    """
    host, name = request.headers.get("host", ""), request.url.hostname or ""
    is_encrypted = request.app.state.house.is_encrypted
    if not (is_encrypted or name == "localhost") or _is_number(name):
        return None
    return Site(name, f"{'https' if is_encrypted else 'http'}://{host}")


def asked_to_create(site: Site, person: Person, known: Sequence[Passkey]) -> tuple[str, bytes]:
    """Return what the device is asked when a passkey is set up, and the challenge in it."""
    import webauthn
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    options = webauthn.generate_registration_options(
        rp_id=site.name,
        rp_name="Twofold",
        user_id=person.id.encode(),
        user_name=person.label,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one.credential) for one in known],
    )
    return webauthn.options_to_json(options), options.challenge


def asked_to_get(site: Site, known: Sequence[Passkey]) -> tuple[str, bytes]:
    """Return what the device is asked when someone signs in, and the challenge in it."""
    import webauthn
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    options = webauthn.generate_authentication_options(
        rp_id=site.name,
        allow_credentials=[PublicKeyCredentialDescriptor(id=one.credential) for one in known],
    )
    return webauthn.options_to_json(options), options.challenge


def made(answer: str, challenge: bytes, site: Site) -> tuple[bytes, bytes, int] | None:
    """Return a new passkey's id, public key and counter, ``None`` when the answer is wrong."""
    import webauthn

    if not challenge or _plain(answer) is None:
        return None
    try:
        new = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.name,
            expected_origin=site.origin,
        )
    except Exception:  # a library of many parsers: whatever it trips over is no passkey
        return None
    return new.credential_id, new.credential_public_key, new.sign_count


def checked(
    answer: str, known: Sequence[Passkey], challenge: bytes, site: Site
) -> tuple[Passkey, int] | None:
    """Return which passkey answered, and its counter; ``None`` when none did."""
    import webauthn
    from webauthn.helpers import base64url_to_bytes

    plain = _plain(answer)
    try:
        name = base64url_to_bytes(str(plain["rawId"])) if plain else b""
        key = next(one for one in known if one.credential == name and one.site == site.name)
        told = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.name,
            expected_origin=site.origin,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.count,
        )
    except Exception:  # as above
        return None
    return key, told.new_sign_count


def _plain(answer: str) -> dict[str, Any] | None:
    try:
        plain = json.loads(answer)
    except (ValueError, RecursionError):
        return None
    return plain if isinstance(plain, dict) else None


def _is_number(name: str) -> bool:
    try:
        return bool(ipaddress.ip_address(name))
    except ValueError:
        return False
