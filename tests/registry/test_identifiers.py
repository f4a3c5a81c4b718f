"""Every way of writing one thing ends in one canonical form, and nothing else passes."""

import csv
import hashlib
import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from registry.errors import (
    InvalidCheckDigit,
    InvalidHash,
    InvalidIdentifier,
    InvalidUrl,
    UrlTooLong,
)
from registry.identifiers import (
    MAX_PREFIX_DEPTH,
    MAX_URL_LENGTH,
    Identifier,
    LocationKeyring,
    LocationKeys,
    location_key,
    location_keys,
    parse,
    registrable_domain,
)
from registry.vocabulary import IdentifierKind, Scope
from tests.conftest import SAMPLES

VECTORS = SAMPLES / "vectors"
HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def vectors(name: str) -> str:
    path = VECTORS / name
    if not path.exists():
        pytest.skip(f"{name} is not at hand; set REGISTRY_SAMPLES")
    return path.read_text(encoding="utf-8")


CANONICAL = [
    ("sha256", HASH, HASH),
    ("sha256", HASH.upper(), HASH),
    ("sha256", f" {HASH}\n", HASH),
    ("pdq", "F8" * 32, "f8" * 32),
    ("isbn", "0-7503-0197-X", "9780750301978"),
    ("isbn", "0-7503-0197-x", "9780750301978"),
    ("isbn", "978-1-4200-4561-1", "9781420045611"),
    ("isbn", "978\u20111\u20114200\u20114561\u20111", "9781420045611"),
    ("isbn", "ISBN 9781420045611", "9781420045611"),
    ("isbn", "979-10-90636-07-1", "9791090636071"),
    ("isrc", "us-skg-19-12345", "USSKG1912345"),
    ("isrc", "ISRC: FX-R59-23-00639", "FXR592300639"),
    ("isrc", "IS RC1 17 12345", "ISRC11712345"),
    ("iswc", "T-034.524.680-1", "T0345246801"),
    ("iswc", "t0345246801", "T0345246801"),
    ("doi", "10.1000/182", "10.1000/182"),
    ("doi", "doi:10.1000/ABC.Def", "10.1000/abc.def"),
    ("doi", "https://doi.org/10.1000/ABC", "10.1000/abc"),
    ("doi", "HTTP://DX.DOI.ORG/10.1000/a%2Fb", "10.1000/a/b"),
    ("doi", "doi.org/10.1000.10/x(1)", "10.1000.10/x(1)"),
    ("iscc", "iscc:KACYPXW445FTYNJ3CYSXHAFJMA2HUWULUNRFE3BLHRSCXYH2M5AEGQY", None),
    ("url", "HTTP://Maya.Example.COM", "https://maya.example.com/"),
    ("url", "http://maya.example:80/a", "https://maya.example/a"),
    ("url", "https://maya.example:443/a", "https://maya.example/a"),
    ("url", "http://maya.example:443/a", "https://maya.example/a"),
    ("url", "https://maya.example:8443/a", "https://maya.example:8443/a"),
    ("url", "https://maya.example./a#top", "https://maya.example/a"),
    ("url", "https://maya.example/a?", "https://maya.example/a"),
    ("url", "https://maya.example/a/../b/./c", "https://maya.example/b/c"),
    ("url", "https://maya.example/%7emaya/%e4%2e%2F", "https://maya.example/~maya/%E4.%2F"),
    ("url", "https://maya.example/a b|c", "https://maya.example/a%20b%7Cc"),
    ("url", "https://maya.example/?a[]=1", "https://maya.example/?a%5B%5D=1"),
    ("url", "https://maya.example/100%", "https://maya.example/100%25"),
    ("url", "https://maya.example/%2%65", "https://maya.example/%252e"),
    ("url", "https://faß.example/é", "https://xn--fa-hia.example/%C3%A9"),
    ("url", "https://[::1]:443/", "https://[::1]/"),
    ("url", "  https://maya.example/a\n", "https://maya.example/a"),
    ("url", "https:\\\\maya.example\\a", "https://maya.example/a"),
]


