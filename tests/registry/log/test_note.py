"""Notes and checkpoints are those of C2SP, to the byte."""

import re
from base64 import b64decode, b64encode
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from registry.log.note import (
    CheckpointText,
    NoteError,
    NoteKey,
    open_note,
    parse_checkpoint,
    sign_note,
)
from registry.signing import SigningKey, thumbprint
from tests.registry.log.vectors import vectors

# The example of the signed-note specification.
EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE = (
    "This is an example message.\n"
    "\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYj"
    "OBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
ORIGIN = "registry.example/log/declarations"
ROOT = sha256(b"").digest()
TEXT = str(CheckpointText(ORIGIN, 70_001, ROOT))


def a_key(seed: int = 1) -> SigningKey:
    private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    public = private.public_key().public_bytes_raw()
    return SigningKey(kid=thumbprint(public), public=public, private=private)


def note_key(verifier: str) -> NoteKey:
    name, _, key = verifier.split("+", 2)
    return NoteKey(name, b64decode(key)[1:])


KEY = NoteKey(ORIGIN, a_key().public)


def test_the_specification_s_example_opens() -> None:
    assert open_note(EXAMPLE, [note_key(EXAMPLE_KEY)]) == "This is an example message.\n"


def test_a_key_is_named_as_other_tools_name_it() -> None:
    key = note_key(EXAMPLE_KEY)
    assert key.key_id.hex() == "530d903a"
    assert str(key) == EXAMPLE_KEY


def test_published_notes_are_judged_as_published() -> None:
    for case in vectors("signed_note/notes.ndjson"):
        key = note_key(case["vkey"])
        assert str(key) == case["vkey"]
        if case["valid"]:
            assert case["note"].startswith(open_note(case["note"], [key]))
        else:
            with pytest.raises(NoteError):
                open_note(case["note"], [key])


def test_a_checkpoint_is_three_lines_a_blank_one_and_a_signature() -> None:
    note = sign_note(TEXT, ORIGIN, a_key())
    origin, size, root, blank, signature, end = note.split("\n")
    assert (origin, size, root) == (ORIGIN, "70001", b64encode(ROOT).decode())
    assert (blank, end) == ("", "")
    dash, name, data = signature.split(" ")
    assert (dash, name) == ("\N{EM DASH}", ORIGIN)
    assert len(b64decode(data)) == 4 + 64
    assert b64decode(data)[:4] == sha256(f"{ORIGIN}\n\x01".encode() + KEY.public).digest()[:4]
    assert parse_checkpoint(open_note(note, [KEY])) == CheckpointText(ORIGIN, 70_001, ROOT)


@given(st.data())
def test_a_checkpoint_changed_anywhere_does_not_open(data: st.DataObject) -> None:
    note = sign_note(TEXT, ORIGIN, a_key())
    place = data.draw(st.integers(0, len(note) - 1))
    char = data.draw(st.characters(codec="utf-8").filter(lambda char: char != note[place]))
    with pytest.raises(NoteError):
        open_note(note[:place] + char + note[place + 1 :], [KEY])


def test_unknown_signatures_are_passed_over_but_do_not_count() -> None:
    note = sign_note(TEXT, ORIGIN, a_key())
    witnessed = note + sign_note(TEXT, "witness.example", a_key(2)).split("\n\n")[1]
    assert open_note(witnessed, [KEY]) == TEXT
    with pytest.raises(NoteError, match="no known key"):
        open_note(witnessed, [NoteKey("witness.example", a_key(3).public)])
    with pytest.raises(NoteError, match="no known key"):
        open_note(witnessed, [])


def test_one_wrong_signature_of_a_known_key_spoils_the_note() -> None:
    note = sign_note(TEXT, ORIGIN, a_key())
    forged = b64encode(KEY.key_id + bytes(64)).decode()
    with pytest.raises(NoteError, match="does not verify"):
        open_note(f"{note}— {ORIGIN} {forged}\n", [KEY])


def test_a_key_under_another_name_is_another_key() -> None:
    note = sign_note(TEXT, ORIGIN, a_key())
    with pytest.raises(NoteError):
        open_note(note, [NoteKey("registry.example/log/lookups", a_key().public)])


@pytest.mark.parametrize(
    "note",
    ["", "text", "text\n", "text\n\n", "text\n\nno signature\n", EXAMPLE[:-1], EXAMPLE + "\n"],
)
def test_what_is_no_note_does_not_open(note: str) -> None:
    with pytest.raises(NoteError):
        open_note(note, [note_key(EXAMPLE_KEY)])


@pytest.mark.parametrize("text", ["", "no newline", "bell\x07\n", "carriage\r\n"])
def test_what_no_note_may_hold_is_not_signed(text: str) -> None:
    with pytest.raises(ValueError, match="newline"):
        sign_note(text, ORIGIN, a_key())


@pytest.mark.parametrize("name", ["", "two words", "a+b", "line\n", "no\N{NO-BREAK SPACE}break"])
def test_a_key_name_has_no_spaces_and_no_plus(name: str) -> None:
    with pytest.raises(ValueError, match="not a key name"):
        sign_note(TEXT, name, a_key())


def test_extension_lines_are_allowed() -> None:
    assert parse_checkpoint(TEXT + "more\n") == CheckpointText(ORIGIN, 70_001, ROOT)


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"{ORIGIN}\n1\n",
        TEXT[:-1],
        TEXT.replace("70001", "070001"),
        TEXT.replace("70001", "-1"),
        TEXT.replace("70001", "\u0667"),
        TEXT.replace("70001", ""),
        TEXT.replace(ORIGIN, ""),
        TEXT + "\n",
        re.sub("=", "", TEXT),
        TEXT.replace(b64encode(ROOT).decode(), b64encode(ROOT[1:]).decode()),
        TEXT.replace("FU=", "FV="),
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        parse_checkpoint(text)
