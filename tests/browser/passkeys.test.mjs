// Passkeys, with Chromium's virtual authenticators: joining with one, a second on the telephone, the telephone lost, a device that
// cannot unlock; keys that stay open from page to page and no longer than the visit; and no secret in anything that was sent or said.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fill, keys, send, unlock } from "./lib/forms.mjs";
import { look } from "./lib/look.mjs";
import { withDevices } from "./lib/passkeys.mjs";
import { freshCode, signIn } from "./lib/sign-in.mjs";
import { openStage } from "./lib/stage.mjs";

/** A page that needs keys. */
const SIGNING = "/undertaking/1";

let stage;
/** What nobody may find anywhere but on paper. */
const paper = (what, ...words) => words.forEach((text) => stage.browser.witness.secret(what, text));
before(async () => (stage = await openStage()));
after(async () => stage?.stop());

async function invited(name, email) {
  const sam = await stage.as("Sam");
  await sam.page.goto("/invitations/new");
  await fill(sam.page, { name, email, role: "manager", scheme: { label: "Cantwell Business Crime Reduction Partnership" } });
  assert.equal(await send(sam.page, "Send the invitation"), 200);
  const someone = await stage.visitor();
  const held = await withDevices(someone);
  await someone.page.goto("/outbox");
  await someone.page.getByRole("link", { name: `Open the invitation of ${email}` }).click();
  return { ...someone, held };
}

async function typeRecoveryBack(page) {
  const code = page.locator("[data-recovery-code]");
  await code.waitFor({ timeout: 60_000 });
  const recovery = await code.innerText();
  assert.match(recovery, /^([0-9A-Z]{4}-){7}[0-9A-Z]{4}$/);
  paper("recovery code", recovery, recovery.replaceAll("-", ""));
  assert.match(await page.locator(".portal-sheet [data-fingerprint]").innerText(), /^([a-z]+ ){5}[a-z]+$/);
  assert.equal(await page.locator("[data-address]").innerText(), stage.demo.baseUrl);
  await look(page, "passkey-enrol-2-sheet");
  await page.getByRole("button", { name: "I have it on paper" }).click();
  await page.locator("#recovery-again").fill("0".repeat(32));
  await page.locator('[data-step="recovery-again"]').getByRole("button", { name: "Continue" }).click();
  await page.getByText("This is not the recovery code that was shown.").waitFor();
  await page.locator("#recovery-again").fill(recovery.toLowerCase());
  await page.locator('[data-step="recovery-again"]').getByRole("button", { name: "Continue" }).click();
}

/** One touch, from the sign-in page to the page after it. */
async function touchIn(page, next = "/") {
  await page.goto(`/sign-in${next === "/" ? "" : `?next=${next}`}`);
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.waitForURL((url) => url.pathname === next);
}

async function signOut(page) {
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(/\/sign-in/);
}

let member;

test("somebody joins with the passkey of their computer, without a passphrase", async () => {
  member = await invited("Wren Tally", "wren.tally@demo.example");
  const { page, held } = member;
  await held.add("pc");
  await look(page, "passkey-enrol-1");
  await page.locator("#passkey-name").fill("Office PC");
  await page.getByRole("button", { name: "Use a passkey on this device or phone" }).click();
  await typeRecoveryBack(page);
  await page.locator('[data-step="finish"]').waitFor();
  await look(page, "passkey-enrol-3-finish");
  assert.equal(await page.locator("#code").isVisible(), false, "no code of an app is asked for");
  assert.equal(await send(page, "Finish"), 303);
  assert.equal(new URL(page.url()).pathname, "/enrolled");
  assert.deepEqual(held.calls, ["create"]);
});

test("one touch signs in and unlocks, on every page of the visit, and signing out locks", async () => {
  const { page, context, held } = member;
  await page.goto("/sign-in");
  await look(page, "passkey-sign-in");
  held.calls.length = 0;
  await touchIn(page, "/bulletins");
  assert.deepEqual(held.calls, ["get"], "one touch");
  await page.goto(SIGNING);
  assert.equal(await keys(page), "open");
  await page.reload();
  assert.equal(await keys(page), "open", "after loading again");
  await page.goto("/privacy");
  await page.goto(SIGNING);
  assert.equal(await keys(page), "open", "after a page that needs no keys");
  const second = await context.newPage();
  await second.goto(SIGNING);
  assert.equal(await keys(second), "open", "in a second tab");
  await signOut(page);
  await second.waitForFunction(() => document.querySelector('[data-part="unlock"]').dataset.state === "locked");
  await second.close();
  assert.deepEqual(held.calls, ["get"], "and still one touch");
});

