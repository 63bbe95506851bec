// The co-ordinator's half of sealing: open each original that is still needed, check it against the record, post it.
// Promises: before any original is opened, the unit's key and everybody a copy is for are followed to the root; nothing is posted else.
// Resumable: the server says what it still needs, so running this again does only what is left.

import { hex, sha256 } from "../formats/bytes";
import { Problem } from "../wire/problem";
import { getBytes, getJson, isRecord, listOf, post, textOf } from "../wire/server";
import { openAge } from "./age";
import { demandPeople, demandUnit, trusted } from "./trust";
import { identity, openUnit } from "./vault";

/** Answers how many originals were posted. */
export async function seal(url: string, token: string, root: string, progress: (sent: number) => void): Promise<number> {
  const plan = await getJson(url);
  const needed = listOf(plan, "photographs").filter((one) => isRecord(one) && one["needed"] === true);
  if (needed.length === 0) return 0;
  const trust = await trusted(root, plan);
  demandUnit(trust, textOf(plan, "area"), textOf(plan, "unit_recipient"));
  demandPeople(trust, plan);
  await openUnit(textOf(plan, "unit_box"), textOf(plan, "unit_recipient"));
  let sent = 0;
  for (const photograph of needed) {
    await hand(photograph, token);
    sent += 1;
    progress(sent);
  }
  return sent;
}

async function hand(photograph: unknown, token: string): Promise<void> {
  const file = await getBytes(textOf(photograph, "original"));
  const plain = await openAge(file, identity("unit"));
  try {
    if (hex(sha256(plain)) !== textOf(photograph, "sha256").toLowerCase()) {
      throw new Problem(
        "An original is not the one on record.",
        "Nothing of it was sent. Stop sealing this release and tell your administrator.",
      );
    }
    await post(textOf(photograph, "upload"), token, plain);
  } finally {
    plain.fill(0);
  }
}
