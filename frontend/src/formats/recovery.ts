// The recovery code: 160 bits on paper that open the keys when the passphrase is lost.
// Crockford's base 32, because it has no I, L, O, U to confuse. Format: docs/formats/sign-in.md. Proved by test/formats.test.mjs.

import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { base32crockford } from "@scure/base";
import { hex, random, unshared, utf8, type Bytes } from "./bytes";
import { kek } from "./split";

const BYTES = 20;
const SYMBOLS = 32;

/** Eight groups of four, joined by hyphens. */
export function newRecoveryCode(): string {
  const secret = random(BYTES);
  const code = writeRecoveryCode(secret);
  secret.fill(0);
  return code;
}

export function writeRecoveryCode(secret: Uint8Array): string {
  return (base32crockford.encode(secret).match(/.{4}/g) ?? []).join("-");
}

/** The 20 bytes behind what somebody typed, or null when it is not a code. Forgives case, spaces, hyphens, O for 0, I and L for 1. */
export function readRecoveryCode(typed: string): Bytes | null {
  const symbols = typed
    .normalize("NFKC")
    .toUpperCase()
    .replace(/[\s\p{Pd}]+/gu, "")
    .replace(/O/g, "0")
    .replace(/[IL]/g, "1");
  if (symbols.length !== SYMBOLS || !/^[0-9A-HJKMNP-TV-Z]+$/.test(symbols)) return null;
  return unshared(base32crockford.decode(symbols));
}

export const recoveryHalf = (secret: Uint8Array, person: string): Bytes =>
  unshared(hkdf(sha256, secret, utf8(person), utf8("disclosure-portal/recovery/v1"), 32));

/** The half that the server may know, as 64 hexadecimal digits: proves the code at recovery and opens nothing. */
export function recoveryAuth(code: string): string {
  const secret = readRecoveryCode(code);
  if (secret === null) throw new RangeError("not a recovery code");
  const half = hkdf(sha256, secret, new Uint8Array(), utf8("disclosure-portal/recovery-auth/v1"), 32);
  secret.fill(0);
  return hex(half);
}

/** KEK_R of one person; null when the code cannot be read. */
export async function recoveryKey(code: string, person: string): Promise<CryptoKey | null> {
  const secret = readRecoveryCode(code);
  if (secret === null) return null;
  const bytes = recoveryHalf(secret, person);
  const key = await kek(bytes);
  secret.fill(0);
  bytes.fill(0);
  return key;
}
