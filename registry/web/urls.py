"""The addresses of the pages of the record."""

from django.urls import path, register_converter

from registry.web import account, declaring, home, mails, record, statement, works
from registry.web.converters import WorkId

register_converter(WorkId, "work")

urlpatterns = [
    path("", home.home, name="home"),
    path("language/", account.set_language, name="set_language"),
    path("settings/", account.account_settings, name="account_settings"),
    path("mails/", mails.mails, name="mails"),
    path("statement/", statement.statement, name="statement"),
    path("statement/sign/", statement.sign_statement, name="sign_statement"),
    path("statement/withdraw/", statement.withdraw_signature, name="withdraw_signature"),
    path("statement/signatories/", statement.signatories, name="signatories"),
    path("works/", works.works, name="works"),
    path("works/new/", works.register_works, name="register_works"),
    path("works/<work:work_id>/", declaring.work, name="work"),
    path("works/<work:work_id>/correct/", works.correct_work, name="correct_work"),
    path("works/<work:work_id>/remove/", works.remove_work, name="remove_work"),
    path("works/<work:work_id>/declare/", declaring.declare, name="declare_work"),
    path("works/<work:work_id>/withdraw/", declaring.withdraw, name="withdraw_work_declaration"),
    path("works/<work:work_id>/undo/", declaring.undo, name="undo_work_declaration"),
    path("catalogue/", declaring.catalogue, name="catalogue"),
    path("catalogue/declare/", declaring.declare, name="declare_catalogue"),
    path("catalogue/withdraw/", declaring.withdraw, name="withdraw_catalogue"),
    path("catalogue/undo/", declaring.undo, name="undo_catalogue"),
    path("record/<work:work_id>/", record.record, name="record"),
    path("record/<work:work_id>/entries/<int:index>.json", record.entry_proof, name="entry_proof"),
]
