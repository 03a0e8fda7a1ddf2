"""How members come in: by a code sent to their e-mail address, by a link from the shop, and again by their browser.

Codes, links and browsers are kept as marks under the installation's secret, so that a stolen table lets nobody in. A
code belongs to the browser that asked for it: whoever guesses elsewhere does not spoil it, and whoever asks for letters
to somebody else's address is stopped long before its owner is. Whoever proves an address is whoever reads its letters;
whether anybody is a member by it is told to nobody else.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac

from regulars.members.models import Member, Pass, SignInCode

CODE_DIGITS = 6
CODE_LASTS = timedelta(minutes=10)
# Of 10^6 codes one browser may say so many that are wrong.
TRIES = 5
# So many letters within an hour go to one address because of one client; to one address in all, which only many clients
# together reach; and anywhere because of one client, which may be the network of a shop where people stand and join.
LETTERS_AN_HOUR = {("address", "client"): 6, ("address",): 60, ("client",): 300}
# A household or a telephone has that much of IPv6, and any address of it that it likes.
OF_ONE_CLIENT = 64
HOUR = timedelta(hours=1)
LINK_LASTS = timedelta(minutes=5)
VISIT_LASTS = timedelta(days=180)
SALT = "regulars.members.entering"


@transaction.atomic
def ask(program_id: int, email: str, client: str, token: str, code: str, at: datetime) -> bool:
    """Remember the code that is about to be sent there for the browser with this token; `client` is where it is.

    False where too many letters were sent within the hour."""
    whose = {"address": _mark(f"address.{program_id}", plain(email)), "client": _mark("client", _network(client))}
    for names, most in LETTERS_AN_HOUR.items():
        asked = {name: whose[name] for name in names}
        if SignInCode.objects.filter(**asked, made_at__gt=at - HOUR).count() >= most:
            return False
    SignInCode.objects.create(
        token=_mark("token", token), program_id=program_id, code=_mark("code", code), made_at=at, until=at + CODE_LASTS,
        **whose,
    )  # fmt: skip
    return True


def forget(token: str) -> None:
    """No letter was sent after all, or it was answered."""
    SignInCode.objects.filter(token=_mark("token", token)).delete()


@transaction.atomic
def proves(program_id: int, token: str, code: str, at: datetime) -> bool:
    """Whether this is the code that was sent for this browser. It is good once, and few wrong ones are heard."""
    sent = SignInCode.objects.filter(program_id=program_id, token=_mark("token", token))
    known = sent.select_for_update().first()
    if known is None or known.until <= at or known.tries >= TRIES or known.proven_at is not None:
        return False
    if not constant_time_compare(known.code, _mark("code", code)):
        sent.update(tries=F("tries") + 1)
        return False
    sent.update(proven_at=at)
    return True


def is_proven(program_id: int, token: str, email: str, at: datetime) -> bool:
    """Whether the right code came from this browser a short while ago. In a transaction nobody else uses it then."""
    found = SignInCode.objects.filter(program_id=program_id, token=_mark("token", token), proven_at__gt=at - CODE_LASTS)
    known = found.select_for_update().first()
    return known is not None and known.address == _mark(f"address.{program_id}", plain(email))


def by_email(program_id: int, email: str) -> UUID | None:
    """The member with this address, to the letter; of several the one who proved it last, else who joined first."""
    found = Member.objects.filter(program_id=program_id, email__iexact=email.strip(), joined_at__isnull=False)
    # What a database takes for one letter another mailbox may have: `ı` is no `i`.
    found = found.order_by(F("proven_at").desc(nulls_last=True), "joined_at", "id")
    return next((one.id for one in found if plain(one.email) == plain(email)), None)


def plain(email: str) -> str:
    """In one case, of those letters alone that every mailbox takes for one: `ſ` and the Kelvin sign are no s and k."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in email.strip())


def begin_visit(member_id: UUID, token: str, at: datetime) -> None:
    """Whoever shows the token from now on is this member."""
    Pass.objects.create(
        mark=_mark("visit", token), member_id=member_id, kind="visit", made_at=at, until=at + VISIT_LASTS
    )


def visitor(program_id: int, token: str, at: datetime) -> UUID | None:
    """Whose visit this is; None where it is over, or there never was one."""
    found = Pass.objects.filter(mark=_mark("visit", token), kind="visit", until__gt=at, member__program_id=program_id)
    return found.values_list("member_id", flat=True).first()


def end_visit(token: str) -> None:
    Pass.objects.filter(mark=_mark("visit", token)).delete()


def end_visits(member_ids: Iterable[UUID]) -> None:
    """Every browser of these members is out, and no link that the shop gave them lets in."""
    Pass.objects.filter(member_id__in=list(member_ids)).delete()


def make_link(member_id: UUID, token: str, at: datetime) -> None:
    """Whoever shows the token first comes in as this member: the shop says so."""
    Pass.objects.create(mark=_mark("link", token), member_id=member_id, kind="link", made_at=at, until=at + LINK_LASTS)


@transaction.atomic
def use_link(program_id: int, token: str, at: datetime) -> UUID | None:
    """Whom the shop sent; None where the link was used, is too old, or never was one."""
    found = Pass.objects.filter(mark=_mark("link", token), kind="link", until__gt=at, member__program_id=program_id)
    member_id = found.select_for_update().values_list("member_id", flat=True).first()
    found.delete()
    return member_id


def forget_old(at: datetime) -> int:
    """Drop what lets nobody in any more; how many there were."""
    codes, _ = SignInCode.objects.filter(made_at__lte=at - HOUR).delete()
    passes, _ = Pass.objects.filter(until__lte=at).delete()
    return codes + passes


def _network(client: str) -> str:
    """Where the client is: of an address of IPv6 what its owner cannot choose."""
    try:
        address = ip_address(client)
    except ValueError:
        return client
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or IPv6Network((int(address), OF_ONE_CLIENT), strict=False))
    return client


def _mark(kind: str, said: str) -> str:
    return salted_hmac(f"{SALT}.{kind}", said, algorithm="sha256").hexdigest()
