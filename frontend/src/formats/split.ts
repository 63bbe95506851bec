// One passphrase, two halves: `auth` proves it to the server, the wrap key never leaves this browser.
// Format: docs/formats/sign-in.md. Proved by its vectors in test/formats.test.mjs.

import { hkdf } from "@noble/hashes/hkdf.js";
import { scrypt } from "@noble/hashes/scrypt.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { hex, unshared, utf8, type Bytes } from "./bytes";
import { normalEmail, normalPassphrase } from "./words";

/** scrypt cost: 128 MiB, about a second. Changing one of these is a new format. */
const COST = { N: 2 ** 17, r: 8, p: 1, dkLen: 32 } as const;

export interface Halves {
  /** Sent to the server: 64 lower-case hex digits. */
  auth: string;
  /** AES-256-GCM key, not extractable. */
  wrapKey: CryptoKey;
}

/** The 32 bytes from which both halves come; the caller wipes them. */
export function masterKey(email: string, passphrase: string, progress?: (share: number) => void): Bytes {
  const salt = utf8(`disclosure-portal/sign-in/v1\n${normalEmail(email)}`);
  const secret = utf8(normalPassphrase(passphrase));
  const master = scrypt(secret, salt, progress === undefined ? COST : { ...COST, onProgress: progress });
  secret.fill(0);
  return unshared(master);
}

export const authHalf = (master: Uint8Array): Bytes =>
  unshared(hkdf(sha256, master, new Uint8Array(0), utf8("disclosure-portal/auth/v1"), 32));

export const wrapHalf = (master: Uint8Array): Bytes =>
  unshared(hkdf(sha256, master, new Uint8Array(0), utf8("disclosure-portal/wrap/v1"), 32));

export async function split(email: string, passphrase: string, progress?: (share: number) => void): Promise<Halves> {
  const master = masterKey(email, passphrase, progress);
  const auth = authHalf(master);
  const wrap = wrapHalf(master);
  const wrapKey = await kek(wrap);
  const halves = { auth: hex(auth), wrapKey };
  for (const secret of [master, auth, wrap]) secret.fill(0);
  return halves;
}

/** A key that only wraps and unwraps, from 32 bytes that the caller wipes. */
export function kek(bytes: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["wrapKey", "unwrapKey"]);
}
