"""The staff's jobs, in the order of the day. Only what exists, and only what the person's role may see."""

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from msgspec import Struct


class Job(Struct, frozen=True):
    """`screen` is the name of the address it opens."""

    screen: str
    name: Promise
    icon: str
    permission: str


class Link(Struct, frozen=True):
    name: Promise
    icon: str
    url: str
    here: bool


JOBS = (
    Job("home", _("Home"), "home", "insight:read"),
    Job("members", _("Members"), "members", "members:read"),
    Job("orders", _("Orders"), "orders", "orders:read"),
    Job("till", pgettext_lazy("counter", "Till"), "till", "rewards:redeem"),
    Job("rewards", _("Rewards"), "gift", "rewards:read"),
    Job("program", _("Program"), "program", "programs:read"),
)


def jobs_for(permissions: frozenset[str]) -> list[Job]:
    return [job for job in JOBS if job.permission in permissions]


def links(slug: str, permissions: frozenset[str], path: str) -> list[Link]:
    """A page below a job's first page belongs to that job."""
    found = [(job, reverse(job.screen, args=[slug])) for job in jobs_for(permissions)]
    here = max((url for _job, url in found if path.startswith(url)), key=len, default="")
    return [Link(job.name, job.icon, url, url == here) for job, url in found]


class Tab(Struct, frozen=True):
    """A page beside others about the same job. `screen` is the name of the address it opens."""

    screen: str
    name: Promise
    permission: str


REWARD_TABS = (
    Tab("rewards", _("Catalogue"), "rewards:read"),
    Tab("issued_list", _("Issued"), "rewards:read"),
    Tab("codes", _("Codes"), "rewards:read"),
    Tab("approvals", _("Approvals"), "rewards:approve"),
)


def tabs(slug: str, permissions: frozenset[str], here: str) -> list[Link]:
    """Those of the rewards that the role may see; `here` is the screen that is shown."""
    return [
        Link(tab.name, "", reverse(tab.screen, args=[slug]), tab.screen == here)
        for tab in REWARD_TABS
        if tab.permission in permissions
    ]
