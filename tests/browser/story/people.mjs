// Chapters 9 and 10: somebody new, the other area, and secrets that are wrong.

import assert from "node:assert/strict";
import { authorises } from "../lib/decision.mjs";
import { fill, refused, send, unlock } from "../lib/forms.mjs";
import { look } from "../lib/look.mjs";
import { asks } from "../lib/request.mjs";
import { freshCode, signIn, totp } from "../lib/sign-in.mjs";

const NEW = { name: "Alexis Brandt", email: "alexis.brandt@demo.example" };

export async function newManager(stage) {
  await invite(stage);
  const joining = await stage.visitor();
  const { page } = joining;
  await page.goto("/outbox");
  await look(page, "outbox");
  await page.getByRole("link", { name: `Open the invitation of ${NEW.email}` }).click();
  await look(page, "enrol-0-passkey");
  const link = page.url();
  const account = { ...NEW, ...(await makeKeys(page)) };
  const next = page.waitForURL(/\/enrolled$/);
  await fill(page, { code: "000000" });
  assert.equal(await send(page, "Finish"), 422);
  await refused(page, { code: /six digits/i });
  await look(page, "enrol-5-wrong-code");
  await fill(page, { code: await freshCode(account) });
  await page.getByRole("button", { name: "Finish" }).click();
  await next;
  await look(page, "enrolled");
  assert.equal((await page.goto(link)).status(), 404, "a link works once");
  await signIn(page, account);
  await page.getByText(NEW.name).first().waitFor();
  const words = await ownWords(page);
  await look(page, "home-new-manager");
  await cannotSignYet(page);
  await confirmed(stage, account, words);
  await page.goto("/bulletins");
  const list = await page.locator("main").innerText();
  await page.goto("/undertaking");
  await page.getByRole("button", { name: "Read the undertaking" }).click();
  await unlock(page, account);
  assert.equal(await send(page, "Sign the undertaking"), 303);
  await page.goto("/bulletins");
  const told = `${list}\n${await page.locator("main").innerText()}`;
  assert.match(told, /vetting/i, "somebody who is not vetted is told so");
  await look(page, "bulletins-not-vetted");
  await page.goto("/account");
  assert.match(await page.locator("main").innerText(), new RegExp(`Sam Hollis confirmed the keys of ${NEW.name}`));
  await look(page, "account-confirmed");
  joining.quiet();
  await joining.close();
}

/** The six words as the newcomer reads them on their first page. */
async function ownWords(page) {
  assert.match(await page.locator("main").innerText(), /Your keys are not confirmed yet: your co-ordinator will telephone/);
  const words = await page.locator("main .portal-secret").innerText();
  assert.match(words, /^([a-z]+ ){5}[a-z]+$/);
  return words;
}

async function cannotSignYet(page) {
  await page.goto("/undertaking");
  await look(page, "undertaking-unconfirmed");
  await page.getByRole("button", { name: "Read the undertaking" }).click();
  await page.getByText("Your keys are not confirmed yet").waitFor();
  assert.equal(await page.getByRole("button", { name: "Sign the undertaking" }).count(), 0);
  await look(page, "undertaking-text-unconfirmed");
}

/** Sam telephones: a slip, other words, then the right ones, signed and on record. */
async function confirmed(stage, newcomer, words) {
  const { page, account, quiet } = await stage.as("Sam");
  await page.goto("/");
  assert.match(await page.locator("main").innerText(), /1 person waits for their keys to be confirmed/);
  await page.getByRole("link", { name: "See who waits, and confirm their keys" }).click();
  await look(page, "approvals");
  await page.getByRole("link", { name: newcomer.name }).click();
  await look(page, "approve");
  const button = "Sign: these are their keys";
  const prove = async () => {
    const code = page.locator('main input[name="fresh_code"]');
    if ((await code.count()) > 0) await code.fill(await freshCode(account));
  };
  await unlock(page, account);
  assert.ok(!(await page.content()).includes(words), "the words are on the page");
  await fill(page, { words: words.replace(/^\S+/, "portsmouth") });
  await page.getByRole("button", { name: button }).click();
  await page.getByText("“portsmouth” is not a word that keys are told by").waitFor();
  await prove();
  const other = words.split(" ").toReversed().join(" ");
  await fill(page, { words: other });
  assert.equal(await send(page, button), 422);
  await refused(page, { words: /These are not the words of the key on record\. Do not approve this person/ });
  assert.equal(await page.locator("#words").inputValue(), other);
  await look(page, "approve-other-words");
  await unlock(page, account);
  await fill(page, { words: ` ${words.toUpperCase().replaceAll(" ", "  ")} ` });
  await prove();
  assert.equal(await send(page, button), 303);
  assert.match(new URL(page.url()).pathname, /^\/approvals\/[0-9a-f-]{36}\/record$/);
  const record = await page.locator("main").innerText();
  for (const part of [newcomer.name, "Sam Hollis", words, "sign/v1"]) assert.ok(record.includes(part), part);
  await look(page, "approval-record");
  const sheets = (await page.pdf({ format: "A4" })).toString("latin1").match(/\/Type\s*\/Page\b/g);
  assert.equal(sheets.length, 1, "the record is on one sheet");
  quiet();
}

