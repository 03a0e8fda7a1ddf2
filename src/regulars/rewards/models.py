"""Codes, the rewards that members own, what is left of what all share, and open checkouts.

Points are the ledger's. Whatever is shared or used once lies here and changes in the same transaction. Instants are the
program's, not the database's.
"""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q


class Batch(models.Model):
    """Codes that were made or imported together, for a coupon or as a reward's pool. `uses` of each code; None: any
    number. `made` of the wanted ones are there so far, `numbered` is how far numbers were tried."""

    program_id = models.IntegerField()
    coupon = models.TextField(blank=True, db_default="", db_collation="C")
    reward = models.TextField(blank=True, db_default="", db_collation="C")
    prefix = models.TextField(blank=True, db_default="", db_collation="C")
    length = models.SmallIntegerField(db_default=0)
    wanted = models.IntegerField(db_default=0)
    made = models.IntegerField(db_default=0)
    numbered = models.IntegerField(db_default=0)
    uses = models.IntegerField(null=True)
    valid_from = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    made_by = models.TextField()
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(coupon="") ^ Q(reward=""), name="rewards_batch_for_one"),
        ]

    def __str__(self) -> str:
        return f"{self.coupon or self.reward} {self.id}"


class Code(models.Model):
    """A code of a batch. `number` tells it again where it is derived, `sealed` where it came from elsewhere.

    `owner_id`: only this member may use it. `giver_id`: who brings somebody by it. `issued_id`: whose reward it is,
    or will be if its checkout is captured before `held_until`.
    """

    pk = models.CompositePrimaryKey("program_id", "mark")
    program_id = models.IntegerField()
    mark = models.BinaryField(max_length=16)
    batch = models.ForeignKey(Batch, models.PROTECT, db_constraint=False, db_index=False, related_name="codes")
    number = models.IntegerField()
    owner_id = models.UUIDField(null=True)
    giver_id = models.UUIDField(null=True)
    issued_id = models.UUIDField(null=True)
    held_until = models.DateTimeField(null=True)
    sealed = models.BinaryField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index("batch", "number", name="rewards_code_of_batch"),
            models.Index("issued_id", name="rewards_code_handed_out", condition=~Q(issued_id=None)),
            models.Index("program_id", "held_until", name="rewards_code_held", condition=~Q(held_until=None)),
            models.Index(
                "batch", "number", name="rewards_code_free", condition=Q(issued_id=None, sealed__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.number}"


class Issued(models.Model):
    """A reward that a member owns. `state` is what was last done to it; time alone may have ended it since (see
    queries.py). `mark` finds it by its code; `fulfilment` follows goods until they are in the member's hands."""

    STATES: ClassVar = ("cancelled", "held", "issued", "used")
    FULFILMENT: ClassVar = ("delivered", "ordered", "shipped")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    program_id = models.IntegerField()
    member_id = models.UUIDField()
    reward = models.TextField(db_collation="C")
    version = models.IntegerField()
    state = models.TextField(db_collation="C")
    mark = models.BinaryField(max_length=16)
    issued_at = models.DateTimeField()
    valid_from = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    checkout_id = models.UUIDField(null=True)
    held_until = models.DateTimeField(null=True)
    fulfilment = models.TextField(blank=True, db_default="", db_collation="C")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("program_id", "mark", name="rewards_issued_mark")]
        indexes: ClassVar = [
            models.Index("program_id", "member_id", "issued_at", name="rewards_issued_member"),
            models.Index("program_id", "checkout_id", name="rewards_issued_checkout", condition=~Q(checkout_id=None)),
            models.Index(
                "program_id", "fulfilment", "issued_at", name="rewards_issued_open", condition=~Q(fulfilment="")
            ),
            models.Index("program_id", "issued_at", "id", name="rewards_issued_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.reward} {self.id}"


# What somebody of the staff gave, or took away again, of their own accord.
BY_HAND = Q(what__in=("cancelled", "issued"), actor__startswith="staff:", checkout_id=None)


class Happened(models.Model):
    """What happened to an issued reward, who did it and where. Only ever added to."""

    KINDS: ClassVar = (
        "cancelled", "delivered", "drawn", "held", "issued", "ordered", "released", "restored", "returned", "shipped",
        "used",
    )  # fmt: skip

    program_id = models.IntegerField()
    issued = models.ForeignKey(Issued, models.PROTECT, db_constraint=False, related_name="history")
    at = models.DateTimeField()
    what = models.TextField(db_collation="C")
    actor = models.TextField(blank=True, db_default="")
    place = models.TextField(blank=True, db_default="")
    reason = models.TextField(blank=True, db_default="")
    checkout_id = models.UUIDField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index("program_id", "at", name="rewards_happened_by_hand", condition=BY_HAND)]

    def __str__(self) -> str:
        return f"{self.issued_id} {self.what}"


class Supply(models.Model):
    """Something that all members share: the stock of a reward, the uses of a coupon or a code, a budget in minor units.

    `added` to what the program says there is, `taken` for good.
    """

    pk = models.CompositePrimaryKey("program_id", "thing")
    program_id = models.IntegerField()
    thing = models.TextField(db_collation="C")
    added = models.BigIntegerField(db_default=0)
    taken = models.BigIntegerField(db_default=0)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(taken__gte=0), name="rewards_supply_taken")]

    def __str__(self) -> str:
        return self.thing


class Reservation(models.Model):
    """A part of a supply that a checkout has: until then, or for good (`until` empty). What is over counts as left."""

    pk = models.CompositePrimaryKey("program_id", "thing", "checkout_id")
    program_id = models.IntegerField()
    thing = models.TextField(db_collation="C")
    checkout_id = models.UUIDField()
    quantity = models.BigIntegerField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(quantity__gt=0), name="rewards_reservation_some")]
        indexes: ClassVar = [models.Index("program_id", "checkout_id", name="rewards_reservation_by")]

    def __str__(self) -> str:
        return f"{self.thing} {self.quantity}"


