"""A leaf commits to what was said without showing it."""

import json
from base64 import b64decode
from hashlib import sha256

import pytest

from registry.log.leaves import kind_in, leaf_of, seal

PAYLOAD = b'{"choice":"refuse","work":"wrk_1"}'


def test_a_leaf_is_canonical_json_over_a_salted_hash() -> None:
    salt, leaf = seal("declaration", PAYLOAD)
    shown = json.loads(leaf)
    assert b64decode(shown["commitment"]) == sha256(salt + PAYLOAD).digest()
    assert shown == {"commitment": shown["commitment"], "kind": "declaration", "v": 1}
    assert leaf == json.dumps(shown, sort_keys=True, separators=(",", ":")).encode()
    assert kind_in(leaf) == "declaration"


def test_the_salt_opens_the_leaf_and_no_other_does() -> None:
    salt, leaf = seal("claim", PAYLOAD)
    assert leaf_of("claim", salt, PAYLOAD) == leaf
    assert leaf_of("claim", salt, PAYLOAD + b" ") != leaf
    assert leaf_of("claim", bytes(32), PAYLOAD) != leaf
    assert leaf_of("declaration", salt, PAYLOAD) != leaf


def test_the_same_words_twice_cannot_be_told_to_be_the_same() -> None:
    assert seal("claim", PAYLOAD) != seal("claim", PAYLOAD)
    assert len(seal("claim", PAYLOAD).salt) == 32


@pytest.mark.parametrize("kind", ["", "Claim", 'a"b', "two words", "claim\n", "é", "a-", "-a"])
def test_a_kind_is_a_plain_word(kind: str) -> None:
    with pytest.raises(ValueError, match="not a kind"):
        seal(kind, PAYLOAD)


@pytest.mark.parametrize("leaf", [b"", b"{}", b'{"commitment":"x","kind":"claim","v":1}'])
def test_what_is_no_leaf_shows_no_kind(leaf: bytes) -> None:
    assert kind_in(leaf) is None
