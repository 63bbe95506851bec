// Signing: the exact bytes of the document, the server's nonce and time, the person's Ed25519 key.

import { sha256, utf8 } from "../formats/bytes";
import { signStatement } from "../formats/statement";
import type { Work } from "../wire/protocol";
import { getBytes, getJson, textOf } from "../wire/server";
import { keys } from "./vault";

export async function sign({ kind, object, document }: Work["sign"]["ask"]): Promise<string> {
  const { facts, signing, signingPublic } = keys();
  const bytes = "url" in document ? await getBytes(document.url) : utf8(document.text);
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
