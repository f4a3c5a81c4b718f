"""What to do about each refusal: one sentence of cause and remedy for each code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

REMEDIES: dict[str, StrPromise] = {
    # Asking
    "unknown-usage": _(
        "The parameter “usage” names what you want to do with the work. Use one of the known "
        "words, or leave it out to ask about generative training."
    ),
    "one-identifier": _(
        "An item without an identifier, or with two, is not one question. Send exactly one of the "
        "kinds for each item, and its value as text."
    ),
    "unknown-parameter": _(
        "A misspelt parameter could turn your question into another one, so it is refused. Check "
        "the spelling against the API page, and remove what you do not need."
    ),
    "repeated-parameter": _(
        "With two values we would have to guess which one you mean. Send each parameter once."
    ),
    "invalid-moment": _(
        "The moment you ask about could not be read. Give a time with its time zone, or a size of "
        "the log from an earlier answer, but not both; leave both out to ask about now."
    ),
    "unknown-moment": _(
        "You asked about a state of the log that was never signed. Use a tree_size from one of our "
        "answers, or a time between the first checkpoint and now."
    ),
    "malformed-body": _(
        "Let a JSON library write the body instead of joining text, and send it as UTF-8."
    ),
    "body-too-large": _(
        "The body was not read to its end, and nothing was counted. Split the batch into several."
    ),
    "invalid-records": _(
        "The body is cut, or was sent as text. Send the 32 bytes of each hash themselves, not "
        "their hexadecimal digits."
    ),
    "invalid-lines": _(
        "The body is empty, or holds bytes that are not UTF-8. Write the addresses as text, with a "
        "line feed between two."
    ),
    "invalid-items": _(
        "The body is one JSON object, with the questions in a list named “items”. The API page has "
        "an example to copy."
    ),
    "too-many-items": _(
        "Nothing was answered or counted. Split the batch; an empty one is not a question."
    ),
    "invalid-receipt": _(
        "The receipt was cut, changed, or signed by somebody else. Keep it exactly as it came, "
        "and check it against the public keys under /.well-known/jwks.json."
    ),
    # Who asks
    "invalid-key": _(
        "The header must read “Authorization: Bearer” and then the whole key, which starts with "
        "crk_. If the key is lost, issue a new one in your firm's area; the old one cannot be "
        "shown again."
    ),
    "key-ended": _(
        "Somebody in your firm ended this key, or its time is over. Issue a new one in your firm's "
        "area and put it into your programs."
    ),
    "quota-exceeded": _(
        "More was asked than your quota allows, and what was refused did not count. Wait as long "
        "as the header Retry-After says and follow the RateLimit headers; if you need more, ask "
        "the operator of this registry."
    ),
    "already-in-firm": _(
        "One account acts for one firm. Use the firm you have, or sign up with another e-mail "
        "address."
    ),
    "key-scope": _(
        "Each key says on its page what it may be used for. Use a key that may do this, or issue "
        "one in your firm's area."
    ),
    "address-unconfirmed": _("Open the link in the mail that we sent you, then try again."),
    "private-address": _(
        "An address of your organisation shows that you speak for it. If it has none, write to "
        "the operator of this registry."
    ),
    "firm-exists": _(
        "Keys and quota are shared within an organisation. An owner invites you on the page of "
        "its members; if nobody there can, write to the operator of this registry."
    ),
    "too-many-keys": _(
        "Two are enough to change from one to the next without a pause: put the new one into your "
        "programs, then revoke the old one."
    ),
    "last-owner": _(
        "Make another member an owner on the page of the members; after that you can go or take "
        "a smaller role."
    ),
    "already-member": _("Look at the list of members; the role can be changed there."),
    "already-invited": _(
        "Ask the person to look for our mail. To change the role, withdraw the invitation and "
        "write it again."
    ),
    "too-many-invitations": _(
        "The limit keeps strangers from getting mails that nobody wanted. Those who are invited "
        "already can join at any time."
    ),
    "invitation-ended": _(
        "It was withdrawn, used, or older than two weeks, or it was sent to another address than "
        "the one you signed in with."
    ),
    "unknown-plan": _("Look up the names of the quotas in the admin, and use one of them."),
    # Whether it can be answered
    "too-many-at-once": _(
        "Some requests wait their turn for ten seconds; more than that would be at the cost of "
        "others. Send fewer at a time: larger batches are answered faster than many small ones."
    ),
    "invalid-idempotency-key": _(
        "Send a fresh random value for each new request, such as a UUID, and the same value only "
        "when you send that request again."
    ),
    "idempotency-needs-key": _(
        "We keep answers for organisations that we know. Add your API key, or leave the header out."
    ),
    "idempotency-key-reused": _(
        "Nothing was answered or counted. Choose a new value for a new request; the old one keeps "
        "its answer for a day."
    ),
    "idempotency-in-progress": _(
        "Wait a few seconds and send the request again: you get the first one's answer, and it is "
        "counted once."
    ),
    "stale-state": _(
        "Something that was declared is not published yet, so an answer might be a wrong yes. Ask "
        "again after the seconds that the header Retry-After names, and use nothing until then."
    ),
    "unavailable": _(
        "The registry has lost touch with its database for a moment. Ask again after the seconds "
        "that the header Retry-After names, and treat the time without an answer as a no."
    ),
    "server-error": _(
        "This is our mistake, not yours, and nothing you sent was half done. Try again; if it "
        "stays, send the operator of this registry the request id."
    ),
    # HTTP
    "bad-request": _(
        "Use the address of this registry as its pages show it, and only the parameters of the API "
        "page. Ask about many items in one batch instead of one long address."
    ),
    "length-required": _(
        "Send the body whole, with the header Content-Length, and not in chunks: give your HTTP "
        "library the bytes rather than a stream. curl does so with --data-binary."
    ),
    "not-found": _("Compare the address with the API page: a letter or a slash may be missing."),
    "method-not-allowed": _(
        "The header Allow names the methods that this address takes. One item is asked for by GET, "
        "a batch by POST."
    ),
    "not-acceptable": _(
        "Answers come as application/json. Ask for that in the header Accept, or leave it out."
    ),
    "unsupported-media-type": _(
        "Add the header “Content-Type: application/json”; curl needs -H for it. Bare hashes go as "
        "application/octet-stream, addresses in Spawning's format as text/plain."
    ),
    "not-allowed": _(
        "It belongs to another account. Sign in with that one, or ask the person it belongs to."
    ),
    # Identifiers
    "invalid-identifier": _(
        "The value does not have the form that its standard asks for. Copy it from the work itself "
        "or from its publisher, without anything around it."
    ),
    "invalid-hash": _(
        "A part is missing, or there is something too much. Copy the hash in full, or drop the "
        "file on the check page and let your browser compute it."
    ),
    "invalid-url": _(
        "Copy the address from your browser's address bar, from its beginning to its end. An "
        "address with a password in it is not taken."
    ),
    "url-too-long": _(
        "Addresses this long mostly carry search words or session data. Try the address without "
        "what follows the question mark."
    ),
    "invalid-location": _(
        "For a site or a domain type its name alone, without https:// and without a port. For one "
        "part of a site, copy the address of its first page up to the question mark; for a whole "
        "site, choose “A site”."
    ),
    "location-too-deep": _(
        "Choose a folder further up; what is said there holds for everything below it."
    ),
    "public-suffix": _(
        "Name the part that is yours, such as yourname.github.io, or the address of your pages "
        "there."
    ),
    "not-a-domain": _(
        "Leave out www and whatever else stands before it. For one site of a domain, or for a "
        "number in place of a name, choose “A site”."
    ),
    "already-controlled": _("It needs nothing more: you can say what holds there right away."),
    "not-under-control": _(
        "Show that the place is yours once more, then say it again. What you refused there before "
        "stays refused for now, and you can withdraw a yes at any time."
    ),
    "not-suspended": _("Nothing was interrupted, so there is nothing to resume."),
    "invalid-check-digit": _(
        "The last digit is computed from those before it, and here it is another. Two digits may "
        "have changed places: compare the number with its source."
    ),
    "invalid-characters": _(
        "The text holds characters that no text should, mostly from copying out of a file that is "
        "not text. Type it anew."
    ),
    # Registering
    "already-registered": _(
        "You need to do nothing: the work is in your list, where you can change what you say "
        "about it."
    ),
    "too-many-works": _(
        "Register the first part, then come back with the rest; nothing of the first is lost."
    ),
    "nothing-to-register": _(
        "A work is recognised by a file, a web address or a number. Add one of them."
    ),
    "empty-file": _(
        "All empty files look the same. Choose the file that holds the work; it may not have been "
        "saved or downloaded to its end."
    ),
    "invalid-title": _("Give the work a title by which you recognise it yourself."),
    "invalid-name": _("Type the name on one line; initials or an artist name will do."),
    "invalid-year": _(
        "Give the year in which the work was first published, in four digits, or leave it empty."
    ),
    # Declaring
    "nothing-declared": _(
        "Say yes, no or “ask me first” for one use at least, or take one of the ready-made answers."
    ),
    "nothing-to-withdraw": _(
        "Nothing is said there at present, perhaps because it was withdrawn before. No statement "
        "means no consent, so you are safe."
    ),
    "not-the-newest": _(
        "Undoing it would have undone something newer with it. Look at what is said there now, and "
        "change that."
    ),
    "invalid-window": _("Choose an end that is later than the start and later than today."),
    "terms-missing": _(
        "Those who want to ask you need to know how. Add the address of a page with your terms, or "
        "an e-mail address for such questions; it will be public."
    ),
    "contact-too-long": _(
        "One e-mail address or web address is enough; put the rest on the page with your terms."
    ),
    "too-many-grants": _(
        "A society, publisher, label or agency can vouch for you. A no is never limited."
    ),
    "evidence-too-low": _(
        "Open the link in the mail we sent you when you signed up. If it is lost, sign in again "
        "and we send another."
    ),
    "already-signed": _("Your signature stands. To change it, withdraw it and sign again."),
    "not-signed": _("There is no signature of this account, or it was withdrawn before."),
    # Operating
    "unreadable-row": _(
        "Open the file in a text editor at the line that is named: a quotation mark that opens has "
        "to close. Saving it anew as CSV in UTF-8 mends most files."
    ),
    "uneven-row": _(
        "A comma inside a title or name needs quotation marks around the whole cell. Mend the row "
        "and load it again; rows that were fine need not be sent twice."
    ),
    "missing-column": _(
        "The first row of the file holds the names of the columns, spelt as in the manual. Add the "
        "one that is missing."
    ),
    "unknown-column": _(
        "A misspelt column could hide what somebody said, so it is refused. Correct its name, or "
        "take it out."
    ),
    "repeated-column": _("Take one of the two columns out, so that it is clear which one counts."),
    "unknown-kind": _(
        "Write the kind of the identifier in small letters as in the list, such as sha256 or url."
    ),
    "unknown-medium": _("Write one of the words of the list in small letters, such as image."),
    "unknown-choice": _(
        "Write allow, license or refuse in small letters, or leave the cell empty where nothing is "
        "said."
    ),
    "invalid-evidence-level": _(
        "Levels 0 to 4 can be set; level 5 is a ruling and comes from one only."
    ),
    "already-seeded": _(
        "Made-up works of this seed are there already. Use another seed, or an empty database."
    ),
    "invalid-address": _(
        "An e-mail address has something before the @ sign and a domain behind it, and no spaces."
    ),
    "unknown-account": _("Check the spelling of the address, or create the account first."),
    "account-exists": _("Sign in with this address; a forgotten password can be replaced."),
    # The log
    "unknown-log": _("The log of what creators say is named “declarations”."),
    "unknown-entry": _(
        "Ask only for entries below a size that was published: the newest one stands at "
        "/api/v1/log/declarations as tree_size."
    ),
}
