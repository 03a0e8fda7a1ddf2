"""Files that people bring in by the console: kept below the data folder, looked over, taken in by the job worker.

The worker and the web server share the data folder. Any of it may be done again: the import itself knows how far it is.
"""

import logging
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePath

import msgspec
from django.db import transaction
from django.db.models.functions import Now
from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from regulars.intake.import_processes import Failed
from regulars.intake.importing import Progress, Request, import_file
from regulars.intake.keeping import folder_of
from regulars.intake.models import Upload
from regulars.intake.reading import mapping as mappings
from regulars.intake.reading.faults import Fault, Unreadable
from regulars.programs.queries import published_by_id

# As much as one request carries; the terminal takes in what is larger.
BYTES_AT_MOST = 20_000_000
ENDINGS = (".csv", ".tsv", ".txt", ".ndjson", ".jsonl", ".parquet")
NAME_AT_MOST = 200
# Why something is refused here. Stable for ever.
REFUSALS = ("empty", "too_large", "unknown_format")
log = logging.getLogger(__name__)


class UploadRefused(Exception):
    """Nothing was kept; `code` is one of REFUSALS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def bring(program_id: int, file_name: str, chunks: Iterable[bytes], actor: str, language: str) -> Upload:
    """Keep a file, and nothing of what it says. Raises UploadRefused."""
    name = PurePath(file_name.replace("\\", "/")).name.replace("\0", "")[-NAME_AT_MOST:]
    if not name.lower().endswith(ENDINGS):
        raise UploadRefused("unknown_format")
    with transaction.atomic():
        upload = Upload.objects.create(
            program_id=program_id, file_name=name, size=0, brought_by=actor, language=language
        )
        path = path_of(upload)
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            upload.size = _written(path, chunks)
        except UploadRefused:
            _forget(upload)
            raise
        upload.save(update_fields=["size"])
    return upload


def _written(path: Path, chunks: Iterable[bytes]) -> int:
    size = 0
    with path.open("wb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > BYTES_AT_MOST:
                raise UploadRefused("too_large")
            file.write(chunk)
    if not size:
        raise UploadRefused("empty")
    return size


def path_of(upload: Upload) -> Path:
    """Its own folder, under a name of ours: of the file's own only the ending is used."""
    return folder_of(upload.pk) / f"orders{PurePath(upload.file_name).suffix.lower()}"


def rejects_of(upload: Upload) -> Path:
    return folder_of(upload.pk) / "rejects.csv"


def _forget(upload: Upload) -> None:
    path_of(upload).unlink(missing_ok=True)
    folder = folder_of(upload.pk)
    if folder.exists() and not any(folder.iterdir()):
        folder.rmdir()


def read_as(said: Mapping[str, object]) -> mappings.Mapping:
    """Raises Unreadable with everything that is wrong."""
    return mappings.mapping_of(said)


@transaction.atomic
def begin(program_id: int, number: int, said: Mapping[str, object]) -> bool:
    """Let the worker take it in. False where it is under way or done; sent twice it is begun once."""
    upload = Upload.objects.select_for_update().get(program_id=program_id, pk=number)
    if upload.state in Upload.OPEN or not path_of(upload).exists():
        return False
    upload.state, upload.mapping, upload.fault, upload.done, upload.total = Upload.WAITING, dict(said), "", 0, 0
    upload.save(update_fields=["state", "mapping", "fault", "done", "total"])
    Upload.objects.filter(pk=number).update(heard_at=Now())
    app.configure_task(Upload.TASK, lock=Upload.TASK).defer(number=number)
    return True


def take_in(number: int) -> None:
    """What the worker does. A job that was killed begins anew, and the import goes on where it was."""
    mine = Upload.objects.filter(pk=number)
    if not mine.filter(state__in=Upload.OPEN).update(state=Upload.RUNNING, heard_at=Now()):
        return
    upload = mine.get()
    with translation.override(upload.language):
        try:
            _taken(upload)
        except (Unreadable, OSError) as problem:
            mine.update(state=Upload.FAILED, fault=_without_path(upload, str(problem)), heard_at=Now())
        except Failed as problem:
            log.warning("upload %s: %s", number, problem)
            said = _("The database could not be reached. Nothing is lost: begin it again, and it goes on from there.")
            mine.update(state=Upload.FAILED, fault=said, heard_at=Now())
        except Exception:
            log.exception("upload %s", number)
            said = _("It could not be taken in. What went wrong is in the log of the job worker.")
            mine.update(state=Upload.FAILED, fault=said, heard_at=Now())


def _taken(upload: Upload) -> None:
    def say(progress: Progress) -> None:
        Upload.objects.filter(pk=upload.pk).update(done=progress.done, total=progress.total, heard_at=Now())

    mapping = read_as(upload.mapping)
    request = Request(path_of(upload), mapping, processes=0, rejects=rejects_of(upload), name=upload.file_name)
    result = import_file(published_by_id(upload.program_id), request, say)
    upload.run_id, upload.state = result.imported.run_id, Upload.DONE
    with transaction.atomic():
        upload.save(update_fields=["run", "state"])
        Upload.objects.filter(pk=upload.pk).update(heard_at=Now())
    if not result.imported.took_nothing:
        path_of(upload).unlink(missing_ok=True)


def _without_path(upload: Upload, said: str) -> str:
    """Where the file lies is nobody's business."""
    return said.replace(str(path_of(upload)), upload.file_name).replace(path_of(upload).name, upload.file_name)


def faults(problem: Unreadable, upload: Upload) -> list[Fault]:
    return [msgspec.structs.replace(one, path=_without_path(upload, one.path)) for one in problem.faults]
