// Digests files in a Worker, one at a time; the file itself never leaves the device.

export class Hasher {
  #url;
  #worker = null;

  /** Takes the address of hash-worker.js. */
  constructor(url) {
    this.#url = url;
  }

  /**
   * Gives the file's SHA-256 in hexadecimal; rejects if it cannot be read or if `signal` aborts.
   * `onProgress` is called with the number of bytes done so far.
   */
  hash(file, { onProgress, signal }) {
    this.#worker ??= new Worker(this.#url, { type: "module" });
    const worker = this.#worker;
    return new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => {
        if (data.sha256) resolve(data.sha256);
        else if (data.error) reject(new Error(data.error));
        else onProgress(data.doneBytes);
      };
      worker.onerror = () => reject(new Error("the worker did not start"));
      signal.addEventListener("abort", () => {
        if (worker === this.#worker) this.#stop();
        reject(signal.reason);
      });
      worker.postMessage({ file });
    });
  }

  #stop() {
    this.#worker.terminate();
    this.#worker = null;
  }
}
