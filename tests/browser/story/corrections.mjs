// A holder reports that something is wrong; the co-ordinator corrects the words; whoever holds them reads that they changed (K8.7).

import assert from "node:assert/strict";
import { decides } from "../lib/decision.mjs";
import { fill, send, unlock } from "../lib/forms.mjs";
import { look } from "../lib/look.mjs";

const SAYS = "The display by the door is emptied by a third person, not by the second.";
const RIGHT = "Three people: one asks for help at the far counter, one keeps the door open, and one empties the display.";
const main = (page) => page.locator("main").innerText();

/** Follows the release that the member without a manager holds (story/roads.mjs). */
export async function corrected(stage) {
  const { urn, path } = stage.facts.personally;
  const toby = await stage.as("Toby");
  await toby.page.goto("/bulletins");
  await toby.page.getByRole("link", { name: urn }).first().click();
  await toby.page.getByRole("link", { name: "Report that something is wrong or incomplete" }).click();
  await toby.page.waitForURL(/\/report$/);
  const bulletin = new URL(toby.page.url()).pathname.replace(/\/report$/, "");
  await look(toby.page, "report");
  await fill(toby.page, { report: SAYS });
  assert.equal(await send(toby.page, "Send to the police"), 303);

  const sam = await stage.as("Sam");
  const { page, account, quiet } = sam;
  await page.goto("/");
  const section = page.locator(".portal-section", { hasText: "Holders report that something is wrong" });
  await section.getByRole("link").first().click();
  await page.waitForURL(/\/reports\//);
  assert.ok((await main(page)).includes(SAYS));
  await look(page, "report-consider");
  const report = page.url();
  await page.getByRole("link", { name: "correct the words" }).click();
  await page.waitForURL(/\/correct$/);
  await unlock(page, account);
  await page.locator('[data-part="original"] [data-words]').getByText("Two people: one asks").waitFor({ timeout: 60_000 });
  await look(page, "correct");
  await fill(page, { text: RIGHT, changed: "How many people there are, and what each does.", reason: "A holder's report, confirmed by a second report." });
  assert.equal(await decides(sam, "Sign and correct"), 303);
  assert.equal(new URL(page.url()).pathname, `${path}/corrections`);
  assert.match(await main(page), /Version 2, in force[^]*Version 1, withdrawn/);
  await page.goto(report);
  await fill(page, { outcome: "corrected", reason: "The holder is right.", answer: "You were right: the words are corrected. Thank you." });
  assert.equal(await send(page, "Record the outcome"), 303);
  await look(page, "corrections");

  await toby.page.goto(bulletin);
  assert.match(await main(toby.page), /How many people there are[^]*words of before are withdrawn[^]*K8\.7/);
  await unlock(toby.page, toby.account);
  assert.equal(await send(toby.page, "I have read and accept these conditions"), 303);
  await unlock(toby.page, toby.account);
  await toby.page.locator("[data-words]").getByText(RIGHT).waitFor({ timeout: 60_000 });
  assert.match(await main(toby.page), /You were right/);
  await look(toby.page, "bulletin-corrected");
  toby.quiet();
  quiet();
}
