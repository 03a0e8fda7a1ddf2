"""Whoever is erased is named nowhere in what staff wrote about their rewards; of others every word stays."""

import pytest
from django.db import transaction
from psycopg.errors import InsufficientPrivilege

from regulars.engine.calendar import datetime_of
from regulars.engine.facts import Merge
from regulars.ledger.connect import raw, rows
from regulars.ledger.uniting import merge
from regulars.members.erasing import erase
from regulars.rewards.actions import owning
from regulars.rewards.actions.desk import void as void_at_desk
from regulars.rewards.actions.forgetting import forget_words
from regulars.rewards.models import AskedAdjustment
from regulars.rewards.parts import Kept
from tests.ledger.shop import member, settled
from tests.rewards.counter import MINUTE, NOW, PROGRAMS, joins, redeem, reward

pytestmark = pytest.mark.django_db(transaction=True)


def words() -> list[str]:
    said = rows(
        raw(),
        "SELECT reason FROM rewards_happened UNION ALL SELECT reason FROM rewards_deed "
        "UNION ALL SELECT words FROM rewards_askedadjustment",
    )
    return sorted(reason for (reason,) in said if reason)


def forgets() -> None:
    settled()
    while forget_words(PROGRAMS):
        pass


def spoken_of(name: str) -> Kept:
    """A reward that was used and taken back again, one that was given by hand, and points that somebody wants to give,
    each with a sentence."""
    joins(name, 20)
    kept = redeem(reward("cup"), who=name)
    void_at_desk(PROGRAMS, kept.id, NOW, actor="staff:mei", reason=f"{name} broke it")
    AskedAdjustment.objects.create(
        program_id=1, member_id=member(name), wallet="points", points=5, reason="goodwill", asked_by="staff:mei",
        asked_at=datetime_of(NOW), words=f"{name} waited for long",
    )  # fmt: skip
    owning.give(PROGRAMS, member(name), "cake", f"sorry-{name}", NOW, actor="staff:mei", reason=f"{name} was sad")
    return kept


def test_words_about_whoever_is_forgotten_go_and_those_about_others_stay() -> None:
    spoken_of("lin")
    spoken_of("bo")
    before = words()
    assert any("lin" in said for said in before)
    forgets()
    assert words() == before
    erase(PROGRAMS, member("lin"), "asked", "staff-7", NOW + MINUTE)
    forgets()
    assert words() == [said for said in before if "lin" not in said]
    assert any("bo" in said for said in words())
    told = rows(raw(), "SELECT what, actor FROM rewards_deed ORDER BY id")
    assert told == [("voided", "staff:mei"), ("voided", "staff:mei")]
    assert forget_words(PROGRAMS) == 0


def test_words_about_those_who_became_part_of_them_go_as_well() -> None:
    spoken_of("lin")
    spoken_of("bo")
    with transaction.atomic():
        merge(raw(), PROGRAMS, member("lin"), member("bo"), Merge("console/M-1", "", "", 0, "", "same", "staff-7"), NOW)
    erase(PROGRAMS, member("lin"), "asked", "staff-7", NOW + MINUTE)
    forgets()
    assert words() == []


def test_nothing_but_words_can_be_written_again() -> None:
    spoken_of("lin")
    for statement in ("UPDATE rewards_happened SET actor = ''", "UPDATE rewards_deed SET what = 'made'"):
        with pytest.raises(InsufficientPrivilege), transaction.atomic():
            raw().execute(statement)
