// What the server keeps of a person's keys: public halves, and one wrap for each way of unlocking (sign-in.md clause 7).

import { fromBase64, type Bytes } from "../formats/bytes";
import type { Binding, WrapKind } from "../formats/wrap";
import { Problem } from "../wire/problem";
import type { By, Ways } from "../wire/protocol";
import { getJson, isRecord, listOf, textOf } from "../wire/server";

interface Row {
  id: string;
  kind: string;
  /** A passkey's id in base64url; empty for other kinds. */
  credential: string;
  identity: string;
  signing: string;
}

export interface Account {
  person: string;
  email: string;
  name: string;
  recipient: string;
  signingPublic: Bytes;
  wraps: Row[];
}

export async function account(): Promise<Account> {
  const answer = await getJson("/account/keys");
  const wraps = listOf(answer, "wraps").map((one) => ({
    id: textOf(one, "id"),
    kind: textOf(one, "kind"),
    credential: isRecord(one) && typeof one["credential"] === "string" ? one["credential"] : "",
    identity: textOf(one, "identity"),
    signing: textOf(one, "signing"),
  }));
  return {
    person: textOf(answer, "person_id"),
    email: textOf(answer, "email"),
    name: textOf(answer, "name"),
    recipient: textOf(answer, "recipient"),
    signingPublic: publicKey(textOf(answer, "signing_key")),
    wraps,
  };
}

export function ways({ wraps }: Account): Ways {
  return {
    passkeys: wraps.filter((one) => one.kind === "passkey" && one.credential !== "").map((one) => one.credential),
    passphrase: wraps.some((one) => one.kind === "passphrase"),
  };
}

/** The wrap that this way of unlocking opens. */
export function wrapFor({ wraps }: Account, by: By): Row {
  const fits = (one: Row): boolean => one.kind === by.way && (by.way === "passphrase" || one.credential === by.credential);
  const row = wraps.find(fits);
  if (row !== undefined) return row;
  if (by.way === "passkey") throw new Problem("This passkey can sign you in but not unlock.", "Use another passkey, or your passphrase.");
  throw new Problem("Your account has no passphrase.", "Unlock with a passkey.");
}

export const binding = ({ person, recipient }: Account, kind: WrapKind, wrap: string): Binding => ({ person, recipient, kind, wrap });

export function publicKey(encoded: string): Bytes {
  try {
    const bytes = fromBase64(encoded);
    if (bytes.length === 32) return bytes;
  } catch {
    // falls through to the alarm: a stored key that is not a key
  }
  throw alarm();
}

export function alarm(): Problem {
  return new Problem(
    "Stop: the portal holds a key for you that is not yours.",
    "Somebody may have changed it. Do nothing more here, and tell your Area Intelligence Co-ordinator by telephone at once.",
  );
}
