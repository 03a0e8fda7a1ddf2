"""In which language the terminal speaks: that of the system, unless somebody says another one."""

from contextlib import AbstractContextManager, nullcontext
from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import override

from regulars.programs.languages import TAGS, is_spoken, language_of
from regulars.programs.wording import one_of

HELP = "Language of the messages: en, zh-Hant, zh-Hans."


def ours(context: typer.Context, option: typer.CallbackParam, said: str) -> str:
    """One that somebody asks for is one of ours; a system may have any, and hears English. Raises BadParameter."""
    source = context.get_parameter_source(option.name or "")
    if source is not None and source.name == "COMMANDLINE" and not is_spoken(said):
        raise typer.BadParameter(
            _("there is no language “%(language)s”: say %(languages)s") % {"language": said, "languages": one_of(TAGS)}
        )
    return said


OfSystem = Annotated[str, typer.Option("--language", envvar=["LC_ALL", "LANG"], help=HELP, callback=ours)]
Language = Annotated[str, typer.Option("--language", help=HELP, callback=ours)]


def speak(context: typer.Context, language: OfSystem = "en") -> None:
    """For as long as the verb runs."""
    context.with_resource(override(language_of(language)))


def speaking(language: str) -> AbstractContextManager[object]:
    """In a language that was said of one verb; without one, in the language of all."""
    return override(language_of(language)) if language else nullcontext()


def no_program(slug: str) -> str:
    return _("There is no program “%(program)s”.") % {"program": slug}
