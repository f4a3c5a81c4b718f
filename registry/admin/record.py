"""Works, claims, declarations, standings and the log's checkpoints: looked at, never changed."""

from contextlib import suppress

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry.admin.base import (
    DeclarationsInline,
    ReadOnlyAdmin,
    ReadOnlyInline,
    entry_place,
    in_words,
)
from registry.errors import DomainError
from registry.identifiers import parse
from registry.ids import public_id, row_id
from registry.models import Checkpoint, Claim, Declaration, Identifier, Standing, Work
from registry.vocabulary import IdentifierKind


class IdentifiersOfWork(ReadOnlyInline):
    """What a work is recognised by."""

    model = Identifier
    fields = ("kind", "value", "claim")
    readonly_fields = fields


@admin.register(Work)
class WorkAdmin(ReadOnlyAdmin):
    """Works, found by anything that one may hold in hand."""

    list_display = ("title", "rightsholder", "medium", "year", "registered_at", "removed_at")
    list_select_related = ("rightsholder",)
    list_filter = ("medium", ("removed_at", admin.EmptyFieldListFilter))
    search_fields = ("title",)
    search_help_text = _(
        "Work id (wrk_…), SHA-256, web address, ISBN, ISRC, ISWC or DOI; otherwise words of a title"
    )
    ordering = ("-id",)
    fields = ("title", "public_id", "rightsholder", "medium", "year", "registered_at", "removed_at")
    readonly_fields = ("public_id",)
    inlines = (IdentifiersOfWork, DeclarationsInline)

    @admin.display(description=_("work id"))
    def public_id(self, work: Work) -> str:
        """Give the id as the world sees it."""
        return public_id("wrk", work.id)

    def view_on_site(self, work: Work) -> str | None:
        """Give its public page; a removed work has none."""
        return None if work.removed_at else reverse("record", args=[work.id])

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Work], search_term: str
    ) -> tuple[QuerySet[Work], bool]:
        """Give the works by id or identifier, which an index finds; else by title."""
        term = search_term.strip()
        if work_id := row_id("wrk", term):
            return queryset.filter(id=work_id), False
        found = Identifier.objects.filter(key__in=_keys(term)).values("work")
        if term and found.exists():
            return queryset.filter(id__in=found), False
        results: tuple[QuerySet[Work], bool] = super().get_search_results(request, queryset, term)
        return results


@admin.register(Claim)
class ClaimAdmin(ReadOnlyAdmin):
    """“This work is mine”, as it was logged."""

    list_display = ("work", "rightsholder", "is_withdrawal", "claimed_at", "place")
    list_select_related = ("work", "rightsholder", "entry")
    list_filter = ("is_withdrawal",)
    ordering = ("-entry_id",)
    fields = list_display
    readonly_fields = ("place",)

    @admin.display(description=_("log entry"))
    def place(self, claim: Claim) -> str:
        """Give where it stands in the log."""
        return entry_place(claim)


@admin.register(Declaration)
class DeclarationAdmin(ReadOnlyAdmin):
    """What was declared, as it was logged."""

    list_display = ("declared_at", "rightsholder", "about", "said", "ends_at", "place")
    list_select_related = ("work", "location", "rightsholder", "entry", "organisation")
    list_filter = ("scope", "generative_training", ("ends_at", admin.EmptyFieldListFilter))
    ordering = ("-entry_id",)
    fields = (
        "declared_at",
        "rightsholder",
        "scope",
        "work",
        "location",
        "said",
        "organisation",
        "ends_firm_grants",
        "starts_at",
        "ends_at",
        "terms_url",
        "contact",
        "place",
    )
    readonly_fields = ("said", "place")

    @admin.display(description=_("about"))
    def about(self, declaration: Declaration) -> str:
        """Give the work, or what else it is about."""
        if declaration.work:
            return declaration.work.title
        return (
            declaration.location.value if declaration.location else declaration.get_scope_display()
        )

    @admin.display(description=_("said"))
    def said(self, declaration: Declaration) -> str:
        """Give the choices in words."""
        return in_words(declaration)

    @admin.display(description=_("log entry"))
    def place(self, declaration: Declaration) -> str:
        """Give where it stands in the log."""
        return entry_place(declaration)


@admin.register(Standing)
class StandingAdmin(ReadOnlyAdmin):
    """Evidence levels, as they were logged."""

    list_display = ("rightsholder", "level", "reason", "set_at", "place")
    list_select_related = ("rightsholder", "entry")
    list_filter = ("level",)
    ordering = ("-entry_id",)
    fields = list_display
    readonly_fields = ("place",)

    @admin.display(description=_("log entry"))
    def place(self, standing: Standing) -> str:
        """Give where it stands in the log."""
        return entry_place(standing)


@admin.register(Checkpoint)
class CheckpointAdmin(ReadOnlyAdmin):
    """Signed tree heads, as they were published."""

    list_display = ("size", "log", "published_at", "root_hash")
    list_select_related = ("log",)
    ordering = ("-id",)
    fields = ("log", "size", "published_at", "root_hash", "note")
    readonly_fields = ("root_hash",)

    @admin.display(description=_("root"))
    def root_hash(self, checkpoint: Checkpoint) -> str:
        """Give the RFC 6962 tree hash in hexadecimal."""
        return bytes(checkpoint.root).hex()


def _keys(term: str) -> list[bytes]:
    """Give the keys that a term has as each kind of identifier that it could be."""
    keys = []
    for kind in IdentifierKind:
        with suppress(DomainError, KeyError):
            keys.append(parse(kind, term).key)
    return keys
