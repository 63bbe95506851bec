// Chapter 2: a different person, the co-ordinator, opens the original, is refused by the rules, authorises, and seals.

import assert from "node:assert/strict";
import { join } from "node:path";
import { considered, decides, walks } from "../lib/decision.mjs";
import { HOUR, fill, kept, keys, refused, send, ukTime, unlock } from "../lib/forms.mjs";
import { look } from "../lib/look.mjs";
import { compared, drawn } from "../lib/pixels.mjs";
import { realPhotograph } from "../lib/real-photograph.mjs";
import { REQUEST } from "./ask.mjs";

const PEOPLE = ["Morgan Ellery", "Toby Garrick"];

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

/** Too early, on a past conviction, with half a JAPAN record: it is kept as it is, and the list says what each part still wants. */
export async function rulesRefuse(stage) {
  const { page, quiet } = await stage.as("Sam");
  await page.goto(stage.facts.release);
  await page.getByRole("button", { name: "Decide this request" }).click();
  await page.waitForURL(/\/decision/);
  await page.goto(`${stage.facts.release}/decision`);
  await look(page, "decision");
  const early = ukTime(Date.now() - 20 * HOUR);
  const careless = { ...considered(Date.now()), recipients: PEOPLE, grounds_kind: "past_only", notice_date: early.date, notice_time: early.time };
  for (const name of ["intelligence_reference", "japan_justified", "japan_necessary"]) delete careless[name];
  const walked = await walks(page, careless);
  assert.equal(walked.length, 8);
  assert.equal(new URL(page.url()).pathname, `${stage.facts.release}/decision`);
  const list = await page.locator("main").innerText();
  assert.match(list, /5 of 8 are complete/);
  for (const told of [/conviction alone is not a ground[^]*K6\.2\.2/, /all five parts of the JAPAN record[^]*K6\.4/, /72 hours[^]*O3\.2\.3/]) assert.match(list, told);
  await look(page, "decision-missing");
  await page.getByRole("link", { name: /See the record so far/ }).click();
  await page.getByRole("heading", { name: "It cannot be authorised yet" }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Sign and authorise" }).count(), 0);
  await look(page, "decide-not-yet");
  quiet();
}

/** What cannot be read is told beside its field; everything typed stands there, then and later. */
export async function coordinatorDecides(stage) {
  const sam = await stage.as("Sam");
  const { page, quiet } = sam;
  const full = { ...considered(Date.now()), recipients: PEOPLE };
  await page.goto(`${stage.facts.release}/decision/notice`);
  await look(page, "decision-notice-early");
  const { notice_date, notice_by } = full;
  await fill(page, { notice_date, notice_time: "", notice_by });
  assert.equal(await send(page, "Save and go on"), 422);
  await refused(page, { notice_date: /Enter the date and the time of service/ });
  await kept(page, { notice_date, notice_time: "", notice_by });
  await look(page, "decision-notice-error");
  await page.goto(`${stage.facts.release}/decision`);
  assert.deepEqual(await walks(page, full), ["grounds", "japan", "notice"]);
  assert.equal(new URL(page.url()).pathname, `${stage.facts.release}/decide`);
  await page.screenshot({ path: join(stage.out, "story-3-decision.png"), fullPage: true });
  await look(page, "decide");
  // The keys are open, so sealing begins by itself: what is handed over waits until the page has been looked at.
  const handing = new Promise((go) => (stage.facts.handOver = go));
  await page.route("**/photographs/*/sealing", async (route) => {
    if (route.request().method() === "POST") await handing;
    await route.continue();
  });
  assert.equal(await decides(sam, "Sign and authorise"), 303);
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
