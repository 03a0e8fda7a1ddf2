"""Codes: batches of them made, downloaded, ended; a partner's codes brought in; what one code is."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.console import actors
from regulars.console.asking import Form
from regulars.console.rewards import batch_lines
from regulars.console.rewards.batch_lines import BatchLine
from regulars.console.shop import screen
from regulars.console.views.home import BYTE_ORDER_MARK
from regulars.engine.calendar import day_of
from regulars.insight.wording import count
from regulars.rewards import finding
from regulars.rewards.actions import batches, desk
from regulars.rewards.actions.batches import Wanted
from regulars.rewards.looking import Owned
from regulars.rewards.refusing import Refused
from regulars.storefront import refused, words
from regulars.storefront.shop import Shop


@screen("rewards:read")
def codes(request: HttpRequest, shop: Shop) -> HttpResponse:
    may_make = "codes:make" in request.user.permissions
    shown = {"may_make": may_make, "lines": batch_lines.lines(shop), "shop": shop}
    return render(request, "console/rewards/codes.html", shown)


@screen("rewards:read")
def find(request: HttpRequest, shop: Shop) -> HttpResponse:
    """What a code is. It is sent by a form, so that it stands in no address."""
    form = Form(request.POST)
    typed, what = form.text("code", 100), None
    if typed:
        try:
            what = finding.found(shop.published.programs, typed, actors.asker(request), shop.now)
        except Refused as no:
            form.faults["code"] = refused.said(shop, no)
    if isinstance(what, Owned):
        return redirect("issued", shop.slug, what.id)
    offer = shop.rules.coupons.get(what.coupon.name) if what else None
    shown = {
        "batch": batch_lines.line(shop, what.batch_id) if what and what.batch_id else None,
        "form": form,
        "shop": shop,
        "title": words.title(offer) if offer else what.coupon.name if what else "",
        "what": what,
    }
    return render(request, "console/rewards/code_find.html", shown)


@screen("codes:make")
def new(request: HttpRequest, shop: Shop) -> HttpResponse:
    form = Form(request.POST)
    offers = {offer.name: offer for offer in shop.rules.coupons.values() if offer.codes == "batch"}
    if request.method == "POST":
        coupon = offers.get(form.text("coupon"))
        if coupon is None:
            form.faults["coupon"] = _("Choose a coupon.")
        quantity, until = form.whole("quantity", 1, batches.WANTED_LIMIT), form.day("until")
        prefix = form.text("prefix", 9).upper()
        if prefix and not (prefix.isascii() and prefix.isalnum() and len(prefix) <= 8):
            form.faults["prefix"] = _("At most eight letters and digits.")
        if coupon is not None and not form.faults:
            looks = batches.as_written(coupon, prefix or None)
            wanted = Wanted(coupon.name, "", quantity, *looks, 1, None, _end_of(shop, until) if until else None)
            try:
                number = batches.begin_batch(shop.id, wanted, actors.actor(request), shop.now)
            except Refused as no:
                form.faults["until" if no.code == "code_days" else "quantity"] = refused.said(shop, no)
            else:
                _make_some(shop, number)
                return redirect("batch", shop.slug, number)
    shown = {"form": form, "offers": [(name, words.title(offer)) for name, offer in offers.items()], "shop": shop}
    return render(request, "console/rewards/batch_new.html", shown)


@screen("rewards:read")
def batch(request: HttpRequest, shop: Shop, number: int) -> HttpResponse:
    line = _line(shop, number)
    told = batch_lines.journal(shop, number)
    taken = str(batch_lines.DEEDS["taken"])
    may_make = "codes:make" in request.user.permissions
    may_take = may_make and (not line.is_pool or _reads_codes(request))
    is_taken = any(one.what == taken for one in told)
    shown = {"line": line, "may_make": may_make, "may_take": may_take, "shop": shop, "taken": is_taken, "told": told}
    return render(request, "console/rewards/batch.html", shown)


@screen("codes:make", posts=True)
def make(_request: HttpRequest, shop: Shop, number: int) -> HttpResponse:
    """Some thousand more of what is still to be made."""
    _line(shop, number)
    _make_some(shop, number)
    return redirect("batch", shop.slug, number)


@screen("codes:make", posts=True)
def take_away(request: HttpRequest, shop: Shop, number: int) -> HttpResponseBase:
    """All of its codes as a file: the first time as they are, later with a reason."""
    line = _line(shop, number)
    if line.is_making:
        raise Http404
    if line.is_pool and not _reads_codes(request):
        raise PermissionDenied("codes:read")
    try:
        reason = Form(request.POST).text("reason")
        found = desk.take_away(shop.id, number, shop.now, actor=actors.actor(request), reason=reason)
    except Refused as no:
        messages.warning(request, refused.said(shop, no))
        return redirect("batch", shop.slug, number)
    headers = {"Content-Disposition": f'attachment; filename="{shop.slug}-codes-{number}.csv"'}
    return StreamingHttpResponse(_file(found), content_type="text/csv; charset=utf-8", headers=headers)


@screen("codes:make", posts=True)
def end(request: HttpRequest, shop: Shop, number: int) -> HttpResponse:
    """None of its codes can be used any more."""
    _line(shop, number)
    if reason := Form(request.POST).text("reason"):
        desk.cancel_batch(shop.id, number, shop.now, actor=actors.actor(request), reason=reason)
        messages.success(request, _("Ended. None of its codes can be used any more."))
    else:
        messages.warning(request, _("Say why, in a few words."))
    return redirect("batch", shop.slug, number)


def _line(shop: Shop, number: int) -> BatchLine:
    line = batch_lines.line(shop, number) if number < 2**53 else None
    if line is None:
        raise Http404
    return line


def _reads_codes(request: HttpRequest) -> bool:
    """A partner's codes are money for whoever has them; those of coupons were made to be given away."""
    return "codes:read" in request.user.permissions


def _end_of(shop: Shop, day: date) -> int:
    """The last day of all has none after it; it is refused anyway, for being so far ahead."""
    return shop.published.programs.calendar.midnight(day_of(min(day, date.max - timedelta(days=1))) + 1)


def _make_some(shop: Shop, number: int) -> None:
    next(batches.make_codes(shop.id, number), None)


class _Line:
    """What a line is written to so that it can be sent at once."""

    def write(self, line: str) -> str:
        return line


def _file(codes: Iterable[str]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield BYTE_ORDER_MARK + writer.writerow(["code"])
    for code in codes:
        yield writer.writerow([code])


def brought(done: batches.Imported) -> str:
    return ngettext("%(count)s code brought in.", "%(count)s codes brought in.", done.kept) % {
        "count": count(done.kept)
    }
