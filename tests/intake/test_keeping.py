"""Files that people brought in do not lie about for ever."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from regulars.intake import uploading
from regulars.intake.keeping import KEPT, folder_of, forget_files
from regulars.intake.models import Upload
from tests.intake.shop import shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def program_id(settings: Settings, tmp_path: Path) -> int:
    settings.DATA_FOLDER = tmp_path
    return shop().id


def brought(program_id: int, state: str) -> Upload:
    upload = uploading.bring(program_id, "may.csv", [b"id,date\n"], "staff:mei", "en")
    uploading.rejects_of(upload).write_text("id,date,why\n")
    Upload.objects.filter(pk=upload.pk).update(state=state)
    return upload


@pytest.mark.parametrize(("state", "is_kept"), [("new", 0), ("done", 0), ("failed", 0), ("waiting", 1), ("running", 1)])
def test_files_go_when_nobody_worked_on_them_for_long(program_id: int, state: str, is_kept: int) -> None:
    upload, now = brought(program_id, state), timezone.now()
    assert forget_files(now + KEPT - timedelta(hours=1)) == 0
    assert uploading.path_of(upload).exists()
    assert forget_files(now + KEPT + timedelta(hours=1)) == 1 - is_kept
    assert folder_of(upload.pk).exists() == bool(is_kept)
    assert Upload.objects.filter(pk=upload.pk).exists()


def test_files_go_that_belong_to_nothing(program_id: int) -> None:
    upload, now = brought(program_id, "new"), timezone.now()
    Upload.objects.filter(pk=upload.pk).delete()
    # It may be one that is being brought in at this moment.
    assert forget_files(now) == 0
    assert forget_files(now + KEPT + timedelta(hours=1)) == 1
    assert not folder_of(upload.pk).exists()


def test_a_file_that_somebody_went_on_with_stays(program_id: int) -> None:
    upload, later = brought(program_id, "done"), timezone.now() + KEPT
    Upload.objects.filter(pk=upload.pk).update(heard_at=later - timedelta(days=1))
    assert forget_files(later + timedelta(hours=1)) == 0
    assert folder_of(upload.pk).exists()
