// Enrolment: two keys are made here, wrapped twice, and forgotten. The server gets wraps and public halves.

import { identityToRecipient } from "age-encryption";
import { base64 } from "../formats/bytes";
import { newRecoveryCode, readRecoveryCode, recoveryAuth, recoveryKey } from "../formats/recovery";
import { split } from "../formats/split";
import { fingerprint, normalPassphrase, slip } from "../formats/words";
import { wrap, type Binding } from "../formats/wrap";
import { Problem } from "../wire/problem";
import type { EnrolAnswer, Work } from "../wire/protocol";

export async function enrol(ask: Work["enrol"]["ask"], progress: (share: number) => void): Promise<EnrolAnswer> {
  const wrong = slip(ask.passphrase);
  if (wrong !== null) throw new Problem(wrong, "");
  const { auth, wrapKey } = await split(ask.email, ask.passphrase, progress);
  const recoveryCode = newRecoveryCode();
  const recoveryKek = await recoveryKey(recoveryCode, ask.person);
  if (recoveryKek === null) throw new Error("a fresh recovery code can be read");
  const identity = await makeKey("X25519", ["deriveBits"]);
  const signing = await makeKey("Ed25519", ["sign", "verify"]);
  const recipient = await identityToRecipient(identity.privateKey);
  const first: Binding = { person: ask.person, recipient, kind: "passphrase", wrap: ask.wrap };
  const second: Binding = { person: ask.person, recipient, kind: "recovery", wrap: ask.recoveryWrap };
  const signingKey = base64(new Uint8Array(await crypto.subtle.exportKey("raw", signing.publicKey)));
  return {
    auth,
    recovery_auth: recoveryAuth(recoveryCode),
    recipient,
    signing_key: signingKey,
    identity_wrap: await wrap(identity.privateKey, "x25519", wrapKey, first),
    signing_wrap: await wrap(signing.privateKey, "ed25519", wrapKey, first),
    recovery_identity_wrap: await wrap(identity.privateKey, "x25519", recoveryKek, second),
    recovery_signing_wrap: await wrap(signing.privateKey, "ed25519", recoveryKek, second),
    recoveryCode,
    fingerprint: fingerprint(recipient, signingKey),
  };
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
