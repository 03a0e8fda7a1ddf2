"""The portal's routes: one program's pages lie below /m/ and its name."""

from django.urls import path

from regulars.portal.views import card, embed, entering, history, offline, program, rewards, settings

urlpatterns = [
    path("embed.js", embed.script, name="embed_script"),
    path("<slug:slug>/", program.program, name="portal"),
    path("<slug:slug>/agree", entering.agree, name="portal_agree"),
    path("<slug:slug>/card", card.card, name="portal_card"),
    path("<slug:slug>/code", entering.code, name="portal_code"),
    path("<slug:slug>/download", settings.download, name="portal_download"),
    path("<slug:slug>/embed/balance", embed.balance, name="embed_balance"),
    path("<slug:slug>/embed/earn", embed.earn, name="embed_earn"),
    path("<slug:slug>/enter", entering.enter, name="portal_enter"),
    path("<slug:slug>/history", history.history, name="portal_history"),
    path("<slug:slug>/join", entering.join, name="portal_join"),
    path("<slug:slug>/leave", settings.leave, name="portal_leave"),
    path("<slug:slug>/link/<str:token>", entering.link, name="portal_link"),
    path("<slug:slug>/manifest.webmanifest", offline.manifest, name="portal_manifest"),
    path("<slug:slug>/me", settings.me, name="portal_me"),
    path("<slug:slug>/mine/<uuid:issued_id>", rewards.mine, name="portal_mine"),
    path("<slug:slug>/mine/<uuid:issued_id>/open", rewards.open_ticket, name="portal_open"),
    path("<slug:slug>/rewards", rewards.rewards, name="portal_rewards"),
    path("<slug:slug>/rewards/<str:name>", rewards.reward, name="portal_reward"),
    path("<slug:slug>/sign-out", entering.sign_out, name="portal_sign_out"),
    path("<slug:slug>/worker.js", offline.worker, name="portal_worker"),
]
