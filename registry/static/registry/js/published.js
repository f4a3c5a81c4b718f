// Shows that something was published without a click: as long as the page holds [data-waiting], it
// asks for itself again and takes over its parts marked [data-live].

const PAUSE_MS = 2000;
const MOST_TIMES = 20;

async function refresh() {
  const response = await fetch(location.pathname + location.search);
  if (!response.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const newer = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
    if (newer && !part.contains(document.activeElement)) part.replaceWith(newer);
  }
}

async function watch() {
  for (let time = 0; time < MOST_TIMES && document.querySelector("[data-waiting]"); time += 1) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    if (!document.hidden) await refresh().catch(() => {});
  }
}

watch();