async function invite(stage) {
  const { page, quiet } = await stage.as("Sam");
  await page.goto("/invitations/new");
  await look(page, "invite");
  await fill(page, { name: "", email: "nowhere" });
  assert.equal(await send(page, "Send the invitation"), 422);
  await refused(page, { name: /Enter the person's name/, email: /email address/, role: /Select a role/ });
  await look(page, "invite-error");
  await fill(page, { ...NEW, role: "manager", scheme: { label: "Cantwell Business Crime Reduction Partnership" } });
  assert.equal(await send(page, "Send the invitation"), 200);
  await look(page, "invited");
  quiet();
}

/** Steps 1 to 4, as somebody with paper and pen; first typing it wrong. */
export async function makeKeys(page) {
  const words = page.locator("[data-passphrase]");
  await page.getByRole("button", { name: "Use a passphrase instead" }).click();
  await page.waitForFunction(() => document.querySelector("[data-passphrase]").textContent !== "");
  const passphrase = await words.innerText();
  assert.equal(passphrase.split(" ").length, 7);
  await look(page, "enrol-1-passphrase");
  await page.getByRole("button", { name: "I have written it down" }).click();
  await page.locator("#passphrase-again").fill(passphrase.split(" ").reverse().join(" "));
  await page.getByRole("button", { name: "Make my keys" }).click();
  await page.getByText("This is not the passphrase that was shown.").waitFor();
  await look(page, "enrol-2-wrong");
  await page.locator("#passphrase-again").fill(` ${passphrase.toUpperCase().replaceAll(" ", "  ")}`);
  await page.getByRole("button", { name: "Make my keys" }).click();
  const code = page.locator("[data-recovery-code]");
  await code.waitFor({ timeout: 60_000 });
  const recovery = await code.innerText();
  await look(page, "enrol-3-recovery");
  await page.getByRole("button", { name: "I have it on paper" }).click();
  await page.locator("#recovery-again").fill(recovery.toLowerCase());
  await look(page, "enrol-4-recovery-again");
  await page.locator('[data-step="recovery-again"]').getByRole("button", { name: "Continue" }).click();
  const shown = page.locator('[data-step="code"] .portal-secret');
  await shown.waitFor();
  const totp_secret = (await shown.innerText()).replaceAll(/\s/g, "");
  assert.match(await page.locator('[data-step="code"] [data-fingerprint]').innerText(), /^([a-z]+[ -]){5}[a-z]+$/);
  await look(page, "enrol-5-code");
  return { passphrase, recovery_code: recovery, totp_secret };
}

export async function otherArea(stage) {
  const kit = await stage.as("Kit");
  const release = await asks(kit, {
    title: "Distraction thefts, method",
    reasons: "Four reports this week from garages on the ring road.",
    purposes: "prevention",
    locality: "Norhaven ring road",
    text: "Two people: one asks for help at the pump while the other empties the display by the till.",
    source: "none",
  });
  const sam = await stage.as("Sam");
  assert.equal((await sam.page.goto(release)).status(), 404, "another area's request");
  const dana = await stage.as("Dana");
  const { page } = dana;
  assert.equal(await authorises(dana, release, ["Ines Holm"]), release, "words alone need no sealing by hand");
  const urn = /NH\/\d{3}\/\d\d/.exec(await page.locator("main").innerText())[0];
  const ines = await stage.as("Ines");
  await reads(ines, urn);
  for (const one of [kit, sam, dana, ines]) one.quiet();
}

/** From the undertaking to the words. */
async function reads({ page, account }, urn) {
  await page.goto("/undertaking");
  await page.getByRole("button", { name: "Read the undertaking" }).click();
  await unlock(page, account);
  assert.equal(await send(page, "Sign the undertaking"), 303);
  await page.goto("/bulletins");
  await page.getByRole("link", { name: urn }).first().click();
  await unlock(page, account);
  assert.equal(await send(page, "I have read and accept these conditions"), 303);
  await fill(page, { purpose: "detection" });
  assert.equal(await send(page, "Continue"), 303);
  await unlock(page, account);
  await page.locator('[data-part="viewer"] [data-drawn]').waitFor({ timeout: 60_000 });
  assert.match(await page.locator("[data-words]").innerText(), /empties the display by the till/);
  assert.equal(await page.locator("canvas").count(), 0);
  await look(page, "bulletin-text-only");
}

export async function wrongSecrets(stage) {
  const visitor = await stage.visitor();
  const { page } = visitor;
  const account = stage.account("Jordan");
  await page.goto("/sign-in");
  const enter = async (passphrase) => {
    await page.locator('main input[name="email"]').fill(account.email);
    await page.locator("#passphrase").fill(passphrase);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
  };
  await enter("correct horse battery staple");
  await page.locator('[data-part="sign-in"] > [data-error]').waitFor();
  await look(page, "sign-in-no-passphrase");
  await enter(stage.account("Casey").passphrase);
  await refused(page, { passphrase: /One of them is not right/ });
  assert.equal(await page.locator('main input[name="email"]').inputValue(), account.email);
  await look(page, "sign-in-wrong");
  await enter(account.passphrase);
  await page.waitForURL(/\/sign-in\/code/, { timeout: 60_000 });
  await look(page, "code");
  const wrong = totp(account.totp_secret, 1);
  await fill(page, { code: wrong });
  assert.equal(await send(page, "Continue"), 422);
  await refused(page, { code: /Enter the six digits/ });
  await look(page, "code-wrong");
  const code = await freshCode(account);
  await fill(page, { code });
  assert.equal(await send(page, "Continue"), 303);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(/\/sign-in/);
  await enter(account.passphrase);
  await page.waitForURL(/\/sign-in\/code/, { timeout: 60_000 });
  await fill(page, { code });
  assert.equal(await send(page, "Continue"), 422);
  await refused(page, { code: /A code works once/ });
  visitor.quiet();
  await visitor.close();
}
