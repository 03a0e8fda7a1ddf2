"""The staff's jobs, in the order of the day. Only what exists, and only what the person's role may see."""

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from msgspec import Struct


class Job(Struct, frozen=True):
    """`screen` is the name of the address it opens; `beside` begins the addresses of pages that belong to it too.

    Whoever signed in may see one without a permission. One that is far is one tap further on a phone, where not all
    have a place in its bar.
    """

    screen: str
    name: Promise
    icon: str
    permission: str
    beside: tuple[str, ...] = ()
    is_far: bool = False
    # What it opens for those who may not see its screen, which needs this permission.
    instead: tuple[str, str] = ("", "")

    def opened_by(self, permissions: frozenset[str]) -> str:
        needed, other = self.instead
        return other if other and needed not in permissions else self.screen


class Link(Struct, frozen=True):
    name: Promise
    icon: str
    url: str
    here: bool
    is_far: bool = False


# How many have a place beside each other on a phone.
PLACES = 6
JOBS = (
    Job("today", _("Home"), "home", ""),
    Job("home", _("Insight"), "chart", "insight:read"),
    Job("members", _("Members"), "members", "members:read"),
    Job("segments", _("Segments"), "segment", "segments:read", is_far=True),
    Job("orders", _("Orders"), "orders", "orders:read", ("entered/", "returns/", "imports")),
    Job("till", pgettext_lazy("counter", "Till"), "till", "rewards:redeem"),
    Job("rewards", _("Rewards"), "gift", "rewards:read", is_far=True),
    Job("program", _("Program"), "program", "programs:read", is_far=True),
    Job("settings", _("Settings"), "settings", "changes:read", ("settings",), True, ("keys:administer", "access_log")),
)


def jobs_for(permissions: frozenset[str]) -> list[Job]:
    return [job for job in JOBS if not job.permission or job.permission in permissions]


def links(slug: str, permissions: frozenset[str], path: str) -> list[Link]:
    """A page below a job's first page belongs to that job."""
    found = [(job, reverse(job.opened_by(permissions), args=[slug])) for job in jobs_for(permissions)]
    top = reverse("home", args=[slug])
    begins = [(begun, url) for job, url in found for begun in (url, *(top + beside for beside in job.beside))]
    here = max(((len(begun), url) for begun, url in begins if path.startswith(begun)), default=(0, ""))[1]
    is_full = len(found) > PLACES
    return [Link(job.name, job.icon, url, url == here, job.is_far and is_full) for job, url in found]


class Tab(Struct, frozen=True):
    """A page beside others about the same job. `screen` is the name of the address it opens."""

    screen: str
    name: Promise
    permission: str


REWARD_TABS = (
    Tab("rewards", _("Catalogue"), "rewards:read"),
    Tab("issued_list", _("Issued"), "rewards:read"),
    Tab("codes", _("Codes"), "rewards:read"),
    Tab("approvals", _("Approvals"), "rewards:read"),
    Tab("adjustments", _("Points to approve"), "rewards:read"),
)


SETTINGS_TABS = (
    Tab("settings", _("API keys"), "keys:administer"),
    Tab("staff", _("Staff"), "staff:administer"),
    Tab("shop_look", _("The shop"), "staff:administer"),
    Tab("access_log", _("Changes"), "changes:read"),
)


def tabs(slug: str, permissions: frozenset[str], here: str, which: tuple[Tab, ...] = REWARD_TABS) -> list[Link]:
    """Those that the role may see; `here` is the screen that is shown."""
    return [
        Link(tab.name, "", reverse(tab.screen, args=[slug]), tab.screen == here)
        for tab in which
        if tab.permission in permissions
    ]
