// Numbered prints: allowed with a reason, one of two printed on A4, opened once, freed by the co-ordinator; and the holder leaves.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { considered, decides, goesOn } from "./lib/decision.mjs";
import { fill, keys, refused, send, sign, ukTime, unlock } from "./lib/forms.mjs";
import { look, sheets, shown } from "./lib/look.mjs";
import { drawn } from "./lib/pixels.mjs";
import { realPhotograph } from "./lib/real-photograph.mjs";
import { CUSTODY, asks } from "./lib/request.mjs";
import { openStage } from "./lib/stage.mjs";

const CASE = {
  title: "Prints for a door without a screen",
  reasons: "Four reports this month name the same person; staff cannot act without a picture.",
  purposes: ["prevention"],
  locality: "Cantwell town centre",
  text: "Suspected of taking perfume near closing time.",
  danger: "yes",
};
const main = (page) => page.locator("main").innerText();

let stage;
before(async () => (stage = await openStage()));
after(async () => stage?.stop());

test("prints are allowed with a reason, and sealed sheet by sheet", async () => {
  const path = await asks(await stage.as("Riley"), { ...CASE, ...CUSTODY, photographs: realPhotograph() });
  const sam = await stage.as("Sam");
  const { page, quiet } = sam;
  await page.goto(`${path}/decision/material`);
  const prints = { prints: "2", prints_why: "The back door has no screen.", prints_by: "holder" };
  const instructions = "Keep it behind the back door, for security staff on duty. Copy nothing.";
  const answers = { ...considered(Date.now()), ...prints, instructions, recipients: ["Priya Lowen"] };
  await goesOn(page, answers, async (_, part) => {
    if (part !== "risk") return;
    assert.match(await main(page), /Off unless you allow them\. Paper leaves the portal’s sight/);
    await look(page, "decision-prints");
  });
  const gone = page.waitForURL((url) => url.pathname === path, { timeout: 120_000 });
  assert.equal(await decides(sam, "Sign and authorise"), 303);
  await gone;
  stage.facts.path = path;
  stage.facts.urn = /CZ\/\d{3}\/\d\d/.exec(await main(page))[0];
  assert.match(await main(page), /2 numbered prints: 0 opened, 0 confirmed gone/);
  assert.match(await main(page), /open to its 1 recipients? until|open to its 1/);
  await page.getByRole("link", { name: "Numbered prints (O3.2.1)" }).click();
  await page.waitForURL(/\/prints$/);
  assert.match(await main(page), /Sheet 1 of 2[^]*Not yet[^]*Sheet 2 of 2[^]*Not yet/);
  await look(page, "prints-ledger");
  await shown(stage, page, "police-prints");
  quiet();
});

