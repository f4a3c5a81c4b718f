// SHA-256 (FIPS 180-4) over a stream of bytes: WebCrypto can only digest a whole buffer at once.

const BLOCK_BYTES = 64;

// Section 4.2.2: the first 32 bits of the fractional parts of the cube roots of 64 primes.
const K = new Int32Array([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);

// Section 5.3.3: the first 32 bits of the fractional parts of the square roots of 8 primes.
const INITIAL_STATE = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
];

/** One digest in the making: `update` as often as needed, then `digest` once. */
export class Sha256 {
  #state = Int32Array.from(INITIAL_STATE);
  #pending = new Uint8Array(BLOCK_BYTES);
  #pendingBytes = 0;
  #totalBytes = 0;

  /** Takes in a Uint8Array of any length. */
  update(bytes) {
    this.#totalBytes += bytes.length;
    let start = 0;
    if (this.#pendingBytes > 0) {
      start = Math.min(BLOCK_BYTES - this.#pendingBytes, bytes.length);
      this.#pending.set(bytes.subarray(0, start), this.#pendingBytes);
      this.#pendingBytes += start;
      if (this.#pendingBytes < BLOCK_BYTES) return;
      compress(this.#state, this.#pending, 0, BLOCK_BYTES);
    }
    const end = bytes.length - ((bytes.length - start) % BLOCK_BYTES);
    compress(this.#state, bytes, start, end);
    this.#pending.set(bytes.subarray(end));
    this.#pendingBytes = bytes.length - end;
  }

  /** Gives the digest as 64 lower-case hexadecimal characters. */
  digest() {
    this.update(padding(this.#totalBytes));
    return Array.from(this.#state, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  }
}

/** Gives what follows a message of so many bytes (section 5.1.1). */
function padding(messageBytes) {
  const lengthBytes = 8;
  const free = BLOCK_BYTES - ((messageBytes + lengthBytes) % BLOCK_BYTES);
  const bytes = new Uint8Array(free + lengthBytes);
  bytes[0] = 0x80;
  const messageBits = messageBytes * 8;
  const view = new DataView(bytes.buffer, free);
  view.setUint32(0, Math.floor(messageBits / 2 ** 32));
  view.setUint32(4, messageBits % 2 ** 32);
  return bytes;
}

// Section 4.1.2. The sums of three rotations stay written out below: only functions as small as
// these are inlined everywhere, and a call for each sum would make it three times slower.

function rotr(x, n) {
  return (x >>> n) | (x << (32 - n));
}

function ch(e, f, g) {
  return g ^ (e & (f ^ g));
}

function maj(a, b, c) {
  return (a & b) ^ (c & (a ^ b));
}

/**
 * Works the whole blocks between two offsets into the state (section 6.2.2).
 * The rounds are written out, sixteen a pass, with the message schedule in variables:
 * that is twice as fast as the textbook loop over arrays.
 */
function compress(state, bytes, start, end) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let [a0, b0, c0, d0, e0, f0, g0, h0] = state;
  for (let offset = start; offset < end; offset += BLOCK_BYTES) {
    let a = a0, b = b0, c = c0, d = d0, e = e0, f = f0, g = g0, h = h0;
    let w0 = view.getInt32(offset);
    let w1 = view.getInt32(offset + 4);
    let w2 = view.getInt32(offset + 8);
    let w3 = view.getInt32(offset + 12);
    let w4 = view.getInt32(offset + 16);
    let w5 = view.getInt32(offset + 20);
    let w6 = view.getInt32(offset + 24);
    let w7 = view.getInt32(offset + 28);
    let w8 = view.getInt32(offset + 32);
    let w9 = view.getInt32(offset + 36);
    let w10 = view.getInt32(offset + 40);
    let w11 = view.getInt32(offset + 44);
    let w12 = view.getInt32(offset + 48);
    let w13 = view.getInt32(offset + 52);
    let w14 = view.getInt32(offset + 56);
    let w15 = view.getInt32(offset + 60);
    for (let t = 0; ; t += 16) {
      h = (h + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) + ch(e, f, g) + K[t] + w0) | 0;
      d = (d + h) | 0;
      h = (h + (rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + maj(a, b, c)) | 0;
      g = (g + (rotr(d, 6) ^ rotr(d, 11) ^ rotr(d, 25)) + ch(d, e, f) + K[t + 1] + w1) | 0;
      c = (c + g) | 0;
      g = (g + (rotr(h, 2) ^ rotr(h, 13) ^ rotr(h, 22)) + maj(h, a, b)) | 0;
      f = (f + (rotr(c, 6) ^ rotr(c, 11) ^ rotr(c, 25)) + ch(c, d, e) + K[t + 2] + w2) | 0;
      b = (b + f) | 0;
      f = (f + (rotr(g, 2) ^ rotr(g, 13) ^ rotr(g, 22)) + maj(g, h, a)) | 0;
      e = (e + (rotr(b, 6) ^ rotr(b, 11) ^ rotr(b, 25)) + ch(b, c, d) + K[t + 3] + w3) | 0;
      a = (a + e) | 0;
      e = (e + (rotr(f, 2) ^ rotr(f, 13) ^ rotr(f, 22)) + maj(f, g, h)) | 0;
      d = (d + (rotr(a, 6) ^ rotr(a, 11) ^ rotr(a, 25)) + ch(a, b, c) + K[t + 4] + w4) | 0;
      h = (h + d) | 0;
      d = (d + (rotr(e, 2) ^ rotr(e, 13) ^ rotr(e, 22)) + maj(e, f, g)) | 0;
      c = (c + (rotr(h, 6) ^ rotr(h, 11) ^ rotr(h, 25)) + ch(h, a, b) + K[t + 5] + w5) | 0;
      g = (g + c) | 0;
      c = (c + (rotr(d, 2) ^ rotr(d, 13) ^ rotr(d, 22)) + maj(d, e, f)) | 0;
      b = (b + (rotr(g, 6) ^ rotr(g, 11) ^ rotr(g, 25)) + ch(g, h, a) + K[t + 6] + w6) | 0;
      f = (f + b) | 0;
      b = (b + (rotr(c, 2) ^ rotr(c, 13) ^ rotr(c, 22)) + maj(c, d, e)) | 0;
      a = (a + (rotr(f, 6) ^ rotr(f, 11) ^ rotr(f, 25)) + ch(f, g, h) + K[t + 7] + w7) | 0;
      e = (e + a) | 0;
      a = (a + (rotr(b, 2) ^ rotr(b, 13) ^ rotr(b, 22)) + maj(b, c, d)) | 0;
      h = (h + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) + ch(e, f, g) + K[t + 8] + w8) | 0;
      d = (d + h) | 0;
      h = (h + (rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + maj(a, b, c)) | 0;
      g = (g + (rotr(d, 6) ^ rotr(d, 11) ^ rotr(d, 25)) + ch(d, e, f) + K[t + 9] + w9) | 0;
      c = (c + g) | 0;
      g = (g + (rotr(h, 2) ^ rotr(h, 13) ^ rotr(h, 22)) + maj(h, a, b)) | 0;
      f = (f + (rotr(c, 6) ^ rotr(c, 11) ^ rotr(c, 25)) + ch(c, d, e) + K[t + 10] + w10) | 0;
      b = (b + f) | 0;
      f = (f + (rotr(g, 2) ^ rotr(g, 13) ^ rotr(g, 22)) + maj(g, h, a)) | 0;
      e = (e + (rotr(b, 6) ^ rotr(b, 11) ^ rotr(b, 25)) + ch(b, c, d) + K[t + 11] + w11) | 0;
      a = (a + e) | 0;
      e = (e + (rotr(f, 2) ^ rotr(f, 13) ^ rotr(f, 22)) + maj(f, g, h)) | 0;
      d = (d + (rotr(a, 6) ^ rotr(a, 11) ^ rotr(a, 25)) + ch(a, b, c) + K[t + 12] + w12) | 0;
      h = (h + d) | 0;
      d = (d + (rotr(e, 2) ^ rotr(e, 13) ^ rotr(e, 22)) + maj(e, f, g)) | 0;
      c = (c + (rotr(h, 6) ^ rotr(h, 11) ^ rotr(h, 25)) + ch(h, a, b) + K[t + 13] + w13) | 0;
      g = (g + c) | 0;
      c = (c + (rotr(d, 2) ^ rotr(d, 13) ^ rotr(d, 22)) + maj(d, e, f)) | 0;
      b = (b + (rotr(g, 6) ^ rotr(g, 11) ^ rotr(g, 25)) + ch(g, h, a) + K[t + 14] + w14) | 0;
      f = (f + b) | 0;
      b = (b + (rotr(c, 2) ^ rotr(c, 13) ^ rotr(c, 22)) + maj(c, d, e)) | 0;
      a = (a + (rotr(f, 6) ^ rotr(f, 11) ^ rotr(f, 25)) + ch(f, g, h) + K[t + 15] + w15) | 0;
      e = (e + a) | 0;
      a = (a + (rotr(b, 2) ^ rotr(b, 13) ^ rotr(b, 22)) + maj(b, c, d)) | 0;
      if (t === 48) break;
      w0 = (w0 + (rotr(w1, 7) ^ rotr(w1, 18) ^ (w1 >>> 3)) + w9 + (rotr(w14, 17) ^ rotr(w14, 19) ^ (w14 >>> 10))) | 0;
      w1 = (w1 + (rotr(w2, 7) ^ rotr(w2, 18) ^ (w2 >>> 3)) + w10 + (rotr(w15, 17) ^ rotr(w15, 19) ^ (w15 >>> 10))) | 0;
      w2 = (w2 + (rotr(w3, 7) ^ rotr(w3, 18) ^ (w3 >>> 3)) + w11 + (rotr(w0, 17) ^ rotr(w0, 19) ^ (w0 >>> 10))) | 0;
      w3 = (w3 + (rotr(w4, 7) ^ rotr(w4, 18) ^ (w4 >>> 3)) + w12 + (rotr(w1, 17) ^ rotr(w1, 19) ^ (w1 >>> 10))) | 0;
      w4 = (w4 + (rotr(w5, 7) ^ rotr(w5, 18) ^ (w5 >>> 3)) + w13 + (rotr(w2, 17) ^ rotr(w2, 19) ^ (w2 >>> 10))) | 0;
      w5 = (w5 + (rotr(w6, 7) ^ rotr(w6, 18) ^ (w6 >>> 3)) + w14 + (rotr(w3, 17) ^ rotr(w3, 19) ^ (w3 >>> 10))) | 0;
      w6 = (w6 + (rotr(w7, 7) ^ rotr(w7, 18) ^ (w7 >>> 3)) + w15 + (rotr(w4, 17) ^ rotr(w4, 19) ^ (w4 >>> 10))) | 0;
      w7 = (w7 + (rotr(w8, 7) ^ rotr(w8, 18) ^ (w8 >>> 3)) + w0 + (rotr(w5, 17) ^ rotr(w5, 19) ^ (w5 >>> 10))) | 0;
      w8 = (w8 + (rotr(w9, 7) ^ rotr(w9, 18) ^ (w9 >>> 3)) + w1 + (rotr(w6, 17) ^ rotr(w6, 19) ^ (w6 >>> 10))) | 0;
      w9 = (w9 + (rotr(w10, 7) ^ rotr(w10, 18) ^ (w10 >>> 3)) + w2 + (rotr(w7, 17) ^ rotr(w7, 19) ^ (w7 >>> 10))) | 0;
      w10 = (w10 + (rotr(w11, 7) ^ rotr(w11, 18) ^ (w11 >>> 3)) + w3 + (rotr(w8, 17) ^ rotr(w8, 19) ^ (w8 >>> 10))) | 0;
      w11 = (w11 + (rotr(w12, 7) ^ rotr(w12, 18) ^ (w12 >>> 3)) + w4 + (rotr(w9, 17) ^ rotr(w9, 19) ^ (w9 >>> 10))) | 0;
      w12 = (w12 + (rotr(w13, 7) ^ rotr(w13, 18) ^ (w13 >>> 3)) + w5 + (rotr(w10, 17) ^ rotr(w10, 19) ^ (w10 >>> 10))) | 0;
      w13 = (w13 + (rotr(w14, 7) ^ rotr(w14, 18) ^ (w14 >>> 3)) + w6 + (rotr(w11, 17) ^ rotr(w11, 19) ^ (w11 >>> 10))) | 0;
      w14 = (w14 + (rotr(w15, 7) ^ rotr(w15, 18) ^ (w15 >>> 3)) + w7 + (rotr(w12, 17) ^ rotr(w12, 19) ^ (w12 >>> 10))) | 0;
      w15 = (w15 + (rotr(w0, 7) ^ rotr(w0, 18) ^ (w0 >>> 3)) + w8 + (rotr(w13, 17) ^ rotr(w13, 19) ^ (w13 >>> 10))) | 0;
    }
    a0 = (a0 + a) | 0; b0 = (b0 + b) | 0; c0 = (c0 + c) | 0; d0 = (d0 + d) | 0;
    e0 = (e0 + e) | 0; f0 = (f0 + f) | 0; g0 = (g0 + g) | 0; h0 = (h0 + h) | 0;
  }
  state[0] = a0; state[1] = b0; state[2] = c0; state[3] = d0;
  state[4] = e0; state[5] = f0; state[6] = g0; state[7] = h0;
}
