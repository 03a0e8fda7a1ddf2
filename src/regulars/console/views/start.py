"""Where someone lands who just signed in: the day, in the first program there is; or the making of one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language

from regulars.access.permissions import require
from regulars.programs.version_list import titles


@require()
def start(request: HttpRequest) -> HttpResponse:
    programs = titles(get_language() or "en")
    if programs:
        return redirect("today", programs[0][0])
    if "programs:publish" in request.user.permissions:
        return redirect("new_program")
    return render(request, "console/no_program.html")
