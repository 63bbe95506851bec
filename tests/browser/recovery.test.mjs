// Lost passphrase, then lost everything, lived through in Debian's Chromium: the printed code, new words and a new code; then keys and
// copies that end, new keys by a link, and copies sealed again to those, in two sittings.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before } from "node:test";
import { approveByRoot } from "./lib/approve.mjs";
import { chapters } from "./lib/chapters.mjs";
import { fill, refused, send, unlock } from "./lib/forms.mjs";
import { look } from "./lib/look.mjs";
import { drawn } from "./lib/pixels.mjs";
import { freshCode, signIn } from "./lib/sign-in.mjs";
import { openStage } from "./lib/stage.mjs";
import { makeKeys } from "./story/people.mjs";

const URN = /CZ\/003\/\d\d/;
/** Nothing that leaves the browser may hold what only its owner knows. */
const secrets = [];
const bodies = [];

let stage;
before(async () => {
  stage = await openStage();
  stage.out = fileURLToPath(new URL("out/", import.meta.url));
  mkdirSync(stage.out, { recursive: true });
});
after(async () => stage?.stop());

const chapter = chapters(() => stage);

/** Keeps every body that a page sends. */
function overheard(someone) {
  someone.page.on("request", (request) => {
    const body = request.postData();
    if (body === null) return;
    // A form's fields, or bytes, which are kept as they are.
    const form = /urlencoded/.test(request.headers()["content-type"] ?? "");
    const said = form ? [...new URLSearchParams(body)].map(([name, value]) => `${name}=${value}`).join("\n") : body;
    bodies.push(said.toLowerCase());
  });
  return someone;
}

const facts = {};

chapter("the printed code is asked for, and says the same to everybody", async () => {
  facts.account = { ...stage.account("Priya") };
  facts.old = stage.account("Priya");
  facts.visitor = overheard(await stage.visitor());
  const { page } = facts.visitor;
  await page.goto("/sign-in");
  await page.getByRole("link", { name: "Use your recovery code" }).click();
  await look(page, "recover");
  const enter = async (email, code) => {
    await page.locator('main input[name="email"]').fill(email);
    await page.locator("#recovery").fill(code);
    await page.getByRole("button", { name: "Continue", exact: true }).click();
  };
  await enter(facts.account.email, "not a code");
  await page.getByText("This is not a recovery code.").waitFor();
  await look(page, "recover-no-code");
  const answered = async (email, code) => {
    const loaded = page.waitForEvent("load");
    await enter(email, code);
    await loaded;
  };
  await answered(facts.account.email, stage.account("Toby").recovery_code);
  const known = await (await refused(page, { recovery: /One of them is not right/ })).innerText();
  assert.equal(await page.locator("#recovery").inputValue(), "");
  await look(page, "recover-wrong");
  await answered("nobody@demo.example", facts.account.recovery_code);
  assert.equal(await (await refused(page, { recovery: /One of them is not right/ })).innerText(), known);
  await answered(facts.account.email, facts.account.recovery_code.toLowerCase().replaceAll("-", " "));
  assert.match(page.url(), /\/recover\/new$/);
  facts.visitor.quiet();
});