@pytest.mark.parametrize(("kind", "text", "value"), CANONICAL)
def test_every_way_of_writing_it_has_one_canonical_form(
    kind: str, text: str, value: str | None
) -> None:
    found = parse(IdentifierKind(kind), text)
    assert found.value == (value or text.upper())
    assert parse(found.kind, found.value) == found
    assert len(found.key) == 32


@pytest.mark.parametrize(
    ("kind", "text", "error"),
    [
        ("sha256", "", InvalidHash),
        ("sha256", HASH[:-1], InvalidHash),
        ("sha256", HASH + "0", InvalidHash),
        ("sha256", HASH[:-1] + "g", InvalidHash),
        ("sha256", HASH[:-2] + "  ", InvalidHash),
        ("sha256", "ab cd " + HASH[6:], InvalidHash),
        ("sha256", "\uff11" * 64, InvalidHash),
        ("sha256", "0" * 10_000_000, InvalidHash),
        ("pdq", "f8" * 31, InvalidHash),
        ("isbn", "978-9024538271", InvalidCheckDigit),
        ("isbn", "0-7503-0197-1", InvalidCheckDigit),
        ("isbn", "978-902453827", InvalidIdentifier),
        ("isbn", "08515x-629-2", InvalidIdentifier),
        ("isbn", "08042390\n6", InvalidIdentifier),
        ("isbn", "9790260000438", InvalidIdentifier),
        ("isbn", "9" * 10_000_000, InvalidIdentifier),
        ("isrc", "QX-SKG-19-12345", InvalidIdentifier),
        ("isrc", "US-SKG-19-1234", InvalidIdentifier),
        ("isrc", "USSKG191234\u0661", InvalidIdentifier),
        ("iswc", "T-345246800-1", InvalidCheckDigit),
        ("iswc", "T-034.524.680", InvalidIdentifier),
        ("iswc", "W-034.524.680-1", InvalidIdentifier),
        ("iswc", "T-034.524.68\u0660-1", InvalidIdentifier),
        ("doi", "10.1000", InvalidIdentifier),
        ("doi", "10.1000/", InvalidIdentifier),
        ("doi", "11.1000/1", InvalidIdentifier),
        ("doi", "10.1000/a b", InvalidIdentifier),
        ("doi", "https://doi.org/10.1000/%ff", InvalidIdentifier),
        ("doi", "10.1000/" + "a" * 10_000, InvalidIdentifier),
        ("iscc", "KACYPXW445FTYNJ3", InvalidIdentifier),
        ("iscc", "ISCC:", InvalidIdentifier),
        ("iscc", "ISCC:KACYPXW445FTYNJ1", InvalidIdentifier),
        ("iscc", "ISCC:KACYPXW445FTYNJ3C", InvalidIdentifier),
        ("iscc", "ISCC:" + "A" * 69, InvalidIdentifier),
        ("url", "", InvalidUrl),
        ("url", "maya.example/a", InvalidUrl),
        ("url", "ftp://maya.example/a", InvalidUrl),
        ("url", "javascript:alert(1)", InvalidUrl),
        ("url", "http://", InvalidUrl),
        ("url", "http://maya@maya.example/", InvalidUrl),
        ("url", "http://maya:secret@maya.example/", InvalidUrl),
        ("url", "http://a..example/", InvalidUrl),
        ("url", "http://.example/", InvalidUrl),
        ("url", "http://maya.example../", InvalidUrl),
        ("url", "http://" + "a" * 64 + ".example/", InvalidUrl),
        ("url", "http://" + "a." * 127 + "example/", InvalidUrl),
        ("url", "http://maya.example/\ud800", InvalidUrl),
        ("url", "http://maya.example/" + "a" * MAX_URL_LENGTH, UrlTooLong),
        ("url", "http://maya.example/" + "é" * (MAX_URL_LENGTH // 2), UrlTooLong),
    ],
)
def test_whatever_is_not_of_the_kind_is_refused(
    kind: str, text: str, error: type[InvalidIdentifier]
) -> None:
    with pytest.raises(InvalidIdentifier) as raised:
        parse(IdentifierKind(kind), text)
    assert raised.type is error


def test_the_longest_url_passes() -> None:
    root = "https://maya.example/"
    assert len(parse(IdentifierKind.URL, root + "a" * (MAX_URL_LENGTH - len(root))).value) == 8_000


def test_the_key_of_a_hash_is_the_hash_and_every_other_key_names_its_kind() -> None:
    assert parse(IdentifierKind.SHA256, HASH).key == bytes.fromhex(HASH)
    assert parse(IdentifierKind.PDQ, HASH).key == hashlib.sha256(f"pdq:{HASH}".encode()).digest()
    url = parse(IdentifierKind.URL, "http://maya.example")
    assert url.key == hashlib.sha256(b"url:https://maya.example/").digest()


@pytest.mark.parametrize(
    ("url", "keys"),
    [
        (
            "https://art.maya.example/works/sea/1.jpg?size=2",
            LocationKeys(
                (
                    "https://art.maya.example/works/sea/1.jpg",
                    "https://art.maya.example/works/sea",
                    "https://art.maya.example/works",
                ),
                "art.maya.example",
                "maya.example",
            ),
        ),
        (
            "https://maya.example/works/",
            LocationKeys(("https://maya.example/works",), "maya.example", "maya.example"),
        ),
        ("https://maya.example/?q=/a/b", LocationKeys((), "maya.example", "maya.example")),
        (
            "https://maya.example:8080/a",
            LocationKeys(("https://maya.example:8080/a",), "maya.example", "maya.example"),
        ),
        ("https://maya.github.io/", LocationKeys((), "maya.github.io", "maya.github.io")),
        ("https://github.io/", LocationKeys((), "github.io", None)),
        ("https://co.uk/", LocationKeys((), "co.uk", None)),
        ("https://localhost:8080/", LocationKeys((), "localhost", None)),
        ("https://192.0.2.1:8080/", LocationKeys((), "192.0.2.1", None)),
        ("https://[2001:db8::1]:8080/", LocationKeys((), "[2001:db8::1]", None)),
        ("https://[2001:db8::1]/", LocationKeys((), "[2001:db8::1]", None)),
    ],
)
def test_a_url_lies_in_its_prefixes_its_host_and_its_domain(url: str, keys: LocationKeys) -> None:
    assert location_keys(parse(IdentifierKind.URL, url)) == keys


def test_a_prefix_ends_at_a_path_boundary() -> None:
    keys = location_keys(parse(IdentifierKind.URL, "https://maya.example/mayafair/1"))
    assert "https://maya.example/maya" not in keys.prefixes


def test_a_very_deep_url_has_a_bounded_number_of_prefixes() -> None:
    keys = location_keys(parse(IdentifierKind.URL, "https://maya.example" + "/a" * 3_000))
    assert len(keys.prefixes) == MAX_PREFIX_DEPTH
    assert keys.prefixes[-1] == "https://maya.example/a"


URLS = st.builds(
    "{}://{}{}{}{}".format,
    st.sampled_from(["http", "https"]),
    st.sampled_from(
        ["maya.example", "art.maya.example", "maya.github.io", "[2001:db8::1]", "co.uk"]
    ),
    st.sampled_from(["", ":8080"]),
    st.lists(st.sampled_from(["/", "/a", "/b", "/ä", "/a%2Fb", "/?", "/a?b=/c"]), max_size=20).map(
        "".join
    ),
    st.sampled_from(["", "?", "?q=/a/b", "/?/", "#/a"]),
)


@settings(max_examples=1_000, deadline=None)
@given(st.lists(URLS, min_size=1, max_size=4))
def test_many_urls_have_the_keys_that_each_has_by_itself(texts: list[str]) -> None:
    ring = LocationKeyring()
    for url in (parse(IdentifierKind.URL, text) for text in texts):
        prefixes, host, domain = slowly(url)
        assert location_keys(url) == LocationKeys(prefixes, host, domain)
        keys = [location_key(Scope.URL, prefix) for prefix in prefixes]
        keys.append(location_key(Scope.HOST, host))
        if domain:
            keys.append(location_key(Scope.DOMAIN, domain))
        assert ring.keys(url) == keys


def slowly(url: Identifier) -> tuple[tuple[str, ...], str, str | None]:
    """Prefixes, host and domain of a URL, character by character."""
    authority, _, rest = url.value.removeprefix("https://").partition("/")
    path = "/" + rest.split("?")[0]
    ends = [n for n, character in enumerate(path) if character == "/" and n]
    ends += [] if path.endswith("/") else [len(path)]
    prefixes = [f"https://{authority}{path[:end]}" for end in ends[:MAX_PREFIX_DEPTH]]
    host = authority.removesuffix(":8080")
    return tuple(reversed(prefixes)), host, registrable_domain(host)


def test_published_numbers_are_judged_as_published() -> None:
    rows = csv.DictReader(vectors("identifiers/identifiers.csv").splitlines())
    kinds = {kind.value for kind in IdentifierKind}
    wrong = [
        row["value"]
        for row in rows
        if row["scheme"] in kinds
        and is_valid(IdentifierKind(row["scheme"]), row["value"]) != (row["valid"] == "True")
    ]
    assert wrong == []


def test_the_public_suffix_list_finds_the_registrable_domain() -> None:
    lines = vectors("psl/tests.txt").splitlines()
    wrong = []
    for line in lines:
        name, _, expected = line.partition(" ")
        if not expected or name.startswith(("//", ".")) or name == "null":
            continue
        host = location_keys(parse(IdentifierKind.URL, f"https://{name}/")).host
        if expected == "null":
            found = None
        else:
            found = location_keys(parse(IdentifierKind.URL, f"https://{expected}/")).host
        if registrable_domain(host) != found:
            wrong.append(line)
    assert wrong == []


def test_published_urls_are_read_as_browsers_read_them() -> None:
    for case in json.loads(vectors("url/wpt_urltestdata.json")):
        if isinstance(case, str) or case.get("base") or "failure" not in case:
            continue
        with pytest.raises(InvalidUrl):
            parse(IdentifierKind.URL, case["input"])


def test_published_urls_that_mean_one_page_have_one_form() -> None:
    for case in json.loads(vectors("url/wpt_urltestdata.json")):
        if isinstance(case, str) or case.get("failure"):
            continue
        if case["protocol"] in ("http:", "https:") and is_valid(IdentifierKind.URL, case["href"]):
            found = parse(IdentifierKind.URL, case["href"])
            again = parse(IdentifierKind.URL, found.value)
            assert again == found
            assert location_keys(found).host == case["hostname"].removesuffix(".")


def test_naughty_strings_are_identifiers_or_refused_in_words() -> None:
    for text in json.loads(vectors("strings/blns.json")):
        for kind in IdentifierKind:
            is_valid(kind, text)


NEARLY = st.one_of(
    st.text(),
    st.text(alphabet="0123456789X- T.abcdef%/:", max_size=80),
    st.builds(
        "{}{}".format, st.sampled_from(["http://", "https://a.example/", "10.1000/"]), st.text()
    ),
    st.builds("ISCC:{}".format, st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", max_size=70)),
)


@settings(max_examples=1_000, deadline=None)
@given(st.sampled_from(IdentifierKind), NEARLY)
@example(IdentifierKind.URL, "http://xn--/")
@example(IdentifierKind.URL, "http://xn--a-ecp.example/")
def test_any_text_gives_a_stable_identifier_or_a_refusal(kind: IdentifierKind, text: str) -> None:
    if not is_valid(kind, text):
        return
    found = parse(kind, text)
    assert parse(kind, found.value) == found
    assert len(found.key) == 32
    if kind is IdentifierKind.URL:
        keys = location_keys(found)
        assert all(found.value.startswith(prefix) for prefix in keys.prefixes)
        assert keys.domain is None or keys.host.endswith(keys.domain)


def is_valid(kind: IdentifierKind, text: str) -> bool:
    try:
        return isinstance(parse(kind, text), Identifier)
    except InvalidIdentifier:
        return False
