// The straightforward case, as docs/USER-police.md tells it: an officer asks, the co-ordinator completes the eight parts, signs, and the
// portal seals. Nobody types an address: each screen is reached by what the one before says, and counted.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { considered, decides, goesOn } from "../lib/decision.mjs";
import { fill, kept, send, unlock } from "../lib/forms.mjs";
import { look, narrow, picture, sheets } from "../lib/look.mjs";
import { drawn } from "../lib/pixels.mjs";
import { realPhotograph } from "../lib/real-photograph.mjs";
import { CUSTODY, asks, sent, typed } from "../lib/request.mjs";
import { counting } from "../lib/screens.mjs";

const CASE = {
  title: "Thefts with threats, pharmacies",
  reasons: "Four reports this month name the same person; staff cannot act without a picture.",
  purposes: ["prevention", "detection"],
  locality: "Cantwell town centre",
  text: "Suspected of taking perfume near closing time, and of threatening staff who step in.",
  danger: "yes",
};

const main = (page) => page.locator("main").innerText();

/** A page as the guide shows it, where a folder for pictures is given. */
const shown = (stage, page, name) => picture(page, stage.pictures && join(stage.pictures, `police-${name}.png`));

export async function firstRequest(stage) {
  const riley = await stage.as("Riley");
  const { page, quiet } = riley;
  await page.goto("/");
  const screens = counting(page);
  await page.getByRole("link", { name: "Ask for a release" }).first().click();
  await page.waitForURL(/\/releases\/new/);
  const fields = { ...CASE, ...CUSTODY, photographs: realPhotograph() };
  await fill(page, fields);
  await shown(stage, page, "request");
  assert.equal(await typed(riley, {}), 303);
  assert.equal(await sent(riley), 303);
  const seen = screens.end();
  assert.ok(seen.length <= 4, `${seen.length} screens: ${seen.join(", ")}`);
  assert.match(await main(page), /waits for an Area Intelligence Co-ordinator/, "the last screen says what happens now");
  stage.facts.asked = new URL(page.url()).pathname;
  stage.facts.officerScreens = seen.length;
  quiet();
}

export async function firstRelease(stage) {
  const sam = await stage.as("Sam");
  const { page, account, quiet } = sam;
  await page.goto("/");
  const screens = counting(page);
  await shown(stage, page, "landing");
  await page.getByRole("link", { name: CASE.title }).click();
  await page.waitForURL((url) => url.pathname === stage.facts.asked);
  await unlock(page, account);
  await drawn(page, "original", 1);
  await page.getByRole("button", { name: "Decide this request" }).click();
  await page.waitForURL(/\/decision/);
  const answers = { ...considered(Date.now()), recipients: ["Morgan Ellery", "Priya Lowen"] };
  const walked = await goesOn(page, answers, async (_, part) => part === "grounds" && shown(stage, page, "part"));
  assert.deepEqual(walked, ["material", "grounds", "risk", "japan", "outcome", "notice", "recipients", "records"]);
  assert.equal(new URL(page.url()).pathname, `${stage.facts.asked}/decide`, "what is complete leads to the signature");
  await shown(stage, page, "check");
  const gone = page.waitForURL((url) => url.pathname === stage.facts.asked, { timeout: 120_000 });
  assert.equal(await decides(sam, "Sign and authorise"), 303);
  await gone;
  const seen = screens.end();
  // The release itself comes when all is sealed: nothing is asked there.
  assert.equal(seen.pop(), "/releases/{id}");
  assert.ok(seen.length <= 12, `${seen.length} screens: ${seen.join(", ")}`);
  const guide = readFileSync(new URL("../../../docs/USER-police.md", import.meta.url), "utf8");
  const counted = `an officer's first request takes ${stage.facts.officerScreens} screens, a co-ordinator's first release ${seen.length}.`;
  assert.ok(guide.includes(counted), `the guide does not say: ${counted}`);
  stage.facts.urn = /CZ\/\d{3}\/\d\d/.exec(await main(page))[0];
  for (const row of await page.getByRole("region", { name: "Copies" }).locator("tbody tr").allInnerTexts()) {
    assert.match(row, /\d{4} at \d/, `not sealed: ${row}`);
  }
  await look(page, "release-live");
  await shown(stage, page, "released");
  quiet();
}

/** The pair of forms 3795 and 3796 on A4, readable and not a book (K7.1). */
export async function onPaper(stage) {
  const { page, quiet } = await stage.as("Sam");
  await page.goto(stage.facts.asked);
  await page.getByRole("link", { name: "Print the record of authority" }).click();
  await page.waitForURL(/\/record$/);
  const record = await main(page);
  for (const words of [stage.facts.urn, "Repeated thefts with threats.", "Riley Marsh", "Sam Hollis", "Morgan Ellery"]) assert.ok(record.includes(words), words);
  assert.ok((await sheets(page, "record")) <= 5);
  quiet();
}

/** Somebody who is signed in, at a browser that runs no script. */
async function bare(stage, name) {
  const { context } = await stage.as(name);
  const one = await stage.browser.person({ javaScriptEnabled: false, storageState: await context.storageState() });
  // The browser's own line about a refused form.
  one.expecting(/responded with a status of 422/);
  await one.page.goto("/");
  return one;
}

/** Without a script a draft is saved and comes back, every part is saved, the record is read, and a request goes back to its officer. */
export async function withoutScript(stage) {
  const title = "Without a script";
  const path = await asks(await stage.as("Riley"), { ...CASE, title, danger: [], source: "none" });
  const sam = await bare(stage, "Sam");
  const { page } = sam;
  await page.getByRole("link", { name: title }).first().click();
  await page.getByRole("button", { name: "Decide this request" }).click();
  await page.waitForURL(/\/decision/);
  const walked = await goesOn(page, { ...considered(Date.now()), recipients: ["Morgan Ellery"] });
  assert.equal(walked.length, 8);
  assert.equal(new URL(page.url()).pathname, `${path}/decide`);
  const record = await main(page);
  for (const words of ["Repeated thefts with threats.", "K-MIP/2026/203", CASE.text, "needs JavaScript"]) assert.ok(record.includes(words), words);
  assert.equal(await send(page, "Sign and authorise"), 422, "nothing is signed without keys");
  assert.match(await page.locator(".govuk-error-summary").innerText(), /signature/);
  await narrow(page, "decide-no-script");
  await fill(page, { more: "Which shops were it?" });
  assert.equal(await send(page, "Send back to the officer"), 303);

  const riley = await bare(stage, "Riley");
  await riley.page.locator(".portal-section", { hasText: "Sent back to you" }).getByRole("link", { name: title }).first().click();
  await riley.page.waitForURL((url) => url.pathname.startsWith(path));
  assert.match(await main(riley.page), /Which shops were it\?/);
  await riley.page.goto("/");
  await riley.page.getByRole("link", { name: "Ask for a release" }).first().click();
  await fill(riley.page, { title: "Half a request", locality: "Cantwell" });
  assert.equal(await send(riley.page, "Save as a draft"), 303);
  assert.match(riley.page.url(), /\/request$/);
  await kept(riley.page, { title: "Half a request", locality: "Cantwell" });
  assert.equal(await send(riley.page, "Save and go on"), 303);
  assert.match(await main(riley.page), /It cannot be sent yet/);
  for (const one of [sam, riley]) {
    one.quiet();
    await one.close();
  }
}

/** The chapters that make the guide's pictures, in their order. */
export const pictured = [firstRequest, firstRelease];
