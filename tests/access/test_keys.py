"""API keys: shown once, kept as a hash, checked in one way only."""

import pytest

from regulars.access import actions, queries
from regulars.access.keys import hash_of, new_key, prefix_of
from regulars.access.models import ApiKey

pytestmark = pytest.mark.django_db


def test_a_key_opens_what_it_was_issued_for() -> None:
    key = actions.issue_key(7, "till", ["orders:write", "members:read"])
    grant = actions.check_key(key)
    assert grant is not None
    assert (grant.program_id, grant.name, grant.permissions) == (7, "till", {"orders:write", "members:read"})


def test_only_the_hash_is_kept() -> None:
    key = actions.issue_key(7, "till", ["orders:write"])
    row = ApiKey.objects.get()
    assert key.startswith("rk_" + row.prefix)
    assert bytes(row.hash) == hash_of(key)
    secret = key[len("rk_") + 8 :]
    assert all(secret not in str(value) for value in ApiKey.objects.values_list().get())


@pytest.mark.parametrize(
    "changed", [lambda k: k[:-1] + "z", lambda k: k + "0", lambda k: k[3:], lambda k: "", str.upper]
)
def test_what_is_not_the_key_opens_nothing(changed) -> None:
    key = actions.issue_key(7, "till", ["orders:write"])
    assert actions.check_key(changed(key)) is None
    assert ApiKey.objects.get().last_used_at is None


def test_an_unknown_key_opens_nothing() -> None:
    assert actions.check_key(new_key()) is None


def test_a_revoked_key_opens_nothing_any_more() -> None:
    key = actions.issue_key(7, "till", ["orders:write"])
    prefix = prefix_of(key)
    assert not actions.revoke_key(8, prefix), "a key of another program"
    assert actions.check_key(key) is not None
    assert actions.revoke_key(7, prefix)
    assert actions.check_key(key) is None
    assert not actions.revoke_key(7, prefix), "revoked already"


def test_a_key_cannot_have_what_only_people_may() -> None:
    with pytest.raises(ValueError, match="staff:administer"):
        actions.issue_key(7, "till", ["orders:write", "staff:administer"])
    assert not ApiKey.objects.exists()


def test_the_list_says_when_a_key_was_used() -> None:
    key = actions.issue_key(7, "till", ["orders:write"])
    actions.issue_key(8, "other program", ["orders:write"])
    assert [line.last_used_at for line in queries.keys(7)] == [None]
    actions.check_key(key)
    [line] = queries.keys(7)
    assert line.last_used_at is not None
    actions.check_key(key)
    assert queries.keys(7) == [line], "noted once a minute at most"
