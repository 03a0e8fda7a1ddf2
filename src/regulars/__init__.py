"""Regulars: the loyalty platform that shops run themselves."""
