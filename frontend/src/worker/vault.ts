// Where a page's private keys live: this Worker's memory, as keys that can be used and not read. The keeper holds them between pages.
// Absent on purpose: storage of any kind. Ending the Worker is locking the page.

import { identityToRecipient } from "age-encryption";
import { bech32 } from "@scure/base";
import { base64, text, type Bytes } from "../formats/bytes";
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
  /** Identities of the unit: the one in force, and earlier ones. */
  units: Map<string, CryptoKey>;
}

let held: Held | null = null;

export function keys(): Held {
  if (held === null) throw new Problem("Your keys are locked.", "Unlock them, then try again.");
  return held;
}

/** What may open a file: age itself finds the one that does. */
export function identities(opener: Opener): CryptoKey[] {
  const { identity: own, units } = keys();
  if (opener === "own") return [own];
  if (units.size === 0) throw new Problem("The unit's key is not open.", "Reload the page and unlock again.");
  return [...units.values()];
}

/** Opens the person's keys, holds them here, and gives them to the keeper for the pages that follow. */
export async function unlock(by: By, progress: (share: number) => void): Promise<Unlocked> {
  const of = await account();
  const opened = await open(of, by, "unreadable", progress);
  const { person, name, email, recipient, signingPublic } = of;
  const facts = { person, name, email, recipient, fingerprint: fingerprint(recipient, base64(signingPublic)) };
  const kept = { facts, ...opened, signingPublic };
  held = { ...kept, units: new Map() };
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
  held = { ...kept, units: new Map() };
  return { facts: kept.facts, ways: ways(of) };
}

/** Opens unit boxes; several addresses and recipients stand with spaces between, in the same order. */
export async function openUnit(boxes: string, recipients: string): Promise<void> {
  const wanted = recipients.split(" ");
  for (const [at, box] of boxes.split(" ").entries()) await openBox(box, wanted[at] ?? "");
}

async function openBox(box: string, recipient: string): Promise<void> {
  const own = keys();
  if (own.units.has(recipient)) return;
  await withBox(box, recipient, async (line) => {
    const secret = readLine(line);
    own.units.set(recipient, await importSecret("x25519", secret, false).finally(() => secret.fill(0)));
  });
}

/** Opens a unit box, an age file to this person whose plaintext is one line, for as long as `work` needs that line. */
export async function withBox<T>(box: string, recipient: string, work: (line: Bytes) => Promise<T>): Promise<T> {
  const line = await openAge(await getBytes(box), keys().identity);
  try {
    const secret = readLine(line);
    const unit = await importSecret("x25519", secret, false).finally(() => secret.fill(0));
    if ((await identityToRecipient(unit)) !== recipient) {
      throw new Problem(
        "Stop: the unit's key is not the one that this page names.",
        "Nothing was opened or sent. Tell your administrator by telephone at once.",
      );
    }
    return await work(line);
  } finally {
    line.fill(0);
  }
}

/** The 32 bytes of the identity that a box's line spells. */
function readLine(plain: Uint8Array): Uint8Array {
  const broken = new Problem("The unit's key box does not hold a key.", "Tell your administrator.");
  try {
    const line = bech32.decodeToBytes(text(plain).replace(/\r?\n$/, ""));
    if (line.prefix.toLowerCase() === "age-secret-key-" && line.bytes.length === 32) return line.bytes;
  } catch {
    // falls through: not a line of that kind
  }
  throw broken;
}
