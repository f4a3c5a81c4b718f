"""Whatever is sent: a precise refusal, or an error in the item's place; never a yes."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus, urlsplit

import pytest
from django.test import Client

from consent.statuses import catalogue
from registry.models import Rightsholder
from registry.vocabulary import Choice, IdentifierKind, Usage
from tests.conftest import hash_of

pytestmark = pytest.mark.django_db

Ask = Callable[..., Any]
ADDRESS = "/api/v1/consent"
HASH = "0" * 64
GRANTED = hash_of("Lighthouse").value
ITEM = json.dumps({"sha256": HASH})
KINDS = [kind.value for kind in IdentifierKind]
MEGABYTE = 1024 * 1024


@pytest.fixture(autouse=True)
def _published(vouched: Rightsholder, register: Ask, publish: Ask) -> None:
    """A yes is there to be given by mistake."""
    choices = dict.fromkeys(Usage, Choice.ALLOW)
    register(vouched, "Lighthouse", choices=choices)
    publish()


@pytest.fixture
def bearer(acme_key: str) -> dict[str, str]:
    """The header of a firm."""
    return {"Authorization": f"Bearer {acme_key}"}


@pytest.fixture
def post(client: Client, bearer: dict[str, str]) -> Ask:
    """Send octets as they are, by default as JSON; give the response."""

    def send(body: bytes | str, content_type: str = "application/json", **headers: str) -> Any:
        octets = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.generic("POST", ADDRESS, octets, content_type, headers=bearer | named)

    return send


@pytest.fixture
def get(client: Client, bearer: dict[str, str]) -> Ask:
    """Ask with a query as it is; give the response."""

    def send(query: str, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.get(f"{ADDRESS}?{query}", headers=bearer | named)

    return send


@pytest.fixture
def results(post: Ask) -> Ask:
    """Ask about items; give what stands in their places."""

    def send(items: list[Any]) -> list[dict[str, Any]]:
        answer = post(json.dumps({"items": items}))
        assert answer.status_code == 200, answer.content
        found: list[dict[str, Any]] = answer.json()["results"]
        assert len(found) == len(items)
        return found

    return send


@pytest.fixture
def strings(samples: Path) -> list[str]:
    """The big list of naughty strings."""
    listed: list[str] = json.loads((samples / "vectors" / "strings" / "blns.json").read_text())
    return listed


@pytest.fixture
def urls(samples: Path) -> list[dict[str, Any]]:
    """The URL tests of the Web Platform Tests."""
    listed = json.loads((samples / "vectors" / "url" / "wpt_urltestdata.json").read_text())
    return [each for each in listed if isinstance(each, dict)]


def refusal(answer: Any) -> str:
    """Give the code of a precise refusal: a problem of the caller's, with a page, no verdict."""
    assert 400 <= answer.status_code < 500, (answer.status_code, answer.content[:300])
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    status, _sentence = catalogue()[problem["code"]]
    assert problem["status"] == status == answer.status_code
    assert urlsplit(problem["type"]).path == f"/problems/{problem['code']}"
    assert problem["request_id"] == answer["Request-Id"]
    assert problem["detail"]
    assert "verdict" not in problem
    return str(problem["code"])


def is_no(answer: Any) -> bool:
    """Whether the answer is a precise refusal, or answers every item with a no or an error."""
    if answer.status_code != 200:
        return bool(refusal(answer))
    given = answer.json()
    return all(
        each.get("verdict") == "deny" or each["error"]["code"] in catalogue()
        for each in given.get("results", [given])
    )


