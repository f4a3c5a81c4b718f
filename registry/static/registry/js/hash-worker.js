// Digests one file after another away from the page, a slice at a time, so that memory stays flat.
//
// In:  {file}                    start on a file
// Out: {doneBytes}               after each slice
//      {sha256}                  the file is done
//      {error: "unreadable"}     the file was moved or changed, is empty, or is a folder

import { Sha256 } from "./sha256.js";

const SLICE_BYTES = 4 * 1024 * 1024;

self.addEventListener("message", async ({ data }) => {
  try {
    self.postMessage({ sha256: await digest(data.file) });
  } catch {
    self.postMessage({ error: "unreadable" });
  }
});

async function digest(file) {
  const hash = new Sha256();
  let doneBytes = 0;
  let next = readSlice(file, 0);
  do {
    const bytes = await next;
    doneBytes += bytes.length;
    if (doneBytes < file.size) next = readSlice(file, doneBytes);
    hash.update(bytes);
    self.postMessage({ doneBytes });
  } while (doneBytes < file.size);
  return hash.digest();
}

// A file that is gone may look like an empty one; the digest of nothing must never be given.
async function readSlice(file, start) {
  const bytes = new Uint8Array(await file.slice(start, start + SLICE_BYTES).arrayBuffer());
  if (bytes.length === 0) throw new Error("nothing to read");
  return bytes;
}
