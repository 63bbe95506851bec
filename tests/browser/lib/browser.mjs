// Debian's Chromium, trusting the demo's authority and nothing else of it: the chain is really checked. Everything that a page
// complains of is kept, and `quiet` fails on it.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { witness } from "./secrets.mjs";

const FLAGS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A browser whose home knows the demo's certificate authority, or none where `caFile` is null. */
export async function openBrowser(demo) {
  const home = mkdtempSync(join(tmpdir(), "portal-home-"));
  // Old and new place of Chromium's certificate store.
  for (const place of [".pki/nssdb", ".local/share/pki/nssdb"]) {
    const store = join(home, place);
    mkdirSync(store, { recursive: true });
    execFileSync("certutil", ["-N", "-d", `sql:${store}`, "--empty-password"]);
    if (demo.caFile !== null) execFileSync("certutil", ["-A", "-d", `sql:${store}`, "-n", "demo", "-t", "C,,", "-i", demo.caFile]);
  }
  const root = process.getuid?.() === 0;
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    env: { ...process.env, HOME: home, XDG_CONFIG_HOME: join(home, ".config"), XDG_CACHE_HOME: join(home, ".cache") },
    args: root ? [...FLAGS, "--no-sandbox"] : FLAGS,
    chromiumSandbox: !root,
  });
  const listener = witness(demo);
  return {
    browser,
    witness: listener,
    /** Somebody at a browser of their own: own cookies, own keys. */
    person: (options = {}) => person(browser, demo, listener, options),
    /** Fails when any secret left a browser or was shown where it must not be. */
    async close() {
      await listener.check().finally(async () => {
        await browser.close();
        rmSync(home, { recursive: true, force: true });
      });
    },
  };
}

async function person(browser, demo, listener, options) {
  const context = await browser.newContext({
    baseURL: demo.baseUrl,
    locale: "en-GB",
    timezoneId: "Europe/London",
    viewport: { width: 1280, height: 900 },
    ...options,
  });
  await listener.listen(context);
  const complaints = [];
  // Which features a Permissions-Policy may name differs from build to build of the browser.
  const allowed = [/Permissions-Policy header: Unrecognized feature/];
  context.on("console", (said) => {
    if (said.type() === "error" || said.type() === "warning") complaints.push(`console ${said.type()}: ${said.text()}`);
  });
  context.on("weberror", (thrown) => complaints.push(`page error: ${thrown.error().stack ?? thrown.error()}`));
  context.on("response", (answer) => {
    if (answer.status() >= 500) complaints.push(`${answer.status()} from ${answer.url()}`);
  });
  await context.addInitScript(() => {
    addEventListener("securitypolicyviolation", (report) => {
      console.error(`CSP: ${report.effectiveDirective} refused ${report.blockedURI} ${report.sample} at ${report.sourceFile}:${report.lineNumber}`);
    });
  });
  const page = await context.newPage();
  return {
    context,
    page,
    witness: listener,
    /** Complaints that the story expects, such as the console's line about a refused request. */
    expecting: (pattern) => allowed.push(pattern),
    /** Fails when a page complained of anything. */
    quiet() {
      const left = complaints.filter((one) => !allowed.some((pattern) => pattern.test(one)));
      if (left.length > 0) throw new Error(`the pages complained:\n${left.join("\n")}`);
    },
    close: () => context.close(),
  };
}