# Bodies that are no JSON, or JSON that could be read in two ways


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"null{",
        b"{'items': []}",
        b'{"items": [' + ITEM.encode() + b",]}",
        b'{"items": [' + ITEM.encode() + b"]} {}",
        b'{"items": [' + ITEM.encode() + b"]}\0",
        b'{"items": ["\0"]}',
        b'{"items": ["a\nb"]}',
        b"[" * 1_000_000,
        b'{"a":' * 500_000,
        b'{"items": ' + b"[" * 17 + b"]" * 17 + b"}",
        b'{"items": [' + b'{"sha256":' * 20 + b"1" + b"}" * 20 + b"]}",
        b"[" * 100_000 + b"]" * 100_000,
        b'{"items": [NaN]}',
        b'{"items": [Infinity]}',
        b'{"items": [-Infinity]}',
        b'{"tree_size": NaN, "items": [1]}',
        b'{"items": [{"sha256": NaN}]}',
        b'{"items": [1' + b"0" * 100_000 + b"]}",
        b'{"items": [' + ITEM.encode() + b'], "usage": "mining", "usage": "search"}',
        b'{"items": [' + ITEM.encode() + b'], "items": []}',
        b'{"items": [' + ITEM.encode() + b'], "\\u0069tems": []}',
        b'{"items": [{"sha256": "' + HASH.encode() + b'", "sha256": "' + b"1" * 64 + b'"}]}',
        b'{"items": [{"sha256": "", "sh\\u0061256": ""}]}',
        b'{"items": [{"a": {"b": 1, "b": 2}}]}',
        b'{"items": [{"a": [{"b": 1, "b": 1}]}]}',
        gzip.compress(b'{"items": []}', mtime=0),
        b"items=1",
        b"<items/>",
    ],
    ids=lambda body: repr(body[:40]),
)
def test_what_is_no_json_or_two_readings_of_it_is_refused(body: bytes, post: Ask) -> None:
    assert refusal(post(body)) == "malformed-body"


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbf" + b'{"items": [' + ITEM.encode() + b"]}",
        ('{"items": [' + ITEM + "]}").encode("utf-16"),
        ('{"items": [' + ITEM + "]}").encode("utf-16-le"),
        ('{"items": [' + ITEM + "]}").encode("utf-32"),
        b'{"items": [{"sha256": "\xff"}]}',
        b'{"items": [{"sha256": "\xc0\x80"}]}',
        b'{"items": [{"sha256": "\xed\xa0\x80"}]}',
        b'{"items": [{"sha256": "\xf5\x80\x80\x80"}]}',
        b'{"items": [{"url": "https://example.org/\xe9"}]}',
        b'{"items": [1, {"sha256": "\xed\xa0\x80"}]}',
        b'{"items": [{"sha256": ""}], "usage": "\xff"}',
        b'{"items": [{"sha256": ""}], "\xff": ""}',
    ],
)
def test_json_is_utf_8_and_nothing_before_it(body: bytes, post: Ask) -> None:
    assert refusal(post(body)) == "malformed-body"


@pytest.mark.parametrize(
    "body",
    [
        "null",
        "true",
        "1",
        '"items"',
        "[]",
        f"[{ITEM}]",
        "{}",
        '{"items": null}',
        '{"items": 1}',
        f'{{"items": "{HASH}"}}',
        f'{{"items": {{"sha256": "{HASH}"}}}}',
        '{"items": true}',
    ],
)
def test_items_are_a_list_in_an_object(body: str, post: Ask) -> None:
    assert refusal(post(body)) == "invalid-items"


@pytest.mark.parametrize(
    "body",
    [
        '{"items": []}',
        '{"items": [' + "1," * 2_000_000 + "1]}",
        '{"items": [' + "[]," * 1_000_000 + "[]]}",
        '{"items": [' + '"",' * 1_000_000 + '""]}',
        '{"items": [' + '{"sha256":""},' * 500_000 + '{"sha256":""}]}',
        '{"items": [' + f"{ITEM}," * 10_000 + ITEM + "]}",
    ],
    ids=["none", "numbers", "lists", "texts", "objects", "hashes"],
)
def test_a_batch_has_between_one_and_ten_thousand_items(body: str, post: Ask) -> None:
    assert refusal(post(body)) == "too-many-items"


@pytest.mark.parametrize("name", ["", "Items", "item", "items ", "\0", "a" * 10 * MEGABYTE, "é"])
def test_an_unknown_field_is_refused_by_name(name: str, post: Ask) -> None:
    body = json.dumps({"items": [{"sha256": HASH}], name: 1})
    answer = post(body)
    assert refusal(answer) == "unknown-parameter"
    assert len(answer.content) < 1000


@pytest.mark.parametrize(
    "field",
    [
        '"\\ud800": 1',
        '"detail": "Full"',
        '"detail": 1',
        '"detail": null',
        '"detail": ["full"]',
        '"consistency": "weak"',
        '"consistency": 1',
        '"detail": "\\ud800"',
        '"detail": "full\\u0000"',
    ],
)
def test_an_unknown_value_of_a_field_is_refused(field: str, post: Ask) -> None:
    assert refusal(post(f'{{"items": [{ITEM}], {field}}}')) == "unknown-parameter"


