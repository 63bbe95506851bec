// A unit's boxes, sealed in a co-ordinator's browser: to exactly those who should hold them, each checked down from the root.
// Absent on purpose: keeping the unit's secret line a moment longer than it takes to seal it, and believing the server about a key.

import { identityToRecipient } from "age-encryption";
import { bech32 } from "@scure/base";
import { base64, random, utf8, type Bytes } from "../formats/bytes";
import { follow, type Paper, type Trust } from "../formats/trust";
import { Problem } from "../wire/problem";
import type { UnitAsk } from "../wire/protocol";
import { getJson, listOf, post, textOf } from "../wire/server";
import { sealAge } from "./age";
import { keys, withBox } from "./vault";

export interface UnitKey {
  recipient: string;
  box: string;
}

/** A unit's plan, read strictly and checked: everybody in it has a chain to the root. */
export interface UnitPlan {
  area: string;
  /** The key in force; empty: none. */
  unit: string;
  keys: UnitKey[];
  trust: Trust;
  /** Recipients of everybody who should hold the box, and of break-glass. */
  holders: string[];
  originals: { url: string; sha256: string }[];
  total: number;
}

export async function readPlan(url: string): Promise<UnitPlan> {
  const plan = await getJson(url);
  const papers = listOf(plan, "papers").map((one): Paper => ({ document: textOf(one, "document"), note: textOf(one, "note") }));
  const trust = await follow(textOf(plan, "root"), papers);
  const area = textOf(plan, "area");
  const holders: string[] = [];
  for (const one of listOf(plan, "people")) {
    const recipient = textOf(one, "recipient");
    if (!trust.inUnit(area, textOf(one, "person"), recipient, textOf(one, "signing_key"))) {
      throw new Problem(
        `Stop: the key on record for ${textOf(one, "name")} is not one that was approved for this unit.`,
        "Somebody may have changed it. Nothing was sealed. Tell your administrator by telephone at once.",
      );
    }
    holders.push(recipient);
  }
  if (!holders.includes(keys().facts.recipient)) {
    throw new Problem("Your own keys are not approved for this unit.", "The root signs those of an area’s first co-ordinator: ask your administrator. Later another co-ordinator of the area confirms them.");
  }
  const glass = textOf(plan, "break_glass");
  if (glass === "") throw new Problem("No break-glass key is configured.", "Ask your administrator. Nothing was sealed.");
  return {
    area,
    trust,
    unit: textOf(plan, "unit"),
    keys: listOf(plan, "keys").map((one) => ({ recipient: textOf(one, "recipient"), box: textOf(one, "box") })),
    holders: [...holders, glass],
    originals: listOf(plan, "originals").map((one) => ({ url: textOf(one, "url"), sha256: textOf(one, "sha256") })),
    total: listOf(plan, "originals").length,
  };
}

/** Makes a new identity and posts its box. The root signs its recipient before anything is sealed to it. */
export async function makeUnit({ plan, post: address, token, code }: UnitAsk): Promise<void> {
  const { holders } = await readPlan(plan);
  const secret = random(32);
  const written = bech32.encodeFromBytes("AGE-SECRET-KEY-", secret).toUpperCase();
  secret.fill(0);
  const line = utf8(`${written}\n`);
  try {
    const recipient = await identityToRecipient(written);
    await send(address, token, code, holders, [{ recipient, box: await sealAge(line, holders) }]);
  } finally {
    line.fill(0);
  }
}

/** Opens each box and seals it anew, so that whoever joined opens earlier originals too, and whoever left is in none. */
export async function shareUnit({ plan, post: address, token, code }: UnitAsk): Promise<void> {
  const { area, holders, keys: all, trust, unit } = await readPlan(plan);
  if (!trust.unit(area, unit)) {
    throw new Problem(
      "Stop: the unit's key on record is not one that the root signed.",
      "Somebody may have changed it. Nothing was sealed. Tell your administrator by telephone at once.",
    );
  }
  const boxes: { recipient: string; box: Bytes }[] = [];
  for (const { recipient, box } of all) {
    boxes.push({ recipient, box: await withBox(box, recipient, (line) => sealAge(line, holders)) });
  }
  await send(address, token, code, holders, boxes);
}

async function send(address: string, token: string, code: string, holders: string[], boxes: { recipient: string; box: Bytes }[]): Promise<void> {
  const sent = { boxes: boxes.map(({ recipient, box }) => ({ recipient, box: base64(box) })), holders, fresh_code: code };
  await post(address, token, utf8(JSON.stringify(sent)));
}