test("nothing of the keys is stored in the browser", async () => {
  const { page, context } = member;
  await touchIn(page);
  const stored = await page.evaluate(async () => ({
    local: localStorage.length,
    session: sessionStorage.length,
    databases: (await indexedDB.databases()).length,
    caches: (await caches.keys()).length,
  }));
  assert.deepEqual(stored, { local: 0, session: 0, databases: 0, caches: 0 });
  const names = (await context.cookies()).map(({ name }) => name).sort();
  assert.deepEqual(names, ["__Host-known", "__Host-session", "__Host-visit"]);
});

test("a second passkey, on the telephone, signs in and unlocks too", async () => {
  const { page, held } = member;
  await held.add("phone");
  await page.goto("/account/passkeys");
  await look(page, "passkeys-one");
  await page.locator("#passkey-name").fill("Work phone");
  await held.atHand("pc");
  held.before(async (what) => held.atHand(what === "create" ? "phone" : "pc"));
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByRole("heading", { name: "Work phone" }).waitFor();
  await look(page, "passkeys-two");
  held.before(async () => undefined);
  await signOut(page);
  await held.atHand("phone");
  held.calls.length = 0;
  await touchIn(page);
  await page.goto(SIGNING);
  assert.equal(await keys(page), "open");
  assert.deepEqual(held.calls, ["get"]);
  await signOut(page);
});

test("the telephone is lost: it is removed, and whoever found it is not let in", async () => {
  const { page, held } = member;
  await held.atHand("pc");
  await touchIn(page);
  await page.goto("/account/passkeys");
  const answered = page.waitForResponse((one) => one.request().method() === "POST");
  await page.getByRole("button", { name: "Remove Work phone" }).click();
  assert.equal((await answered).status(), 303);
  await page.getByRole("heading", { name: "Work phone" }).waitFor({ state: "detached" });
  assert.equal(await page.getByRole("button", { name: "Remove Office PC" }).count(), 0, "never the last way to sign in");
  await signOut(page);
  await held.atHand("phone");
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  const error = page.locator('[data-part="passkey-sign-in"] [data-error]');
  await error.waitFor();
  await look(page, "passkey-sign-in-refused");
  assert.ok(new URL(page.url()).pathname === "/sign-in");
  await held.atHand("pc");
  await touchIn(page);
});

test("after five minutes a touch shows who is there", async () => {
  const { page, held } = member;
  stage.demo.moveClock(6 * 60_000);
  await page.goto("/account/fresh?next=/account");
  await look(page, "passkey-fresh");
  held.calls.length = 0;
  await page.getByRole("button", { name: "Touch your passkey" }).click();
  await page.getByText("Shown that it is you.").waitFor();
  await look(page, "passkey-fresh-shown");
  assert.equal(await page.locator("#fresh_code").count(), 0, "and no code is asked for");
  assert.equal(await send(page, "Continue"), 303);
  assert.equal(new URL(page.url()).pathname, "/account");
  stage.demo.moveClock(12 * 60_000);
  await page.goto("/account/passkeys");
  await look(page, "passkeys-not-fresh");
  await page.getByRole("button", { name: "Touch a passkey" }).click();
  await page.getByRole("button", { name: "Touch a passkey" }).waitFor({ state: "detached" });
  assert.deepEqual(held.calls, ["get", "get"]);
});

