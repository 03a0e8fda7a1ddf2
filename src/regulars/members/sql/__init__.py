"""The room's SQL, by name."""

from functools import cache
from importlib.resources import files


@cache
def statement(name: str) -> str:
    return files(__name__).joinpath(f"{name}.sql").read_text()
