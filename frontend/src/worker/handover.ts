// Between two police units (K7.6): a co-ordinator's browser opens originals with its own unit's key and seals them to the other unit's;
// the other unit's browser opens what came and compares it with the record.
// Promises: both units' keys are followed to the root of the page before anything is opened; no opened photograph is posted from here.
// Absent on purpose: believing the server about either key. Resumable: the server says what is still needed.

import { hex, sha256, type Bytes } from "../formats/bytes";
import { Problem } from "../wire/problem";
import { getBytes, getJson, isRecord, listOf, post, textOf } from "../wire/server";
import { openAge, sealAge } from "./age";
import { demandUnit, trusted } from "./trust";
import { identities, openUnit } from "./vault";
import type { Trust } from "../formats/trust";

const needed = (one: unknown): boolean => isRecord(one) && one["needed"] === true;

/** Follows the plan's papers, and opens this unit's boxes: the key in force and earlier ones. */
async function opening(plan: unknown, root: string): Promise<Trust> {
  const trust = await trusted(root, plan);
  const area = textOf(plan, "area");
  const own = textOf(plan, "unit_recipient");
  demandUnit(trust, area, own);
  await openUnit(textOf(plan, "unit_box"), own);
  for (const key of listOf(plan, "older")) {
    demandUnit(trust, area, textOf(key, "recipient"));
    await openUnit(textOf(key, "box"), textOf(key, "recipient"));
  }
  return trust;
}

/** Opens one part for as long as `work` needs it; what is not the one on record stops everything. */
async function withPart(part: unknown, work: (plain: Bytes) => Promise<void>): Promise<void> {
  const plain = await openAge(await getBytes(textOf(part, "original")), ...identities("unit"));
  try {
    if (hex(sha256(plain)) !== textOf(part, "sha256").toLowerCase()) {
      throw new Problem("An original is not the one on record.", "Nothing of it was handed over. Stop, and tell your administrator.");
    }
    await work(plain);
  } finally {
    plain.fill(0);
  }
}

/** Answers how many parts were handed over. */
export async function handOver(url: string, token: string, root: string, progress: (sent: number) => void): Promise<number> {
  const plan = await getJson(url);
  const photographs = listOf(plan, "photographs").filter(needed);
  const words = [isRecord(plan) ? plan["text"] : null].filter(needed);
  if (photographs.length + words.length === 0) return 0;
  const trust = await opening(plan, root);
  const to = textOf(plan, "to_recipient");
  demandUnit(trust, textOf(plan, "to_area"), to);
  let sent = 0;
  for (const part of photographs) {
    await withPart(part, async (plain) => post(textOf(part, "upload"), token, await sealAge(plain, [to])));
    progress((sent += 1));
  }
  // The words become the draft there, which the server keeps under its records key.
  for (const part of words) {
    await withPart(part, (plain) => post(textOf(part, "upload"), token, plain));
    progress((sent += 1));
  }
  return sent;
}

/** Answers how many photographs were the ones on record; each that is not is given back, and then named. */
export async function compare(url: string, token: string, root: string, progress: (done: number) => void): Promise<number> {
  const plan = await getJson(url);
  const waiting = listOf(plan, "photographs").filter(needed);
  if (waiting.length === 0) return 0;
  await opening(plan, root);
  let [good, strange] = [0, 0];
  for (const part of waiting) {
    const same = await isSame(await getBytes(textOf(part, "original")), textOf(part, "sha256"));
    await post(`${textOf(part, "upload")}${same ? "" : "/strange"}`, token);
    if (same) good += 1;
    else strange += 1;
    progress(good + strange);
  }
  if (strange > 0) {
    throw new Problem(
      strange === 1 ? "1 photograph was not the one on record." : `${strange} photographs were not the ones on record.`,
      "It went back, and nothing of it is kept. Ask the other area’s co-ordinator to hand it over again, and tell your administrator.",
    );
  }
  return good;
}

/** Whether a file opens with this unit's key and holds what the record says. */
async function isSame(file: Bytes, sha: string): Promise<boolean> {
  try {
    const plain = await openAge(file, ...identities("unit"));
    const digest = hex(sha256(plain));
    plain.fill(0);
    return digest === sha.toLowerCase();
  } catch {
    return false;
  }
}
