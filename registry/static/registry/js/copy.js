// Copy buttons (templates/parts/code.html); they show themselves only where copying works.

const DONE_MS = 2000;

function enhance(button) {
  const source = document.getElementById(button.dataset.copy);
  const idle = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(source.textContent.trim());
    button.textContent = button.dataset.copied;
    setTimeout(() => (button.textContent = idle), DONE_MS);
  });
}

if (navigator.clipboard) document.querySelectorAll("[data-copy]").forEach(enhance);
