"""Why something was not done, to those who stand at the counter."""

import pytest
from django.utils.translation import override

from regulars.rewards.refusing import Refused
from regulars.storefront.refused import said
from regulars.storefront.shop import shop_named
from tests.teahouse import open_teahouse


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "This is for members of this tier: Silver or Gold"),
        ("zh-hant", "僅限此等級的會員：銀葉或金葉"),
        ("zh-hans", "仅限此等级的会员：银叶或金叶"),
    ],
)
def test_tiers_are_called_by_their_names(language: str, words: str) -> None:
    open_teahouse(0)
    with override(language):
        assert said(shop_named("tea-house"), Refused("wrong_tier", {"needed": "silver, gold"})) == words
