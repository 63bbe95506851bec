// The frame of the browser tests, on the pages that need no story.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { openBrowser } from "./lib/browser.mjs";
import { startDemo } from "./lib/demo.mjs";
import { look } from "./lib/look.mjs";
import { realPhotograph } from "./lib/real-photograph.mjs";
import { signIn, totp } from "./lib/sign-in.mjs";

let demo;
let browser;
before(async () => {
  demo = await startDemo();
  browser = await openBrowser(demo);
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

test("codes are those of RFC 6238", () => {
  // Appendix B, the last six of the eight digits.
  const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
  assert.equal(totp(secret, 1), "287082");
  assert.equal(totp(secret, 0x27bc86aa), "353130");
});

test("a real photograph is at hand", () => {
  const bytes = readFileSync(realPhotograph());
  assert.ok(bytes.length > 500_000, createHash("sha256").update(bytes).digest("hex"));
});

test("plain pages open for anyone, under a certificate that is checked", async () => {
  const visitor = await browser.person();
  for (const path of ["/accessibility", "/cookies", "/privacy"]) {
    const answer = await visitor.page.goto(path);
    assert.equal(answer.status(), 200);
    const security = await answer.securityDetails();
    assert.equal(security.protocol, "TLS 1.3");
    await look(visitor.page, path.slice(1));
  }
  visitor.quiet();
  await visitor.close();
});

test("a browser that does not know the demo's authority is not let in", async () => {
  const stranger = await openBrowser({ ...demo, caFile: null });
  try {
    const { page } = await stranger.person();
    await assert.rejects(page.goto("/accessibility"), /ERR_CERT_AUTHORITY_INVALID/);
  } finally {
    await stranger.close();
  }
});

test("a secret that leaves a browser is noticed, however it is written", async () => {
  const [one] = demo.accounts;
  const written = [one.passphrase, one.passphrase.replaceAll(" ", "+"), encodeURIComponent(one.recovery_code), one.age_identity];
  for (const secret of written) {
    const careless = await openBrowser(demo);
    const { page, expecting } = await careless.person();
    expecting(/./);
    await page.goto("/accessibility");
    await page.evaluate((body) => fetch("/account/stay", { method: "POST", body }).then((got) => got.text()), secret);
    await assert.rejects(careless.close(), new RegExp(`of ${one.name}`), secret);
  }
});

test("a complaint of a page is not lost", async () => {
  const visitor = await browser.person();
  await visitor.page.goto("/accessibility");
  visitor.quiet();
  const reported = visitor.context.waitForEvent("console", (said) => said.text().startsWith("CSP:"));
  const refused = visitor.page.evaluate(() => (document.body.innerHTML = "<p>x</p>"));
  await assert.rejects(refused, /TrustedHTML/);
  await reported;
  assert.throws(() => visitor.quiet(), /CSP: require-trusted-types-for/);
  await visitor.close();
});

test("each person of the demo signs in", async () => {
  for (const account of demo.accounts) {
    const someone = await browser.person();
    await signIn(someone.page, account);
    await someone.page.getByText(account.name).first().waitFor();
    someone.quiet();
    await someone.close();
  }
});

test("the sign-in page looks right and needs no eyes", async () => {
  const visitor = await browser.person();
  const answer = await visitor.page.goto("/sign-in");
  assert.equal(answer.status(), 200);
  await look(visitor.page, "sign-in");
  visitor.quiet();
  await visitor.close();
});
