// From a way of unlocking to the two private keys, checked against the public halves that the server names.

import { identityToRecipient } from "age-encryption";
import { base64, random, utf8, type Bytes } from "../formats/bytes";
import { passkeyKey } from "../formats/passkey";
import { split } from "../formats/split";
import { slip } from "../formats/words";
import { unwrap, wrap } from "../formats/wrap";
import { Problem } from "../wire/problem";
import type { By, Touched, Work } from "../wire/protocol";
import { account, alarm, binding, wrapFor, type Account } from "./account";

export interface Keys {
  identity: CryptoKey;
  signing: CryptoKey;
}

/** KEKs of passkeys touched on this page: keys that only open wraps. */
const touchedKeys = new Map<string, CryptoKey>();

export async function touched({ credential, prf }: Touched): Promise<void> {
  touchedKeys.set(credential, await passkeyKey(new Uint8Array(prf), credential));
}

/** The person's keys, unreadable unless they are about to be wrapped once more. A mismatch stops everything. */
export async function open(of: Account, by: By, readable: "readable" | "unreadable", progress: (share: number) => void): Promise<Keys> {
  const row = wrapFor(of, by);
  const kek = await keyFor(of, by, progress);
  const bound = binding(of, by.way, row.id);
  const opening = (sealed: string, half: "x25519" | "ed25519"): Promise<CryptoKey> =>
    unwrap(sealed, half, kek, bound, readable === "readable").catch(() => {
      throw unopened(by);
    });
  const keys = { identity: await opening(row.identity, "x25519"), signing: await opening(row.signing, "ed25519") };
  if ((await identityToRecipient(keys.identity)) !== of.recipient || !(await belongs(keys.signing, of.signingPublic))) throw alarm();
  return keys;
}

async function keyFor(of: Account, by: By, progress: (share: number) => void): Promise<CryptoKey> {
  if (by.way === "passphrase") {
    const wrong = slip(by.passphrase);
    if (wrong !== null) throw new Problem(wrong, "");
    return (await split(of.email, by.passphrase, progress)).wrapKey;
  }
  const key = touchedKeys.get(by.credential);
  if (key === undefined) throw new Problem("The passkey was not touched on this page.", "Try again.");
  return key;
}

/** A wrong secret and a wrap or recipient changed in the store look the same here, so the words say both. */
function unopened(by: By): Problem {
  if (by.way === "passphrase") {
    return new Problem(
      "This passphrase does not open your keys.",
      "Check each word and its order, then try again. If it is the one you have just signed in with, stop, and tell your Area Intelligence Co-ordinator by telephone.",
    );
  }
  return new Problem(
    "This passkey does not open your keys, though it should.",
    "Somebody may have changed what the portal holds for you. Do nothing more here, and tell your Area Intelligence Co-ordinator by telephone at once.",
  );
}

/** Whether the stored public key belongs to the opened signing key. The text can be no statement: it has one line. */
export async function belongs(signing: CryptoKey, stored: Bytes): Promise<boolean> {
  const words = utf8(`disclosure-portal/unlock-check/v1 ${base64(random(32))}`);
  const signature = await crypto.subtle.sign("Ed25519", signing, words);
  const key = await crypto.subtle.importKey("raw", stored, "Ed25519", false, ["verify"]).catch(() => null);
  return key !== null && (await crypto.subtle.verify("Ed25519", key, signature, words));
}

/** Wraps the person's keys for one more passkey. They are readable inside this function only, and forgotten with it. */
export async function addPasskey({ by, added, wrap: id }: Work["addPasskey"]["ask"], progress: (share: number) => void): Promise<Work["addPasskey"]["answer"]> {
  const kek = await passkeyKey(new Uint8Array(added.prf), added.credential);
  const of = await account();
  const { identity, signing } = await open(of, by, "readable", progress);
  const bound = binding(of, "passkey", id);
  return {
    identity_wrap: await wrap(identity, "x25519", kek, bound),
    signing_wrap: await wrap(signing, "ed25519", kek, bound),
  };
}
