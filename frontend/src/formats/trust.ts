// Whose key it is: papers followed from the root's public key down. Format: docs/formats/approval.md.
// Promises: the same answers as src/ledger/trust.rs for the same root and papers; nothing but signatures is believed.
// Absent on purpose: fetching, and any key that is not written in a paper. Proved by test/trust.test.mjs.

import { base64, fromBase64, hex, join, sha256, utf8, type Bytes } from "./bytes";
import { keyId, signerName } from "./statement";

/** A signed paper: the exact document and the note over it. */
export interface Paper {
  document: string;
  note: string;
}

/** What follows from a root and a set of papers. */
export interface Trust {
  /** Whether this recipient, and this signing key where one is given, was certified as this person's. */
  person(person: string, recipient: string, signingKey?: string): boolean;
  /** Whether any key was ever certified as this person's: tells "changed" from "not confirmed yet". */
  known(person: string): boolean;
  /** Whether the root signed this recipient as the area's unit key. */
  unit(area: string, recipient: string): boolean;
}

const PERSON = ["area", "name", "person", "recipient", "role", "scheme", "signing_key"] as const;
const UNIT = ["area", "code", "recipient"] as const;
/** What is certified about a person's keys. */
export type PersonKeys = Record<(typeof PERSON)[number], string>;
type UnitKey = Record<(typeof UNIT)[number], string>;

interface Key {
  name: string;
  public: Bytes;
}

interface Note {
  text: string;
  kind: string;
  digest: string;
  object: string;
  signer: string;
  signatures: { name: string; blob: Bytes }[];
}

const ROOT = "root";
const SIGNATURE = /^\u2014 (\S+) ([A-Za-z0-9+/]+={0,2})$/;

/** Follows every paper to the root; one that does not hold, or whose signer has no chain, counts for nothing. */
export async function follow(root: string, papers: Iterable<Paper>): Promise<Trust> {
  const top = rootKey(root);
  const people = new Map<string, PersonKeys[]>();
  const units: UnitKey[] = [];
  const take = (note: Note, paper: Paper): void => {
    if (hex(sha256(utf8(paper.document))) !== note.digest) return;
    const unit = note.kind === "unit" && note.signer === ROOT ? read(paper.document, UNIT) : null;
    if (unit !== null && note.object === `area/${unit.area}`) units.push(unit);
    const keys = note.kind === "approve" ? read(paper.document, PERSON) : null;
    if (keys !== null && note.object === signerName(keys.person)) people.set(keys.person, [...(people.get(keys.person) ?? []), keys]);
  };
  let waiting: { paper: Paper; note: Note }[] = [];
  for (const paper of papers) {
    const note = readNote(paper.note);
    if (note === null) continue;
    if (note.signer === ROOT && (await holds(note, top))) take(note, paper);
    else waiting.push({ paper, note });
  }
  for (let before = -1; before !== waiting.length; ) {
    before = waiting.length;
    const left: typeof waiting = [];
    for (const one of waiting) {
      if (await approved(one.note, one.paper, people)) take(one.note, one.paper);
      else left.push(one);
    }
    waiting = left;
  }
  return {
    person: (person, recipient, signingKey) =>
      (people.get(person) ?? []).some((one) => one.recipient === recipient && (signingKey === undefined || one.signing_key === signingKey)),
    known: (person) => people.has(person),
    unit: (area, recipient) => units.some((one) => one.area === area && one.recipient === recipient),
  };
}

/** Whether somebody signed it who has a chain to the root, is a co-ordinator of the subject's area, and is not the subject. */
async function approved(note: Note, paper: Paper, people: Map<string, PersonKeys[]>): Promise<boolean> {
  const subject = read(paper.document, PERSON);
  if (subject === null || note.kind !== "approve" || note.signer === subject.person) return false;
  for (const one of people.get(note.signer) ?? []) {
    if (one.role !== "aic" || !fits(one.area, subject)) continue;
    const key = publicKey(one.signing_key);
    if (key !== null && (await holds(note, { name: signerName(note.signer), public: key }))) return true;
  }
  return false;
}

function fits(area: string, subject: PersonKeys): boolean {
  if (subject.area === "") return subject.role === "auditor" || subject.role === "administrator";
  return subject.area === area;
}

/** Whether the note is signed by this key; a signature that claims to be and is not spoils it. */
async function holds(note: Note, key: Key): Promise<boolean> {
  const id = keyId(key.name, key.public);
  const claimed = note.signatures.filter(({ name, blob }) => name === key.name && hex(blob.slice(0, 4)) === hex(id));
  if (claimed.length === 0) return false;
  const verifier = await crypto.subtle.importKey("raw", key.public, "Ed25519", false, ["verify"]).catch(() => null);
  if (verifier === null) return false;
  const said = utf8(note.text);
  const good = await Promise.all(claimed.map(({ blob }) => crypto.subtle.verify("Ed25519", verifier, blob.slice(4), said)));
  return good.every(Boolean);
}

/** A verifier key `<name>+<8 hex>+<base64 of 0x01 and 32 bytes>`; anything else is an error, for without it nothing holds. */
function rootKey(vkey: string): Key {
  const [, name, id, encoded] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/.exec(vkey) ?? [];
  if (name === undefined || id === undefined || encoded === undefined) throw new RangeError("this is no verifier key");
  const bytes = fromBase64(encoded);
  const key = bytes.slice(1);
  if (bytes[0] !== 1 || key.length !== 32 || hex(keyId(name, key)) !== id) throw new RangeError("this is no Ed25519 verifier key");
  return { name, public: key };
}

function publicKey(encoded: string): Bytes | null {
  try {
    const bytes = fromBase64(encoded);
    return bytes.length === 32 && base64(bytes) === encoded ? bytes : null;
  } catch {
    return null;
  }
}

/** The seven lines and the signature lines of a note, or null. */
function readNote(whole: string): Note | null {
  const cut = whole.lastIndexOf("\n\n");
  if (cut < 0 || !whole.endsWith("\n")) return null;
  const text = whole.slice(0, cut + 1);
  const lines = text.split("\n");
  const [version, kind, digest, object, signer, nonce, time, end, ...more] = lines;
  if (version !== "sign/v1" || end !== "" || more.length > 0) return null;
  if (kind === undefined || digest === undefined || object === undefined || signer === undefined || nonce === undefined || time === undefined) return null;
  const signatures: Note["signatures"] = [];
  for (const line of whole.slice(cut + 2, -1).split("\n")) {
    const [, name, encoded] = SIGNATURE.exec(line) ?? [];
    if (name === undefined || encoded === undefined) return null;
    try {
      signatures.push({ name, blob: join(fromBase64(encoded)) });
    } catch {
      return null;
    }
  }
  return { text, kind, digest, object, signer, signatures };
}

/** A document about a person's keys, or null. */
export const personKeys = (document: string): PersonKeys | null => read(document, PERSON);

/** A document with exactly these members, all strings, in this order, nothing between them; else null. */
function read<N extends string>(document: string, names: readonly N[]): Record<N, string> | null {
  let said: unknown;
  try {
    said = JSON.parse(document);
  } catch {
    return null;
  }
  if (typeof said !== "object" || said === null) return null;
  const values = names.map((name) => (said as Record<string, unknown>)[name]);
  if (!values.every((value) => typeof value === "string" && !/\p{Surrogate}/u.test(value))) return null;
  const exact = Object.fromEntries(names.map((name, at) => [name, values[at]])) as Record<N, string>;
  return JSON.stringify(exact) === document ? exact : null;
}