# What a checkout contains that a second person has to let pass.
ASKING = [{"asks_approval": True}]


class Checkout(models.Model):
    """What a member is about to use, or used, for an order: reserved until then, made final, given back or undone.

    `parts` is what it consists of, as it was quoted, `things` how many supplies it takes of. One that is still held
    after `until` has lapsed.
    """

    STATES: ClassVar = ("captured", "held", "released", "voided")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    program_id = models.IntegerField()
    member_id = models.UUIDField(null=True)
    state = models.TextField(db_collation="C")
    order_key = models.TextField(blank=True, db_default="", db_collation="C")
    made_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    actor = models.TextField(blank=True, db_default="")
    place = models.TextField(blank=True, db_default="")
    parts = models.JSONField()
    things = models.IntegerField(db_default=0)

    class Meta:
        indexes: ClassVar = [
            models.Index("program_id", "member_id", "made_at", name="rewards_checkout_member"),
            models.Index("program_id", "order_key", name="rewards_checkout_order", condition=~Q(order_key="")),
            models.Index("program_id", "made_at", name="rewards_checkout_asking", condition=Q(parts__contains=ASKING)),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.state}"


class Guess(models.Model):
    """Codes that led nowhere, by who tried them, in points until the window is over."""

    pk = models.CompositePrimaryKey("program_id", "asker")
    program_id = models.IntegerField()
    asker = models.TextField(db_collation="C")
    points = models.IntegerField()
    until = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index("until", name="rewards_guess_until")]

    def __str__(self) -> str:
        return f"{self.asker} {self.points}"


class ComingBack(models.Model):
    """An order of which nothing was left when it was recorded, and whose checkouts nobody has looked at since."""

    program_id = models.IntegerField()
    order_key = models.TextField(db_collation="C")

    def __str__(self) -> str:
        return self.order_key


class AskedAdjustment(models.Model):
    """Points that somebody wants to give or take by hand and that need somebody else's approval. `outcome` is empty
    while they wait, then `approved` or `declined`. `words` are what they wrote about it, and go with the member."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    program_id = models.IntegerField()
    member_id = models.UUIDField()
    wallet = models.TextField()
    points = models.BigIntegerField()
    reason = models.TextField()
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    words = models.TextField(blank=True, db_default="")
    outcome = models.TextField(blank=True, db_default="", db_collation="C")
    decided_by = models.TextField(blank=True, db_default="")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index("program_id", "asked_at", name="rewards_adjustment_waiting", condition=Q(outcome=""))
        ]

    def __str__(self) -> str:
        return f"{self.points} {self.wallet} {self.outcome}"


class Seed(models.Model):
    """The secret of a program's draws of a local day: `digest` is published, `seed` is told when the day is over, and
    until then it lies here `sealed`."""

    pk = models.CompositePrimaryKey("program_id", "day")
    program_id = models.IntegerField()
    day = models.DateField()
    digest = models.BinaryField(max_length=32)
    sealed = models.BinaryField(max_length=32)
    published_at = models.DateTimeField()
    seed = models.BinaryField(max_length=32, null=True)

    def __str__(self) -> str:
        return f"{self.program_id} {self.day}"


class Draw(models.Model):
    """What a ticket (an issued reward) won. Only ever added to.

    `number` is its place among the draws of its day; empty where it is what another ticket had won (`again_of`), that
    was taken back. `drawn` is the prize that chance gave and `prize` the one that was there, "" for nothing, both of
    the reward as it stood in `version`. `prize_id` is the copy that was won, or the ticket under which points were.
    """

    ticket_id = models.UUIDField(primary_key=True)
    program_id = models.IntegerField()
    member_id = models.UUIDField()
    reward = models.TextField(db_collation="C")
    version = models.IntegerField()
    day = models.DateField()
    number = models.IntegerField(null=True)
    again_of = models.UUIDField(null=True)
    drawn = models.TextField(blank=True, db_collation="C")
    prize = models.TextField(blank=True, db_collation="C")
    prize_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    actor = models.TextField(blank=True, db_default="")
    place = models.TextField(blank=True, db_default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("program_id", "day", "number", name="rewards_draw_number"),
            models.UniqueConstraint("again_of", name="rewards_draw_again_once"),
            models.CheckConstraint(condition=Q(number=None) ^ Q(again_of=None), name="rewards_draw_from_one"),
        ]
        indexes: ClassVar = [
            models.Index("program_id", "member_id", "reward", name="rewards_draw_member"),
            models.Index("program_id", "at", "ticket_id", name="rewards_draw_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.reward} {self.ticket_id}"


class Deed(models.Model):
    """What somebody of the staff did about stock, a batch or a checkout, and why. Only ever added to.

    `about` names it: `stock:NAME`, `batch:ID`, `checkout:ID`.
    """

    KINDS: ClassVar = (
        "added", "approved", "cancelled", "declined", "imported", "made", "released", "taken", "voided",
    )  # fmt: skip

    program_id = models.IntegerField()
    about = models.TextField(db_collation="C")
    at = models.DateTimeField()
    what = models.TextField(db_collation="C")
    actor = models.TextField()
    quantity = models.BigIntegerField(db_default=0)
    reason = models.TextField(blank=True, db_default="")

    class Meta:
        indexes: ClassVar = [models.Index("program_id", "about", "id", name="rewards_deed_about")]

    def __str__(self) -> str:
        return f"{self.about} {self.what}"
