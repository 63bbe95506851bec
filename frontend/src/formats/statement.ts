// sign/v1: what a person signs, as a C2SP signed note. Format: docs/formats/statement.md.
// Absent on purpose: any reading of the clock; nonce and time come from the server. Proved by test/formats.test.mjs.

import { base64, hex, join, sha256, utf8, type Bytes } from "./bytes";

export interface Statement {
  kind: string;
  /** SHA-256 of the exact bytes of the document. */
  digest: Uint8Array;
  object: string;
  /** Person id. */
  signer: string;
  nonce: string;
  /** RFC 3339, UTC, milliseconds, `Z`. */
  time: string;
}

const LINE = /^[\x21-\x7e]+$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** The seven lines that are signed. */
export function statementText(said: Statement): string {
  const { kind, object, signer, nonce, time } = said;
  if (![kind, object, signer, nonce].every((line) => LINE.test(line))) {
    throw new RangeError("a statement's lines are printable ASCII without spaces");
  }
  if (said.digest.length !== 32) throw new RangeError("a statement names a SHA-256 digest");
  if (!TIME.test(time)) throw new RangeError("a statement's time is RFC 3339 in UTC with milliseconds");
  return `${["sign/v1", kind, hex(said.digest), object, signer, nonce, time].join("\n")}\n`;
}

export const signerName = (person: string): string => `person/${person}`;

/** First four bytes of SHA-256 over name, newline, 0x01 (Ed25519), public key. */
export function keyId(name: string, publicKey: Uint8Array): Bytes {
  return sha256(join(utf8(`${name}\n`), Uint8Array.of(1), publicKey)).slice(0, 4);
}

/** The whole signed note: text, blank line, one signature line. */
export async function signStatement(said: Statement, key: CryptoKey, publicKey: Uint8Array): Promise<string> {
  const text = statementText(said);
  const name = signerName(said.signer);
  const signature = new Uint8Array(await crypto.subtle.sign("Ed25519", key, utf8(text)));
  return `${text}\n\u2014 ${name} ${base64(join(keyId(name, publicKey), signature))}\n`;
}
