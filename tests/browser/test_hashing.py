"""Files are digested in the browser: correctly, without freezing the page, and never sent."""

import hashlib
import random
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Page

MEGABYTE = 1024 * 1024
Serve = Callable[[str], str]

# FIPS 180-2 appendix B and NIST's "Examples with Intermediate Values".
PUBLISHED = {
    "": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "abc": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq": (
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqr"
    "lmnopqrsmnopqrstnopqrstu": "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1",
    "a" * 1_000_000: "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
}

DIGEST_IN_CHUNKS = """async ([text, size]) => {
  const { Sha256 } = await import("/static/registry/js/sha256.js");
  const bytes = new TextEncoder().encode(text);
  const hash = new Sha256();
  for (let at = 0; at < bytes.length; at += size) hash.update(bytes.subarray(at, at + size));
  return hash.digest();
}"""

# Gives the (length, chunk) pairs for which ours and WebCrypto's digests differ.
AGAINST_WEBCRYPTO = """async (cases) => {
  const { Sha256 } = await import("/static/registry/js/sha256.js");
  const wrong = [];
  for (const [length, chunk] of cases) {
    const bytes = crypto.getRandomValues(new Uint8Array(length));
    const hash = new Sha256();
    for (let at = 0; at < length; at += chunk) hash.update(bytes.subarray(at, at + chunk));
    const theirs = [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))];
    const hex = theirs.map((byte) => byte.toString(16).padStart(2, "0")).join("");
    if (hash.digest() !== hex) wrong.push([length, chunk]);
  }
  return wrong;
}"""

WATCH_THE_MAIN_THREAD = """() => {
  window.frames_drawn = 0;
  window.longest_task = 0;
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) {
      window.longest_task = Math.max(window.longest_task, task.duration);
    }
  }).observe({ type: "longtask" });
  const draw = () => { window.frames_drawn += 1; requestAnimationFrame(draw); };
  requestAnimationFrame(draw);
}"""

HASH_CHOSEN_FILE = """async () => {
  const { Hasher } = await import("/static/registry/js/hasher.js");
  const file = document.querySelector("input").files[0];
  const hasher = new Hasher("/static/registry/js/hash-worker.js");
  const reports = [];
  const onProgress = (done) => reports.push(done);
  const { signal } = new AbortController();
  const started = performance.now();
  const sha256 = await hasher.hash(file, { onProgress, signal });
  return { sha256, reports, seconds: (performance.now() - started) / 1000 };
}"""


@pytest.mark.parametrize("message", PUBLISHED, ids=lambda message: f"{len(message)} bytes")
@pytest.mark.parametrize("chunk", [1, 63, 64, 65, 1_000_003])
def test_published_vectors(page: Page, serve: Serve, message: str, chunk: int) -> None:
    if chunk == 1 and len(message) > 1000:
        chunk = 7
    page.goto(serve(""))

    assert page.evaluate(DIGEST_IN_CHUNKS, [message, chunk]) == PUBLISHED[message]


def test_every_length_around_the_block_borders_agrees_with_webcrypto(
    page: Page, serve: Serve
) -> None:
    lengths = [border + delta for border in (64, 128, 4096) for delta in range(-12, 13)]
    cases = [[length, chunk] for length in lengths for chunk in (1, 13, 55, 64, 100, 5000)]
    page.goto(serve(""))

    assert page.evaluate(AGAINST_WEBCRYPTO, cases) == []


def test_random_lengths_in_odd_chunks_agree_with_webcrypto(page: Page, serve: Serve) -> None:
    source = random.Random(20261122)
    cases = [[source.randrange(65_000), source.randrange(1, 9_000)] for _ in range(300)]
    page.goto(serve(""))

    assert page.evaluate(AGAINST_WEBCRYPTO, cases) == []


@pytest.mark.parametrize(
    "megabytes", [256, pytest.param(1024, marks=pytest.mark.slow)], ids=lambda size: f"{size} MB"
)
def test_a_large_file_does_not_freeze_the_page(
    page: Page, serve: Serve, tmp_path: Path, megabytes: int
) -> None:
    path = large_file(tmp_path, megabytes)
    page.goto(serve("<input type=file>"))
    page.set_input_files("input", path)
    page.evaluate(WATCH_THE_MAIN_THREAD)
    memory_before = memory_of_browsers()

    result = page.evaluate(HASH_CHOSEN_FILE)

    grown = memory_of_browsers() - memory_before
    frames, longest = page.evaluate("[window.frames_drawn, window.longest_task]")
    assert result["sha256"] == digest_of(path)
    assert result["reports"][-1] == path.stat().st_size
    assert result["reports"] == sorted(set(result["reports"]))
    assert longest < 200, f"the page hung for {longest:.0f} ms"
    assert frames > 10 * result["seconds"]
    assert grown < 200 * MEGABYTE, f"memory grew by {grown / MEGABYTE:.0f} MB"


def test_cancelling_frees_the_hasher_for_the_next_file(page: Page, serve: Serve) -> None:
    page.goto(serve(""))

    outcome = page.evaluate("""async () => {
      const { Hasher } = await import("/static/registry/js/hasher.js");
      const hasher = new Hasher("/static/registry/js/hash-worker.js");
      const abort = new AbortController();
      const large = new File([new Uint8Array(64 * 1024 * 1024)], "large");
      const first = hasher.hash(large, { onProgress: () => abort.abort(), signal: abort.signal });
      const reason = await first.catch((error) => error.name);
      const next = new File(["abc"], "small");
      const { signal } = new AbortController();
      return [reason, await hasher.hash(next, { onProgress: () => {}, signal })];
    }""")

    assert outcome == ["AbortError", PUBLISHED["abc"]]


def test_a_file_that_was_moved_since_it_was_chosen_is_refused(
    page: Page, serve: Serve, tmp_path: Path
) -> None:
    path = tmp_path / "song.wav"
    path.write_bytes(b"a song")
    page.goto(serve("<input type=file>"))
    page.set_input_files("input", path)
    path.rename(tmp_path / "elsewhere.wav")

    outcome = page.evaluate(f"({HASH_CHOSEN_FILE})().catch((error) => error.message)")

    assert outcome == "unreadable"


def large_file(folder: Path, megabytes: int) -> Path:
    """Make a file of that size that is mostly a hole, with something at both ends."""
    path = folder / "film.mov"
    with path.open("wb") as file:
        file.write(b"first frame")
        file.seek(megabytes * MEGABYTE - 11)
        file.write(b"last frame.")
    return path


def digest_of(path: Path) -> str:
    """Give the SHA-256 of a file by the standard library."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def memory_of_browsers() -> int:
    """Give the resident bytes of every browser process that this test run started."""
    children = psutil.Process().children(recursive=True)
    return sum(child.memory_info().rss for child in children if "chrom" in child.name())
