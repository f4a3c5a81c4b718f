"""The request form of Hugging Face's dataset-viewer, which comes as no package.

As its worker sends it (huggingface/dataset-viewer, the job `split-opt-in-out-urls-scan`): text by
aiohttp, which names a charset; the key in a header of the session; no slash at the end; 1,000 URLs
a request, and a blank line beside a URL that would be alone.
"""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import aiohttp

URLS_A_REQUEST = 1_000
Result = TypeVar("Result")


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Give what comes of it; in a thread of its own, since the browser's loop may run in this."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, work).result()


def ask_as_dataset_viewer(
    address: str, *, key: str, urls: list[str], at_once: int
) -> tuple[list[int], list[int]]:
    """Give the places of the URLs that opted in, and of those that opted out."""
    answers = run(_ask(address, key, urls, at_once))
    entries = [entry for answer in answers for entry in answer]
    assert len(entries) == len(urls)
    return (
        [place for place, entry in enumerate(entries) if entry["optIn"]],
        [place for place, entry in enumerate(entries) if entry["optOut"]],
    )


async def _ask(address: str, key: str, urls: list[str], at_once: int) -> list[Any]:
    turns = asyncio.Semaphore(at_once)
    chunks = [urls[n : n + URLS_A_REQUEST] for n in range(0, len(urls), URLS_A_REQUEST)]
    async with aiohttp.ClientSession(headers={"Authorization": f"API {key}"}) as session:

        async def one(chunk: list[str]) -> Any:
            lines = chunk if len(chunk) > 1 else [*chunk, ""]
            async with turns, session.post(url=address, data="\n".join(lines)) as answer:
                found = await answer.json()
                assert "urls" in found, found
                return found["urls"][: len(chunk)]

        return await asyncio.gather(*map(one, chunks))
