"""The stories of a draft: written beside it, run while they are written."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from regulars.console import actors
from regulars.console.drafts import ran
from regulars.console.shop import screen
from regulars.console.views.drafts import edition_seen, found_draft
from regulars.programs import drafting
from regulars.programs.actions import PublishRefused
from regulars.programs.models import ProgramDraft
from regulars.programs.problems import said
from regulars.programs.stories import drafted
from regulars.storefront.shop import Shop

NOT_POSSIBLE = 409


@screen("programs:draft")
def stories(request: HttpRequest, shop: Shop, number: int) -> HttpResponse:
    draft, refusal = found_draft(shop, number), ""
    text = request.POST.get("stories", draft.stories).replace("\r\n", "\n")
    if request.method == "POST":
        try:
            drafting.keep_stories(shop.slug, number, text, edition_seen(request))
        except PublishRefused as refused:
            refusal = said(actors.told(shop.id, refused.problem))
        else:
            messages.success(request, _("The stories are saved."))
            return redirect("draft_stories", shop.slug, number)
    shown = {
        "draft": draft,
        "example": "" if text else drafted.example(_("Somebody joins and buys"), shop.today, draft.document),
        "lines": max(text.count("\n") + 1, 16),
        "open": draft.state in ProgramDraft.OPEN,
        "ran": ran(text, draft.document),
        "refusal": refusal,
        "shop": shop,
        "text": text,
    }
    return render(request, "console/draft_stories.html", shown, status=NOT_POSSIBLE if refusal else 200)


@screen("programs:draft", posts=True)
def run(request: HttpRequest, shop: Shop, number: int) -> HttpResponse:
    """What comes of a text of stories on the draft as it was saved; nothing is kept."""
    found = ran(request.POST.get("stories", "").replace("\r\n", "\n"), found_draft(shop, number).document)
    return render(request, "console/stories_run.html", {"ran": found, "shop": shop})
