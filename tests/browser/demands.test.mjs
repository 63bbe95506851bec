// Custody: a recall with a query and a holder who is overdue, the card of a copy that expired, the certificate on one sheet (K8.2).

import assert from "node:assert/strict";
import { after, before } from "node:test";
import { chapters } from "./lib/chapters.mjs";
import { endOfUkDay, fill, refused, send, sign, ukTime, unlock } from "./lib/forms.mjs";
import { look, sheets, shown } from "./lib/look.mjs";
import { openStage } from "./lib/stage.mjs";

let stage;
before(async () => (stage = await openStage()));
after(async () => stage?.stop());

const chapter = chapters(() => stage);

const main = (page) => page.locator("main").innerText();
const card = (page) => page.locator(".portal-card", { hasText: stage.facts.urn });

async function confirms(name, witness) {
  const { page, account } = await stage.as(name);
  await page.goto("/bulletins");
  await card(page).getByRole("link", { name: /^Confirm surrender or destruction/ }).click();
  await unlock(page, account);
  const now = ukTime(Date.now() + stage.facts.ahead - 60_000);
  const form = { outcome: "destroyed", method: "Cross-cut shredded", done_date: now.date, done_time: now.time, witness };
  await fill(page, form);
  assert.equal(await send(page, "Sign and confirm"), 422);
  await refused(page, { onward: /Select whether you showed it/ });
  await unlock(page, account);
  await fill(page, { onward: "none" });
  assert.equal(await send(page, "Sign and confirm"), 303);
  assert.match(page.url(), /\/certificates\//);
  return page;
}

chapter("the card of a copy that expired says until when to confirm, and shows no picture", async () => {
  stage.facts.ahead = 0;
  const { page, quiet } = await stage.as("Toby");
  await page.goto("/bulletins");
  const expired = page.locator(".portal-card", { hasText: "Expired" });
  assert.match(await expired.innerText(), /It could be viewed until [^]*Confirm its end by 11:59pm on /);
  assert.equal(await expired.locator("canvas").count(), 0);
  await look(page, "expired-card");
  quiet();
});

chapter("the co-ordinator recalls with a deadline", async () => {
  const { page, account, quiet } = await stage.as("Sam");
  await page.goto("/releases?stage=live");
  stage.facts.urn = /CZ\/\d{3}\/\d\d/.exec(await page.locator("tbody tr", { hasText: "Distraction thefts" }).innerText())[0];
  await page.getByRole("link", { name: "Distraction thefts, method" }).click();
  stage.facts.release = new URL(page.url()).pathname;
  await page.getByRole("button", { name: "Recall this release" }).click();
  await fill(page, { reason: "The purpose is met.", due: "2020-01-01" });
  assert.equal(await sign(page, account, "Sign and recall"), 422);
  await refused(page, { due: /This day is over/ });
  await fill(page, { due: "" });
  await shown(stage, page, "police-recall");
  assert.equal(await sign(page, account, "Sign and recall"), 303);
  await page.goto("/demands");
  assert.match(await main(page), new RegExp(`${stage.facts.urn}[^]*to be confirmed by[^]*Not confirmed`));
  await look(page, "demands");
  await shown(stage, page, "police-demands");
  quiet();
});

chapter("a confirmation is queried, and made anew", async () => {
  await confirms("Priya", "Nobody in particular");
  const { page, quiet } = await stage.as("Sam");
  await page.goto("/");
  assert.match(await main(page), /3 confirmations wait for your answer/);
  await page.goto(`/demands?release=${stage.facts.release.split("/").pop()}`);
  await page.locator("main li", { hasText: "To answer" }).getByRole("link").click();
  await look(page, "demand-confirmed");
  await shown(stage, page, "police-demand", "Your answer");
  assert.equal(await send(page, "Query it"), 422);
  await refused(page, { query: /Enter what you ask the holder/ });
  await fill(page, { query: "Who saw it done?" });
  assert.equal(await send(page, "Query it"), 303);
  stage.facts.copy = new URL(page.url()).pathname;
  const priya = await stage.as("Priya");
  await priya.page.goto("/bulletins");
  await card(priya.page).getByRole("link", { name: /^Confirm surrender or destruction/ }).click();
  assert.match(await main(priya.page), /The police ask about your confirmation:[^]*Who saw it done\?/);
  await look(priya.page, "confirm-queried");
  await shown(stage, priya.page, "scheme-query");
  const certificate = await confirms("Priya", "Robin Hale, deputy manager");
  assert.equal(await sheets(certificate, "certificate-copy"), 1);
  await page.goto(stage.facts.copy);
  assert.equal(await send(page, "Accept: the copy is accounted for"), 303);
  assert.match(await main(page), /Accepted[^]*Confirmation 2[^]*Confirmation 1[^]*Who saw it done\?/);
  await look(page, "demand-accepted");
  quiet();
});

chapter("a holder who is overdue opens nothing else, stands first, and confirms", async () => {
  const sam = await stage.as("Sam");
  await sam.page.goto("/demands");
  const words = await sam.page.locator("main li", { hasText: stage.facts.urn }).first().innerText();
  const limit = endOfUkDay(/11:59pm on (\d+ \w+ \d{4})/.exec(words)[1]);
  await stage.everybodyLeaves();
  stage.facts.ahead = limit + 1000 - Date.now();
  stage.demo.moveClock(stage.facts.ahead);
  const morgan = await stage.as("Morgan");
  await morgan.page.goto("/bulletins");
  assert.match(await main(morgan.page), /You cannot open anything now:[^]*Nothing else opens until you have confirmed it[^]*K8\.2/);
  await look(morgan.page, "confirm-only");
  await shown(stage, morgan.page, "scheme-confirm-only");
  const { page, quiet } = await stage.as("Sam");
  await page.goto("/");
  assert.match(await page.locator("main h2").first().innerText(), /Overdue: copies not accounted for/);
  await look(page, "home-overdue");
  await confirms("Morgan", "A colleague");
  await page.goto(`/demands?release=${stage.facts.release.split("/").pop()}`);
  await page.locator("main li", { hasText: "Morgan" }).getByRole("link").click();
  const day = ukTime(Date.now() + stage.facts.ahead).date;
  await fill(page, { visited_on: day, who: "PC 1042", findings: "The cabinet was empty." });
  assert.equal(await send(page, "Record the visit"), 303);
  assert.match(await main(page), /The cabinet was empty/);
  assert.equal(await send(page, "Accept: the copy is accounted for"), 303);
  await page.goto(stage.facts.release);
  await page.getByRole("link", { name: "Certificate: every copy is accounted for" }).click();
  await look(page, "certificate-release");
  await shown(stage, page, "police-certificate");
  assert.equal(await sheets(page, "certificate-release"), 1);
  quiet();
});

chapter("everything that a scheme or a person holds is demanded, and every release of one person found", async () => {
  const { page, quiet } = await stage.as("Sam");
  await page.goto("/schemes");
  await page.locator("main a[href^='/schemes/0']").first().click();
  await page.getByRole("link", { name: "Demand everything that is held for it" }).click();
  assert.match(await main(page), /Copies that you demand/);
  await look(page, "demand-scheme");
  await page.goto("/demands");
  await fill(page, { reference: "ATH/IMG/0417" });
  await page.getByRole("button", { name: "Find the releases" }).click();
  await page.waitForURL(/subject/);
  assert.match(await main(page), /Releases that you recall/);
  await look(page, "demand-subject");
  await page.goto("/demands/subject?reference=NOTHING%2F1");
  assert.match(await main(page), /No live release of your area has the reference NOTHING\/1/);
  quiet();
});

chapter("no page complained of anything", async () => stage.everybodyLeaves());
