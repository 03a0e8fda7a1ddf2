"""An account is stored short, and comes back as it was."""

import zlib

import pytest

from regulars.engine.account import Account, Lot, Wallet
from regulars.engine.packing import LONG, copied, packed, plain, unpacked
from tests.builders import at

ENDS = at("2027-01-31")


def with_lots(count: int) -> Account:
    """Lots of orders of a shop platform, whose ids are long."""
    lots = [
        Lot(f"order:shopify/{5_123_456_789_012 + place}", 7, ENDS, at("2026-01-01") + place) for place in range(count)
    ]
    return Account(wallets={"points": Wallet(available=7 * count, lots=lots)})


@pytest.mark.parametrize("count", [0, 1, 50, 500])
def test_what_was_packed_is_unpacked_as_it_was(count: int):
    assert unpacked(packed(with_lots(count))) == with_lots(count)


def test_fifty_live_lots_take_less_than_two_kilobytes():
    assert len(packed(with_lots(50))) <= 2_048 < len(plain(packed(with_lots(50))))


def test_a_short_account_is_not_compressed():
    assert packed(with_lots(1)) == plain(packed(with_lots(1)))
    assert len(packed(with_lots(1))) < LONG


def test_only_what_is_too_long_is_compressed():
    account = with_lots(20)
    account.into = "x" * 300
    account.into += "x" * (LONG - len(plain(packed(account))))
    assert packed(account) == plain(packed(account))
    account.into += "x"
    assert len(packed(account)) < LONG


def test_how_it_was_compressed_does_not_matter():
    data = plain(packed(with_lots(50)))
    assert plain(zlib.compress(data, 9)) == data


def test_broken_bytes_are_told():
    with pytest.raises(ValueError, match="the account's bytes are broken"):
        unpacked(packed(with_lots(50))[:-5])


def test_a_copy_is_another_account():
    account = with_lots(1)
    copied(account).wallets["points"].available = 0
    assert account.wallets["points"].available == 7
