// The file question of the check page (templates/parts/check_file.html): digests one file here and
// asks with the digest alone. States: idle, reading, empty, unreadable.

import { onFiles } from "./drop.js";
import { Hasher } from "./hasher.js";

function enhance(form) {
  const hasher = new Hasher(form.dataset.worker);
  const field = form.querySelector("[name=sha256]");
  const progress = form.querySelector("progress");
  let abort = null;

  function show(state) {
    form.dataset.state = state;
    field.disabled = true;
  }

  async function ask(file) {
    show("reading");
    abort = new AbortController();
    progress.max = file.size;
    progress.value = 0;
    const onProgress = (doneBytes) => (progress.value = doneBytes);
    try {
      field.value = await hasher.hash(file, { onProgress, signal: abort.signal });
      field.disabled = false;
      form.requestSubmit();
    } catch {
      show(abort.signal.aborted ? "idle" : "unreadable");
    }
  }

  onFiles(form.querySelector("[data-drop]"), ([file]) => {
    if (!file || form.dataset.state === "reading") return;
    if (file.size > 0) ask(file);
    else show("empty");
  });
  form.querySelector("[data-cancel]").addEventListener("click", () => abort.abort());
  // Coming back by the browser's back button shows the page as it was left.
  window.addEventListener("pageshow", () => show("idle"));
}

for (const form of document.querySelectorAll("[data-file-check]")) enhance(form);