@pytest.mark.parametrize(
    "usage",
    [
        '""',
        '"Search"',
        '"search "',
        '"\uff53earch"',
        '"search\\u0000"',
        '"\\ud800"',
        "1",
        "[]",
        "{}",
        '["search"]',
        "true",
        "1e400",
        '"' + "a" * MEGABYTE + '"',
    ],
    ids=lambda usage: usage[:20],
)
def test_an_unknown_usage_is_refused(usage: str, post: Ask) -> None:
    assert refusal(post(f'{{"items": [{ITEM}], "usage": {usage}}}')) == "unknown-usage"


@pytest.mark.parametrize(
    "size",
    [
        "-1",
        "-0.0",
        "1.0",
        "1e3",
        "1e400",
        "-1e400",
        "9223372036854775808",
        "18446744073709551616",
        "1" + "0" * 400,
        "true",
        "[]",
        "{}",
        '""',
        '"-1"',
        '"1.0"',
        '"+1"',
        '" 1"',
        '"1_0"',
        '"0x1"',
        '"\\uff11"',
        '"\\u00b2"',
        '"\\ud800"',
        '"\\u0000"',
        '"' + "9" * 5000 + '"',
    ],
    ids=lambda size: size[:20],
)
def test_a_size_of_the_log_is_a_whole_number(size: str, post: Ask) -> None:
    assert refusal(post(f'{{"items": [{ITEM}], "tree_size": {size}}}')) == "invalid-moment"


@pytest.mark.parametrize("size", ["9223372036854775807", "1000000"])
def test_a_size_the_log_never_had_is_unknown(size: str, post: Ask, get: Ask) -> None:
    assert refusal(post(f'{{"items": [{ITEM}], "tree_size": {size}}}')) == "unknown-moment"
    assert refusal(get(f"sha256={HASH}&tree_size={size}")) == "unknown-moment"


# Items that are none


@pytest.mark.parametrize(
    "item",
    [
        "null",
        "true",
        "0",
        "-1",
        "1.5",
        "1e400",
        "-1e400",
        "1e-400",
        "1" + "0" * 400,
        '""',
        "[]",
        '["sha256"]',
        "{}",
        f'"{HASH}"',
        f'["{HASH}"]',
        '{"": ""}',
        f'{{"SHA256": "{HASH}"}}',
        f'{{"sha256 ": "{HASH}"}}',
        '{"sha256": null}',
        '{"sha256": 0}',
        '{"sha256": 1e400}',
        '{"sha256": []}',
        f'{{"sha256": ["{HASH}"]}}',
        f'{{"sha256": {{"sha256": "{HASH}"}}}}',
        '{"sha256": true}',
        '{"\\ud800": ""}',
        '{"\\u0000": ""}',
        f'{{"md5": "{HASH[:32]}"}}',
        f'{{"sha256": "{HASH}", "usage": "search"}}',
        f'{{"sha256": "{HASH}", "pdq": "{HASH}"}}',
    ],
    ids=lambda item: item[:30],
)
def test_what_is_no_item_is_marked_in_its_place(item: str, post: Ask) -> None:
    answer = post(f'{{"items": [{ITEM}, {item}, {ITEM}]}}')
    assert answer.status_code == 200, answer.content
    before, marked, after = answer.json()["results"]
    assert marked["error"]["code"] == "one-identifier"
    assert "verdict" not in marked
    assert before["verdict"] == after["verdict"] == "deny"


BAD_HASHES = [
    "",
    " ",
    "0",
    "0" * 63,
    "0" * 65,
    "0" * 62,
    "0" * 128,
    "0x" + "0" * 62,
    "0x" + "0" * 64,
    "g" * 64,
    "00 " * 21 + "0",
    "0" * 32 + " " + "0" * 32,
    "0" * 32 + " " + "0" * 31,
    "0" * 32 + "  " + "0" * 30,
    "0" * 31 + "\t" + "0" * 32,
    "0" * 32 + "\n" + "0" * 32,
    "0" * 32 + "\xa0" + "0" * 31,
    "0" * 63 + "\0",
    "\uff10" * 64,
    "\u0660" * 64,
    "0" * 63 + "\u00b2",
    "0" * 63 + "é",
    "-" + "0" * 63,
    "_".join(["0" * 31, "0" * 32]),
    "sha256:" + "0" * 57,
    "sha256:" + "0" * 64,
    '"' + "0" * 62 + '"',
    "A" * 43 + "=",
    GRANTED + "\0",
    GRANTED[:-1],
    GRANTED[:32] + " " + GRANTED[32:],
]


