// Enrolment: two keys are made here, wrapped twice, and forgotten. The server gets wraps and public halves.

import { identityToRecipient } from "age-encryption";
import { base64 } from "../formats/bytes";
import { newRecoveryCode, readRecoveryCode, recoveryAuth, recoveryKey } from "../formats/recovery";
import { passkeyKey } from "../formats/passkey";
import { split } from "../formats/split";
import { fingerprint, normalPassphrase, slip } from "../formats/words";
import { wrap, type Binding } from "../formats/wrap";
import { Problem } from "../wire/problem";
import type { EnrolAnswer, Under, Work } from "../wire/protocol";

export async function enrol(ask: Work["enrol"]["ask"], progress: (share: number) => void): Promise<EnrolAnswer> {
  const { person, under } = ask;
  const { auth, kek } = await firstKek(under, progress);
  const recoveryCode = newRecoveryCode();
  const recoveryKek = await recoveryKey(recoveryCode, person);
  if (recoveryKek === null) throw new Error("a fresh recovery code can be read");
  const identity = await makeKey("X25519", ["deriveBits"]);
  const signing = await makeKey("Ed25519", ["sign", "verify"]);
  const recipient = await identityToRecipient(identity.privateKey);
  const first: Binding = { person, recipient, kind: under.way, wrap: under.wrap };
  const second: Binding = { person, recipient, kind: "recovery", wrap: ask.recoveryWrap };
  const signingKey = base64(new Uint8Array(await crypto.subtle.exportKey("raw", signing.publicKey)));
  return {
    auth,
    recovery_auth: recoveryAuth(recoveryCode),
    recipient,
    signing_key: signingKey,
    identity_wrap: await wrap(identity.privateKey, "x25519", kek, first),
    signing_wrap: await wrap(signing.privateKey, "ed25519", kek, first),
    recovery_identity_wrap: await wrap(identity.privateKey, "x25519", recoveryKek, second),
    recovery_signing_wrap: await wrap(signing.privateKey, "ed25519", recoveryKek, second),
    recoveryCode,
    fingerprint: fingerprint(recipient, signingKey),
  };
}

/** The key that the new keys are wrapped under first, and the half for the server where a passphrase makes one. */
async function firstKek(under: Under, progress: (share: number) => void): Promise<{ auth: string; kek: CryptoKey }> {
  if (under.way === "passkey") {
    return { auth: "", kek: await passkeyKey(new Uint8Array(under.touched.prf), under.touched.credential) };
  }
  const wrong = slip(under.passphrase);
  if (wrong !== null) throw new Problem(wrong, "");
  const { auth, wrapKey } = await split(under.email, under.passphrase, progress);
  return { auth, kek: wrapKey };
}

async function makeKey(name: "X25519" | "Ed25519", use: KeyUsage[]): Promise<CryptoKeyPair> {
  try {
    return (await crypto.subtle.generateKey({ name }, true, use)) as CryptoKeyPair;
  } catch {
    throw new Problem("This browser cannot make the keys.", "Use a current version of Edge, Chrome, Firefox or Safari.");
  }
}

/** Whether what was typed back says the same as what was shown. */
export function same(ask: Work["same"]["ask"]): boolean {
  if (ask.kind === "passphrase") return normalPassphrase(ask.typed) === normalPassphrase(ask.shown);
  const [typed, shown] = [readRecoveryCode(ask.typed), readRecoveryCode(ask.shown)];
  return typed !== null && shown !== null && base64(typed) === base64(shown);
}
