// A drop zone: a file input in a box; files come by click, by keyboard or by dropping.

const HOVER = "over";

/** Calls `take` with the array of files that somebody chose or dropped into the zone. */
export function onFiles(zone, take) {
  const input = zone.querySelector("input[type=file]");
  input.addEventListener("change", () => {
    take([...input.files]);
    input.value = "";
  });
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add(HOVER);
  });
  zone.addEventListener("dragleave", () => zone.classList.remove(HOVER));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove(HOVER);
    take([...event.dataTransfer.files]);
  });
  zone.hidden = false;
}

// A file dropped beside a zone would otherwise replace the page, and all that was typed with it.
for (const type of ["dragover", "drop"]) {
  window.addEventListener(type, (event) => event.preventDefault());
}