@pytest.mark.parametrize("value", BAD_HASHES)
def test_a_bad_hash_is_refused_whatever_stands_beside_it(
    value: str, get: Ask, results: Ask
) -> None:
    for kind in ("sha256", "pdq"):
        assert refusal(get(f"{kind}={quote(value)}")) == "invalid-hash"
    for beside in ([], [{"sha256": HASH}], [{"url": "https://example.org/"}]):
        marked, *others = results([{"sha256": value}, *beside])
        assert marked["error"]["code"] == "invalid-hash"
        assert all(other["verdict"] == "deny" for other in others)


def test_lengths_that_add_up_are_no_hashes(results: Ask) -> None:
    pairs = [(GRANTED[:-1], GRANTED[-1] + GRANTED), (GRANTED + "0", GRANTED[1:])]
    for pair in pairs:
        found = results([{"sha256": value} for value in pair])
        assert [result.get("error", {}).get("code") for result in found][1] == "invalid-hash"
    good = results([{"sha256": GRANTED}, {"sha256": GRANTED.upper()}, {"sha256": HASH}])
    assert [result["verdict"] for result in good] == ["allow", "allow", "deny"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_of_ten_megabytes_is_an_error_in_its_place(kind: str, results: Ask) -> None:
    for character in ("0", "é", "%", "a/"):
        text = character * (10 * MEGABYTE // len(character.encode()))
        prefix = "https://example.org/" if kind == "url" else ""
        [marked] = results([{kind: prefix + text}])
        assert marked["error"]["code"] in catalogue()
        assert len(str(marked)) < 1000


def test_a_text_of_ten_megabytes_is_too_much_from_a_stranger(client: Client) -> None:
    body = json.dumps({"items": [{"sha256": "0" * 10 * MEGABYTE}]})
    assert refusal(client.post(ADDRESS, body, "application/json")) == "body-too-large"


def test_a_body_above_the_limit_is_refused(post: Ask) -> None:
    assert refusal(post(b" " * (32 * MEGABYTE + 1))) == "body-too-large"
    octets = bytes(32 * MEGABYTE + 32)
    assert refusal(post(octets, "application/octet-stream")) == "body-too-large"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "value",
    ["", " ", "\0", "a\0b", "\ud800", "\udfff\ud800", "\ufeff", "\u202e", "x" * 9000, "\U0010ffff"],
    ids=ascii,
)
def test_no_strange_character_is_an_item_of_any_kind(kind: str, value: str, results: Ask) -> None:
    [marked, fine] = results([{kind: value}, {"sha256": GRANTED}])
    assert marked["error"]["code"] in catalogue()
    assert fine["verdict"] == "allow"


@pytest.mark.parametrize("body", [b"", b"0" * 31, b"0" * 33, b"\0", HASH.encode() + b"\n"])
def test_records_have_32_octets_each(body: bytes, post: Ask) -> None:
    code = refusal(post(body, "application/octet-stream"))
    assert code in {"invalid-records", "malformed-body"}


def test_too_many_records_are_refused(post: Ask) -> None:
    answer = post(bytes(32 * 10_001), "application/octet-stream")
    assert refusal(answer) == "too-many-items"


# Content types and other headers


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "text/json",
        "application/x-www-form-urlencoded",
        "application/xml",
        "json",
        "application/",
        "/",
        "application",
        ";",
        "application/json/json",
        "application/problem+json",
        "application/jsonx",
        "multipart/form-data",
        "a" * 10000,
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=a",
        "ÿ/þ",
    ],
    ids=lambda text: text[:30],
)
def test_another_content_type_is_refused(content_type: str, post: Ask) -> None:
    code = refusal(post(f'{{"items": [{ITEM}]}}', content_type))
    assert code == "unsupported-media-type"


def test_no_content_type_is_refused(post: Ask) -> None:
    assert refusal(post(f'{{"items": [{ITEM}]}}', "")) == "unsupported-media-type"


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json; charset=utf-8",
        'application/json; charset="UTF-8"',
        "Application/JSON",
        "application/json;charset=utf-8",
        "application/json; charset=utf-16",
        "application/json; charset=nonsense",
        "application/json; charset=",
        "application/json;",
        "application/json; charset=latin-1",
        "application/json; =;;=",
        "application/json; a=ÿ",
    ],
)
def test_a_parameter_of_the_content_type_changes_no_answer(content_type: str, post: Ask) -> None:
    answer = post(f'{{"items": [{ITEM}, {{"url": "https://é.example/é"}}]}}', content_type)
    assert is_no(answer)


