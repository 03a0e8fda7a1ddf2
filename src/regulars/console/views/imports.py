"""Orders brought in from a file: uploaded, columns named, looked over, taken in by the job worker."""

from collections.abc import Mapping

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from regulars.console import actors, import_manner, importing
from regulars.console.asking import Form
from regulars.console.shop import screen
from regulars.intake import uploading
from regulars.intake.models import Upload
from regulars.intake.reading.faults import Unreadable
from regulars.intake.reading.peeking import peek
from regulars.intake.uploading import UploadRefused
from regulars.storefront.shop import Shop

REFUSED: Mapping[str, Promise] = {
    "empty": gettext_lazy("The file is empty."),
    "too_large": gettext_lazy("The file is larger than 20 MB: split it, or use “%(regulars)s import orders FILE”."),
    "unknown_format": gettext_lazy("CSV, NDJSON or Parquet is needed. Save a spreadsheet as CSV and try again."),
}
# What the form of the columns says besides them.
OTHERS = ("time_format", "numbers", "encoding", "seen", "source", "returns", "announce")


@screen("orders:write")
def imports(request: HttpRequest, shop: Shop) -> HttpResponse:
    """The files so far, and one more: it is kept, and nothing of what it says."""
    form = Form(request.POST)
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None:
                raise UploadRefused("empty")
            if (file.size or 0) > uploading.BYTES_AT_MOST:
                raise UploadRefused("too_large")
            actor, language = actors.actor(request), get_language() or "en"
            upload = uploading.bring(shop.id, file.name or "", file.chunks(), actor, language)
            return redirect("import_columns", shop.slug, upload.pk)
        except UploadRefused as no:
            form.faults["file"] = str(REFUSED[no.code]) % {"regulars": settings.COMMAND}
    return render(request, "console/imports.html", {"form": form, "rows": importing.rows(shop), "shop": shop})


@screen("orders:write")
def columns(request: HttpRequest, shop: Shop, number: int) -> HttpResponse:
    """What the columns mean; what would be understood is shown before `do=keep` begins."""
    upload = _upload(shop, number)
    if upload.state in Upload.OPEN or not uploading.path_of(upload).exists():
        return redirect("import_run", shop.slug, number)
    form, faults, look, peeked = Form(request.POST), [], None, None
    try:
        peeked = peek(uploading.path_of(upload), importing.encoding(form))
        if request.method == "POST":
            said = importing.mapping(form, peeked)
            if not form.faults and form.text("do") != "back":
                look = importing.look(shop, upload, said)
                if form.text("do") == "keep" and look.is_possible:
                    uploading.begin(shop.id, number, said)
                    return redirect("import_run", shop.slug, number)
    except Unreadable as no:
        faults = uploading.faults(no, upload)
    chosen = importing.columns(peeked, form) if peeked else {}
    shown = {
        "encodings": importing.ENCODING_NAMES,
        "faults": faults,
        "fields": importing.fields(chosen),
        "form": form,
        "kept": [(name, form.text(name)) for name in (*importing.COLUMNS, *OTHERS)],
        "look": look,
        "manner": list(import_manner.asked(form, peeked, chosen, shop.zone_name)) if peeked else [],
        "peek": peeked,
        "seen": import_manner.looked_at(chosen),
        "shop": shop,
        "upload": upload,
    }
    return render(request, "console/import_columns.html", shown)


@screen("orders:write")
def run(request: HttpRequest, shop: Shop, number: int) -> HttpResponse:
    upload = _upload(shop, number)
    found = importing.result(upload)
    shown = {
        "can_retry": upload.state != Upload.NEW and uploading.path_of(upload).exists(),
        "is_gone": upload.state == Upload.NEW and not uploading.path_of(upload).exists(),
        "has_rejects": importing.has_rejects(upload) and found is not None and found.has_rejects,
        "result": found,
        "shop": shop,
        "told": list(importing.told(found)) if found else [],
        "upload": upload,
    }
    return render(request, "console/import_run.html", shown)


@screen("orders:write")
def progress(request: HttpRequest, shop: Shop, number: int) -> HttpResponse:
    upload = _upload(shop, number)
    if upload.state in Upload.OPEN:
        return render(request, "console/import_progress.html", {"upload": upload})
    answer = HttpResponse()
    answer["HX-Refresh"] = "true"
    return answer


@screen("orders:write", posts=True)
def again(request: HttpRequest, shop: Shop, number: int) -> HttpResponse:
    """With the columns as they were named."""
    upload = _upload(shop, number)
    if upload.mapping and uploading.begin(shop.id, number, upload.mapping):
        messages.success(request, _("Begun again. What was taken before is not taken twice."))
    return redirect("import_run", shop.slug, number)


@screen("orders:write")
def rejects(_request: HttpRequest, shop: Shop, number: int) -> HttpResponse:
    upload = _upload(shop, number)
    if not importing.has_rejects(upload):
        raise Http404
    name = f"{upload.file_name.rpartition('.')[0] or upload.file_name}-rejects.csv"
    file = uploading.rejects_of(upload).open("rb")
    return FileResponse(file, as_attachment=True, filename=name, content_type="text/csv; charset=utf-8")


def _upload(shop: Shop, number: int) -> Upload:
    found = Upload.objects.filter(program_id=shop.id, pk=number).first()
    if found is None:
        raise Http404
    return found
