"""What the import remembers, so that it can be stopped at any point and started again."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class ImportRun(models.Model):
    """One file read with one mapping into one program; the same file with the same mapping is the same run."""

    program_id = models.IntegerField()
    file_name = models.TextField()
    file_digest = models.CharField(max_length=64)
    mapping_digest = models.CharField(max_length=64)
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    # What the file's lines are, as counts that add up to them (reading.counting).
    counts = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["program_id", "file_digest", "mapping_digest"], name="intake_importrun_same"
            )
        ]

    def __str__(self) -> str:
        return self.file_name


class ImportPart(models.Model):
    """How far one part of the customers is. Written in the same transaction as the orders it counts."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="parts")
    part = models.SmallIntegerField()
    position = models.BigIntegerField(default=0)
    orders_recorded = models.BigIntegerField(default=0)
    orders_known = models.BigIntegerField(default=0)
    orders_refused = models.BigIntegerField(default=0)
    lines_recorded = models.BigIntegerField(default=0)
    lines_known = models.BigIntegerField(default=0)
    lines_refused = models.BigIntegerField(default=0)
    refunds_recorded = models.BigIntegerField(default=0)
    refunds_known = models.BigIntegerField(default=0)
    refunds_refused = models.BigIntegerField(default=0)
    # The last time somebody worked on it.
    heard_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "part"], name="intake_importpart_once")]

    def __str__(self) -> str:
        return f"{self.run} {self.part}"


class ImportRefusal(models.Model):
    """An order or refund of the file that the ledger refused, and the line it begins on."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="refusals")
    line = models.BigIntegerField()
    key = models.TextField()
    code = models.CharField(max_length=40)

    def __str__(self) -> str:
        return f"{self.line} {self.code}"


class Load(models.Model):
    """A list of members, or of what they had before; the same list read the same way is one. `totals` say what stood in
    it and what of it was taken (loading.totals); until it was taken in to its end, only what was taken so far."""

    MEMBERS, BALANCES = "members", "balances"

    program = models.ForeignKey("programs.Program", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8)
    source = models.TextField()
    file_name = models.TextField()
    file_digest = models.CharField(max_length=64)
    layout_digest = models.CharField(max_length=64)
    as_of = models.DateTimeField(null=True)
    totals = models.JSONField(default=dict)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(kind__in=("members", "balances")), name="intake_load_kind"),
            models.UniqueConstraint(
                fields=["program", "kind", "file_digest", "layout_digest", "as_of"],
                name="intake_load_same",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class Upload(models.Model):
    """A file that somebody brought in by the console: first its columns are named, then the job worker takes it in.

    The file lies below the data folder until it is taken in, what of it was not taken for some time after (`keeping`).
    `mapping` is as `docs/import.md` has it, `fault` why it could not be read, in the `language` of who brought it.
    `heard_at` is the last time somebody worked on it.
    """

    NEW, WAITING, RUNNING, DONE, FAILED = "new", "waiting", "running", "done", "failed"
    OPEN, AT_REST = (WAITING, RUNNING), (NEW, DONE, FAILED)
    # What the job worker knows it by; also the lock that all of them share.
    TASK = "take_in"

    program = models.ForeignKey("programs.Program", on_delete=models.CASCADE, related_name="+")
    file_name = models.TextField()
    size = models.BigIntegerField()
    state = models.CharField(max_length=7, default=NEW)
    mapping = models.JSONField(default=dict)
    run = models.ForeignKey(ImportRun, on_delete=models.SET_NULL, null=True, related_name="uploads")
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    fault = models.TextField(blank=True, default="")
    language = models.CharField(max_length=10)
    brought_by = models.TextField()
    brought_at = models.DateTimeField(db_default=Now())
    heard_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state__in=("new", "waiting", "running", "done", "failed")),
                name="intake_upload_state",
            ),
        ]
        indexes: ClassVar = [models.Index("program", "id", name="intake_upload_newest")]

    def __str__(self) -> str:
        return self.file_name


class Reckoning(models.Model):
    """A draft folded over the ledger (`plan`), or all presets (`fit`), while it is worked out and after.

    `told` is what came of it, and `outcome` the sums it was told from; both stay as they were read. `facts` and
    `newest` say of which ledger and of which newest version. `heard_at` is the last time somebody worked on it.
    """

    PLAN, FIT = "plan", "fit"
    WAITING, RUNNING, DONE, STOPPED, FAILED = "waiting", "running", "done", "stopped", "failed"
    OPEN = (WAITING, RUNNING)
    # What the job worker knows it by; also the lock that all of them share.
    TASK = "work_out"

    program = models.ForeignKey("programs.Program", on_delete=models.CASCADE, related_name="+")
    draft = models.ForeignKey("programs.ProgramDraft", on_delete=models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=4)
    state = models.CharField(max_length=7, default=WAITING)
    document = models.TextField(default="")
    newest = models.IntegerField(default=0)
    facts = models.BigIntegerField(default=0)
    asked = models.JSONField(default=dict)
    asked_at = models.DateTimeField(db_default=Now())
    heard_at = models.DateTimeField(db_default=Now())
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    told = models.JSONField(default=dict)
    outcome = models.BinaryField(default=b"")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(kind__in=("plan", "fit")), name="intake_reckoning_kind"),
            models.CheckConstraint(
                condition=models.Q(state__in=("waiting", "running", "done", "stopped", "failed")),
                name="intake_reckoning_state",
            ),
            models.UniqueConstraint(
                fields=["program", "draft", "kind"],
                condition=models.Q(state__in=("waiting", "running")),
                nulls_distinct=False,
                name="intake_reckoning_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
