// The only place where private keys live: this Worker's memory, as keys that can be used and not read.
// Absent on purpose: storage of any kind. Ending the Worker is locking.

import { identityToRecipient } from "age-encryption";
import { bech32 } from "@scure/base";
import { base64, fromBase64, random, text, utf8, type Bytes } from "../formats/bytes";
import { split } from "../formats/split";
import { fingerprint, slip } from "../formats/words";
import { importSecret, unwrap, type Binding } from "../formats/wrap";
import { Problem } from "../wire/problem";
import type { Opener, Unlocked } from "../wire/protocol";
import { getBytes, getJson, isRecord, listOf, textOf } from "../wire/server";
import { openAge } from "./age";

interface Held {
  facts: Unlocked;
  identity: CryptoKey;
  signing: CryptoKey;
  signingPublic: Bytes;
  /** Identities of the unit: the one in force, and earlier ones. */
  units: Map<string, CryptoKey>;
}

let held: Held | null = null;

export function keys(): Held {
  if (held === null) throw new Problem("Your keys are locked.", "Enter your passphrase to unlock them, then try again.");
  return held;
}

/** What may open a file: age itself finds the one that does. */
export function identities(opener: Opener): CryptoKey[] {
  const { identity: own, units } = keys();
  if (opener === "own") return [own];
  if (units.size === 0) throw new Problem("The unit's key is not open.", "Reload the page and unlock again.");
  return [...units.values()];
}

export async function unlock(passphrase: string, progress: (share: number) => void): Promise<Unlocked> {
  const wrong = slip(passphrase);
  if (wrong !== null) throw new Problem(wrong, "");
  const account = await getJson("/account/keys");
  const [person, email, name] = [textOf(account, "person_id"), textOf(account, "email"), textOf(account, "name")];
  const recipient = textOf(account, "recipient");
  const row = listOf(account, "wraps").find((one) => isRecord(one) && one["kind"] === "passphrase");
  if (row === undefined) throw new Problem("Your account has no passphrase.", "Ask your Area Intelligence Co-ordinator for a new invitation.");
  const binding: Binding = { person, recipient, kind: "passphrase", wrap: textOf(row, "id") };
  const { wrapKey } = await split(email, passphrase, progress);
  const own = await openWrap(textOf(row, "identity"), "x25519", wrapKey, binding);
  const signing = await openWrap(textOf(row, "signing"), "ed25519", wrapKey, binding);
  const signingPublic = publicKey(textOf(account, "signing_key"));
  if ((await identityToRecipient(own)) !== recipient || !(await belongs(signing, signingPublic))) throw alarm();
  const facts = { person, name, email, recipient, fingerprint: fingerprint(recipient, base64(signingPublic)) };
  held = { facts, identity: own, signing, signingPublic, units: new Map() };
  return facts;
}

/** A wrong passphrase and a wrap or recipient changed in the store look the same here, so the words say both. */
async function openWrap(sealed: string, half: "x25519" | "ed25519", kek: CryptoKey, binding: Binding): Promise<CryptoKey> {
  return unwrap(sealed, half, kek, binding).catch(() => {
    throw new Problem(
      "This passphrase does not open your keys.",
      "Check each word and its order, then try again. If it is the one you have just signed in with, stop, and tell your Area Intelligence Co-ordinator by telephone.",
    );
  });
}

export function publicKey(encoded: string): Bytes {
  try {
    const bytes = fromBase64(encoded);
    if (bytes.length === 32) return bytes;
  } catch {
    // falls through to the alarm: a stored key that is not a key
  }
  throw alarm();
}

/** Whether the stored public key belongs to the opened signing key. The text can be no statement: it has one line. */
export async function belongs(signing: CryptoKey, stored: Bytes): Promise<boolean> {
  const words = utf8(`disclosure-portal/unlock-check/v1 ${base64(random(32))}`);
  const signature = await crypto.subtle.sign("Ed25519", signing, words);
  const key = await crypto.subtle.importKey("raw", stored, "Ed25519", false, ["verify"]).catch(() => null);
  return key !== null && (await crypto.subtle.verify("Ed25519", key, signature, words));
}

export function alarm(): Problem {
  return new Problem(
    "Stop: the portal holds a key for you that is not yours.",
    "Somebody may have changed it. Do nothing more here, and tell your Area Intelligence Co-ordinator by telephone at once.",
  );
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
