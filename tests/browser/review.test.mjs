// A live release is reviewed and continued, its holder acknowledges anew; a second review withdraws it (K7.8, K7.9). Each new page is
// looked at (axe, 320 px, print).

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { decides } from "./lib/decision.mjs";
import { DAY, fill, refused, send, sign, ukTime, unlock } from "./lib/forms.mjs";
import { look, shown } from "./lib/look.mjs";
import { openStage } from "./lib/stage.mjs";

const URN = "CZ/003/26";
const LATER = 50 * DAY;
const main = (page) => page.locator("main").innerText();
const go = (page, name) => page.getByRole("link", { name }).first().click();

let stage;
before(async () => {
  stage = await openStage();
  // Ten days before its limit.
  stage.demo.moveClock(LATER);
});
after(async () => stage?.stop());

const day = (days) => ukTime(Date.now() + LATER + days * DAY).date;

const GROUNDS = () => ({
  basis: "common_law",
  grounds_kind: "intelligence",
  grounds: "Two reports of this month place the person in the same shops again.",
  intelligence_date: day(-2),
  prejudice: "Staff would not recognise the person, and the thefts would go on.",
});
const RISK = {
  risk_confidentiality: "No source is identified.",
  risk_level: "Low, as before.",
  risk_purpose: "Recognition at the door.",
  risk_conditions: "Not for display.",
  risk_harm: "Mistaken identity: staff call the police.",
  risk_found: "no",
};

/** From the first page to the list of the release's review. */
async function fromQueue(page) {
  await page.goto("/");
  await go(page, "See them by their limits");
  await page.getByRole("heading", { name: "For you" }).waitFor();
  await go(page, new RegExp(URN));
  await page.getByRole("heading", { name: /Reviews \(form 3796\)|Decide the review/ }).waitFor();
}

test("the reviewer finds what is due, answers part by part and signs", async () => {
  const { page, account, quiet } = await stage.as("Jordan");
  await page.goto("/");
  await look(page, "home-reviewer");
  await go(page, "See them by their limits");
  await page.getByRole("heading", { name: "For you" }).waitFor();
  assert.match(await main(page), /CZ\/003\/26[^]*Within 7 days|CZ\/003\/26[^]*Within 14 days/);
  await look(page, "reviews");
  await go(page, new RegExp(URN));
  await page.waitForURL(/\/review$/);
  await look(page, "review-to-begin");
  await go(page, "Grounds on current intelligence");
  await fill(page, { ...GROUNDS(), intelligence_reference: "INT/2026/0931" });
  assert.equal(await send(page, "Save and go to the list"), 303);
  assert.match(await main(page), /Still missing[^]*rested on this report already[^]*K7\.9/);
  await look(page, "review-missing");
  await shown(stage, page, "police-review");
  await go(page, "Grounds on current intelligence");
  await fill(page, { intelligence_reference: "INT/2027/0007" });
  await look(page, "review-grounds");
  assert.equal(await send(page, "Save and go on"), 303);
  await fill(page, RISK);
  assert.equal(await send(page, "Save and go on"), 303);
  for (const box of await page.locator('input[name="still_need"]').all()) await box.check();
  await fill(page, { need: "They manage the doors at which the person is still seen." });
  await look(page, "review-recipients");
  assert.equal(await send(page, "Save and go on"), 303);
  await fill(page, { advised: "continue", reason: "The person goes on." });
  await look(page, "review-recommendation");
  assert.equal(await send(page, "Save and go on"), 303);
  await page.waitForURL(/\/review-check$/);
  await unlock(page, account);
  await look(page, "review-check");
  assert.equal(await send(page, "Sign the review"), 303);
  assert.match(await main(page), /Review 1 is signed and waits for a decision/);
  quiet();
});

