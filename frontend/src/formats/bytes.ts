// Bytes in and out of text. Promises: strict decoding, an error instead of a guess.
// Proved by test/formats.test.mjs.

import { base64 as b64, hex as b16 } from "@scure/base";
import { sha256 as hash } from "@noble/hashes/sha2.js";

/** Bytes that WebCrypto accepts: never over shared memory. */
export type Bytes = Uint8Array<ArrayBuffer>;

export const utf8 = (text: string): Bytes => unshared(new TextEncoder().encode(text));

/** Text of well-formed UTF-8; anything else is an error. */
export const text = (bytes: Uint8Array): string =>
  new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);

export const base64 = (bytes: Uint8Array): string => b64.encode(bytes);
export const fromBase64 = (encoded: string): Bytes => unshared(b64.decode(encoded));

/** Lower-case hexadecimal. */
export const hex = (bytes: Uint8Array): string => b16.encode(bytes);
export const fromHex = (encoded: string): Bytes => unshared(b16.decode(encoded));

export const sha256 = (bytes: Uint8Array): Bytes => unshared(hash(bytes));

/** Fresh bytes of the browser's own generator; there is no other source of chance here. */
export const random = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));

export function join(...parts: Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The same bytes, told to the type checker as unshared; copied only where they are shared. */
export function unshared(bytes: Uint8Array): Bytes {
  return bytes.buffer instanceof ArrayBuffer ? (bytes as Bytes) : new Uint8Array(bytes);
}
