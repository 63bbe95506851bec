// Numbered prints: allowed with a reason, one of two printed on A4, opened once, freed by the co-ordinator; and the holder leaves.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { considered, decides, goesOn } from "./lib/decision.mjs";
import { fill, keys, send, sign, ukTime, unlock } from "./lib/forms.mjs";
import { look, sheets } from "./lib/look.mjs";
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
  const answers = { ...considered(Date.now()), ...prints, recipients: ["Priya Lowen"] };
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
  quiet();
});

test("the holder opens one sheet once, and it fits on A4 with its number, mark and date", async () => {
  const { page, account, quiet } = await stage.as("Priya");
  await page.goto("/bulletins");
  await page.getByRole("link", { name: stage.facts.urn, exact: true }).first().click();
  await page.waitForURL(/\/bulletins\/[0-9a-f]/);
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

test("the holder leaves: a report, and every sheet is still confirmed", async () => {
  const sam = await stage.as("Sam");
  const { page, quiet } = sam;
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
  await look(page, "leave-error");
  await page.getByLabel("Morgan Ellery").check();
  await fill(page, { reason: "A new post." });
  assert.equal(await send(page, "Record that they leave"), 303);
  await page.waitForURL(/\/leavings\//);
  assert.match(await main(page), new RegExp(`Morgan Ellery[^]*${stage.facts.urn}[^]*Sheet 1 of 2[^]*printed as sheet 1`));
  await look(page, "leaver");
  await page.goto("/reseal");
  assert.match(await main(page), /Morgan Ellery[^]*in the place of Priya Lowen/);
  await look(page, "reseal-leaver");
  await page.goto(stage.facts.path);
  assert.match(await main(page), /Left the scheme: ended on/);

  await stage.everybodyLeaves();
  const priya = await stage.as("Priya");
  await priya.page.goto("/");
  await look(priya.page, "home-leaver");
  await priya.page.getByRole("link", { name: "Copies and prints you hold" }).click();
  await priya.page.waitForURL(/\/held$/);
  await look(priya.page, "held-leaver");
  const line = priya.page.locator("tr", { hasText: stage.facts.urn }).filter({ hasText: "Sheet 2 of 2" });
  await line.getByRole("link", { name: /^Confirm its end/ }).click();
  await unlock(priya.page, priya.account);
  await look(priya.page, "confirm-sheet");
  const now = ukTime(Date.now() - 60_000);
  await fill(priya.page, { outcome: "destroyed", method: "Never printed", onward: "none", done_date: now.date, done_time: now.time, witness: "Morgan Ellery" });
  assert.equal(await sign(priya.page, priya.account, "Sign and destroy the key"), 303);
  assert.match(await main(priya.page), /Numbered print, sheet 2 of 2/);
  await look(priya.page, "certificate-sheet");
  quiet();
});

test("no page complained of anything", () => stage.everybodyLeaves());
