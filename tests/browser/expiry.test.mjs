// A time limit is reached with nobody doing anything (K7.8): what is due is seen before, the holder's open page empties itself, a plain
// card stays, the holder confirms, the co-ordinator accepts, the certificate is one sheet. Each page is looked at (axe, 320 px, print).

import assert from "node:assert/strict";
import { after, before } from "node:test";
import { chapters } from "./lib/chapters.mjs";
import { DAY, endOfUkDay, fill, send, ukTime, unlock } from "./lib/forms.mjs";
import { look, sheets, shown } from "./lib/look.mjs";
import { drawn } from "./lib/pixels.mjs";
import { openStage } from "./lib/stage.mjs";

const MINUTE = 60_000;
/** How long before its limit the page is opened that has to empty itself. */
const JUST_BEFORE = 10_000;

let stage;
before(async () => (stage = await openStage()));
after(async () => stage?.stop());

const chapter = chapters(() => stage);

const main = (page) => page.locator("main").innerText();
const card = (page) => page.locator(".portal-card", { hasText: stage.facts.urn });

/** Whoever is signed in leaves, and the portal's clock stands so long after the limit. */
async function itIs(afterLimit) {
  await stage.everybodyLeaves();
  move(afterLimit);
}

function move(afterLimit) {
  stage.facts.ahead = stage.facts.limit + afterLimit - Date.now();
  stage.demo.moveClock(stage.facts.ahead);
}

/** Looks again until a page says it: the portal's own round comes every five seconds. */
async function says(page, path, words) {
  const until = Date.now() + 60_000;
  do {
    await page.goto(path);
    assert.ok(Date.now() < until, `${path} never says ${words}`);
  } while (!words.test(await main(page)));
}

chapter("the holder's list says until when it opens", async () => {
  const { page, quiet } = await stage.as("Priya");
  await page.goto("/bulletins");
  const live = page.locator(".portal-card", { hasText: "Do not approach" }).filter({ hasText: "Open" }).first();
  const words = await live.innerText();
  stage.facts.urn = /CZ\/\d{3}\/\d\d/.exec(words)[0];
  stage.facts.day = /You can view it until 11:59pm on ([^.]+)\./.exec(words)[1];
  stage.facts.limit = endOfUkDay(stage.facts.day);
  await shown(stage, page, "scheme-bulletins");
  quiet();
});

chapter("two days before, whoever is responsible finds it on their first page, with the time left", async () => {
  await itIs(-2 * DAY);
  const jordan = await stage.as("Jordan");
  await jordan.page.goto("/");
  const due = jordan.page.locator("section", { has: jordan.page.getByRole("heading", { name: "Reviews", exact: true }) });
  assert.match(await due.innerText(), new RegExp(`${stage.facts.urn}[^]*1 day 23 hours left: open until 11:59pm on ${stage.facts.day}[^]*Within 2 days`));
  await look(jordan.page, "home-reviewer-due");
  await jordan.page.goto("/reviews");
  await shown(stage, jordan.page, "police-reviews");
  jordan.quiet();
  const sam = await stage.as("Sam");
  await sam.page.goto("/");
  // What does not wait stands first.
  const headings = await sam.page.locator("main h2").allInnerTexts();
  assert.deepEqual(headings.slice(0, 2), ["Overdue: copies not accounted for", "Reviews"]);
  assert.match(await main(sam.page), new RegExp(`${stage.facts.urn}: [^]*1 day 23 hours left: open until 11:59pm on ${stage.facts.day}\\. To be reviewed, by a reviewing officer`));
  assert.match(await main(sam.page), /\d+ days( \d+ hours?)? late, to be confirmed by 11:59pm on /);
  await look(sam.page, "home-coordinator-due");
  await shown(stage, sam.page, "police-due");
  sam.quiet();
});

chapter("at the limit the holder's open page empties itself and says why", async () => {
  await itIs(-5 * MINUTE);
  const { page, account, quiet } = await stage.as("Priya");
  await page.goto("/bulletins");
  await card(page).getByRole("link", { name: stage.facts.urn, exact: true }).click();
  stage.facts.bulletin = new URL(page.url()).pathname;
  await fill(page, { purpose: "prevention" });
  assert.equal(await send(page, "Continue"), 303);
  await unlock(page, account);
  await drawn(page, "viewer", 3);
  const [part] = await page.locator('[data-part="viewer"] [data-url]').evaluateAll((all) => all.map((one) => one.dataset.url));
  const asked = () => page.evaluate(async (path) => (await fetch(path)).status, part);
  assert.equal(await asked(), 200);

  move(-JUST_BEFORE);
  await page.reload();
  assert.equal(await page.locator('[data-part="viewer"]').count(), 1, "still open");
  await page.getByRole("heading", { name: "It cannot be opened" }).waitFor({ timeout: JUST_BEFORE + 30_000 });
  assert.equal(await page.locator("canvas").count(), 0);
  assert.match(await main(page), /Expired[^]*The time limit of this release was [^]*K7\.8[^]*Surrender or destroy/);
  assert.equal(await asked(), 403);
  await look(page, "bulletin-at-its-limit");
  quiet();
});

