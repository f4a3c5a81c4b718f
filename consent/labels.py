"""The translated words of answers, and the sentence for every refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from consent.vocabulary import KeyScope, Role
from registry.errors import DomainError
from registry.labels import ERROR_SENTENCES as RECORD_SENTENCES
from registry.vocabulary import Basis, Verdict

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

VERDICT_LABELS: dict[Verdict, StrPromise] = {
    Verdict.ALLOW: _("Yes"),
    Verdict.DENY: _("No"),
}

BASIS_SENTENCES: dict[Basis, StrPromise] = {
    Basis.GRANTED: _("Everyone who holds rights in this work has said yes to this use."),
    Basis.PUBLIC_DOMAIN: _("This work belongs to everyone, so no one needs to be asked."),
    Basis.REFUSED: _("Someone with rights in this work has said no to this use."),
    Basis.SIMILAR_REFUSED: _("This looks like an altered copy of a work whose maker said no."),
    Basis.LOCATION_REFUSED: _("The site where this is published has said no to this use."),
    Basis.HOLD: _(
        "There is a disagreement about this work. Until it is settled, the answer is no."
    ),
    Basis.LICENSE_REQUIRED: _(
        "The maker wants to be asked first. Until there is a deal, it is no."
    ),
    Basis.EVIDENCE_LAPSED: _(
        "Someone said yes, but their proof that they may say so has run out. So the answer is no."
    ),
    Basis.WAITING_GRANT: _("Someone has said yes, and it does not count yet. Until then it is no."),
    Basis.UNPROVEN_GRANT: _(
        "Someone has said yes, but not everyone whose yes is needed has said it and shown that "
        "they may. So the answer is no."
    ),
    Basis.UNSTATED: _("Not everyone whose yes is needed has said yes. So the answer is no."),
}

ROLES: list[tuple[str, StrPromise]] = [
    (Role.OWNER, _("Owner")),
    (Role.ENGINEER, _("Engineer")),
    (Role.VIEWER, _("Viewer")),
]

ROLE_HELP: dict[Role, StrPromise] = {
    Role.OWNER: _("Everything, including who belongs to the organisation."),
    Role.ENGINEER: _("Makes and ends keys, and sees what was asked."),
    Role.VIEWER: _("Sees keys and what was asked, and changes nothing."),
}

KEY_SCOPES: list[tuple[str, StrPromise]] = [
    (KeyScope.LOOKUPS, _("Questions: one item, or a batch")),
    (KeyScope.CHECKS, _("Checks of whole files, which are to come")),
]

ERROR_SENTENCES: dict[str, StrPromise] = {
    "unknown-usage": _(
        "This use is not known. Known are: generative-training, other-training, inference, "
        "search, mining."
    ),
    "one-identifier": _("Name each item by exactly one identifier: %(kinds)s."),
    "unknown-parameter": _("There is no parameter or field “%(name)s” here."),
    "repeated-parameter": _("“%(name)s” is given more than once."),
    "invalid-moment": _(
        "Give either at, a time such as 2026-11-22T09:30:00Z, or tree_size, a whole number."
    ),
    "unknown-moment": _("The log was never published at this size, or not yet at this time."),
    "malformed-body": _(
        "The body is not valid JSON: check the syntax, repeated keys, NaN and deep nesting."
    ),
    "body-too-large": _("The body is larger than %(limit)s bytes. Send smaller batches."),
    "invalid-records": _(
        "Send SHA-256 records of 32 bytes each, one after the other and nothing between."
    ),
    "invalid-lines": _("Send web addresses as UTF-8 text, one a line."),
    "invalid-items": _("Send items as a list with one object for each item."),
    "too-many-items": _("A batch has between 1 and %(limit)s items. Send several batches."),
    "invalid-key": _("This API key is not known. Was it copied in full?"),
    "key-ended": _("This API key was revoked or has expired. Please use another."),
    "quota-exceeded": _("Your quota is used up for now. Ask again in %(retry_after)s seconds."),
    "too-many-at-once": _(
        "Your organisation asks too many questions at the same time. Ask again in %(retry_after)s "
        "seconds."
    ),
    "invalid-idempotency-key": _(
        "An Idempotency-Key has 1 to 255 characters, without spaces: letters, digits and signs."
    ),
    "idempotency-needs-key": _("Idempotency-Key works together with an API key only."),
    "idempotency-key-reused": _("This Idempotency-Key stands for another request already."),
    "idempotency-in-progress": _("The first request with this Idempotency-Key is being answered."),
    "stale-state": _("The registry is catching up and will not guess. Please ask again shortly."),
    "invalid-receipt": _("This is not a receipt of this registry, or somebody has altered it."),
    "key-scope": _("This API key may not be used for that."),
    "already-in-firm": _("Your account acts for a firm already."),
    "address-unconfirmed": _("Please confirm your e-mail address first."),
    "private-address": _(
        "%(domain)s gives addresses to anybody. Please sign up with an address of your "
        "organisation."
    ),
    "firm-exists": _(
        "Somebody signed up for %(domain)s already. Ask them to invite you: it takes a minute."
    ),
    "too-many-keys": _(
        "There are %(limit)s keys of this kind in use already. Revoke one of them first."
    ),
    "last-owner": _("An organisation needs an owner. Make somebody else one first."),
    "already-member": _("This person belongs to your organisation already."),
    "already-invited": _("This address is invited already."),
    "too-many-invitations": _("%(limit)s invitations a day are the limit. Go on tomorrow."),
    "invitation-ended": _("This invitation has ended. Ask for another one."),
    "unknown-plan": _("There is no quota of this name."),
}


def sentence(error: DomainError) -> str:
    """Give the translated sentence for a refusal, of this app or of the record."""
    text = ERROR_SENTENCES.get(error.code) or RECORD_SENTENCES[error.code]
    return str(text) % error.details