test("the co-ordinator continues it, and the holder acknowledges anew before it opens", async () => {
  const sam = await stage.as("Sam");
  const { page, quiet } = sam;
  await fromQueue(page);
  await page.waitForURL(/\/review-decision$/);
  assert.match(await main(page), /The reviewer recommends: Continue[^]*If you continue it now, it is open until 11:59pm on/);
  await unlock(page, sam.account);
  await look(page, "review-decision");
  await shown(stage, page, "police-review-decision", /^Your decision/);
  assert.equal(await decides(sam, "Sign and continue"), 422);
  await refused(page, { reason: /Enter the reason/ });
  await fill(page, { reason: "As the reviewer says." });
  assert.equal(await decides(sam, "Sign and continue"), 303);
  await page.waitForURL(/\/review$/);
  assert.match(await main(page), /Review 1: the decision[^]*Continue[^]*Continued to a new limit/);
  await look(page, "review-continued");
  quiet();

  const priya = await stage.as("Priya");
  await priya.page.goto("/bulletins");
  await go(priya.page, URN);
  assert.match(await main(priya.page), /Continued on [^]* after a review[^]*no longer counts/);
  assert.equal(await priya.page.locator("canvas").count(), 0, "nothing opens before");
  await unlock(priya.page, priya.account);
  assert.equal(await send(priya.page, "I have read and accept these conditions"), 303);
  await look(priya.page, "bulletin-continued");
  priya.quiet();
});

test("closed earlier by the co-ordinator, and what is typed wrongly is told beside its field", async () => {
  const sam = await stage.as("Sam");
  const { page, quiet } = sam;
  await page.goto("/releases?q=CZ%2F003%2F26");
  await page.getByRole("link", { name: /CZ\/003\/26|./ }).locator("visible=true").first().waitFor();
  const path = await page.locator('main a[href^="/releases/0"]').first().getAttribute("href");
  stage.facts.path = path;
  await page.goto(path);
  await go(page, "Close it earlier (K7.8)");
  await unlock(page, sam.account);
  await look(page, "limit");
  await fill(page, { close_on: day(-1), reason: "The shop closes then." });
  assert.equal(await decides(sam, "Sign and close it earlier"), 422);
  await refused(page, { close_on: /This day is past/ });
  await fill(page, { close_on: day(20) });
  assert.equal(await decides(sam, "Sign and close it earlier"), 303);
  assert.match(await main(page), /Time limit brought forward/);
  await look(page, "release-brought-forward");
  quiet();
});

test("a second review withdraws it", async () => {
  const jordan = await stage.as("Jordan");
  await jordan.page.goto(`${stage.facts.path}/review/recommendation`);
  await fill(jordan.page, { advised: "withdraw", reason: "The person has moved away." });
  assert.equal(await send(jordan.page, "Save and go to the list"), 303);
  await go(jordan.page, "Grounds on current intelligence");
  await fill(jordan.page, { grounds: "Nothing since." });
  assert.equal(await send(jordan.page, "Save and go to the list"), 303);
  await jordan.page.getByRole("button", { name: "Check the review and sign" }).click();
  await jordan.page.waitForURL(/\/review-check$/);
  assert.equal(await sign(jordan.page, jordan.account, "Sign the review"), 303);
  jordan.quiet();

  const sam = await stage.as("Sam");
  await fromQueue(sam.page);
  assert.match(await main(sam.page), /It cannot be continued on this review/);
  await look(sam.page, "review-decision-withdraw");
  await fill(sam.page, { reason: "Moved away." });
  assert.equal(await decides(sam, "Sign and withdraw"), 303);
  assert.match(await main(sam.page), /Recalled|Withdraw/);
  await sam.page.goto(`${stage.facts.path}/record`);
  assert.match(await main(sam.page), /Reviews and time limits since[^]*Review 2: the decision/);
  await look(sam.page, "record-reviewed");
  sam.quiet();

  const priya = await stage.as("Priya");
  await priya.page.goto("/bulletins");
  assert.match(await priya.page.locator(".portal-card", { hasText: URN }).innerText(), /Withdrawn/);
  priya.quiet();
});

test("no page complained of anything", () => stage.everybodyLeaves());
