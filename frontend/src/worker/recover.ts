// Recovery: the printed code opens both keys here; they are wrapped again under a new passphrase and a new code, and forgotten.
// The server gets wraps and two halves that open nothing. The keys stay the same, so their approval stands.

import { identityToRecipient } from "age-encryption";
import { base64 } from "../formats/bytes";
import { newRecoveryCode, readRecoveryCode, recoveryAuth, recoveryKey } from "../formats/recovery";
import { split } from "../formats/split";
import { fingerprint, slip } from "../formats/words";
import { unwrap, wrap, type Binding } from "../formats/wrap";
import { Problem } from "../wire/problem";
import type { RewrapAnswer, Work } from "../wire/protocol";
import { getJson, isRecord, listOf, textOf } from "../wire/server";
import { alarm, belongs, publicKey } from "./vault";

interface Opened {
  person: string;
  recipient: string;
  /** Extractable for as long as they have yet to be wrapped. */
  identity: CryptoKey;
  signing: CryptoKey;
}

let opened: Opened | null = null;

export function proveRecovery(code: string): string {
  readable(code);
  return recoveryAuth(code);
}

function readable(code: string): void {
  if (readRecoveryCode(code) !== null) return;
  throw new Problem("This is not a recovery code.", "It has eight groups of four letters and digits. Check each group with the sheet.");
}

export async function openForRecovery(code: string): Promise<Work["recoveryOpen"]["answer"]> {
  readable(code);
  const account = await getJson("/recover/keys");
  const [person, recipient] = [textOf(account, "person_id"), textOf(account, "recipient")];
  const row = listOf(account, "wraps").find((one) => isRecord(one) && one["kind"] === "recovery");
  const kek = await recoveryKey(code, person);
  if (row === undefined || kek === null) {
    throw new Problem("Your account has no recovery code.", "Call your Area Intelligence Co-ordinator, who can invite you to make new keys.");
  }
  const binding: Binding = { person, recipient, kind: "recovery", wrap: textOf(row, "id") };
  const open = (half: "x25519" | "ed25519", sealed: string): Promise<CryptoKey> =>
    unwrap(sealed, half, kek, binding, true).catch(() => {
      throw new Problem(
        "This code does not open your keys.",
        "Check each group, then try again. If it is the code you have just entered, stop, and tell your Area Intelligence Co-ordinator by telephone.",
      );
    });
  const identity = await open("x25519", textOf(row, "identity"));
  const signing = await open("ed25519", textOf(row, "signing"));
  const signingPublic = publicKey(textOf(account, "signing_key"));
  if ((await identityToRecipient(identity)) !== recipient || !(await belongs(signing, signingPublic))) throw alarm();
  opened = { person, recipient, identity, signing };
  return { fingerprint: fingerprint(recipient, base64(signingPublic)) };
}

export async function rewrap(ask: Work["rewrap"]["ask"], progress: (share: number) => void): Promise<RewrapAnswer> {
  if (opened === null) throw new Problem("Your keys are not open.", "Reload the page and begin again.");
  const wrong = slip(ask.passphrase);
  if (wrong !== null) throw new Problem(wrong, "");
  const { person, recipient, identity, signing } = opened;
  const { auth, wrapKey } = await split(ask.email, ask.passphrase, progress);
  const recoveryCode = newRecoveryCode();
  const recoveryKek = await recoveryKey(recoveryCode, person);
  if (recoveryKek === null) throw new Error("a fresh recovery code can be read");
  const first: Binding = { person, recipient, kind: "passphrase", wrap: ask.wrap };
  const second: Binding = { person, recipient, kind: "recovery", wrap: ask.recoveryWrap };
  const made = {
    auth,
    recovery_auth: recoveryAuth(recoveryCode),
    identity_wrap: await wrap(identity, "x25519", wrapKey, first),
    signing_wrap: await wrap(signing, "ed25519", wrapKey, first),
    recovery_identity_wrap: await wrap(identity, "x25519", recoveryKek, second),
    recovery_signing_wrap: await wrap(signing, "ed25519", recoveryKek, second),
    recoveryCode,
  };
  opened = null;
  return made;
}
