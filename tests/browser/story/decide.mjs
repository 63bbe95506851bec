// Chapter 2: a different person, the co-ordinator, opens the original, is refused by the rules, authorises, and seals.

import assert from "node:assert/strict";
import { join } from "node:path";
import { DAY, HOUR, fill, kept, keys, refused, sign, ukTime, unlock } from "../lib/forms.mjs";
import { look } from "../lib/look.mjs";
import { compared, drawn } from "../lib/pixels.mjs";
import { realPhotograph } from "../lib/real-photograph.mjs";
import { REQUEST } from "./ask.mjs";

/** A complete record. */
export function considered(now) {
  const served = ukTime(now - 80 * HOUR);
  return {
    basis: "common_law",
    grounds_kind: "intelligence",
    grounds: "Three current reports place the person in the bookshop during thefts this month.",
    intelligence_reference: "INT/2026/1442",
    intelligence_date: ukTime(now - 3 * DAY).date,
    prejudice: "Without the picture staff cannot recognise the person, and the thefts go on.",
    risk_confidentiality: "No source is identified.",
    risk_level: "Low: named recipients under a signed undertaking.",
    risk_purpose: "Recognition at the door, and a call to the police.",
    risk_conditions: "None",
    risk_harm: "Mistaken identity: staff call the police and do not confront.",
    risk_found: "no",
    japan_justified: "Repeated thefts with threats.",
    japan_authorised: "Common law power.",
    japan_proportionate: "The least that lets staff recognise one person.",
    japan_auditable: "This record and the log.",
    japan_necessary: "Other means have been tried for a month.",
    notice_date: served.date,
    notice_time: served.time,
    notice_by: "PC 1042",
    notice_how: "By hand, in writing",
    notice_document: "ATH/DOC/7712",
    representations: "no",
    outcome: "positive",
    kmip_reference: "K-MIP/2026/203",
    athena_reference: "ATH/REL/3310",
    athena_date: ukTime(now).date,
  };
}

export async function coordinatorLooks(stage) {
  const { page, account, quiet } = await stage.as("Sam");
  await page.goto("/");
  await look(page, "home-coordinator");
  await page.getByRole("link", { name: REQUEST.title }).click();
  assert.equal(new URL(page.url()).pathname, stage.facts.release);
  await look(page, "request-waiting");
  await unlock(page, account);
  await drawn(page, "original", 1);
  const seen = await compared(page.locator('[data-part="original"] canvas'), realPhotograph());
  assert.equal(`${seen.width} × ${seen.height}`, "512 × 512");
  assert.ok(seen.colours > 500 && seen.meanDistance < 25, `the original is not what was uploaded: ${JSON.stringify(seen)}`);
  await page.screenshot({ path: join(stage.out, "story-2-original.png"), fullPage: true });
  await look(page, "original-opened");
  quiet();
}

export async function coordinatorDecides(stage) {
  const { page, account, quiet } = await stage.as("Sam");
  const full = considered(Date.now());
  await page.goto(`${stage.facts.release}/decide`);
  await look(page, "decide");
  const recipients = [];
  for (const name of ["Morgan Ellery", "Toby Garrick"]) recipients.push(await page.getByLabel(name, { exact: true }).getAttribute("value"));
  const { japan_justified: _, japan_necessary: __, intelligence_reference: ___, ...rest } = full;
  const poor = { ...rest, grounds_kind: "past_only", recipients };
  await fill(page, poor);
  assert.equal(await sign(page, account, "Sign and authorise"), 422);
  await refused(page, { grounds_kind: /conviction alone is not a ground[^]*K6\.2\.2/, japan_justified: /all five parts of the JAPAN record[^]*K6\.4/ });
  await kept(page, poor);
  await look(page, "decide-refused");
  const early = ukTime(Date.now() - 20 * HOUR);
  await fill(page, { ...full, notice_date: early.date, notice_time: early.time });
  assert.equal(await sign(page, account, "Sign and authorise"), 422);
  await refused(page, { notice_date: /72 hours[^]*O3\.2\.3/ });
  await fill(page, full);
  await kept(page, { ...full, recipients });
  await page.screenshot({ path: join(stage.out, "story-3-decision.png"), fullPage: true });
  // The keys are open, so sealing begins by itself: what is handed over waits until the page has been looked at.
  const handing = new Promise((go) => (stage.facts.handOver = go));
  await page.route("**/photographs/*/sealing", async (route) => {
    if (route.request().method() === "POST") await handing;
    await route.continue();
  });
  assert.equal(await sign(page, account, "Sign and authorise"), 303);
  assert.equal(new URL(page.url()).pathname, `${stage.facts.release}/seal`);
  stage.facts.urn = /CZ\/\d{3}\/\d\d/.exec(await page.locator("h1").innerText())[0];
  quiet();
}

export async function coordinatorSeals(stage) {
  const { page, quiet } = await stage.as("Sam");
  assert.equal(await keys(page), "open", "no second unlocking in one visit");
  await page.getByText("0 of 2 sealed.").waitFor();
  await look(page, "seal");
  await page.screenshot({ path: join(stage.out, "story-4-sealing.png") });
  const gone = page.waitForURL((url) => url.pathname === stage.facts.release, { timeout: 120_000 });
  stage.facts.handOver();
  await gone;
  await page.unrouteAll({ behavior: "wait" });
  const sheet = page.getByRole("region", { name: "Copies" });
  const rows = await sheet.locator("tbody tr").allInnerTexts();
  assert.equal(rows.length, 2);
  for (const row of rows) assert.match(row, /\d{4} at \d/, `not sealed: ${row}`);
  assert.match(await page.locator("main").innerText(), new RegExp(stage.facts.urn));
  await look(page, "release-sealed");
  await page.goto("/register");
  await page.getByRole("link", { name: stage.facts.urn }).waitFor();
  await look(page, "register");
  quiet();
}