test("the holder opens one sheet once, and it fits on A4 with its number, mark and date", async () => {
  const { page, account, quiet } = await stage.as("Priya");
  await page.goto("/bulletins");
  await page.getByRole("link", { name: stage.facts.urn, exact: true }).first().click();
  await page.waitForURL(/\/bulletins\/[0-9a-f]/);
  stage.facts.bulletin = new URL(page.url()).pathname;
  await unlock(page, account);
  assert.equal(await send(page, "I have read and accept these conditions"), 303);
  if ((await page.locator("main input[name=purpose]").count()) > 0) {
    await fill(page, { purpose: "prevention" });
    assert.equal(await send(page, "Continue"), 303);
  }
  await look(page, "bulletin-with-prints");
  await page.getByRole("link", { name: /^Sheet 1 of 2/ }).click();
  await page.waitForURL(/\/sheets\//);
  stage.facts.sheet = new URL(page.url()).pathname;
  await look(page, "sheet-before");
  await shown(stage, page, "scheme-sheet");
  const open = page.getByRole("button", { name: "Open this sheet for printing" });
  if ((await keys(page)) === "locked") {
    await page.locator("#unlock-passphrase").fill(account.passphrase);
    await page.getByRole("button", { name: "Unlock", exact: true }).click();
  }
  await open.click();
  await drawn(page, "print", 2);
  assert.ok(await page.getByRole("button", { name: "Print this sheet" }).isEnabled());
  assert.match(await main(page), /Sheet 1 of 2[^]*Destroy by \d+ \w+ \d{4}\.[^]*Do not copy/);
  await look(page, "sheet-open");
  assert.equal(await sheets(page, "sheet"), 1, "one sheet of paper");
  await page.reload();
  assert.equal(await page.locator("canvas").count(), 0);
  assert.match(await main(page), /opened for printing already/);
  await look(page, "sheet-printed");
  await page.goto("/held");
  assert.match(await main(page), /Sheet 1 of 2[^]*Opened for printing on/);
  await look(page, "held");
  quiet();
});

test("the co-ordinator frees a print that failed", async () => {
  const { page, quiet } = await stage.as("Sam");
  await page.goto(`${stage.facts.path}/prints`);
  await page.getByRole("link", { name: /^Sheet 1 of 2/ }).click();
  await page.waitForURL(/\/prints\/[0-9a-f]/);
  await look(page, "print-kept");
  assert.equal(await send(page, "Free this sheet"), 422);
  await look(page, "print-kept-error");
  await fill(page, { reason: "The printer jammed; the paper was shredded." });
  assert.equal(await send(page, "Free this sheet"), 303);
  assert.match(await main(page), /Freed to be printed again: The printer jammed/);
  quiet();
});

test("a leaver with prints out: access ends at once, what they saw and hold is reported and demanded", async () => {
  const priya = await stage.as("Priya");
  const bulletin = stage.facts.bulletin;
  assert.equal((await priya.page.goto(bulletin)).status(), 200, "open until then");
  const { page, quiet } = await stage.as("Sam");
  await page.goto("/schemes");
  const scheme = page.locator("main a[href^='/schemes/']").filter({ hasText: /Retail|Watch|Cantwell/ });
  for (const href of await scheme.evaluateAll((all) => all.map((one) => one.getAttribute("href")))) {
    await page.goto(href);
    if ((await page.getByRole("heading", { name: /^Priya Lowen/ }).count()) > 0) break;
  }
  await page.getByRole("link", { name: "Change vetting and storage of Priya Lowen" }).click();
  await page.getByRole("link", { name: "record that they leave" }).click();
  await page.waitForURL(/\/leave$/);
  await look(page, "leave");
  assert.equal(await send(page, "Record that they leave"), 422);
  await refused(page, { successor: /Choose who follows them/, reason: /Enter why they leave/ });
  await look(page, "leave-error");
  await page.getByLabel("Morgan Ellery").check();
  await fill(page, { reason: "A new post." });
  assert.equal(await send(page, "Record that they leave"), 303);
  await page.waitForURL(/\/leavings\//);
  const report = new RegExp(`Morgan Ellery[^]*${stage.facts.urn}\\s+Electronic copy[^]*Sheet 1 of 2[^]*Sheet 2 of 2[^]*What they looked at[^]*printed as sheet 1`);
  assert.match(await main(page), report);
  await look(page, "leaver");
  await shown(stage, page, "police-leaver");
  // In the browser that they left open nothing of it opens any more.
  for (const path of [bulletin, stage.facts.sheet]) {
    const answer = await priya.page.goto(path);
    assert.ok(answer.status() === 404 || /\/sign-in/.test(answer.url()), `${path}: ${answer.status()} at ${answer.url()}`);
    assert.equal(await priya.page.locator("canvas").count(), 0);
  }
  await page.goto("/demands");
  const lines = page.locator(".govuk-task-list__item", { hasText: stage.facts.urn });
  assert.match((await lines.allInnerTexts()).join("\n"), /Priya Lowen[^]*sheet 1 of 2[^]*sheet 2 of 2/);
  await look(page, "demands-leaver");
  await page.goto(stage.facts.path);
  assert.match(await main(page), /Left the scheme: ended on/);
  quiet();
});

test("who follows signs first; then the copies are sealed again in the co-ordinator's browser", async () => {
  const sam = await stage.as("Sam");
  await sam.page.goto("/reseal");
  assert.match(await main(sam.page), /Morgan Ellery, in the place of Priya Lowen: Sign the undertaking/);
  assert.equal(await sam.page.getByRole("button", { name: "Make new copies" }).count(), 0, "not before the undertaking");
  await look(sam.page, "reseal-leaver");

  const morgan = await stage.as("Morgan");
  await morgan.page.goto("/messages");
  await morgan.page.getByRole("link", { name: /^You follow somebody who left a scheme/ }).first().click();
  await morgan.page.waitForURL(/\/undertaking$/);
  await morgan.page.getByRole("button", { name: "Read the undertaking" }).click();
  assert.equal(await sign(morgan.page, morgan.account, "Sign the undertaking"), 303);

  await sam.page.goto("/reseal");
  assert.equal(await send(sam.page, "Make new copies"), 303);
  assert.match(await main(sam.page), /Morgan Ellery[^]*conditions/i);
  assert.equal(await sam.page.locator('[data-part="seal"]').count(), 0, "nothing to seal before the conditions");
  await look(sam.page, "reseal-conditions");

  await morgan.page.goto("/bulletins");
  await morgan.page.getByRole("link", { name: stage.facts.urn, exact: true }).first().click();
  await morgan.page.waitForURL(/\/bulletins\/[0-9a-f]/);
  const copy = new URL(morgan.page.url()).pathname;
  await look(morgan.page, "bulletin-follows");
  assert.equal(await sign(morgan.page, morgan.account, "I have read and accept these conditions"), 303);
  assert.match(await main(morgan.page), /Your copy is still being sealed/);

  await sam.page.goto("/reseal");
  assert.equal(await sam.page.locator('[data-part="seal"]').count(), 1);
  const over = sam.page.getByText("Nothing waits.");
  await unlock(sam.page, sam.account);
  await over.waitFor({ timeout: 120_000 });

  await morgan.page.goto(copy);
  if ((await morgan.page.locator("main input[name=purpose]").count()) > 0) {
    await fill(morgan.page, { purpose: "prevention" });
    assert.equal(await send(morgan.page, "Continue"), 303);
  }
  await unlock(morgan.page, morgan.account);
  await drawn(morgan.page, "viewer", 2);
  assert.match(await main(morgan.page), /Sheet 2 of 2/);
  assert.doesNotMatch(await main(morgan.page), /Sheet 1 of 2/, "that one was on paper, and is still to come back");
  morgan.quiet();
  sam.quiet();
});

test("the leaver still confirms every sheet, and nothing else", async () => {
  await stage.everybodyLeaves();
  const { page, account, quiet } = await stage.as("Priya");
  await page.goto("/");
  await look(page, "home-leaver");
  await page.getByRole("link", { name: "Copies and prints you hold" }).click();
  await page.waitForURL(/\/held$/);
  await look(page, "held-leaver");
  await shown(stage, page, "scheme-held");
  const line = page.locator("tr", { hasText: stage.facts.urn }).filter({ hasText: "Sheet 2 of 2" });
  await line.getByRole("link", { name: /^Confirm its end/ }).click();
  await unlock(page, account);
  await look(page, "confirm-sheet");
  const now = ukTime(Date.now() - 60_000);
  await fill(page, { outcome: "destroyed", method: "Never printed", onward: "none", done_date: now.date, done_time: now.time, witness: "Morgan Ellery" });
  assert.equal(await sign(page, account, "Sign and confirm"), 303);
  assert.match(await main(page), /Numbered print, sheet 2 of 2/);
  await look(page, "certificate-sheet");
  quiet();
});

test("no page complained of anything", () => stage.everybodyLeaves());
