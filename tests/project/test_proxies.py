"""Behind a proxy, which client asks is what the proxy says; nobody else is asked."""

import pytest
from granian.utils.proxies import wrap_wsgi_with_proxy_headers

from regulars.project.settings import PROXIES


@pytest.mark.parametrize(
    ("peer", "client"), [("127.0.0.1", "203.0.113.9"), ("::1", "203.0.113.9"), ("198.51.100.7", "198.51.100.7")]
)
def test_only_the_word_of_a_proxy_is_taken(peer: str, client: str) -> None:
    seen: list[str] = []

    def application(scope: dict[str, str], _respond: object) -> list[bytes]:
        seen.append(scope["REMOTE_ADDR"])
        return []

    scope = {"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": "198.51.100.99, 203.0.113.9", "wsgi.url_scheme": "http"}
    wrap_wsgi_with_proxy_headers(application, PROXIES)(scope, None)
    assert seen == [client]
