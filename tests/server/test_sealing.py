"""Secrets at rest: unreadable, bound to their place, and readable through a rotation of keys."""

from __future__ import annotations

import pytest
from hivesync_server.adapters.sealing import SealBroken, Sealer
from hivesync_server.settings.secrets import Secret

OLD, NEW = Secret("the secret of last year, long enough"), Secret("the secret of this year, long enough")


def test_a_sealed_text_says_nothing_and_opens_again() -> None:
    sealer = Sealer([NEW])
    sealed = sealer.seal("JBSWY3DPEHPK3PXP · ä", "totp/ann")
    assert sealer.open(sealed, "totp/ann") == "JBSWY3DPEHPK3PXP · ä"
    assert "JBSW" not in sealed
    assert sealed != sealer.seal("JBSWY3DPEHPK3PXP · ä", "totp/ann"), "equal secrets must not look equal"


def test_it_opens_nowhere_else() -> None:
    sealed = Sealer([NEW]).seal("secret", "totp/ann")
    with pytest.raises(SealBroken):
        Sealer([NEW]).open(sealed, "totp/bob")
    with pytest.raises(SealBroken):
        Sealer([OLD]).open(sealed, "totp/ann")


def test_a_rotation_opens_what_the_previous_key_sealed_and_seals_with_the_new_one() -> None:
    old = Sealer([OLD]).seal("secret", "totp/ann")
    both = Sealer([NEW, OLD])
    assert both.open(old, "totp/ann") == "secret"
    assert Sealer([NEW]).open(both.seal("secret", "totp/ann"), "totp/ann") == "secret"


def test_what_was_altered_or_is_no_sealed_text_is_an_error() -> None:
    sealer = Sealer([NEW])
    sealed = sealer.seal("secret", "totp/ann")
    flipped = sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:]
    for wrong in (flipped, sealed[:10], "s1.", "", "not base64 ü"):
        with pytest.raises(SealBroken):
            sealer.open(wrong, "totp/ann")
