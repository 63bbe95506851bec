// The person is active in another area too (K7.6): that area's co-ordinator is consulted, makes a release of their own, and each side sees
// how the other stands.

import assert from "node:assert/strict";
import { considered, decides, goesOn, walks } from "../lib/decision.mjs";
import { fill, refused, send, unlock } from "../lib/forms.mjs";
import { look } from "../lib/look.mjs";
import { asks } from "../lib/request.mjs";
import { WORDS } from "./roads.mjs";

const main = (page) => page.locator("main").innerText();

export async function twoAreas(stage) {
  const path = await asks(await stage.as("Riley"), { ...WORDS, title: "Distraction thefts, both towns" });
  const sam = await stage.as("Sam");
  const { page, quiet } = sam;
  await page.goto(`${path}/decision/recipients`);
  const norhaven = await page.getByLabel("Norhaven (NH)", { exact: true }).getAttribute("value");
  await page.goto(`${path}/decision/material`);
  await goesOn(page, { ...considered(Date.now()), recipients: ["Morgan Ellery"], elsewhere: "yes", areas: norhaven, elsewhere_words: "The same two people were seen at your garages." });
  assert.equal(new URL(page.url()).pathname, `${path}/decide`, "once asked, the other area does not hold this one up");
  assert.equal(await decides(sam, "Sign and authorise"), 303);
  assert.match(await main(page), /Norhaven \(NH\)[^]*Not answered yet/);
  const urn = /CZ\/\d{3}\/\d\d/.exec(await main(page))[0];

  const dana = await stage.as("Dana");
  await dana.page.goto("/");
  await dana.page.getByRole("link", { name: "CZ asks whether you disclose too" }).first().click();
  await dana.page.waitForURL(/\/consultations\//);
  await look(dana.page, "consultation");
  await fill(dana.page, { answer: "own", reasons: "Three reports of the same method at the ring road." });
  assert.equal(await send(dana.page, "Answer"), 422);
  await refused(dana.page, { locality: /locality in your area[^]*K6\.2\.2/ });
  await fill(dana.page, { locality: "Norhaven ring road" });
  assert.equal(await send(dana.page, "Answer"), 303);
  const own = new URL(dana.page.url()).pathname;
  assert.match(own, /^\/releases\//);
  assert.match(await main(dana.page), new RegExp(`From Cantwell \\(CZ\\)[^]*Live under ${urn}`));
  stage.facts.areas = { path, own, urn };
  dana.quiet();
  quiet();
}

/** Words that are sealed already are handed over by a browser of the first area; then the second decides by itself. */
export async function ownRelease(stage) {
  const { path, own } = stage.facts.areas;
  const sam = await stage.as("Sam");
  await sam.page.goto("/");
  await sam.page.getByRole("link", { name: /NH makes a release of its own: hand over/ }).first().click();
  await sam.page.waitForURL(/\/areas$/);
  await unlock(sam.page, sam.account);
  await sam.page.getByText("Not handed over yet").waitFor({ state: "detached", timeout: 60_000 });
  await look(sam.page, "areas-of-release");
  const dana = await stage.as("Dana");
  await dana.page.goto(`${own}/decision`);
  await walks(dana.page, { ...considered(Date.now()), recipients: ["Ines Holm"] });
  assert.equal(new URL(dana.page.url()).pathname, `${own}/decide`);
  assert.equal(await decides(dana, "Sign and authorise"), 303);
  const urn = /NH\/\d{3}\/\d\d/.exec(await main(dana.page))[0];
  await sam.page.goto(path);
  assert.match(await main(sam.page), new RegExp(`Norhaven \\(NH\\)[^]*Live under ${urn}`));
  sam.quiet();
  dana.quiet();
}
