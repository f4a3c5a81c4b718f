// The list of files to register (templates/parts/files.html): each is digested here, one after the
// other, and becomes a row of form fields. What a row says stands in the template, by its state:
// waiting, reading, done, empty, unreadable, duplicate.

import { onFiles } from "./drop.js";
import { Hasher } from "./hasher.js";

const TITLE_LENGTH = 300;
const TEXT_TYPES = /^text\/|pdf|epub|msword|officedocument\.word|opendocument\.text|rtf/;

const language = document.documentElement.lang;

class FileList {
  #root;
  #list;
  #submit;
  #hasher;
  #files = new Map(); // row -> File
  #inHand = null; // {row, abort}
  #frame = 0;

  constructor(root) {
    this.#root = root;
    this.#list = root.querySelector("[data-list]");
    this.#submit = root.closest("form")?.querySelector("[data-submit]");
    this.#hasher = new Hasher(root.dataset.worker);
    this.#list.addEventListener("click", ({ target }) => {
      if (target.closest("[data-remove]")) this.#remove(target.closest("[data-state]"));
    });
    onFiles(root.querySelector("[data-drop]"), (files) => this.#add(files));
    this.#refresh();
  }

  #add(files) {
    const room = Number(this.#root.dataset.most || Infinity) - this.#list.children.length;
    for (const file of files.slice(0, room)) this.#list.append(this.#newRow(file));
    this.#root.querySelector("[data-too-many]").hidden = files.length <= room;
    this.#refresh();
    if (!this.#inHand) this.#hashAll();
  }

  #newRow(file) {
    const template = this.#root.querySelector("template");
    const row = template.content.firstElementChild.cloneNode(true);
    row.dataset.state = file.size > 0 ? "waiting" : "empty";
    for (const slot of row.querySelectorAll("[data-file-name]")) slot.textContent = file.name;
    row.querySelector("[data-size]").textContent = readableSize(file.size);
    row.querySelector("progress").max = file.size || 1;
    row.querySelector("[name=title]").value = titleFrom(file.name);
    row.querySelector("[name=medium]").value = mediumOf(file);
    this.#files.set(row, file);
    return row;
  }

  async #hashAll() {
    for (let row = this.#first("waiting"); row; row = this.#first("waiting")) {
      const abort = new AbortController();
      this.#inHand = { row, abort };
      row.dataset.state = "reading";
      await this.#hash(row, abort.signal);
      this.#refresh();
    }
    this.#inHand = null;
    this.#refresh();
  }

  async #hash(row, signal) {
    const progress = row.querySelector("progress");
    const onProgress = (doneBytes) => {
      progress.value = doneBytes;
      this.#refresh();
    };
    try {
      const sha256 = await this.#hasher.hash(this.#files.get(row), { onProgress, signal });
      this.#finish(row, sha256);
    } catch {
      row.dataset.state = "unreadable";
    }
  }

  #finish(row, sha256) {
    const twin = this.#rows("done").find((other) => digestOf(other) === sha256);
    row.querySelector("[name=sha256]").value = sha256;
    row.querySelector("fieldset").disabled = Boolean(twin);
    row.dataset.state = twin ? "duplicate" : "done";
  }

  #remove(row) {
    const neighbour = row.nextElementSibling ?? row.previousElementSibling;
    const focus = neighbour?.querySelector("[data-remove]") ?? this.#root.querySelector("[type=file]");
    if (this.#inHand?.row === row) this.#inHand.abort.abort();
    row.remove();
    this.#files.delete(row);
    if (row.dataset.state === "done") this.#promoteTwin(digestOf(row));
    this.#refresh();
    focus.focus();
  }

  #promoteTwin(sha256) {
    const twin = this.#rows("duplicate").find((row) => digestOf(row) === sha256);
    if (twin) this.#finish(twin, sha256);
  }

  #refresh() {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#showTotal());
  }

  #showTotal() {
    const total = this.#root.querySelector("[data-total]");
    const done = this.#rows("done");
    const open = [...this.#rows("waiting"), ...this.#rows("reading")];
    total.hidden = this.#list.children.length === 0;
    total.querySelector("[data-done]").textContent = done.length;
    total.querySelector("[data-all]").textContent = done.length + open.length;
    const bars = [...done, ...open].map((row) => row.querySelector("progress"));
    const progress = total.querySelector("progress");
    progress.hidden = open.length === 0;
    progress.max = bars.reduce((sum, bar) => sum + bar.max, 0) || 1;
    progress.value = bars.reduce((sum, bar) => sum + bar.value, 0);
    if (this.#submit) this.#submit.disabled = open.length > 0;
    if (open.length === 0) this.#announce();
  }

  // Said aloud once at the end, not for every file.
  #announce() {
    const text = this.#root.querySelector("[data-count]").textContent;
    this.#root.querySelector("[role=status]").textContent = text;
  }

  #rows(state) {
    return [...this.#list.querySelectorAll(`[data-state=${state}]`)];
  }

  #first(state) {
    return this.#list.querySelector(`[data-state=${state}]`);
  }
}

function digestOf(row) {
  return row.querySelector("[name=sha256]").value;
}

function titleFrom(fileName) {
  const title = fileName.replace(/(.)\.[^.]*$/, "$1").replaceAll("_", " ").trim();
  return (title || fileName).slice(0, TITLE_LENGTH);
}

function mediumOf(file) {
  const kind = file.type.split("/")[0];
  if (["image", "audio", "video"].includes(kind)) return kind;
  return TEXT_TYPES.test(file.type) ? "text" : "other";
}

function readableSize(bytes) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];
  const power = Math.min(Math.floor(Math.log10(bytes || 1) / 3), units.length - 1);
  const format = { style: "unit", unit: units[power], maximumFractionDigits: 1 };
  return new Intl.NumberFormat(language, format).format(bytes / 1000 ** power);
}

for (const root of document.querySelectorAll("[data-files]")) new FileList(root);