def test_a_compressed_body_is_refused(post: Ask) -> None:
    body = gzip.compress(f'{{"items": [{ITEM}]}}'.encode())
    assert refusal(post(body, Content_Encoding="gzip")) == "malformed-body"


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        " ",
        "Bearer",
        "Bearer ",
        "bearer",
        "Basic",
        "Basic YTpi",
        "Token x",
        "API x",
        "x",
        ",",
        ", Bearer",
        "Bearer x y",
        "Bearer crk_live_",
        "Bearer crk_live_00000000_" + "0" * 38,
        "Bearer ÿþ",
        "Bearer\tx",
        "Bearer crk_live_é",
        "Bearer " + "0" * 100000,
        "Bearer null",
        "Bearer {}",
        "Bearer {key}, Bearer {key}",
        "Bearer {key} {key}",
        "{key}",
        "API {key}",
        "Basic {key}",
        "Bearer: {key}",
        "Bearer={key}",
        "Bearer\xa0{key}",
        "Bearer {upper}",
    ],
    ids=lambda text: ascii(text[:30]),
)
def test_a_bad_authorization_is_refused_and_never_anonymous(
    authorization: str, client: Client, acme_key: str
) -> None:
    header = authorization.replace("{key}", acme_key).replace("{upper}", acme_key.upper())
    headers = {"Authorization": header}
    for answer in (
        client.get(ADDRESS, {"sha256": GRANTED}, headers=headers),
        client.post(ADDRESS, f'{{"items": [{ITEM}]}}', "application/json", headers=headers),
    ):
        assert refusal(answer) == "invalid-key"
        assert answer["WWW-Authenticate"].startswith("Bearer")
        assert acme_key not in answer.content.decode()


@pytest.mark.parametrize(
    "accept",
    [
        "",
        "*/*",
        "*",
        "a",
        "/",
        ";",
        ",",
        ",,,",
        "application/json;q=0",
        "application/json;q=x",
        "text/html",
        "image/png, */*;q=0.1",
        "ÿ",
        "application/json; charset=utf-16",
        "a" * 10000,
        "application/json" + ",application/json" * 2000,
        "application/json; indent=9999999999",
    ],
    ids=lambda text: ascii(text[:30]),
)
def test_no_accept_header_breaks_an_answer(accept: str, get: Ask) -> None:
    answer = get(f"sha256={HASH}", Accept=accept)
    assert is_no(answer)


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept_Language": "x" * 10_000},
        {"Accept_Language": "fr;q=x, ../../etc, \xff"},
        {"Cookie": "sessionid=\xff; csrftoken=\0; =;=;" + "a=b;" * 500},
        {"Cookie": "django_language=../../../etc"},
        {"X_Forwarded_For": "nonsense, \xff"},
        {"Accept_Charset": "utf-16"},
        {"If_None_Match": '"\xff", *, W/"' + "a" * 5000},
        {"If_Modified_Since": "yesterday"},
        {"Range": "bytes=0-1"},
        {"X_HTTP_Method_Override": "DELETE"},
        {"Origin": "null"},
        {"Referer": "\xff"},
        {"User_Agent": ""},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_no_other_header_changes_an_answer(headers: dict[str, str], get: Ask, post: Ask) -> None:
    assert get(f"sha256={HASH}", **headers).json()["verdict"] == "deny"
    answer = post(f'{{"items": [{ITEM}]}}', **headers)
    assert answer.json()["results"][0]["verdict"] == "deny"


