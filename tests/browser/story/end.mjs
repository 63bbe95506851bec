// Chapters 7 and 8: recall, confirmed destruction with its certificate, and the time limit.

import assert from "node:assert/strict";
import { join } from "node:path";
import { DAY, HOUR, fill, kept, refused, send, ukTime, unlock } from "../lib/forms.mjs";
import { look } from "../lib/look.mjs";
import { signIn } from "../lib/sign-in.mjs";

export async function coordinatorRecalls(stage) {
  const { page, quiet } = await stage.as("Sam");
  await page.goto(stage.facts.release);
  await page.getByRole("button", { name: "Recall this release" }).click();
  await look(page, "recall");
  assert.match(await page.locator("main").innerText(), /1 recipient has opened it/);
  assert.equal(await send(page, "Recall this release"), 422);
  await refused(page, { reason: /Enter the reason/ });
  await look(page, "recall-error");
  await fill(page, { reason: "The person was charged; the purpose is met." });
  assert.equal(await send(page, "Recall this release"), 303);
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
  await page.getByRole("link", { name: "Confirm that your copy has been surrendered or destroyed" }).click();
  await unlock(page, account);
  await look(page, "confirm");
  const now = ukTime(Date.now() - 60_000);
  const form = {
    outcome: "destroyed",
    method: "Nothing was kept outside the portal; notes cross-cut shredded",
    done_date: now.date,
    done_time: now.time,
  };
  await fill(page, form);
  assert.equal(await send(page, "Sign and destroy the key"), 422);
  await refused(page, { witness: /Enter who saw it done/ });
  await kept(page, form);
  await look(page, "confirm-error");
  await unlock(page, account);
  await fill(page, { witness: "Priya Lowen, deputy manager" });
  assert.equal(await send(page, "Sign and destroy the key"), 303);
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

/** Fifty-six days on, what Priya could open is over; a minute before, it was not. */
export async function timeRunsOut(stage) {
  const priya = await stage.as("Priya");
  await priya.page.goto("/bulletins");
  const live = priya.page.locator(".portal-card", { hasText: "Do not approach" }).filter({ hasText: "Open" }).first();
  const urn = /CZ\/\d{3}\/\d\d/.exec(await live.innerText())[0];
  const until = /You can view it until ([^.]+)\./.exec(await live.innerText())[1];
  await priya.page.getByRole("link", { name: urn }).first().click();
  const bulletin = new URL(priya.page.url()).pathname;
  await fill(priya.page, { purpose: "prevention" });
  assert.equal(await send(priya.page, "Continue"), 303);
  const urls = await priya.page.locator('[data-part="viewer"] [data-url]').evaluateAll((all) => all.map((one) => one.dataset.url));
  assert.ok(urls.length >= 2);
  await unlock(priya.page, priya.account);
  await priya.page.locator('[data-part="viewer"] [data-drawn]').first().waitFor({ timeout: 60_000 });
  await stage.everybodyLeaves();

  stage.demo.moveClock(62 * DAY + HOUR);
  const later = await stage.as("Priya");
  const { page } = later;
  await page.goto("/bulletins");
  const card = page.locator(".portal-card", { hasText: urn });
  assert.match(await card.innerText(), /Expired/);
  assert.ok((await card.innerText()).includes(`It could be viewed until ${until}`), await card.innerText());
  await look(page, "bulletins-expired");
  await page.goto(bulletin);
  assert.equal(await page.locator("canvas").count(), 0);
  assert.match(await page.locator("main").innerText(), /The time limit of this release was [^]*K7\.8/);
  await look(page, "bulletin-expired");
  for (const url of urls) {
    const status = await page.evaluate(async (path) => (await fetch(path)).status, url);
    assert.ok([403, 410].includes(status), `an expired part answers ${status}`);
  }
  later.quiet();
  await idleVisit(stage, later);
}

/** A visit that nobody touches ends by the portal's clock, and the sign-in page leads back. */
async function idleVisit(stage, { page, account, quiet }) {
  stage.demo.moveClock(62 * DAY + 2 * HOUR);
  await page.goto("/bulletins");
  await look(page, "signed-out-by-idleness");
  assert.match(page.url(), /\/sign-in/);
  await signIn(page, account);
  assert.equal(new URL(page.url()).pathname, "/");
  quiet();
}
