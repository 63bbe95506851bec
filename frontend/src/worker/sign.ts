// Signing: the exact bytes of the document, the server's nonce and time, the person's Ed25519 key.

import { sha256, text, utf8 } from "../formats/bytes";
import { signStatement } from "../formats/statement";
import { personKeys } from "../formats/trust";
import { fingerprint, heard } from "../formats/words";
import { Problem } from "../wire/problem";
import type { Work } from "../wire/protocol";
import { getBytes, getJson, textOf } from "../wire/server";
import { keys } from "./vault";

export async function sign({ kind, object, document, words }: Work["sign"]["ask"]): Promise<string> {
  const { facts, signing, signingPublic } = keys();
  if (kind === "approve" && words === undefined) throw new Problem("Whose key it is, is signed with its six words only.", "Nothing was signed.");
  const bytes = "url" in document ? await getBytes(document.url) : utf8(document.text);
  if (words !== undefined && !tells(bytes, object, words)) return "";
  const query = new URLSearchParams({ kind, object });
  const given = await getJson(`/account/nonce?${query.toString()}`);
  const said = {
    kind,
    digest: sha256(bytes),
    object,
    signer: facts.person,
    nonce: textOf(given, "nonce"),
    time: textOf(given, "time"),
  };
  return signStatement(said, signing, signingPublic);
}

/** Whether these are the six words of the keys in a document about this object. A slip of the pen is said as one. */
function tells(document: Uint8Array, object: string, typed: string): boolean {
  const said = heard(typed);
  if ("slip" in said) throw new Problem(said.slip, "");
  const keys = personKeys(text(document));
  if (keys === null || `person/${keys.person}` !== object) {
    throw new Problem("Stop: what the portal asks you to sign is not about this person's keys.", "Nothing was signed. Tell your administrator.");
  }
  return fingerprint(keys.recipient, keys.signing_key) === said.words;
}
