"""How letters leave: by the mail server that REGULARS_MAIL names, or as files in the data folder."""

from urllib.parse import unquote, urlsplit

from msgspec import Struct

PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
TIMEOUT_SECONDS = 10


class Mail(Struct, frozen=True):
    """A mail server. Without a host letters are files."""

    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    scheme: str = ""

    @property
    def backend(self) -> str:
        return f"django.core.mail.backends.{'smtp' if self.host else 'filebased'}.EmailBackend"


def mail(address: str) -> Mail:
    """Reads `smtp+tls://user:password@mail.example.com:587`. Raises ValueError.

    `smtps` is encrypted from the first byte, `smtp+tls` after a greeting, `smtp` not at all: for the own machine only.
    """
    if not address:
        return Mail()
    said = urlsplit(address)
    if said.scheme not in PORTS or not said.hostname:
        raise ValueError(
            f"REGULARS_MAIL is one of {', '.join(PORTS)} and a host, such as smtp+tls://user:password@host"
        )
    port = said.port or PORTS[said.scheme]
    return Mail(said.hostname, port, unquote(said.username or ""), unquote(said.password or ""), said.scheme)
