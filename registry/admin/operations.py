"""What waits."""

from django.contrib import admin

from registry.admin.base import ReadOnlyAdmin
from registry.models import Mail


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin):
    """Mails that wait; never their text, whose links open accounts."""

    list_display = ("recipient", "subject", "due_at", "attempts", "leased_until")
    search_fields = ("recipient",)
    ordering = ("due_at",)
    fields = list_display
