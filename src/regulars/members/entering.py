"""How members come in: by a code sent to their e-mail address, by a link from the shop, and again by their browser.

Codes, links and browsers are kept as marks under the installation's secret, so that a stolen table lets nobody in.
Whoever proves an address is whoever reads its letters; whether anybody is a member by it is told to nobody else.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac

from regulars.members.models import Member, Pass, SignInCode

CODE_DIGITS = 6
CODE_LASTS = timedelta(minutes=10)
# Of 10^6 codes one may be wrong so often, and so many are sent within an hour: a guesser has 1 in 40,000 an hour.
TRIES = 5
CODES_AN_HOUR = 5
LINK_LASTS = timedelta(minutes=5)
VISIT_LASTS = timedelta(days=180)
SALT = "regulars.members.entering"


@transaction.atomic
def send_code(program_id: int, email: str, code: str, at: datetime) -> bool:
    """Remember the code that is about to be sent there; False where too many were sent within the hour."""
    known = SignInCode.objects.select_for_update().filter(program_id=program_id, address=_address(email)).first()
    asked, since = (known.asked + 1, known.since) if known and known.since > at - timedelta(hours=1) else (1, at)
    if asked > CODES_AN_HOUR:
        return False
    written = {"code": _mark("code", code), "until": at + CODE_LASTS, "tries": 0, "asked": asked, "since": since}
    SignInCode.objects.update_or_create(program_id=program_id, address=_address(email), defaults=written)
    return True


@transaction.atomic
def proves(program_id: int, email: str, code: str, at: datetime) -> bool:
    """Whether this is the newest code that was sent there. It is good once, and only so many wrong ones are heard."""
    sent = SignInCode.objects.filter(program_id=program_id, address=_address(email))
    known = sent.select_for_update().first()
    if known is None or known.until <= at or known.tries >= TRIES:
        return False
    if not constant_time_compare(known.code, _mark("code", code)):
        sent.update(tries=F("tries") + 1)
        return False
    sent.update(until=at)
    return True


def by_email(program_id: int, email: str) -> UUID | None:
    """The member with this address; the one who joined last, where several share it."""
    found = Member.objects.filter(program_id=program_id, email__iexact=email.strip(), joined_at__isnull=False)
    return found.order_by("-joined_at", "id").values_list("id", flat=True).first()


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


def end_visits(member_id: UUID) -> None:
    """In every browser, and links not used yet."""
    Pass.objects.filter(member_id=member_id).delete()


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
    codes, _ = SignInCode.objects.filter(until__lte=at, since__lte=at - timedelta(hours=1)).delete()
    passes, _ = Pass.objects.filter(until__lte=at).delete()
    return codes + passes


def _address(email: str) -> str:
    return _mark("address", email.strip().casefold())


def _mark(kind: str, said: str) -> str:
    return salted_hmac(f"{SALT}.{kind}", said, algorithm="sha256").hexdigest()
