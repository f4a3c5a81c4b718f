"""What every page of the record has in common: rows are looked at, found fast, and kept."""

from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.paginator import InfinitePaginator


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
