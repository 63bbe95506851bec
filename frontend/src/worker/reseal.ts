// After a unit's key was replaced: each original is opened with the earlier key, sealed to the one in force, fetched back, opened and
// compared; only then is the server told to let it take the place. Resumable: what is left is asked anew each time.

import { hex, sha256 } from "../formats/bytes";
import { Problem } from "../wire/problem";
import { getBytes, post } from "../wire/server";
import { openAge, sealAge } from "./age";
import { readPlan } from "./unit";
import { identities, openUnit } from "./vault";

/** Answers how many were sealed anew; `progress` is the share of those that were due. */
export async function resealUnit(url: string, token: string, progress: (share: number) => void): Promise<number> {
  const plan = await readPlan(url);
  if (!plan.trust.unit(plan.area, plan.unit)) {
    throw new Problem(
      "Stop: the unit's key on record is not one that the root signed.",
      "Somebody may have changed it. Nothing was sealed. Tell your administrator by telephone at once.",
    );
  }
  for (const { recipient, box } of plan.keys) await openUnit(box, recipient);
  let done = 0;
  for (const original of plan.originals) {
    await reseal(original, plan.unit, token);
    done += 1;
    progress(done / plan.originals.length);
  }
  return done;
}

async function reseal(original: { url: string; sha256: string }, unit: string, token: string): Promise<void> {
  const plain = await openAge(await getBytes(original.url), ...identities("unit"));
  try {
    const digest = hex(sha256(plain));
    if (original.sha256 !== "" && digest !== original.sha256.toLowerCase()) {
      throw new Problem("An original is not the one on record.", "It stays as it is. Stop, and tell your administrator.");
    }
    await post(original.url, token, await sealAge(plain, [unit]));
    const kept = await openAge(await getBytes(`${original.url}/kept`), ...identities("unit"));
    const same = hex(sha256(kept)) === digest;
    kept.fill(0);
    if (!same) {
      throw new Problem("An original came back changed.", "The one before stays. Try again; if it happens again, tell your administrator.");
    }
    await post(`${original.url}/confirm`, token);
  } finally {
    plain.fill(0);
  }
}