chapter("everything but the keys is made anew", async () => {
  const { page } = facts.visitor;
  await look(page, "recover-1-open");
  await page.locator("#recovery-now").fill(stage.account("Toby").recovery_code);
  await page.getByRole("button", { name: "Open my keys" }).click();
  await page.getByText("This code does not open your keys.").waitFor();
  await look(page, "recover-1-wrong");
  await page.locator("#recovery-now").fill(facts.account.recovery_code);
  await page.getByRole("button", { name: "Open my keys" }).click();
  const words = page.locator("[data-passphrase]");
  await words.waitFor();
  const passphrase = await words.innerText();
  assert.equal(passphrase.split(" ").length, 7);
  await look(page, "recover-2-passphrase");
  await page.getByRole("button", { name: "I have written it down" }).click();
  await page.locator("#passphrase-again").fill("wrong words");
  await page.getByRole("button", { name: "Lock my keys with it" }).click();
  await page.getByText("This is not the passphrase that was shown.").waitFor();
  await page.locator("#passphrase-again").fill(passphrase);
  await look(page, "recover-3-again");
  await page.getByRole("button", { name: "Lock my keys with it" }).click();
  const code = page.locator("[data-recovery-code]");
  await code.waitFor({ timeout: 60_000 });
  const recovery_code = await code.innerText();
  assert.match(recovery_code, /^([0-9A-HJKMNP-TV-Z]{4}-){7}[0-9A-HJKMNP-TV-Z]{4}$/);
  assert.match(await page.locator("[data-fingerprint]").innerText(), /^([a-z]+ ){5}[a-z]+$/);
  await look(page, "recover-4-sheet");
  writeFileSync(join(stage.out, "recovery-sheet.pdf"), await page.pdf({ format: "A4" }));
  await page.getByRole("button", { name: "I have it on paper" }).click();
  await page.locator("#recovery-again").fill(recovery_code);
  await look(page, "recover-5-again");
  await page.locator('[data-step="recovery-again"]').getByRole("button", { name: "Continue" }).click();
  const shown = page.locator('[data-step="code"] .portal-secret');
  await shown.waitFor();
  const totp_secret = (await shown.innerText()).replaceAll(/\s/g, "");
  assert.notEqual(totp_secret, facts.account.totp_secret);
  await fill(page, { code: "000000" });
  assert.equal(await send(page, "Finish"), 422);
  await refused(page, { code: /six digits/i });
  assert.equal((await shown.innerText()).replaceAll(/\s/g, ""), totp_secret, "a refused code keeps the key of the app");
  await look(page, "recover-6-code");
  secrets.push(facts.old.passphrase, facts.old.recovery_code, passphrase, recovery_code);
  facts.account = { ...facts.account, passphrase, recovery_code, totp_secret };
  await fill(page, { code: await freshCode(facts.account) });
  assert.equal(await send(page, "Finish"), 303);
  await page.waitForURL(/\/recovered$/);
  await look(page, "recovered");
  assert.match((await page.goto("/recover/new")).url(), /\/sign-in/, "once");
  facts.visitor.quiet();
});

chapter("the old passphrase is nothing, the new one opens the same bulletins", async () => {
  const { page } = facts.visitor;
  await page.goto("/sign-in");
  await page.locator('main input[name="email"]').fill(facts.old.email);
  await page.locator("#passphrase").fill(facts.old.passphrase);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await refused(page, { passphrase: /One of them is not right/ });
  await signIn(page, facts.account);
  await reads(page);
  facts.visitor.quiet();
});

/** From the list to the drawn pictures and words. */
async function reads(page) {
  await page.goto("/bulletins");
  if ((await page.locator('main input[name="purpose"]').count()) > 0) {
    await fill(page, { purpose: "prevention" });
    assert.equal(await send(page, "Continue"), 303);
  }
  const card = page.locator(".portal-card", { hasText: URN, hasNotText: "Keys lost" });
  await card.getByRole("link", { name: URN }).first().click();
  const accept = page.getByRole("button", { name: "I have read and accept these conditions" });
  if ((await accept.count()) > 0) {
    await unlock(page, facts.account);
    assert.equal(await send(page, "I have read and accept these conditions"), 303);
  }
  await unlock(page, facts.account);
  await drawn(page, "viewer", 3);
  assert.notEqual(await page.locator("[data-words]").innerText(), "");
}

chapter("the co-ordinator ends the keys of somebody who lost everything", async () => {
  const sam = overheard(await stage.as("Sam"));
  const { page } = sam;
  await page.goto("/schemes");
  await page.getByRole("link", { name: "Cantwell Business Crime Reduction Partnership" }).first().click();
  await page.getByRole("link", { name: "Change vetting and storage of Priya Lowen" }).click();
  await look(page, "receiver");
  await page.getByRole("link", { name: "end their keys and invite them to make new ones" }).click();
  await look(page, "renew");
  assert.equal(await send(page, "End their keys and invite them anew"), 422);
  await refused(page, { verified: /how you made sure who they are/ });
  await look(page, "renew-error");
  await fill(page, { verified: "Seen at the station with warrant of identity I11/DEMO/2026" });
  assert.equal(await send(page, "End their keys and invite them anew"), 200);
  facts.link = await page.locator(".portal-exact").innerText();
  await look(page, "renewed");
  await page.goto("/reseal");
  assert.match(await page.locator("main").innerText(), /Waits until they have joined again/);
  await look(page, "reseal-waits");
  const gone = await facts.visitor.page.goto("/bulletins");
  assert.match(gone.url(), /\/sign-in/, "every visit ended");
  sam.quiet();
  facts.visitor.quiet();
});

