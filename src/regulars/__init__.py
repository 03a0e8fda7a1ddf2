"""Regulars: the loyalty platform that shops run themselves."""

__version__ = "0.1.0"
