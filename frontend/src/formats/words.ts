// The words people write down and read aloud: passphrases and fingerprints, from the BIP-39 English list.
// Absent on purpose: BIP-39 checksums and seeds; only its list of 2048 words is used. Proved by test/formats.test.mjs.

import { wordlist } from "@scure/bip39/wordlists/english.js";
import { random, sha256, utf8 } from "./bytes";

const BITS = 11;
export const PASSPHRASE_WORDS = 7;
export const FINGERPRINT_WORDS = 6;

/** Seven words drawn evenly: 77 bits. */
export function newPassphrase(): string {
  const bytes = random(2 * PASSPHRASE_WORDS);
  const words: string[] = [];
  for (let at = 0; at < bytes.length; at += 2) {
    words.push(word((((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)) & (2 ** BITS - 1)));
  }
  bytes.fill(0);
  return words.join(" ");
}

/** NFKC, lower case, white space collapsed to single spaces, trimmed. */
export function normalPassphrase(typed: string): string {
  return typed.normalize("NFKC").toLowerCase().replace(/\s+/gu, " ").trim();
}

/** Lower case, trimmed: the form that goes into the salt. */
export function normalEmail(typed: string): string {
  return typed.trim().toLowerCase();
}

/** What is plainly wrong with a typed passphrase, in a sentence, or null. Saves a wait of two seconds on a slip of the pen. */
export function slip(typed: string): string | null {
  const words = normalPassphrase(typed).split(" ").filter((one) => one !== "");
  if (words.length === 0) return "Enter your passphrase.";
  const unknown = words.find((one) => !wordlist.includes(one));
  if (unknown !== undefined) {
    return `“${unknown}” is not a word that passphrases are made of. Check how it is spelt on the paper you wrote it on.`;
  }
  if (words.length !== PASSPHRASE_WORDS) {
    return `Your passphrase has ${PASSPHRASE_WORDS} words; you entered ${words.length}. Enter all of them, with a space between.`;
  }
  return null;
}

/** The six words of a person's two keys, to be compared by voice. */
export const fingerprint = (recipient: string, signingKey: string): string => sixWords(`${recipient}\n${signingKey}`);

/** The six words of a unit's key. */
export const unitFingerprint = (recipient: string): string => sixWords(recipient);

/** Six words as somebody typed what they heard, or what is plainly wrong with them, in a sentence. */
export function heard(typed: string): { words: string } | { slip: string } {
  const words = normalPassphrase(typed).split(" ").filter((one) => one !== "");
  if (words.length === 0) return { slip: "Enter the six words that you heard." };
  const unknown = words.find((one) => !wordlist.includes(one));
  if (unknown !== undefined) return { slip: `“${unknown}” is not a word that keys are told by. Ask for it to be spelt.` };
  if (words.length !== FINGERPRINT_WORDS) {
    return { slip: `There are six words; you entered ${words.length}. Enter all of them, with a space between.` };
  }
  return { words: words.join(" ") };
}

/** Six words for the first 66 bits of SHA-256. */
function sixWords(text: string): string {
  const digest = sha256(utf8(text));
  const words: string[] = [];
  for (let at = 0; at < FINGERPRINT_WORDS; at += 1) words.push(word(bits(digest, at * BITS)));
  return words.join(" ");
}

function bits(bytes: Uint8Array, from: number): number {
  let value = 0;
  for (let at = from; at < from + BITS; at += 1) {
    value = (value << 1) | (((bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1);
  }
  return value;
}

function word(index: number): string {
  const found = wordlist[index];
  if (found === undefined) throw new RangeError("word index out of the list");
  return found;
}
