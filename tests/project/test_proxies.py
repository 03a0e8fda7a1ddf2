"""Behind a proxy, which client asks is what the proxy says; nobody else is asked."""

from typing import Any

import pytest
from granian.utils.proxies import wrap_asgi_with_proxy_headers

from regulars.project.settings import PROXIES


@pytest.mark.parametrize(
    ("peer", "client"), [("127.0.0.1", "203.0.113.9"), ("::1", "203.0.113.9"), ("198.51.100.7", "198.51.100.7")]
)
def test_only_the_word_of_a_proxy_is_taken(peer: str, client: str) -> None:
    seen: list[str] = []

    def application(scope: dict[str, Any], _receive: object, _send: object) -> None:
        seen.append(scope["client"][0])

    headers = [(b"x-forwarded-for", b"198.51.100.99, 203.0.113.9")]
    scope = {"type": "http", "client": (peer, 1), "scheme": "http", "headers": headers}
    wrap_asgi_with_proxy_headers(application, PROXIES)(scope, None, None)
    assert seen == [client]
