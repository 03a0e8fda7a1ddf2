"""`python -m tools VERB`, called by ./run."""

import os
import sys

from tools import gates, messages

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.project.settings")


def main(verb: str, words: list[str]) -> int:
    verbs = {"check": gates.check, "fix": gates.fix, "test": gates.test, "i18n": messages.update}
    return verbs[verb](words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
