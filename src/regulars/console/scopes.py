"""What a key may be given, in words, and what those need that shops have most often."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from msgspec import Struct


class Scope(Struct, frozen=True):
    name: Promise
    says: Promise


class Preset(Struct, frozen=True):
    """Scopes that are ticked together, as few as its work takes."""

    name: Promise
    says: Promise
    scopes: tuple[str, ...]


SCOPES: Mapping[str, Scope] = {
    "activities:write": Scope(
        _("Send activities"), _("Tells what customers do besides buying, such as a visit or a review.")
    ),
    "codes:make": Scope(_("Make codes"), _("Makes coupon codes, reads those it made and ends them.")),
    "codes:read": Scope(_("See whole codes"), _("Sees codes whole, as they can be used, not only their end.")),
    "members:admit": Scope(
        _("Let members into the portal"), _("Opens the portal for customers who have signed in to your shop.")
    ),
    "members:enrol": Scope(_("Enrol members"), _("Makes customers members.")),
    "members:read": Scope(_("Read members"), _("Sees balance, tier and history, without names.")),
    "members:read_personal": Scope(_("Read names, e-mail and telephone"), _("Sees also who the members are.")),
    "orders:read": Scope(_("Read orders"), _("Asks what a cart would earn; nothing is kept.")),
    "orders:write": Scope(_("Send orders"), _("Sends orders and returns: points are earned and taken back by them.")),
    "points:adjust": Scope(
        _("Give and take points by hand"), _("Changes balances beside the rules, each time with a reason.")
    ),
    "points:approve": Scope(
        _("Approve points given by hand"), _("Lets large amounts pass that another key asked for.")
    ),
    "programs:read": Scope(_("Read the program"), _("Meant for reading the rules; no request needs it so far.")),
    "rewards:approve": Scope(_("Approve rewards"), _("Lets rewards pass that need a second approval.")),
    "rewards:fulfil": Scope(_("Send goods"), _("Says that goods a member redeemed are on their way.")),
    "rewards:issue": Scope(_("Give rewards"), _("Gives members rewards for nothing, and takes them back.")),
    "rewards:read": Scope(_("Read rewards"), _("Sees what members own and could use on a cart; nothing is kept.")),
    "rewards:redeem": Scope(_("Redeem rewards"), _("Spends points, rewards and codes, and gives them back.")),
}
PRESETS: Mapping[str, Preset] = {
    "till": Preset(
        _("A till"),
        _("Finds members by card, makes customers members, sends orders, redeems points and rewards. Sees no names."),
        ("members:enrol", "members:read", "orders:read", "orders:write", "rewards:read", "rewards:redeem"),
    ),
    "shop": Preset(
        _("A web shop that sends orders"),
        _("Sends orders, shows what they earn, makes customers members and lets them into the portal. Spends nothing."),
        ("members:admit", "members:enrol", "members:read", "orders:read", "orders:write"),
    ),
    "reading": Preset(
        _("Reading only"),
        _("Sees balances, history and rewards without names. Changes nothing."),
        ("members:read", "orders:read", "rewards:read"),
    ),
}
