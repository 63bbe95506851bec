// Roads that leave the straight one: words alone, no manager, a wanted person.

import assert from "node:assert/strict";
import { authorises, considered, decides, goesOn, walks } from "../lib/decision.mjs";
import { fill, send, unlock } from "../lib/forms.mjs";
import { look } from "../lib/look.mjs";
import { asks } from "../lib/request.mjs";

export const WORDS = {
  title: "Distraction thefts, method",
  reasons: "Four reports this week from the market quarter.",
  purposes: "prevention",
  locality: "Cantwell market quarter",
  text: "Two people: one asks for help at the far counter while the other empties the display by the door.",
  source: "none",
};

const main = (page) => page.locator("main").innerText();
const task = (page, title) => page.locator(".govuk-task-list__item", { hasText: title });

/** What a part asks, as one reads it. */
async function asked(page, path, part) {
  await page.goto(`${path}/decision/${part}`);
  return main(page);
}

export async function wordsAlone(stage) {
  const path = await asks(await stage.as("Riley"), WORDS);
  const sam = await stage.as("Sam");
  const { page, quiet } = sam;
  const material = await asked(page, path, "material");
  assert.doesNotMatch(material, /custody|Genesis\/Athena reference/i);
  assert.ok(material.includes(WORDS.text), "the words that would leave are there to be read");
  assert.equal(await authorises(sam, path, ["Morgan Ellery"]), path, "words alone need no sealing by hand");
  const [row] = await page.getByRole("region", { name: "Copies" }).locator("tbody tr").allInnerTexts();
  assert.match(row, /Morgan Ellery[^]*\d{4} at \d/);
  quiet();
}

/** The Pub Watch has no manager: its member is named, gets a copy of their own and no instructions (K7.5). Who is not vetted cannot be ticked. */
export async function noManager(stage) {
  const path = await asks(await stage.as("Riley"), { ...WORDS, title: "Walk-outs by the river" });
  const sam = await stage.as("Sam");
  const { page, quiet } = sam;
  await page.goto("/schemes");
  await page.getByRole("link", { name: "Cantwell Business Crime Reduction Partnership" }).click();
  await page.getByRole("link", { name: /vetting and storage\s+of Priya Lowen/ }).click();
  const before = await page.locator('main [name="vetting_ends"]').inputValue();
  await fill(page, { vetting_ends: "2026-01-31" });
  assert.equal(await send(page, "Save"), 303);
  await page.goto(`${path}/decision/recipients`);
  const priya = page.getByLabel("Priya Lowen", { exact: true });
  assert.equal(await priya.isDisabled(), true);
  assert.match(await main(page), /Priya Lowen[^]*vetting[^]*K7\.3/i);
  await look(page, "decision-recipients");
  await page.goto(`${path}/decision`);
  const { instructions: _, ...answers } = considered(Date.now());
  await walks(page, { ...answers, recipients: ["Toby Garrick"] });
  assert.equal(new URL(page.url()).pathname, `${path}/decide`);
  assert.equal(await decides(sam, "Sign and authorise"), 303);
  const rows = await page.getByRole("region", { name: "Copies" }).locator("tbody tr").allInnerTexts();
  assert.equal(rows.length, 1);
  assert.match(rows[0], /Toby Garrick\s+Cantwell Pub Watch/);
  const urn = /CZ\/\d{3}\/\d\d/.exec(await main(page))[0];
  stage.facts.personally = { urn, path };
  const toby = await stage.as("Toby");
  await toby.page.goto("/bulletins");
  await toby.page.getByRole("link", { name: urn }).first().click();
  await unlock(toby.page, toby.account);
  assert.equal(await send(toby.page, "I have read and accept these conditions"), 303);
  await fill(toby.page, { purpose: "prevention" });
  assert.equal(await send(toby.page, "Continue"), 303);
  await unlock(toby.page, toby.account);
  await toby.page.locator('[data-part="viewer"] [data-drawn]').waitFor({ timeout: 60_000 });
  assert.match(await toby.page.locator("[data-words]").innerText(), /empties the display by the door/);
  await page.goto("/schemes");
  await page.getByRole("link", { name: "Cantwell Business Crime Reduction Partnership" }).click();
  await page.getByRole("link", { name: /vetting and storage\s+of Priya Lowen/ }).click();
  await fill(page, { vetting_ends: before });
  assert.equal(await send(page, "Save"), 303);
  toby.quiet();
  quiet();
}

/** K6.3 with K7.13 and O3.2.5: first said to be wanted and nothing else, then with all that is asked. */
export async function wantedPerson(stage) {
  const path = await asks(await stage.as("Riley"), { ...WORDS, title: "Wanted after the market robberies", purposes: "apprehension" });
  const sam = await stage.as("Sam");
  const { page, quiet } = sam;
  const all = considered(Date.now());
  for (const name of ["telling", "notice_date", "notice_time", "notice_by", "notice_how", "notice_document"]) delete all[name];
  await page.goto(`${path}/decision/material`);
  await goesOn(page, { ...all, recipients: ["Morgan Ellery"], wanted: "yes", identification: "yes" });
  assert.equal(new URL(page.url()).pathname, `${path}/decision`);
  const list = await main(page);
  for (const told of [/C02[^]*K6\.3/, /Crown Prosecution[^]*K6\.3/, /wanted[^]*O3\.2\.5/]) assert.match(list, told);
  assert.match(await task(page, "Risk").innerText(), /Complete/);
  await look(page, "decision-wanted-missing");
  const rest = {
    c02_reference: "C02/2026/17",
    cps_consulted: "R. Osei, reviewing lawyer, 27 November 2026",
    telling: "left_out",
    left_out_by: "Inspector Alex Thorne",
    left_out_why: "The person would leave the district before the arrest.",
  };
  assert.deepEqual(await walks(page, rest), ["outcome", "notice"]);
  const record = await main(page);
  for (const words of ["C02/2026/17", "R. Osei", "Inspector Alex Thorne", "would leave the district"]) assert.ok(record.includes(words), words);
  assert.equal(await decides(sam, "Sign and authorise"), 303);
  assert.equal(new URL(page.url()).pathname, path);
  quiet();
}