def test_a_host_that_is_not_ours_is_refused_with_a_problem(client: Client) -> None:
    for host in ("zed.example", "a b", "\xff", "localhost:port", "[::1"):
        answer = client.get(ADDRESS, {"sha256": HASH}, headers={"Host": host})
        assert refusal(answer) == "bad-request"
    page = client.get("/", headers={"Host": "zed.example"})
    assert page.status_code == 400
    assert page["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "BREW", "get2"])
def test_another_method_is_refused(method: str, client: Client, bearer: dict[str, str]) -> None:
    answer = client.generic(method, f"{ADDRESS}?sha256={GRANTED}", headers=bearer)
    assert refusal(answer) == "method-not-allowed"
    assert "POST" in answer["Allow"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/",
        "/api/v1/",
        "/api/v1/consent/",
        "/api/v1/consents",
        "/api/v2/consent",
        "/api/v1/%00",
        "/api/v1/%ff%fe",
        "/api/v1/" + "a" * 10000,
        "/api/v1//consent",
        "/api/v1/consent%0a",
        "/api/v1/../v1/consent/x",
        "/api/v1/%2e%2e/x",
        "/api/v1/consent;a=b",
        "/api/v2/query/url",
    ],
)
def test_an_unknown_address_is_a_problem(path: str, client: Client) -> None:
    assert refusal(client.get(path)) == "not-found"


# Single questions


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "one-identifier"),
        ("sha256", "invalid-hash"),
        ("=", "unknown-parameter"),
        ("&&&", "one-identifier"),
        ("sha256=", "invalid-hash"),
        (f"SHA256={HASH}", "unknown-parameter"),
        (f"sha256%00={HASH}", "unknown-parameter"),
        (f"sha256[]={HASH}", "unknown-parameter"),
        (f"%ff={HASH}", "unknown-parameter"),
        (f"sha256={HASH}&format=json", "unknown-parameter"),
        (f"sha256={HASH}&format=html", "unknown-parameter"),
        (f"sha256={HASH}&detail=full", "unknown-parameter"),
        (f"sha256={HASH}&" + "a" * 50_000 + "=1", "unknown-parameter"),
        (f"sha256={GRANTED}&sha256={GRANTED}", "repeated-parameter"),
        (f"sha256={GRANTED}&sha256=", "repeated-parameter"),
        (f"sha256={HASH}&usage=search&usage=search", "repeated-parameter"),
        (f"sha256={HASH}&receipt=1&receipt=1", "repeated-parameter"),
        ("&".join([f"sha256={GRANTED}"] * 5000), "repeated-parameter"),
        ("&".join(f"a{n}=1" for n in range(5000)), "unknown-parameter"),
        ("&".join(f"a{n}=1" for n in range(8001)), "bad-request"),
        ("&".join([f"sha256={GRANTED}"] * 8001), "bad-request"),
        ("url=https://example.org/" + "a" * 100_000, "url-too-long"),
        ("url=https://example.org/" + "a" * 7981, "url-too-long"),
        ("url=https://example.org/" + "%25" * 8000, "url-too-long"),
        ("url=https://example.org/" + "%E9" * 2700, "url-too-long"),
        ("url=https://" + "a." * 200 + "example/", "invalid-url"),
        ("url=https://user:password@example.org/", "invalid-url"),
        ("url=https://user@example.org/", "invalid-url"),
        ("url=" + quote_plus("https://exa mple.org/"), "invalid-url"),
        ("url=" + quote_plus("https://[::1"), "invalid-url"),
        ("url=https://1.2.3.4.5/", "invalid-url"),
        ("url=https://256.256.256.256/", "invalid-url"),
        ("url=https://example.org:65536/", "invalid-url"),
        ("url=javascript:alert(1)", "invalid-url"),
        ("url=data:text/html,x", "invalid-url"),
        ("url=file:///etc/passwd", "invalid-url"),
        ("url=//example.org/", "invalid-url"),
        ("url=example.org", "invalid-url"),
        ("isbn=" + "9" * 13, "invalid-check-digit"),
        ("isbn=" + "9" * 10_000, "invalid-identifier"),
        ("isrc=GBAYE680000", "invalid-identifier"),
        ("iswc=T0345246802", "invalid-check-digit"),
        ("doi=10.1/x", "invalid-identifier"),
        ("doi=10.1000/", "invalid-identifier"),
        ("doi=10.1000/" + "a" * 10_000, "invalid-identifier"),
        ("iscc=ISCC:", "invalid-identifier"),
        ("iscc=ISCC:" + "A" * 10_000, "invalid-identifier"),
        ("pdq=0", "invalid-hash"),
        (f"sha256={HASH}&usage=", "unknown-usage"),
        (f"sha256={HASH}&usage=Search", "unknown-usage"),
        (f"sha256={HASH}&usage=search%00", "unknown-usage"),
        (f"sha256={HASH}&usage=%ff", "unknown-usage"),
        (f"sha256={HASH}&usage=" + "a" * 50_000, "unknown-usage"),
    ],
    ids=lambda text: text[:40],
)
def test_a_bad_question_gets_its_own_refusal(query: str, code: str, get: Ask) -> None:
    assert refusal(get(query)) == code


