// What a passkey's PRF output becomes: KEK_A.
// Format: docs/formats/sign-in.md. Proved by its vector in test/formats.test.mjs.

import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { base64urlnopad } from "@scure/base";
import { unshared, utf8, type Bytes } from "./bytes";
import { kek } from "./split";

const PRF_BYTES = 32;

/** The 32 bytes of KEK_A. `credential` is the credential's id in base64url; the caller wipes both. */
export function passkeyHalf(prf: Uint8Array, credential: string): Bytes {
  if (prf.length !== PRF_BYTES) throw new RangeError("a PRF output has 32 bytes");
  return unshared(hkdf(sha256, prf, base64urlnopad.decode(credential), utf8("disclosure-portal/passkey/v1"), 32));
}

/** KEK_A as a key that only wraps and unwraps; `prf` is wiped. */
export async function passkeyKey(prf: Uint8Array, credential: string): Promise<CryptoKey> {
  const half = passkeyHalf(prf, credential);
  prf.fill(0);
  const key = await kek(half);
  half.fill(0);
  return key;
}
