"""Moments as people read them."""

from datetime import UTC, datetime

from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString


def moment(at: datetime) -> SafeString:
    """Give a moment in the reader's language as HTML, in UTC, exact to machines."""
    at = at.astimezone(UTC)
    words = date_format(at, "DATETIME_FORMAT")
    return format_html('<time datetime="{}">{} UTC</time>', at.isoformat(), words)
