"""Where a cluster lies and whom it runs as."""

import hashlib
import os
import pwd
import tempfile
from dataclasses import dataclass
from pathlib import Path

from regulars.project.place import installation_id

# A Unix socket's address is a fixed field of 108 bytes that ends with a zero.
SOCKET_PATH_MAX = 107
ROOT_HOME = Path("/var/lib/regulars")
# PostgreSQL refuses to run as root: the first of these that exists runs it. We never create an account.
UNPRIVILEGED = ("postgres", "nobody")


class EmbeddedFault(Exception):
    """The embedded database cannot be used; the text says why and what to do."""


@dataclass(frozen=True)
class Layout:
    """`home` holds data, locks and log; `account` is whom the server runs as when we are root."""

    home: Path
    sockets: Path
    account: pwd.struct_passwd | None
    durable: bool = True

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "postgres.log"


def layout(folder: Path, name: str = "postgres", durable: bool = True) -> Layout:
    """The cluster `name` of the data folder. Nothing is made yet; `durable=False` gives up fsync for speed (tests)."""
    mark = hashlib.sha256(f"{folder}\n{installation_id(folder)}".encode()).hexdigest()[:16]
    if os.geteuid() == 0:
        home = ROOT_HOME / mark / name
        found = Layout(home, home / "sock", _unprivileged(), durable)
    else:
        sockets = Path(tempfile.gettempdir()) / f"regulars-{os.geteuid()}-{mark[:8]}-{name}"
        found = Layout(folder / name, sockets, None, durable)
    _refuse_long_socket(found.sockets)
    return found


def make_folders(place: Layout) -> None:
    """Make the folders, open to their owner only; refuse a socket folder that somebody else put there first."""
    if place.account:
        # Passable for the unprivileged account, whatever the umask.
        ROOT_HOME.mkdir(parents=True, exist_ok=True)
        ROOT_HOME.chmod(0o755)
    place.home.mkdir(parents=True, exist_ok=True)
    place.sockets.mkdir(mode=0o700, exist_ok=True)
    owner = place.account.pw_uid if place.account else os.geteuid()
    if place.account:
        for folder in (place.home.parent, place.home, place.sockets):
            os.chown(folder, place.account.pw_uid, place.account.pw_gid)
            folder.chmod(0o700)
    if place.sockets.is_symlink() or place.sockets.stat().st_uid != owner:
        raise EmbeddedFault(
            f"{place.sockets} belongs to somebody else. Remove it, or set TMPDIR to a folder of your own."
        )
    for folder in (place.home, place.sockets):
        folder.chmod(0o700)


def _unprivileged() -> pwd.struct_passwd:
    for name in UNPRIVILEGED:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise EmbeddedFault(
        f"PostgreSQL refuses to run as root and there is no account {' or '.join(UNPRIVILEGED)} to run it as. "
        "Start as an ordinary user, or set DATABASE_URL."
    )


def _refuse_long_socket(sockets: Path) -> None:
    address = f"{sockets}/.s.PGSQL.5432"
    if len(os.fsencode(address)) > SOCKET_PATH_MAX:
        raise EmbeddedFault(
            f"{address} is longer than a socket's address may be. Set TMPDIR to a shorter folder, such as /tmp."
        )
