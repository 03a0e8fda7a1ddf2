"""A partner's codes brought in from a file: looked over first, then kept."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.console import actors
from regulars.console.asking import Form
from regulars.console.rewards import uploading
from regulars.console.rewards.uploading import Unreadable
from regulars.console.shop import screen
from regulars.console.views.codes import brought
from regulars.rewards import finding
from regulars.rewards.actions import batches, desk
from regulars.rewards.actions.batches import Wanted
from regulars.rewards.finding import Weighed
from regulars.rewards.refusing import Refused
from regulars.storefront import refused, words
from regulars.storefront.shop import Shop

WHY: Mapping[str, Promise] = {
    "known": gettext_lazy("is there already"),
    "repeated": gettext_lazy("is in the file twice"),
    "unreadable": gettext_lazy("is no code"),
}


@screen("codes:make")
def bring_in(request: HttpRequest, shop: Shop) -> HttpResponse:
    """First the file is looked over and nothing is kept; `do=keep` sends what was shown once more."""
    form = Form(request.POST)
    targets = _targets(shop)
    codes: list[tuple[int, str]] = []
    told: Weighed | None = None
    if request.method == "POST":
        if form.text("target") not in targets:
            form.faults["target"] = _("Choose what the codes are for.")
        try:
            codes = uploading.codes_in(_text(request))
            batches.check_safe([code for _line, code in codes])
        except Unreadable as no:
            form.faults["file"] = str(no)
        except Refused as no:
            form.faults["file"] = refused.said(shop, no)
        if not form.faults and form.text("do") == "keep":
            return _kept(request, shop, form.text("target"), [code for _line, code in codes])
        told = finding.weighed(shop.id, codes) if not form.faults else None
    shown = {
        "codes": "\n".join(code for _line, code in codes) if told else "",
        "form": form,
        "rejected": [(one.line, one.text, WHY[one.why]) for one in told.rejected] if told else [],
        "shop": shop,
        "target": targets.get(form.text("target"), ""),
        "targets": targets,
        "told": told,
    }
    return render(request, "console/rewards/bring_in.html", shown)


def _text(request: HttpRequest) -> str:
    """Raises Unreadable."""
    file = request.FILES.get("file")
    if file is None:
        return request.POST.get("codes", "")
    if (file.size or 0) > uploading.BYTES_AT_MOST:
        raise Unreadable(_("The file is larger than a megabyte: split it."))
    return uploading.text_of(file.read())


def _targets(shop: Shop) -> dict[str, str]:
    """Rewards first: a pool of codes to hand out; then coupons whose codes somebody else prints."""
    rewards = {f"reward:{offer.name}": words.title(offer) for offer in shop.rules.rewards.values()}
    coupons = {
        f"coupon:{offer.name}": words.title(offer) for offer in shop.rules.coupons.values() if offer.codes == "batch"
    }
    return rewards | coupons


def _kept(request: HttpRequest, shop: Shop, target: str, codes: list[str]) -> HttpResponse:
    kind, _colon, name = target.partition(":")
    wanted = Wanted(name if kind == "coupon" else "", name if kind == "reward" else "")
    try:
        number = batches.begin_batch(shop.id, wanted, actors.actor(request), shop.now)
        done = desk.import_codes(shop.id, number, codes, shop.now, actor=actors.actor(request))
    except Refused as no:
        messages.warning(request, refused.said(shop, no))
        return redirect("codes", shop.slug)
    messages.success(request, brought(done))
    return redirect("batch", shop.slug, number)
