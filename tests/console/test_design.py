"""The living page of the design system shows what there is: every token, every part with its markup."""

from pathlib import Path

import pytest
from django.test import Client
from django.utils.html import escape

from regulars.console.views.design import DRAWN, PARTS, kind, tokens
from tests.console.conftest import signed_in
from tests.console.pages import text

SHOWN = Path("src/regulars/console/static/console/css/design.css").read_text()
SPECIMENS = Path("src/regulars/console/templates/console/design")


def test_every_token_that_can_be_drawn_is() -> None:
    drawn = [one.name for one in tokens() if kind(one) in DRAWN]
    assert len(drawn) > 30
    assert [name for name in drawn if f".token.is-{name} {{" not in SHOWN] == []


@pytest.mark.parametrize("role", ["owner", "cashier", "auditor"])
def test_everybody_of_the_staff_sees_all_parts_with_their_markup(db: None, role: str) -> None:
    page = signed_in(role).get("/design").content.decode()
    assert {path.stem for path in SPECIMENS.glob("*.html")} == PARTS.keys()
    for name, when in PARTS.values():
        assert f"{name} {when}" in text(page.encode())
    assert escape('<button class="button is-main" type="button">{% trans "Save" %}</button>') in page
    assert all(escape(one.value) in page for one in tokens())


def test_a_stranger_signs_in_first(client: Client, db: None) -> None:
    assert client.get("/design").status_code == 302
