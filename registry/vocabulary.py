"""Every value that crosses the wire, as an enumeration with its source."""

from enum import IntEnum, StrEnum


class Usage(StrEnum):
    """What a firm wants to do with a work (IETF AIPREF vocab-08, CAWG 1.1)."""

    GENERATIVE_TRAINING = "generative-training"
    OTHER_TRAINING = "other-training"
    INFERENCE = "inference"
    SEARCH = "search"
    MINING = "mining"


class Choice(StrEnum):
    """What a rightsholder declares for one usage."""

    ALLOW = "allow"
    LICENSE = "license"
    REFUSE = "refuse"


class Scope(StrEnum):
    """What a declaration covers, the most specific first (the decision rules, step 4)."""

    COPY = "copy"
    WORK = "work"
    URL = "url"
    HOST = "host"
    DOMAIN = "domain"
    CATALOGUE = "catalogue"


#: Scopes that cover a place on the web, whatever lies there.
LOCATION_SCOPES = (Scope.URL, Scope.HOST, Scope.DOMAIN)


class ControlEvent(StrEnum):
    """What the log says about the control of a location (the decision rules, R30)."""

    SHOWN = "shown"
    RENEWED = "renewed"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    ENDED = "ended"


class Preference(StrEnum):
    """What was said, in the words of IETF AIPREF."""

    ALLOWED = "allowed"
    DISALLOWED = "disallowed"
    UNKNOWN = "unknown"


class Verdict(StrEnum):
    """What the registry answers."""

    ALLOW = "allow"
    DENY = "deny"


class Basis(StrEnum):
    """Why the registry answers so (the decision rules)."""

    GRANTED = "granted"
    PUBLIC_DOMAIN = "public-domain"
    REFUSED = "refused"
    SIMILAR_REFUSED = "similar-refused"
    LOCATION_REFUSED = "location-refused"
    HOLD = "hold"
    LICENSE_REQUIRED = "license-required"
    EVIDENCE_LAPSED = "evidence-lapsed"
    WAITING_GRANT = "waiting-grant"
    UNPROVEN_GRANT = "unproven-grant"
    UNSTATED = "unstated"


class IdentifierKind(StrEnum):
    """What a work can be recognised by exactly."""

    SHA256 = "sha256"
    URL = "url"
    ISBN = "isbn"
    ISRC = "isrc"
    ISWC = "iswc"
    DOI = "doi"
    ISCC = "iscc"
    PDQ = "pdq"


#: "A grant on a work carrying ISBN, ISRC, ISWC or DOI needs level 4."
STANDARD_KINDS = (
    IdentifierKind.ISBN,
    IdentifierKind.ISRC,
    IdentifierKind.ISWC,
    IdentifierKind.DOI,
)


class MatchKind(StrEnum):
    """How an item was recognised."""

    EXACT = "exact"
    SIMILAR = "similar"
    LOCATION = "location"


class HoldKind(StrEnum):
    """Why a work's grants are paused (the decision rules, R10, R36, R44)."""

    PROVISIONAL = "provisional"
    DISPUTE = "dispute"
    MODERATOR = "moderator"


class EvidenceLevel(IntEnum):
    """How well a rightsholder has shown who they are (the decision rules, R03)."""

    NONE = 0
    EMAIL = 1
    PLACE = 2
    IDENTITY = 3
    VOUCHED = 4
    DECIDED = 5


class Medium(StrEnum):
    """What a work is made of."""

    IMAGE = "image"
    TEXT = "text"
    AUDIO = "audio"
    VIDEO = "video"
    SOFTWARE = "software"
    OTHER = "other"


class Discipline(StrEnum):
    """The field in which a signatory of the Statement works."""

    MUSIC = "music"
    LITERATURE = "literature"
    VISUAL_ARTS = "visual-arts"
    PHOTOGRAPHY = "photography"
    FILM_AND_TELEVISION = "film-and-television"
    THEATRE_AND_DANCE = "theatre-and-dance"
    GAMES = "games"
    JOURNALISM = "journalism"
    SOFTWARE = "software"
    OTHER = "other"


class Capacity(StrEnum):
    """For whom somebody speaks: themselves or a body."""

    PERSON = "person"
    ORGANISATION = "organisation"
