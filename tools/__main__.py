"""`python -m tools VERB`, called by ./run."""

import os
import sys
from inspect import getdoc

from tools import gates, messages, screens

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.project.settings")

# What follows each verb, as its help shows it; what it does is said by its function.
VERBS = {
    "check": (gates.check, ""),
    "fix": (gates.fix, ""),
    "i18n": (messages.update, ""),
    "screens": (screens.screens, "[FOLDER] [WORDS OF PYTEST...]"),
    "test": (gates.test, "[LAYER] [WORDS OF PYTEST...]"),
}
HELP = ("--help", "-h")


def main(verb: str, words: list[str]) -> int:
    run, further = VERBS[verb]
    if words and words[0] in HELP:
        print(f"Usage: ./run {verb} {further}".rstrip(), getdoc(run), sep="\n\n")
        return 0
    return run(words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
