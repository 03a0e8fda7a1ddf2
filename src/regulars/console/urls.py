"""The staff's door. Everything about one program lies under its name, so that an address can be sent to a colleague."""

from allauth.account.views import login, logout
from django.urls import include, path

from regulars.access.permissions import public
from regulars.console import urls_rewards
from regulars.console.views import drafts, home, look, members, orders, plans, program, start

pages = [
    path("", home.home, name="home"),
    path("charts/<slug:name>.csv", home.chart_csv, name="chart_csv"),
    path("figures/<slug:definition>", home.figure, name="figure"),
    path("members", members.members_page, name="members"),
    path("members/<uuid:member_id>", members.member_page, name="member"),
    path("orders", orders.orders, name="orders"),
    path("orders/<path:key>", orders.order, name="order"),
    path("program", program.program, name="program"),
    path("program/two-people", program.two_people, name="two_people"),
    path("program/drafts", drafts.begin, name="draft_begin"),
    path("program/drafts/check", drafts.check, name="draft_check"),
    path("program/drafts/<int:number>/form", drafts.form_page, name="draft_form"),
    path("program/drafts/<int:number>/form/check", drafts.check_form, name="draft_form_check"),
    path("program/drafts/<int:number>/moves", drafts.moves, name="draft_moves"),
    path("program/drafts/<int:number>/plan", plans.plan, name="draft_plan"),
    path("program/drafts/<int:number>/plan/begin", plans.begin_plan, name="draft_plan_begin"),
    path("program/drafts/<int:number>/plan/progress", plans.plan_progress, name="draft_plan_progress"),
    path("program/drafts/<int:number>/plan/stop", plans.stop_plan, name="draft_plan_stop"),
    path("program/drafts/<int:number>", drafts.draft, name="draft"),
    path("program/presets", plans.presets, name="presets"),
    path("program/presets/begin", plans.begin_fit, name="fit_begin"),
    path("program/presets/draft", plans.begin_from, name="preset_draft"),
    path("program/presets/progress", plans.fit_progress, name="fit_progress"),
    path("program/presets/stop", plans.stop_fit, name="fit_stop"),
    path("program/<int:number>", program.program, name="program_version"),
    *urls_rewards.pages,
]

urlpatterns = [
    path("", start.start, name="start"),
    path("sign-in", public(login), name="account_login"),
    path("sign-out", public(logout), name="account_logout"),
    path("theme", look.theme, name="theme"),
    path("programs/<slug:slug>/", include(pages)),
]
