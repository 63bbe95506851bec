// Whose key it is, asked before anything is opened or sent: papers that the server hands over, followed to the root of the page.
// Promises: whoever is not certified is named in a sentence, and the caller stops. Absent on purpose: believing the server's word.

import { follow, type Paper, type Trust } from "../formats/trust";
import { Problem } from "../wire/problem";
import { listOf, textOf } from "../wire/server";

const STOPPED = "Nothing was opened or sent. Tell your administrator by telephone at once.";

/** What follows from the `papers` of a server's answer and the root's verifier key. */
export async function trusted(root: string, answer: unknown): Promise<Trust> {
  const papers: Paper[] = listOf(answer, "papers").map((one) => ({ document: textOf(one, "document"), note: textOf(one, "note") }));
  return follow(root, papers).catch(() => {
    throw new Problem("Stop: this page names no root key that can be read.", STOPPED);
  });
}

/** Refuses an area's unit key that the root has not signed. */
export function demandUnit(trust: Trust, area: string, recipient: string): void {
  if (trust.unit(area, recipient)) return;
  throw new Problem("Stop: the unit's key is not the one that the root key signed.", `It was changed after it was signed. ${STOPPED}`);
}

/** Refuses everybody of the answer's `recipients` whose key nobody confirmed, by name. */
export function demandPeople(trust: Trust, answer: unknown): void {
  const wrong = listOf(answer, "recipients").filter((one) => !trust.person(textOf(one, "person"), textOf(one, "recipient")));
  if (wrong.length === 0) return;
  const names = wrong.map((one) => textOf(one, "name")).join(", ");
  const changed = wrong.some((one) => trust.known(textOf(one, "person")));
  const title = changed ? `Stop: the key on record is not the one that was confirmed: ${names}.` : `Stop: nobody has confirmed the key of ${names}.`;
  throw new Problem(title, STOPPED);
}
