"""The one door through which `consent` tells the record something."""

from uuid import UUID

from registry.services.people import add_organisation


def organisation_joined(*, name: str, domains: list[str]) -> UUID:
    """Record an organisation that will query, so that declarations can name it; give its id."""
    return add_organisation(name=name, domains=domains).id