chapter("a plain card stays: reference, dates, who held it, and what to do", async () => {
  const { page, quiet } = await stage.as("Priya");
  await page.goto("/bulletins");
  const lines = (await card(page).innerText()).split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const [title, until, by, held, todo, ...link] = lines;
  assert.equal(title, `${stage.facts.urn} Expired`);
  assert.equal(until, `It could be viewed until 11:59pm on ${stage.facts.day}.`);
  stage.facts.due = /^Confirm its end by 11:59pm on (\d+ \w+ \d{4})\.$/.exec(by)[1];
  assert.equal(Date.parse(`${stage.facts.due} UTC`) - Date.parse(`${stage.facts.day} UTC`), 14 * DAY);
  assert.match(held, /^Held by Priya Lowen for /);
  assert.match(todo, /^Surrender or destroy whatever you hold of it outside the portal, then confirm it\./);
  assert.equal(link.join(" "), `Confirm surrender or destruction of ${stage.facts.urn}`);
  assert.equal(await card(page).locator("canvas").count(), 0);
  await look(page, "card-expired");
  await shown(stage, page, "scheme-card");
  // Told without looking: on the first page, and by a message.
  await page.goto("/");
  assert.match(await main(page), new RegExp(`For you to confirm[^]*${stage.facts.urn}: confirm surrender or destruction[^]*13 days left`));
  await look(page, "home-holder-expired");
  await says(page, "/messages", /The time limit of a release was reached\. Destroy any print, and confirm it/);
  await shown(stage, page, "scheme-messages");
  quiet();
});

chapter("the holder destroys the prints, confirms, and has a certificate on one sheet", async () => {
  const { page, account, quiet } = await stage.as("Priya");
  await page.goto(stage.facts.bulletin);
  await page.getByRole("button", { name: "Confirm surrender or destruction" }).click();
  assert.match(await main(page), new RegExp(`${stage.facts.due}`));
  await unlock(page, account);
  const now = ukTime(Date.now() + stage.facts.ahead);
  await fill(page, { outcome: "destroyed", method: "2 prints, cross-cut shredded", done_date: now.date, done_time: now.time, witness: "Robin Hale, deputy manager", onward: "none" });
  await look(page, "confirm-expired");
  await shown(stage, page, "scheme-confirm", "This cannot be undone");
  assert.equal(await send(page, "Sign and confirm"), 303);
  assert.match(page.url(), /\/certificates\//);
  assert.match(await main(page), new RegExp(`${stage.facts.urn}[^]*Robin Hale, deputy manager`));
  assert.equal(await sheets(page, "certificate-expired"), 1);
  await look(page, "certificate-expired");
  await shown(stage, page, "scheme-certificate");
  await page.goto("/bulletins");
  const words = await card(page).innerText();
  assert.match(words, /Confirmed[^]*You confirmed its end on /);
  assert.doesNotMatch(words, /Do not approach/);
  quiet();
});

chapter("the co-ordinator sees it, and accepts", async () => {
  const { page, quiet } = await stage.as("Sam");
  await page.goto("/");
  assert.match(await main(page), /confirmations? waits? for your answer/);
  assert.match(await main(page), /reached (its limit|their limits) without a decision/);
  await look(page, "home-coordinator-expired");
  await page.goto("/demands");
  const rows = page.locator("main li", { hasText: stage.facts.urn });
  assert.equal(await rows.count(), 3);
  await look(page, "demands-expired");
  await rows.filter({ hasText: "Priya Lowen" }).getByRole("link").first().click();
  assert.match(await main(page), /2 prints, cross-cut shredded[^]*Robin Hale, deputy manager/);
  assert.equal(await send(page, "Accept: the copy is accounted for"), 303);
  assert.match(await main(page), /Accepted/);
  await page.getByRole("link", { name: stage.facts.urn }).first().click();
  assert.match(await main(page), /Expired/);
  await look(page, "release-expired");
  quiet();
});

chapter("no page complained of anything", async () => stage.everybodyLeaves());
