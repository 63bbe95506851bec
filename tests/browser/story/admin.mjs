// The steps of docs/USER-admin.md, as the administrator Lee and the co-ordinator Sam take them. Each chapter looks at its pages;
// where a folder for pictures is given, those that the guide shows are made too.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fill, refused, send, unlock } from "../lib/forms.mjs";
import { look, picture as small } from "../lib/look.mjs";
import { withDevices } from "../lib/passkeys.mjs";
import { freshCode } from "../lib/sign-in.mjs";
import { makeKeys } from "./people.mjs";

const NEW = { name: "Noor Sands", email: "noor.sands@demo.example" };
const SCHEME = "Cantwell Pub Watch";
const MINUTE = 60_000;

/** A page as the guide shows it, or looked at. */
async function picture(stage, page, name) {
  if (stage.pictures === undefined) return look(page, `admin-${name}`);
  await small(page, join(stage.pictures, `admin-${name}.png`));
}

const main = (page) => page.locator("main").innerText();

/** Section 2: an area, first with what is missing. */
export async function areaAdded(stage) {
  const { page, quiet } = await stage.as("Lee");
  await page.goto("/areas");
  assert.equal(await send(page, "Add the area"), 422);
  await refused(page, { name: /name/i, code: /letters/i });
  await fill(page, { name: "Westmere", code: "WM" });
  assert.equal(await send(page, "Add the area"), 303);
  assert.match(await page.getByRole("row", { name: /Westmere/ }).innerText(), /WM\s+0\s+None yet/);
  await picture(stage, page, "areas");
  quiet();
}

/** Section 3: the administrator into the new area, the co-ordinator into a scheme; whoever has an account is found, not invited. */
export async function invited(stage) {
  const lee = await stage.as("Lee");
  await lee.page.goto("/invitations/new");
  const person = { name: "Nell Abara", email: "nell.abara@demo.example", role: "aic" };
  await fill(lee.page, { ...person, area: { label: "Westmere" } });
  assert.equal(await send(lee.page, "Send the invitation"), 200);
  await look(lee.page, "admin-invited");
  const sam = await stage.as("Sam");
  await sam.page.goto("/invitations/new");
  await fill(sam.page, { ...NEW, email: stage.account("Toby").email, role: "member", scheme: { label: SCHEME } });
  assert.equal(await send(sam.page, "Send the invitation"), 422);
  await refused(sam.page, { email: /has an account already. Look for the address under People/ });
  await fill(sam.page, { email: NEW.email });
  assert.equal(await send(sam.page, "Send the invitation"), 200);
  assert.match(await main(sam.page), /\/enrol\/[0-9a-f]{64}/);
  stage.facts.link = /\/enrol\/[0-9a-f]{64}/.exec(await main(sam.page))[0];
  lee.quiet();
  sam.quiet();
}

/** The newcomer makes their keys in a browser of their own, and reads their six words. */
export async function newcomerJoins(stage) {
  const visitor = await stage.visitor();
  const { page } = visitor;
  await page.goto(stage.facts.link);
  const account = { ...NEW, ...(await makeKeys(page)) };
  stage.facts.words = await page.locator('[data-step="code"] [data-fingerprint]').innerText();
  const done = page.waitForURL(/\/enrolled$/);
  await fill(page, { code: await freshCode(account) });
  await page.getByRole("button", { name: "Finish" }).click();
  await done;
  visitor.quiet();
  await visitor.close();
}

/** Section 4: six words, heard by telephone and typed. */
export async function sixWords(stage) {
  const { page, account, quiet } = await stage.as("Sam");
  await page.goto("/approvals");
  await picture(stage, page, "approvals");
  await page.getByRole("link", { name: NEW.name }).click();
  await unlock(page, account);
  await picture(stage, page, "approve");
  await fill(page, { words: stage.facts.words.replaceAll("-", " ") });
  assert.equal(await send(page, "Sign: these are their keys"), 303);
  assert.match(await main(page), new RegExp(NEW.name));
  await page.goto("/people?name=noor");
  await page.getByRole("link", { name: NEW.name }).click();
  stage.facts.person = new URL(page.url()).pathname;
  assert.match(await main(page), /Confirmed/);
  quiet();
}

/** Section 5: a role of an area by the administrator, of a scheme by the co-ordinator; whoever lost the last one comes back. */
export async function roles(stage) {
  const { page, quiet } = await stage.as("Lee");
  await page.goto("/people?name=Riley");
  await look(page, "admin-people");
  await page.getByRole("link", { name: "Riley Marsh" }).click();
  await picture(stage, page, "person");
  await fill(page, { role: "inspector", area: { label: "Cantwell" } });
  assert.equal(await send(page, "Give the role"), 303);
  assert.match(await main(page), /Inspector, Cantwell/);
  assert.equal(await send(page, /Take this role\s*: Inspector, Cantwell/), 303);
  assert.doesNotMatch(await main(page), /Inspector, Cantwell/);
  quiet();

  const sam = await stage.as("Sam");
  await sam.page.goto(stage.facts.person);
  assert.equal(await send(sam.page, /Take this role\s*: .*Pub Watch/), 303);
  assert.match(await main(sam.page), /Nothing: this account opens only its own page/);
  await look(sam.page, "admin-person-without-roles");
  await sam.page.goto("/people");
  assert.ok(!(await main(sam.page)).includes(NEW.name), "on no co-ordinator's list");
  await fill(sam.page, { name: NEW.email });
  await sam.page.getByRole("button", { name: "Find", exact: true }).click();
  await sam.page.getByRole("link", { name: NEW.name }).click();
  await fill(sam.page, { role: "member", scheme: { label: SCHEME } });
  assert.equal(await send(sam.page, "Give the role"), 303);
  assert.match(await main(sam.page), /[Mm]ember, Cantwell Pub Watch/);
  sam.quiet();
}