test("a key exchanged at the server is noticed by the browser, with keys kept and with a touch", async () => {
  const { page, context } = member;
  const held = (one) => one.evaluate(() => fetch("/account/keys").then((answer) => answer.json()));
  const [own, other] = [await held(page), await held((await stage.as("Sam")).page)];
  const swapped = (members) => context.route("**/account/keys", (route) => route.fulfill({ json: { ...own, ...members } }));
  const told = (words) => page.locator('[data-part="unlock"] > [data-error]').filter({ hasText: words }).waitFor();
  await swapped({ signing_key: other.signing_key });
  await page.goto(SIGNING);
  await told(/^Stop: the portal holds a key for you that is not yours/);
  await context.unroute("**/account/keys");
  await page.reload();
  assert.equal(await keys(page), "locked", "and the kept keys are gone");
  for (const [members, words] of [
    [{ signing_key: other.signing_key }, /^Stop: the portal holds a key for you that is not yours/],
    [{ recipient: other.recipient }, /^This passkey does not open your keys, though it should/],
  ]) {
    await swapped(members);
    await page.getByRole("button", { name: "Unlock with your passkey" }).click();
    await told(words);
    assert.equal(await keys(page), "locked");
    await context.unroute("**/account/keys");
  }
  await page.getByRole("button", { name: "Unlock with your passkey" }).click();
  await page.locator('[data-part="unlock"]').waitFor({ state: "hidden" });
});

test("a device that cannot unlock signs in, says so plainly, and the passphrase unlocks", async () => {
  const someone = await invited("Ash Quill", "ash.quill@demo.example");
  const { page, held } = someone;
  await held.add("plain");
  await page.getByRole("button", { name: "Use a passkey on this device or phone" }).click();
  await page.getByRole("heading", { name: "This passkey can sign you in but not unlock pictures" }).waitFor();
  await look(page, "passkey-enrol-no-unlock");
  await page.locator('[data-step="no-unlock"]').getByRole("button", { name: "Continue" }).click();
  await page.waitForFunction(() => document.querySelector("[data-passphrase]").textContent !== "");
  const passphrase = await page.locator("[data-passphrase]").innerText();
  paper("passphrase", passphrase);
  await page.getByRole("button", { name: "I have written it down" }).click();
  await page.locator("#passphrase-again").fill(passphrase);
  await page.getByRole("button", { name: "Make my keys" }).click();
  await typeRecoveryBack(page);
  const secret = page.locator('[data-step="code"] .portal-secret');
  await secret.waitFor();
  const account = { email: "ash.quill@demo.example", passphrase, totp_secret: (await secret.innerText()).replaceAll(/\s/g, "") };
  await fill(page, { code: await freshCode(account) });
  assert.equal(await send(page, "Finish"), 303);
  await touchIn(page, "/bulletins");
  await page.getByText("This passkey can sign you in but not unlock.").waitFor();
  await look(page, "passkey-cannot-unlock");
  await page.goto(SIGNING);
  assert.equal(await keys(page), "locked");
  assert.equal(await page.locator("[data-with-passkey]").isVisible(), false);
  await unlock(page, account);
  await page.reload();
  assert.equal(await keys(page), "open");
  someone.quiet();
  await someone.close();
});

test("somebody with a passphrase adds a passkey and from then on touches it", async () => {
  const someone = await stage.visitor();
  const held = await withDevices(someone);
  const { page } = someone;
  const account = stage.account("Morgan");
  stage.browser.witness.uses(account);
  await held.add("pc");
  await signIn(page, account);
  await page.goto("/account/passkeys");
  await page.locator("#passkey-name").fill("Office PC");
  await page.locator("#passkey-passphrase").fill(stage.account("Casey").passphrase);
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByText("This passphrase does not open your keys.").waitFor({ timeout: 60_000 });
  assert.deepEqual(held.calls, [], "no passkey is made before the keys are open");
  await page.locator("#passkey-passphrase").fill(account.passphrase);
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByRole("heading", { name: "Office PC" }).waitFor({ timeout: 60_000 });
  await signOut(page);
  await signIn(page, account);
  await page.goto("/undertaking");
  await page.getByRole("button", { name: "Read the undertaking" }).click();
  assert.equal(await keys(page), "locked", "keys of the visit before are gone");
  await look(page, "passkey-unlock");
  await page.getByRole("button", { name: "Unlock with your passkey" }).click();
  await page.locator('[data-part="unlock"]').waitFor({ state: "hidden" });
  assert.equal(await send(page, "Sign the undertaking"), 303);
  someone.quiet();
  await someone.close();
});

test("the devices gave their secrets, and nothing that was sent, answered or said holds one", async () => {
  const { things, outputs } = stage.browser.witness.heard();
  assert.ok(things > 200 && outputs >= 6, `${things} things heard, ${outputs} spellings of PRF outputs`);
  member.quiet();
  await stage.everybodyLeaves();
  await stage.browser.witness.check();
});
