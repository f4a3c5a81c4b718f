"""What every page of the record has in common: rows are looked at, found fast, and kept."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin, TabularInline
from unfold.paginator import InfinitePaginator

from registry.labels import DECLARED_CHOICES, USAGE_LABELS
from registry.models import Declaration
from registry.selectors.declarations import choices_of

CHOICES = dict(DECLARED_CHOICES)


class KeptAdmin(ModelAdmin):
    """Rows that cannot be added or deleted here, in lists that never count millions."""

    paginator = InfinitePaginator
    show_full_result_count = False
    list_per_page = 50
    sortable_by = ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Rows come from services alone."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """What was said is kept."""
        return False


class ReadOnlyAdmin(KeptAdmin):
    """Rows that cannot be changed either."""

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody changes them."""
        return False


class ReadOnlyInline(TabularInline):
    """Rows shown with what they belong to."""

    extra = 0
    can_delete = False
    hide_title = True

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Rows come from services alone."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody changes them."""
        return False


class DeclarationsInline(ReadOnlyInline):
    """What was said about a work, or at a location."""

    model = Declaration
    fields = ("declared_at", "said", "ends_at", "place")
    readonly_fields = fields
    ordering = ("-entry_id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Declaration]:
        """Give them with their log entries."""
        declarations: QuerySet[Declaration] = super().get_queryset(request)
        return declarations.select_related("entry")

    @admin.display(description=gettext_lazy("said"))
    def said(self, declaration: Declaration) -> str:
        """Give the choices in words."""
        return in_words(declaration)

    @admin.display(description=gettext_lazy("log entry"))
    def place(self, declaration: Declaration) -> str:
        """Give where it stands in the log."""
        return entry_place(declaration)


def in_words(declaration: Declaration) -> str:
    """Give the choices of a declaration in words."""
    said = choices_of(declaration).items()
    return "; ".join(f"{USAGE_LABELS[usage]}: {CHOICES[choice]}" for usage, choice in said)


def entry_place(row: Any) -> str:
    """Give the index of the row's log entry, or that it waits for one."""
    index = row.entry.index
    return _("waiting") if index is None else str(index)


def links(*targets: tuple[str, object]) -> SafeString:
    """Give links from (address, text)."""
    link = '<a class="text-primary-600 underline dark:text-primary-500" href="{}">{}</a>'
    return format_html_join(" · ", link, targets)


def after_dialog(request: HttpRequest, address: str) -> HttpResponse:
    """Leave a dialog for the address, whether it was sent by HTMX or by the browser itself."""
    if "HX-Request" in request.headers:
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