/** Section 6: closing and opening again. */
export async function suspendedAndRestored(stage) {
  const { page, quiet } = await stage.as("Lee");
  await page.goto(stage.facts.person);
  assert.equal(await send(page, "Suspend"), 303);
  await page.getByText("This account is suspended: nothing can be opened").waitFor();
  await look(page, "admin-suspended");
  assert.equal(await send(page, "Restore"), 303);
  assert.ok(!(await main(page)).includes("This account is suspended"));
  quiet();
}

/** Section 7: the signed agreement. */
export async function agreementAttached(stage) {
  const { page, quiet } = await stage.as("Sam");
  await page.goto("/schemes");
  await page.getByRole("link", { name: SCHEME }).click();
  const document = { name: "agreement.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4\n% An agreement, signed\n%%EOF\n") };
  assert.equal(await send(page, "Attach the document"), 422);
  await refused(page, { document: /./ });
  await fill(page, { document });
  assert.equal(await send(page, "Attach the document"), 303);
  const took = page.waitForEvent("download");
  await page.locator('a[href^="/documents/"][download]').first().click();
  assert.ok(readFileSync(await (await took).path(), "utf8").includes("An agreement, signed"));
  await picture(stage, page, "scheme");
  quiet();
}

/** Section 9: a list, and its table. */
export async function initiativeListed(stage) {
  const { page, quiet } = await stage.as("Sam");
  await page.goto("/initiatives");
  await look(page, "admin-initiatives");
  await fill(page, { area: { label: "Cantwell" }, name: "Quiet nights", about: "Disorder after closing time" });
  assert.equal(await send(page, "Begin the initiative"), 303);
  const offered = await page.locator("#entry option").evaluateAll((all) => all.map((one) => one.value));
  for (const kind of ["business/", "person/"]) {
    const entry = offered.find((one) => one.startsWith(kind));
    await fill(page, { entry });
    assert.equal(await send(page, "Put on the list"), 303);
  }
  await picture(stage, page, "initiative");
  assert.match(await table(page, "Download the list (CSV)"), /Quiet nights,business,.*\nQuiet nights,person,/);
  await page.getByRole("button", { name: /^Take off/ }).first().click();
  await page.getByText(/On the list now/).waitFor();
  stage.facts.initiative = new URL(page.url()).pathname;
  quiet();
}

/** What a button hands out. */
async function table(page, button) {
  const took = page.waitForEvent("download");
  await page.getByRole("button", { name: button }).click();
  return readFileSync(await (await took).path(), "utf8");
}

/** After five minutes a table asks who is there: the digits, or a touch where there is a passkey. */
export async function provenAgain(stage) {
  const { page, account, quiet } = await stage.as("Sam");
  const held = await withDevices({ context: page.context(), page });
  await held.add("pc");
  await page.goto("/account/passkeys");
  await fillPasskey(page, account);
  stage.demo.moveClock(6 * MINUTE);
  await page.goto(stage.facts.initiative);
  await page.getByRole("button", { name: "Touch your passkey" }).waitFor();
  await look(page, "admin-prove");
  assert.equal(await send(page, "Download the list (CSV)"), 422);
  await refused(page, { fresh_code: /touch your passkey, or enter the six digits/ });
  await page.getByRole("button", { name: "Touch your passkey" }).click();
  await page.getByText("Shown that it is you.").waitFor();
  assert.equal(await page.locator("#fresh_code").count(), 0);
  assert.match(await table(page, "Download the list (CSV)"), /Quiet nights,business,.*\nQuiet nights,person,/);
  stage.demo.moveClock(12 * MINUTE);
  await page.goto(stage.facts.initiative);
  await fill(page, { fresh_code: await freshCode(account) });
  assert.match(await table(page, "Download the list (CSV)"), /Quiet nights,business,.*\nQuiet nights,person,/);
  quiet();
}

async function fillPasskey(page, account) {
  await page.locator("#passkey-name").fill("Desk");
  await page.locator("#passkey-passphrase").fill(account.passphrase);
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByRole("heading", { name: "Desk" }).waitFor({ timeout: 60_000 });
}

/** The chapters that make the guide's pictures, in their order. */
export const pictured = [areaAdded, invited, newcomerJoins, sixWords, roles, suspendedAndRestored, agreementAttached, initiativeListed];
