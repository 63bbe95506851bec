// identity-wrap/v1: a person's two private keys, sealed under one way of unlocking.
// base64(iv[12] || AES-256-GCM(kek, pkcs8, AAD)). Unwrapped keys are not extractable, unless they are to be wrapped for one more passkey.
// Format: docs/formats/sign-in.md. Proved by its vectors and by the tampering test in test/formats.test.mjs.

import { base64, fromBase64, join, random, utf8, type Bytes } from "./bytes";

export type WrapKind = "passkey" | "passphrase" | "recovery";

/** What a wrap is bound to: moved to another person, recipient, method or row, it does not open. */
export interface Binding {
  person: string;
  recipient: string;
  kind: WrapKind;
  wrap: string;
}

type Half = "x25519" | "ed25519";

const ALGORITHM = { x25519: "X25519", ed25519: "Ed25519" } as const;
const USE: Record<Half, KeyUsage[]> = { x25519: ["deriveBits"], ed25519: ["sign"] };
const IV = 12;

/** PKCS#8 version 1, without the public key: 16 fixed bytes, then 32 bytes of private key (RFC 8410 clause 7). */
const PKCS8 = {
  x25519: [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x6e, 4, 0x22, 4, 0x20],
  ed25519: [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20],
} as const;

/** The 48 bytes that are wrapped. */
export function pkcs8(half: Half, secret: Uint8Array): Bytes {
  if (secret.length !== 32) throw new RangeError("a private key has 32 bytes");
  return join(Uint8Array.from(PKCS8[half]), secret);
}

export function aad(binding: Binding, half: Half): Bytes {
  const { person, recipient, kind, wrap } = binding;
  const parts = ["identity-wrap/v1", person, recipient, kind, wrap, half];
  if (parts.some((part) => part === "" || part.includes("|"))) throw new RangeError("a wrap is bound to words without bars");
  return utf8(parts.join("|"));
}

/** Wraps an extractable private key; `iv` is given by tests only. */
export async function wrap(
  key: CryptoKey,
  half: Half,
  kek: CryptoKey,
  binding: Binding,
  iv: Bytes = random(IV),
): Promise<string> {
  const seal = { name: "AES-GCM", iv, additionalData: aad(binding, half), tagLength: 128 };
  return base64(join(iv, new Uint8Array(await crypto.subtle.wrapKey("pkcs8", key, kek, seal))));
}

/** Opens a wrap into a key that can be used and not read, unless it has yet to be wrapped again; throws when key, binding or bytes are wrong. */
export async function unwrap(
  sealed: string,
  half: Half,
  kek: CryptoKey,
  binding: Binding,
  extractable = false,
): Promise<CryptoKey> {
  const bytes = fromBase64(sealed);
  const open = {
    name: "AES-GCM",
    iv: bytes.subarray(0, IV),
    additionalData: aad(binding, half),
    tagLength: 128,
  };
  return crypto.subtle.unwrapKey("pkcs8", bytes.subarray(IV), kek, open, ALGORITHM[half], extractable, USE[half]);
}

/** A private key from its 32 bytes: not extractable, unless it has yet to be wrapped. */
export function importSecret(half: Half, secret: Uint8Array, extractable: boolean): Promise<CryptoKey> {
  return crypto.subtle.importKey("pkcs8", pkcs8(half, secret), ALGORITHM[half], extractable, USE[half]);
}
