"""Where this installation keeps what it must remember.

One data folder holds everything: `.data` beside the source, or where REGULARS_DATA says. Only the embedded database of
a root account lies elsewhere (see postgres/layout.py), because PostgreSQL refuses to run as root.
"""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]


def data_folder() -> Path:
    """The data folder, made on first use; nobody else may look into it."""
    folder = Path(os.environ.get("REGULARS_DATA") or CHECKOUT / ".data").resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def keep(path: Path, make: Callable[[], str]) -> str:
    """The text kept at `path`; made once, readable by its owner only, whole even when two processes come at once."""
    try:
        return path.read_text()
    except FileNotFoundError:
        pass
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(make())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text()


def secret_key() -> str:
    return keep(data_folder() / "secret-key", lambda: secrets.token_urlsafe(64))


def installation_id(folder: Path) -> str:
    """Tells this data folder from an earlier one at the same path: a fresh clone must not find an old database."""
    return keep(folder / "id", lambda: secrets.token_hex(16))
