"""Where someone lands who just signed in: the first of their jobs, in the first program there is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from regulars.access.permissions import require
from regulars.console.navigation import jobs_for
from regulars.programs.queries import all_programs


@require()
def start(request: HttpRequest) -> HttpResponse:
    programs = all_programs()
    if not programs:
        return render(request, "console/no_program.html")
    return redirect(jobs_for(request.user.permissions)[0].screen, programs[0].slug)
