// The decision as a co-ordinator takes it: its parts page by page ("Save and go on"), then the whole record, signed.

import assert from "node:assert/strict";
import { DAY, HOUR, fill, send, sign, ukTime } from "./forms.mjs";
import { freshCode } from "./sign-in.mjs";

/** A careful co-ordinator's answers to every part of an ordinary case. */
export function considered(now) {
  const served = ukTime(now - 80 * HOUR);
  return {
    custody: "yes",
    justice: "yes",
    offence: "Theft from a shop, March 2025",
    image_reference: "ATH/IMG/0991",
    words_considered: "yes",
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
    outcome: "positive",
    wanted: "no",
    telling: "served",
    notice_date: served.date,
    notice_time: served.time,
    notice_by: "PC 1042",
    notice_how: "By hand, in writing",
    notice_document: "ATH/DOC/7712",
    need: "They manage the doors at which the person is seen.",
    instructions: "Show it to security staff on duty at the doors. Do not print it.",
    elsewhere: "no",
    kmip_reference: "K-MIP/2026/203",
    kmip_complete: "yes",
    kmip_attached: "yes",
    athena_reference: "ATH/REL/3310",
    athena_date: ukTime(now).date,
  };
}

/** Types what the page at hand asks for, out of all answers; people are ticked by name. */
export async function answered(page, answers) {
  const names = await page.locator("main form [name]:not([type=hidden]):not(button)").evaluateAll((all) => all.map((one) => one.name));
  const own = Object.entries(answers).filter(([name, value]) => names.includes(name) && name !== "recipients" && value !== undefined);
  await fill(page, Object.fromEntries(own));
  if (!names.includes("recipients")) return;
  for (const name of answers.recipients) await page.getByLabel(name, { exact: true }).check();
}

const part = (page) => /\/decision\/([a-z]+)$/.exec(new URL(page.url()).pathname)?.[1];

/** Fills the part at hand and goes on, and so forth, until the portal shows something else than a part; answers the parts that were shown. */
export async function goesOn(page, answers, seen = async () => {}) {
  const walked = [];
  for (let now = part(page); now !== undefined; now = part(page)) {
    assert.ok(!walked.includes(now), `${now} comes again: a way round in a ring`);
    walked.push(now);
    await answered(page, answers);
    await seen(page, now);
    assert.equal(await send(page, "Save and go on"), 303, `${now} was not taken`);
  }
  return walked;
}

/** From the list into the first part that is not complete, and on from there. */
export async function walks(page, answers, seen) {
  const parts = page.locator(".govuk-task-list").first().locator(".govuk-task-list__item");
  const open = parts.filter({ hasText: /Not started|Incomplete/ });
  await open.first().getByRole("link").click();
  await page.waitForURL(/\/decision\/[a-z]+$/);
  return goesOn(page, answers, seen);
}

/** Signs what stands on the page "Check and sign", and says who is there where the portal asks. */
export async function decides({ page, account }, button) {
  const code = page.locator("main #fresh_code");
  if ((await code.count()) > 0) await code.fill(await freshCode(account));
  return sign(page, account, button);
}

/** The whole decision on a request, from its list to the authority; answers where the portal leads then. */
export async function authorises(someone, path, recipients, changed = {}) {
  const { page } = someone;
  await page.goto(`${path}/decision`);
  await walks(page, { ...considered(Date.now()), recipients, ...changed });
  assert.equal(new URL(page.url()).pathname, `${path}/decide`, "not every part is complete");
  assert.equal(await decides(someone, "Sign and authorise"), 303);
  return new URL(page.url()).pathname;
}
