// Where a page's private keys live: this Worker's memory, as keys that can be used and not read. The keeper holds them between pages.
// Absent on purpose: storage of any kind. Ending the Worker is locking the page.

import { identityToRecipient } from "age-encryption";
import { bech32 } from "@scure/base";
import { base64, text } from "../formats/bytes";
import { fingerprint } from "../formats/words";
import { importSecret } from "../formats/wrap";
import type { Kept } from "../wire/keeping";
import { Problem } from "../wire/problem";
import type { By, Opener, Unlocked, Work } from "../wire/protocol";
import { getBytes } from "../wire/server";
import { account, alarm, ways } from "./account";
import { openAge } from "./age";
import { forget, keep, take } from "./keeping";
import { open } from "./open";

export { alarm, publicKey } from "./account";
export { belongs } from "./open";

interface Held extends Kept {
  unit: { recipient: string; identity: CryptoKey } | null;
}

let held: Held | null = null;

export function keys(): Held {
  if (held === null) throw new Problem("Your keys are locked.", "Unlock them, then try again.");
  return held;
}

export function identity(opener: Opener): CryptoKey {
  const { identity: own, unit } = keys();
  if (opener === "own") return own;
  if (unit === null) throw new Problem("The unit's key is not open.", "Reload the page and unlock again.");
  return unit.identity;
}

/** Opens the person's keys, holds them here, and gives them to the keeper for the pages that follow. */
export async function unlock(by: By, progress: (share: number) => void): Promise<Unlocked> {
  const of = await account();
  const opened = await open(of, by, "unreadable", progress);
  const { person, name, email, recipient, signingPublic } = of;
  const facts = { person, name, email, recipient, fingerprint: fingerprint(recipient, base64(signingPublic)) };
  const kept = { facts, ...opened, signingPublic };
  held = { ...kept, unit: null };
  await keep(kept);
  return facts;
}

/** Takes over what the keeper holds; keys that are no longer the portal's for this person are an alarm, as at unlocking. */
export async function resume({ person }: Work["resume"]["ask"]): Promise<Work["resume"]["answer"]> {
  const [of, kept] = await Promise.all([account(), take()]);
  if (kept === null || kept.facts.person !== person) return { facts: null, ways: ways(of) };
  const same = of.person === person && of.recipient === kept.facts.recipient && base64(of.signingPublic) === base64(kept.signingPublic);
  if (!same) {
    await forget();
    throw alarm();
  }
  held = { ...kept, unit: null };
  return { facts: kept.facts, ways: ways(of) };
}

/** Opens a unit box, after the caller has followed the unit's papers to the root: an age file to this person whose plaintext is one line, the unit's identity. */
export async function openUnit(box: string, recipient: string): Promise<void> {
  const own = keys();
  if (own.unit?.recipient === recipient) return;
  const plain = await openAge(await getBytes(box), own.identity);
  const unit = await unitIdentity(plain).finally(() => plain.fill(0));
  if ((await identityToRecipient(unit)) !== recipient) {
    throw new Problem(
      "Stop: the unit's key is not the one that this page names.",
      "Nothing was opened or sent. Tell your administrator by telephone at once.",
    );
  }
  own.unit = { recipient, identity: unit };
}

async function unitIdentity(plain: Uint8Array): Promise<CryptoKey> {
  const broken = new Problem("The unit's key box does not hold a key.", "Tell your administrator.");
  let secret: Uint8Array;
  try {
    const line = bech32.decodeToBytes(text(plain).replace(/\r?\n$/, ""));
    if (line.prefix.toLowerCase() !== "age-secret-key-" || line.bytes.length !== 32) throw broken;
    secret = line.bytes;
  } catch {
    throw broken;
  }
  return importSecret("x25519", secret, false).finally(() => secret.fill(0));
}
