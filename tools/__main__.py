"""`python -m tools VERB`, called by ./run."""

import os
import sys

from tools import gates, messages, screens

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.project.settings")


def main(verb: str, words: list[str]) -> int:
    verbs = {
        "check": gates.check,
        "fix": gates.fix,
        "i18n": messages.update,
        "screens": screens.screens,
        "test": gates.test,
    }
    return verbs[verb](words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