@pytest.mark.parametrize(
    "size",
    [
        "",
        "-1",
        "-0",
        "+1",
        " 1",
        "1 ",
        "1.0",
        "1e3",
        "0x1",
        "1_0",
        "9223372036854775808",
        "None",
        "18446744073709551615",
        "18446744073709551616",
        "1" + "0" * 5000,
        "\uff11",
        "\u00b2",
        "\u0663",
        "\x00",
        "NaN",
    ],
    ids=lambda text: ascii(text[:20]),
)
def test_a_size_in_an_address_is_a_whole_number(size: str, get: Ask) -> None:
    assert refusal(get(f"sha256={GRANTED}&tree_size={quote_plus(size)}")) == "invalid-moment"


@pytest.mark.parametrize("size", ["01", "0000000000000000001"])
def test_leading_zeros_change_no_size(size: str, get: Ask) -> None:
    answer = get(f"sha256={HASH}&tree_size={size}")
    assert is_no(answer)


@pytest.mark.parametrize(
    "at",
    [
        "",
        "now",
        "yesterday",
        "0",
        "1700000000",
        "2026",
        "2026-01-01",
        "2026-01-01T00:00:00",
        "0000-01-01T00:00:00Z",
        "10000-01-01T00:00:00Z",
        "-2026-01-01T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-02-30T00:00:00Z",
        "2025-02-29T00:00:00Z",
        "2026-01-01T24:00:01Z",
        "2026-01-01T00:60:00Z",
        "2016-12-31T23:59:60Z",
        "2026-01-01T00:00:00+24:00",
        "2026-01-01T00:00:00-24:00",
        "2026-01-01T00:00:00+99:99",
        "2026-01-01T00:00:00 02:00",
        "2026-01-01T00:00:00Europe/Paris",
        "2026-01-01T00:00:00ZZ",
        "Z",
        "T",
        "\x00",
        "é",
        "9" * 10000,
    ],
    ids=lambda text: ascii(text[:26]),
)
def test_a_moment_is_a_time_with_its_zone(at: str, get: Ask, post: Ask) -> None:
    assert refusal(get(f"sha256={GRANTED}&at={quote_plus(at)}")) == "invalid-moment"
    body = json.dumps({"items": [{"sha256": GRANTED}], "at": at})
    assert refusal(post(body)) == "invalid-moment"


@pytest.mark.parametrize("at", ["2026-01-01T00:00:00Z\0", "\uff12026-01-01T00:00:00Z"])
def test_a_moment_is_written_in_ascii(at: str, get: Ask) -> None:
    assert refusal(get(f"sha256={GRANTED}&at={quote_plus(at)}")) == "invalid-moment"


@pytest.mark.parametrize(
    "at",
    [
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+23:59",
        "0001-01-01T00:00:00-23:59",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59.999999-23:59",
        "9999-12-31T23:59:59+23:59",
        "1970-01-01T00:00:00Z",
        "2000-02-29T12:00:00.123456789Z",
        "1582-10-10T00:00:00Z",
    ],
)
def test_a_moment_before_the_log_or_to_come_has_no_answer(at: str, get: Ask, post: Ask) -> None:
    code = refusal(get(f"sha256={GRANTED}&at={quote_plus(at)}"))
    assert code == "unknown-moment"
    body = json.dumps({"items": [{"sha256": GRANTED}], "at": at})
    assert refusal(post(body)) == "unknown-moment"


@pytest.mark.parametrize("at", ["1", "1e400", "true", "[]", "{}", '"\\ud800"', "[1, 2]"])
def test_a_moment_in_a_body_is_a_text(at: str, post: Ask) -> None:
    assert refusal(post(f'{{"items": [{ITEM}], "at": {at}}}')) == "invalid-moment"


# Real material


def test_no_naughty_string_is_a_fault_as_an_item_of_a_batch(
    strings: list[str], results: Ask
) -> None:
    for kind in KINDS:
        for found in results([{kind: text} for text in strings]):
            assert found.get("verdict") == "deny" or found["error"]["code"] in catalogue()
    for found in results([{text: text} for text in strings]) + results(strings):
        assert found["error"]["code"] == "one-identifier"


