// Chapters 7 and 8: recall, confirmed destruction with its certificate, and the time limit.

import assert from "node:assert/strict";
import { join } from "node:path";
import { HOUR, endOfUkDay, fill, kept, refused, send, sign, ukTime, unlock } from "../lib/forms.mjs";
import { look } from "../lib/look.mjs";
import { drawn } from "../lib/pixels.mjs";

export async function coordinatorRecalls(stage) {
  const { page, account, quiet } = await stage.as("Sam");
  await page.goto(stage.facts.release);
  await page.getByRole("button", { name: "Recall this release" }).click();
  await look(page, "recall");
  assert.match(await page.locator("main").innerText(), /1 recipient has opened it/);
  assert.equal(await sign(page, account, "Sign and recall"), 422);
  await refused(page, { reason: /Enter the reason/ });
  await look(page, "recall-error");
  await fill(page, { reason: "The person was charged; the purpose is met." });
  assert.equal(await sign(page, account, "Sign and recall"), 303);
  assert.match(await page.locator("h1").innerText(), /Recalled|Withdrawn/i);
  await look(page, "release-recalled");
  quiet();
}

export async function managerSeesItGone(stage) {
  const { page, quiet } = await stage.as("Morgan");
  await page.goto("/bulletins");
  const card = page.locator(".portal-card", { hasText: stage.facts.urn });
  assert.match(await card.innerText(), /Withdrawn[^]*The police withdrew it on \d/);
  await look(page, "bulletins-withdrawn");
  await card.getByRole("link", { name: stage.facts.urn, exact: true }).click();
  assert.equal(await page.locator("canvas").count(), 0);
  assert.match(await page.locator("main").innerText(), /It cannot be opened[^]*K8\.2/);
  await look(page, "bulletin-withdrawn");
  const status = await page.evaluate(async (path) => (await fetch(path)).status, stage.facts.picture);
  assert.ok([403, 404, 410].includes(status), `a withdrawn part answers ${status}`);
  quiet();
}

export async function managerConfirms(stage) {
  const { page, account, quiet } = await stage.as("Morgan");
  await page.goto(stage.facts.bulletin);
  await page.getByRole("button", { name: "Confirm surrender or destruction" }).click();
  await unlock(page, account);
  await look(page, "confirm");
  const now = ukTime(Date.now() - 60_000);
  const form = {
    outcome: "destroyed",
    method: "Nothing was kept outside the portal; notes cross-cut shredded",
    done_date: now.date,
    done_time: now.time,
    onward: "none",
  };
  await fill(page, form);
  assert.equal(await send(page, "Sign and confirm"), 422);
  await refused(page, { witness: /Enter who saw it done/ });
  await kept(page, form);
  await look(page, "confirm-error");
  await unlock(page, account);
  await fill(page, { witness: "Priya Lowen, deputy manager" });
  assert.equal(await send(page, "Sign and confirm"), 303);
  assert.match(page.url(), /\/certificates\//);
  const certificate = await page.locator("main").innerText();
  assert.match(certificate, new RegExp(`${stage.facts.urn}[^]*Priya Lowen, deputy manager[^]*Key destroyed`));
  assert.doesNotMatch(certificate, /Not yet|Not found/);
  await page.screenshot({ path: join(stage.out, "story-8-certificate.png"), fullPage: true });
  await look(page, "certificate");
  const address = page.url();
  await page.goto("/bulletins");
  assert.match(await page.locator(".portal-card", { hasText: stage.facts.urn }).innerText(), /Confirmed/);
  const auditor = await stage.as("Robin");
  assert.equal((await auditor.page.goto(address)).status(), 200);
  quiet();
}

const MINUTE = 60_000;

/** Five minutes before its limit a copy opens; a second after, in the same visit, nothing does. */
export async function timeRunsOut(stage) {
  const now = await stage.as("Priya");
  await now.page.goto("/bulletins");
  const live = now.page.locator(".portal-card", { hasText: "Do not approach" }).filter({ hasText: "Open" }).first();
  const urn = /CZ\/\d{3}\/\d\d/.exec(await live.innerText())[0];
  const day = /You can view it until 11:59pm on ([^.]+)\./.exec(await live.innerText())[1];
  await stage.everybodyLeaves();
  const limit = endOfUkDay(day);

  stage.demo.moveClock(limit - 5 * MINUTE - Date.now());
  const later = await stage.as("Priya");
  const { page, account } = later;
  await page.goto("/bulletins");
  await page.getByRole("link", { name: urn }).first().click();
  const bulletin = new URL(page.url()).pathname;
  await fill(page, { purpose: "prevention" });
  assert.equal(await send(page, "Continue"), 303);
  await unlock(page, account);
  await drawn(page, "viewer", 3);
  const urls = await page.locator('[data-part="viewer"] [data-url]').evaluateAll((all) => all.map((one) => one.dataset.url));

  stage.demo.moveClock(limit + 1000 - Date.now());
  for (const url of urls) {
    const status = await page.evaluate(async (path) => (await fetch(path)).status, url);
    assert.ok([403, 410].includes(status), `an expired part answers ${status}`);
  }
  await page.evaluate(() => dispatchEvent(new Event("blur")));
  await page.getByRole("button", { name: "Show again" }).click();
  await page.locator('[data-part="viewer"] [data-error]:not([hidden])').first().waitFor();
  assert.equal(await page.locator("[data-drawn]").count(), 0);
  const told = page.locator('[data-part="viewer"] [data-error]:not([hidden])');
  assert.equal(await told.count(), 1, "what keeps every part away is said once");
  assert.match(await told.innerText(), /The time limit of this release was/);
  await look(page, "bulletin-expired-while-open");
  await page.goto(bulletin);
  assert.equal(await page.locator("canvas").count(), 0);
  assert.match(await page.locator("main").innerText(), /The time limit of this release was [^]*K7\.8/);
  await look(page, "bulletin-expired");
  await page.goto("/bulletins");
  const card = await page.locator(".portal-card", { hasText: urn }).innerText();
  assert.match(card, /Expired/);
  assert.ok(card.includes(`It could be viewed until 11:59pm on ${day}`), card);
  await look(page, "bulletins-expired");

  // A visit that nobody touches ends by the portal's clock.
  stage.demo.moveClock(limit + HOUR - Date.now());
  await page.goto("/bulletins");
  assert.match(page.url(), /\/sign-in/);
  assert.match(await page.locator("main").innerText(), /A visit ends after 15 minutes without use/);
  await look(page, "signed-out-by-idleness");
  later.quiet();
}
