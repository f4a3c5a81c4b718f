"""Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint) with Ed25519 signatures."""

import re
from base64 import b64decode, b64encode
from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256

from registry.log.merkle import HASH_SIZE
from registry.signing import SigningKey, is_signed

_ED25519 = b"\x01"
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_SIGNATURE_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+=*)")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


class NoteError(ValueError):
    """Not a note, or none that a known key signed."""


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A public key under the name that notes give it."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The 4 bytes by which a signature line names the key."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        """The verifier key as text, `<name>+<id>+<key>`, as other tools take it."""
        return f"{self.name}+{self.key_id.hex()}+{b64encode(_ED25519 + self.public).decode()}"


@dataclass(frozen=True, slots=True)
class CheckpointText:
    """What a checkpoint says: the RFC 6962 root of a log at a size."""

    origin: str
    size: int
    root: bytes

    def __str__(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def sign_note(text: str, name: str, key: SigningKey) -> str:
    """The text as a note signed under a name; raises ValueError where no note takes either."""
    if not text.endswith("\n") or _CONTROL.search(text):
        raise ValueError("a note ends in a newline and holds no other control character")
    if not re.fullmatch(r"[^\s+]+", name):
        raise ValueError(f"not a key name: {name!r}")
    signature = NoteKey(name, key.public).key_id + key.sign(text.encode())
    return f"{text}\n— {name} {b64encode(signature).decode()}\n"


def open_note(note: str, keys: Collection[NoteKey]) -> str:
    """The text of a note that at least one of the keys signed, and none of them wrongly.

    Signatures by unknown keys are passed over. Raises NoteError.
    """
    text, blank, lines = note.rpartition("\n\n")
    if not blank or not lines.endswith("\n") or _CONTROL.search(note):
        raise NoteError("not a signed note")
    text += "\n"
    known = {(key.name, key.key_id): key.public for key in keys}
    is_proven = False
    for line in lines[:-1].split("\n"):
        name, key_id, signature = _signature(line)
        public = known.get((name, key_id))
        if public is None:
            continue
        if not is_signed(public, signature, text.encode()):
            raise NoteError(f"the signature of {name} does not verify")
        is_proven = True
    if not is_proven:
        raise NoteError("no known key signed this note")
    return text


def parse_checkpoint(text: str) -> CheckpointText:
    """What an opened checkpoint says, extension lines apart; raises NoteError."""
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() or not all(lines) or not _SIZE.fullmatch(lines[1]):
        raise NoteError("not a checkpoint")
    try:
        root = b64decode(lines[2], validate=True)
    except ValueError as error:
        raise NoteError("the root of the checkpoint is not base64") from error
    if len(root) != HASH_SIZE or b64encode(root).decode() != lines[2]:
        raise NoteError("the root of the checkpoint is no SHA-256")
    return CheckpointText(origin=lines[0], size=int(lines[1]), root=root)


def _signature(line: str) -> tuple[str, bytes, bytes]:
    found = _SIGNATURE_LINE.fullmatch(line)
    if not found:
        raise NoteError(f"not a signature line: {line!r}")
    try:
        data = b64decode(found[2], validate=True)
    except ValueError as error:
        raise NoteError("a signature is not base64") from error
    return found[1], data[:4], data[4:]
