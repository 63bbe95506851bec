// Retention (K9.1): a legal hold stops a disposal; lifted, two people dispose of the case, and its page says plainly that it is gone.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DAY, fill, refused, send, sign } from "./lib/forms.mjs";
import { look, shown } from "./lib/look.mjs";
import { freshCode } from "./lib/sign-in.mjs";
import { openStage } from "./lib/stage.mjs";

const URN = "CZ/002/26";
/** Past every period of the demo's cases, whatever day it is begun on. */
const YEARS = 11 * 366 * DAY;

let stage;
before(async () => (stage = await openStage()));
after(async () => stage?.stop());

/** The case on the list of somebody's first link to it. */
async function opensReview(who) {
  const someone = await stage.as(who);
  const { page } = someone;
  await page.goto("/");
  await page.getByRole("link", { name: "Retention", exact: true }).first().click();
  const row = page.locator(".govuk-task-list__item", { hasText: stage.facts.urn });
  return { ...someone, row };
}

test("what is due stands on the list with its period and source", async () => {
  stage.demo.moveClock(YEARS);
  const first = await stage.as("Sam");
  await first.page.goto("/releases");
  stage.facts.urn = (await first.page.locator("main").innerText()).match(/CZ\/002\/\d\d/)?.[0] ?? URN;
  const { page, row, quiet } = await opensReview("Sam");
  assert.match(await row.innerText(), /10 years: .*B18/);
  await look(page, "retention");
  await shown(stage, page, "police-retention");
  await row.getByRole("link").click();
  await look(page, "retention-review");
  stage.facts.review = page.url();
  quiet();
});

test("a legal hold stops it, and says who, why and since when", async () => {
  const { page, account, quiet } = await stage.as("Sam");
  await page.goto(stage.facts.review);
  await page.getByRole("link", { name: "Place a legal hold" }).click();
  assert.equal(await send(page, "Place the hold"), 422);
  await refused(page, { scope: /Select what is held/, reason: /reason/ });
  await look(page, "retention-hold-error");
  await page.getByLabel("This one only").check();
  await fill(page, { reason: "Claim 17/2036" });
  assert.equal(await send(page, "Place the hold"), 303);
  assert.match(await page.locator("main").innerText(), /Held[^]*Sam Hollis: Claim 17\/2036/);
  await look(page, "retention-held");
  await shown(stage, page, "police-hold", "Legal holds");
  await fill(page, { reason: "Nothing depends on it" });
  await page.getByLabel("Dispose of it").check();
  assert.equal(await sign(page, account, "Sign and propose"), 422);
  await refused(page, { fate: /legal hold/ });
  await page.goto(stage.facts.review.replace("/retention/", "/releases/"));
  assert.match(await page.locator("main").innerText(), /Legal hold since [^]*Claim 17\/2036/);
  await page.goto(stage.facts.review);
  await page.getByRole("link", { name: "Lift this hold" }).click();
  await look(page, "retention-lift");
  await fill(page, { reason: "The claim is settled" });
  assert.equal(await send(page, "Lift the hold"), 303);
  quiet();
});

test("one proposes, another decides, and the night after it is gone", async () => {
  const sam = await stage.as("Sam");
  await sam.page.goto(stage.facts.review);
  await sam.page.getByLabel("Dispose of it").check();
  await fill(sam.page, { reason: "Nothing depends on it" });
  assert.equal(await sign(sam.page, sam.account, "Sign and propose"), 303);
  assert.match(await sam.page.locator("main").innerText(), /waits for a second person/);
  assert.equal(await sam.page.getByRole("button", { name: "Sign and decide" }).count(), 0, "not by the same person");

  const { page, account, row, quiet } = await opensReview("Casey");
  assert.match(await row.innerText(), /Waits for a second person/);
  await row.getByRole("link").click();
  await look(page, "retention-decide");
  await page.getByLabel("I agree").check();
  if ((await page.locator("[name=fresh_code]").count()) > 0) await fill(page, { fresh_code: await freshCode(account) });
  assert.equal(await sign(page, account, "Sign and decide"), 303);
  assert.match(await page.locator("main").innerText(), /It goes on .* at 2:00am, unless a hold stops it/);
  quiet();
  await stage.everybodyLeaves();

  stage.demo.moveClock(YEARS + 2 * DAY);
  const robin = await stage.as("Robin");
  const gone = async () => {
    await robin.page.goto(stage.facts.review);
    return /records, log bodies and sealed files are gone/.test(await robin.page.locator("main").innerText());
  };
  // The portal's own round comes every five seconds.
  const until = Date.now() + 60_000;
  while (!(await gone())) assert.ok(Date.now() < until, "it was not disposed of");
  await look(robin.page, "retention-disposed");
  assert.match(await robin.page.locator("main").innerText(), /Proposed by Sam Hollis[^]*Agreed by Casey Wren/);
  await robin.page.goto(stage.facts.review.replace("/retention/", "/releases/"));
  assert.match(robin.page.url(), /\/retention\//, "its page leads to the record");
  robin.quiet();
  await stage.everybodyLeaves();
});
