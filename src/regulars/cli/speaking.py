"""In which language the terminal speaks: that of the system, unless somebody says another one."""

from contextlib import AbstractContextManager, nullcontext
from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import override

from regulars.programs.languages import language_of

HELP = "Language of the messages: en, zh-Hant, zh-Hans."
OfSystem = Annotated[str, typer.Option("--language", envvar=["LC_ALL", "LANG"], help=HELP)]
Language = Annotated[str, typer.Option("--language", help=HELP)]


def speak(context: typer.Context, language: OfSystem = "en") -> None:
    """For as long as the verb runs."""
    context.with_resource(override(language_of(language)))


def speaking(language: str) -> AbstractContextManager[object]:
    """In a language that was said of one verb; without one, in the language of all."""
    return override(language_of(language)) if language else nullcontext()


def no_program(slug: str) -> str:
    return _("There is no program “%(program)s”.") % {"program": slug}