@pytest.fixture(params=[16, pytest.param(1, marks=pytest.mark.slow)], ids=["some", "all"])
def step(request: pytest.FixtureRequest) -> int:
    """Take every sixteenth of many, or with `--all` every one."""
    number: int = request.param
    return number


@pytest.fixture
def some(step: int, strings: list[str]) -> list[str]:
    """Some of the naughty strings."""
    return strings[::step]


def test_no_naughty_string_is_a_fault_in_an_address(some: list[str], get: Ask) -> None:
    for text in some:
        value = quote_plus(text)
        for kind in KINDS:
            assert is_no(get(f"{kind}={value}")), (kind, text)
        assert refusal(get(f"sha256={GRANTED}&usage={value}")) == "unknown-usage"
        assert refusal(get(f"sha256={GRANTED}&at={value}")) == "invalid-moment"
        assert refusal(get(f"{value}={GRANTED}")) == "unknown-parameter"
        assert is_no(get(text)), text


def test_no_naughty_string_is_a_fault_as_a_whole_body(some: list[str], post: Ask) -> None:
    for text in some:
        assert is_no(post(text))
        assert is_no(post(json.dumps(text)))
        body = json.dumps({"items": [{"sha256": GRANTED}], "usage": text})
        assert refusal(post(body)) == "unknown-usage"
        body = json.dumps({"items": [{"sha256": GRANTED}], text: text})
        assert refusal(post(body)) == "unknown-parameter"


def test_no_naughty_string_opts_in_a_line(
    strings: list[str], client: Client, acme_key: str
) -> None:
    answer = client.post(
        "/api/v2/query/urls",
        "\n".join(strings).encode(errors="replace"),
        "text/plain",
        headers={"Authorization": f"API {acme_key}"},
    )
    assert answer.status_code == 200
    assert not any(entry["optIn"] for entry in answer.json()["urls"])


def is_plain_web_address(case: dict[str, Any]) -> bool:
    """Whether a test of the WHATWG parser is of an http(s) URL of its own, without credentials.

    A lone surrogate cannot be sent as UTF-8, and no DNS name has empty labels or such as Punycode
    (RFC 3492) cannot mean.
    """
    return (
        is_web_address(case)
        and case["base"] is None
        and not any("\ud800" <= character <= "\udfff" for character in case["input"])
        and is_name(case["hostname"])
    )


def is_web_address(case: dict[str, Any]) -> bool:
    """Whether the test's result is an http(s) URL without credentials."""
    return (
        not case.get("failure")
        and case["protocol"] in ("http:", "https:")
        and not case["username"]
        and not case["password"]
    )


def is_name(host: str) -> bool:
    """Whether a host could be a name in the DNS."""
    labels = host.removesuffix(".").split(".")
    return all(labels) and not {"xn--", "xn--pokxncvks"}.intersection(labels)


def test_what_browsers_take_for_a_web_address_is_taken_and_nothing_else(
    urls: list[dict[str, Any]], results: Ask
) -> None:
    found = results([{"url": case["input"]} for case in urls])
    assert sum(map(is_plain_web_address, urls)) > 100
    for case, result in zip(urls, found, strict=True):
        if is_plain_web_address(case):
            assert result.get("verdict") == "deny", case
        elif not is_web_address(case):
            assert result["error"]["code"] in {"invalid-url", "url-too-long"}, case
        else:
            assert is_no_result(result), case
    whole = [case for case in urls if is_web_address(case) and is_name(case["hostname"])]
    hrefs = [{"url": case["href"]} for case in whole]
    for href, result in zip(hrefs, results(hrefs), strict=True):
        assert result.get("verdict") == "deny", href


def is_no_result(result: dict[str, Any]) -> bool:
    """Whether an item is answered with a no, or marked."""
    return result.get("verdict") == "deny" or result["error"]["code"] in catalogue()


def test_web_addresses_are_answered_alone_as_in_a_batch(
    urls: list[dict[str, Any]], step: int, results: Ask, get: Ask
) -> None:
    sendable = [case["input"] for case in urls[::step] if case["input"].isprintable()]
    batch = results([{"url": text} for text in sendable])
    for text, result in zip(sendable, batch, strict=True):
        answer = get(f"url={quote_plus(text)}")
        if "error" in result:
            assert refusal(answer) == result["error"]["code"], text
        else:
            assert answer.json()["verdict"] == result["verdict"] == "deny", text
