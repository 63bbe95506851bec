// What only a higher rank decides: representations, upheld and dismissed by the district commander (O3.2.3), and a case without a positive
// outcome, by an inspector (O3.2.4). Each finds it on their first page, and everything they need on one page.

import assert from "node:assert/strict";
import { considered, decides, goesOn } from "../lib/decision.mjs";
import { fill, send, ukTime } from "../lib/forms.mjs";
import { look, sheets } from "../lib/look.mjs";
import { asks } from "../lib/request.mjs";
import { WORDS } from "./roads.mjs";

const LETTER = { name: "letter.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4\n% It was not me\n%%EOF\n") };
const SAID = "It was my brother. I was at work on each of these days.";
const main = (page) => page.locator("main").innerText();

/** Riley asks, Sam considers everything; answers the request's address. */
async function prepared(stage, title, changed = {}) {
  const path = await asks(await stage.as("Riley"), { ...WORDS, title });
  const { page } = await stage.as("Sam");
  await page.goto(`${path}/decision/material`);
  await goesOn(page, { ...considered(Date.now()), recipients: ["Morgan Ellery"], ...changed });
  return path;
}

/** The officer puts representations on record, with the letter that came; from then on nothing can be authorised. */
async function represented(stage, path) {
  const { page, quiet } = await stage.as("Riley");
  await page.goto(path);
  await page.getByRole("link", { name: "Record representations" }).click();
  await page.waitForURL(/\/representations$/);
  const now = ukTime(Date.now());
  await fill(page, { received_date: now.date, received_time: now.time, words: SAID, document: LETTER });
  assert.equal(await send(page, "Put on record"), 303);
  assert.match(await main(page), /The district commander decides on the person’s representations/);
  quiet();
  const sam = await stage.as("Sam");
  await sam.page.goto(`${path}/decide`);
  assert.match(await main(sam.page), /cannot be authorised yet[^]*O3\.2\.3/);
  assert.equal(await sam.page.getByRole("button", { name: "Sign and authorise" }).count(), 0);
}

/** Somebody finds the question on their first page and signs their answer; nobody typed an address. */
async function ruled(stage, who, title, { reason, button, see = async () => {} }) {
  const someone = await stage.as(who);
  const { page, quiet } = someone;
  await page.goto("/");
  await page.getByRole("link", { name: title }).first().click();
  await page.waitForURL(/\/ruling\//);
  const all = await main(page);
  for (const words of ["Repeated thefts with threats.", WORDS.text]) assert.ok(all.includes(words), `not on the page: ${words}`);
  await see(page);
  await fill(page, { reason });
  assert.equal(await decides(someone, button), 303);
  assert.match(await main(page), new RegExp(`What was decided[^]*${someone.account.name}`));
  quiet();
}

/** The result letter is printed, served, and recorded, from the co-ordinator's first page. */
async function told(stage, title, words) {
  const { page } = await stage.as("Sam");
  await page.goto("/");
  await page.getByRole("link", { name: title }).first().click();
  await page.waitForURL(/\/told$/);
  await page.getByRole("link", { name: "Print the result letter" }).click();
  await page.waitForURL(/\/letters\/result$/);
  await fill(page, { name: "A. Person", offence: "Theft from a shop in Cantwell market on 3 November 2026" });
  await page.getByRole("button", { name: "Show the letter" }).click();
  await page.locator(".portal-letter").waitFor();
  assert.match(await main(page), words);
  assert.ok((await sheets(page, "letter-result")) <= 2);
  await page.getByRole("link", { name: "Back to the request" }).click();
  await page.getByRole("link", { name: /Tell the person the result/ }).click();
  await page.waitForURL(/\/told$/);
  const now = ukTime(Date.now());
  await fill(page, { told_date: now.date, told_time: now.time, told_by: "PC 1042", told_how: "A letter, by hand" });
  assert.equal(await send(page, "Record that they were told"), 303);
}

/** The notice, before anything is served: typed facts stand on the letter, on plain paper without the police's marking. */
export async function noticePrinted(stage) {
  const path = await prepared(stage, "Thefts told of first", { telling: undefined });
  const { page, quiet } = await stage.as("Sam");
  await page.goto(path);
  await page.getByRole("link", { name: "Print the notice to the person" }).click();
  await page.waitForURL(/\/letters\/notice$/);
  await look(page, "letter-form");
  await fill(page, { name: "A. Person", offence: "Theft from a shop in Cantwell market on 3 November 2026", contact: "Cantwell police station, 1 High Street" });
  await page.getByRole("button", { name: "Show the letter" }).click();
  await page.locator(".portal-letter").waitFor();
  assert.match(await main(page), /Cantwell Business Crime Reduction Partnership[^]*72 hours|72 hours[^]*Cantwell Business Crime Reduction Partnership/);
  await look(page, "letter-notice");
  assert.ok((await sheets(page, "letter-notice")) <= 2);
  quiet();
}

export async function representationsDismissed(stage) {
  const title = "Thefts that somebody answers for";
  const path = await prepared(stage, title);
  await represented(stage, path);
  await ruled(stage, "Casey", title, {
    reason: "The recordings show the person; the brother was in custody.",
    button: "Sign: it may be given",
    see: async (page) => {
      assert.ok((await main(page)).includes(SAID));
      await page.locator('main a[href^="/documents/"]').waitFor();
      await look(page, "ruling-representations");
    },
  });
  await told(stage, title, /./);
  const sam = await stage.as("Sam");
  await sam.page.goto(`${path}/decide`);
  const record = await main(sam.page);
  for (const words of [SAID, "the brother was in custody", "Casey Wren"]) assert.ok(record.includes(words), words);
  assert.equal(await decides(sam, "Sign and authorise"), 303);
  assert.match(await main(sam.page), /CZ\/\d{3}\/\d\d/);
  sam.quiet();
}

export async function representationsUpheld(stage) {
  const title = "Thefts that somebody else did";
  const path = await prepared(stage, title);
  await represented(stage, path);
  await ruled(stage, "Casey", title, { reason: "The brother has said that it was him.", button: "Sign: uphold the representations, nothing is given" });
  await told(stage, title, /./);
  const sam = await stage.as("Sam");
  await sam.page.goto(`${path}/decide`);
  assert.match(await main(sam.page), /cannot be authorised yet[^]*upheld[^]*O3\.2\.3/i);
  assert.equal(await sam.page.getByRole("button", { name: "Sign and authorise" }).count(), 0);
  await fill(sam.page, { reason: "The representations were upheld." });
  assert.equal(await decides(sam, "Sign and refuse"), 303);
  assert.equal(new URL(sam.page.url()).pathname, path);
  sam.quiet();
}

export async function noPositiveOutcome(stage) {
  const title = "Thefts without a witness";
  const path = await prepared(stage, title, { outcome: "none" });
  const sam = await stage.as("Sam");
  assert.equal(new URL(sam.page.url()).pathname, `${path}/decision`);
  assert.match(await main(sam.page), /An inspector or above decides/);
  await ruled(stage, "Alex", title, {
    reason: "Four further offences are likely before the trial of the second suspect.",
    button: "Sign: it may be given",
    see: (page) => look(page, "ruling-outcome"),
  });
  await sam.page.goto(`${path}/decide`);
  assert.ok((await main(sam.page)).includes("Four further offences are likely"));
  assert.equal(await decides(sam, "Sign and authorise"), 303);
  sam.quiet();
}
