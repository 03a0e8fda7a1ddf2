"""Regulars: the loyalty platform that shops run themselves."""

from regulars import compiled

__version__ = "0.1.0"

compiled.look_there()
