"""Addresses of what is about rewards: the catalogue, what was issued, codes, approvals, the till."""

from django.urls import path

from regulars.console.views import bringing_in, catalogue, checkouts, codes, draws, issued, member_rewards, till

pages = [
    path("rewards", catalogue.catalogue, name="rewards"),
    path("rewards/issued", issued.issued_page, name="issued_list"),
    path("rewards/issued/<uuid:issued_id>", issued.issued, name="issued"),
    path("rewards/issued/<uuid:issued_id>/fulfil", issued.fulfil, name="issued_fulfil"),
    path("rewards/issued/<uuid:issued_id>/cancel", issued.cancel, name="issued_cancel"),
    path("rewards/issued/<uuid:issued_id>/draw", draws.draw, name="draw"),
    path("rewards/draws", draws.listed, name="draws"),
    path("rewards/of/<str:name>", catalogue.reward, name="reward"),
    path("rewards/of/<str:name>/stock", catalogue.stock, name="reward_stock"),
    path("rewards/coupons/<str:name>", catalogue.coupon, name="coupon"),
    path("rewards/checkouts/<uuid:checkout_id>", checkouts.checkout, name="checkout"),
    path("rewards/checkouts/<uuid:checkout_id>/capture", checkouts.capture, name="checkout_capture"),
    path("rewards/checkouts/<uuid:checkout_id>/void", checkouts.void, name="checkout_void"),
    path("rewards/approvals", checkouts.approvals, name="approvals"),
    path("rewards/approvals/<uuid:checkout_id>/approve", checkouts.approve, name="approve"),
    path("rewards/approvals/<uuid:checkout_id>/decline", checkouts.decline, name="decline"),
    path("rewards/codes", codes.codes, name="codes"),
    path("rewards/codes/find", codes.find, name="code_find"),
    path("rewards/codes/new", codes.new, name="batch_new"),
    path("rewards/codes/bring-in", bringing_in.bring_in, name="bring_in"),
    path("rewards/codes/<int:number>", codes.batch, name="batch"),
    path("rewards/codes/<int:number>/make", codes.make, name="batch_make"),
    path("rewards/codes/<int:number>/file", codes.take_away, name="batch_file"),
    path("rewards/codes/<int:number>/end", codes.end, name="batch_end"),
    path("members/<uuid:member_id>/rewards", member_rewards.member_rewards, name="member_rewards"),
    path("members/<uuid:member_id>/rewards/gift", member_rewards.gift, name="gift"),
    path("members/<uuid:member_id>/rewards/ask", member_rewards.ask, name="ask"),
    path("till", till.find, name="till"),
    path("till/<uuid:member_id>", till.member, name="till_member"),
]