chapter("the person makes new keys by the link", async () => {
  const joining = overheard(await stage.visitor());
  const { page } = joining;
  await page.goto(new URL(facts.link).pathname);
  facts.account = { ...facts.account, ...(await makeKeys(page)) };
  secrets.push(facts.account.passphrase, facts.account.recovery_code);
  await fill(page, { code: await freshCode(facts.account) });
  assert.equal(await send(page, "Finish"), 303);
  await signIn(page, facts.account);
  await page.goto("/bulletins");
  const lost = page.locator(".portal-card", { hasText: URN });
  assert.match(await lost.first().innerText(), /destroyed with your old keys/);
  await look(page, "bulletins-keys-lost");
  facts.priya = joining;
  joining.quiet();
});

chapter("once approved, the copies are sealed again, in two sittings", async () => {
  approveByRoot(stage.demo, facts.account.email);
  const sam = await stage.as("Sam");
  const { page, account } = sam;
  await page.goto("/reseal");
  assert.match(await page.locator("main").innerText(), /Ready to be sealed again/);
  await look(page, "reseal-ready");
  assert.equal(await send(page, "Make new copies"), 303);
  await look(page, "reseal-locked");
  const count = page.locator('[data-part="seal"] [data-count]');
  assert.match(await count.innerText(), /^\d+ of \d+ sealed: unlock to continue\.$/);
  const [, before] = /^(\d+) of/.exec(await count.innerText());
  // The first sitting ends when one original has been handed over: its answer is waited for, then the page is left.
  const handed = page.waitForResponse((answer) => /\/sealing$/.test(answer.url()) && answer.request().method() === "POST");
  await unlock(page, account);
  await handed;
  await page.screenshot({ path: join(stage.out, "reseal-progress.png") });
  await page.goto("/reseal");
  if ((await page.locator('[data-part="seal"]').count()) > 0) {
    await page.waitForFunction((least) => {
      const words = document.querySelector("[data-count]")?.textContent ?? "";
      return Number.parseInt(words, 10) >= least;
    }, Number(before));
    const over = page.getByText("Nothing waits.");
    await unlock(page, account);
    await over.waitFor({ timeout: 120_000 });
  }
  await look(page, "reseal-done");
  sam.quiet();
});

chapter("the holder reads the new copy, which the lost key does not open", async () => {
  const { page } = facts.priya;
  const answered = [];
  page.on("response", (answer) => {
    if (/\/copies\/.*\/parts\//.test(answer.url())) answered.push(answer.body());
  });
  await reads(page);
  await page.screenshot({ path: join(stage.out, "reseal-new-copy.png"), fullPage: true });
  const sealed = join(stage.demo.folder, "part.age");
  const key = join(stage.demo.folder, "lost.key");
  writeFileSync(key, `${facts.old.age_identity}\n`);
  assert.ok(answered.length >= 3);
  for (const body of await Promise.all(answered)) {
    writeFileSync(sealed, body);
    assert.throws(() => execFileSync("age", ["-d", "-i", key, sealed], { stdio: ["ignore", "ignore", "pipe"] }), /no identity matched/);
  }
  facts.priya.quiet();
});

chapter("no body held a passphrase or a code", async () => {
  assert.ok(bodies.length > 10);
  for (const secret of secrets) {
    for (const said of [secret, secret.replaceAll("-", ""), secret.replaceAll("-", " "), secret.replaceAll(" ", "-")]) {
      assert.ok(!bodies.some((body) => body.includes(said.toLowerCase())), "a secret left the browser");
    }
  }
  await facts.visitor.close();
  await facts.priya.close();
  await stage.everybodyLeaves();
});
