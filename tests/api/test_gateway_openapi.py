"""The gateway does what the API's description says, whatever is sent: schemathesis makes the requests up."""

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, settings

from regulars.api.documentation import described
from regulars.ledger.connect import raw, rows
from regulars.programs.queries import Published
from tests.api.doors import GatewayClient
from tests.api.test_openapi import CHECKS
from tests.api.till import Till

PUT = r"^/v1/(orders|activities)(/|:batch$)"
TURNS = r"^/v1/checkouts(/\{checkout\}:(capture|release|void))?$"
schema = schemathesis.openapi.from_dict(described()).include(path_regex=f"{PUT}|{TURNS}", method=["PUT", "POST"])

FACTS = "SELECT count(*) FROM ledger_fact"


@pytest.fixture
def key(shop: Published) -> str:
    return Till(shop).key


@schema.parametrize()
@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_an_invented_request(case: schemathesis.Case, key: str) -> None:
    before = rows(raw(), FACTS)
    answer = sent(case, {"Authorization": f"Bearer {key}"})
    case.validate_response(answer, checks=CHECKS)
    if answer.status_code not in (200, 201):
        assert rows(raw(), FACTS) == before, "what is refused leaves nothing"


def sent(case: schemathesis.Case, headers: dict[str, str]) -> schemathesis.Response:
    """Its answer in the form that schemathesis reads."""
    prepared = requests.Request(**case.as_transport_kwargs(base_url="http://127.0.0.1", headers=headers)).prepare()
    body = prepared.body or b""
    content = body if isinstance(body, bytes) else body.encode()
    told = GatewayClient().generic(
        str(prepared.method), str(prepared.path_url), content, headers=dict(prepared.headers)
    )
    named = {name.lower(): [value] for name, value in told.items()}
    return schemathesis.Response(told.status_code, named, told.content, prepared, 0.1, verify=False)
