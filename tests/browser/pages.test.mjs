// Every page that a link leads to, for every kind of person: right status, no complaint, no violation of WCAG 2.2 AA wide and at
// 320 px, and pictures of it in out/. Pages that only a form leads to are looked at by the story.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openBrowser } from "./lib/browser.mjs";
import { startDemo } from "./lib/demo.mjs";
import { look } from "./lib/look.mjs";
import { signIn } from "./lib/sign-in.mjs";

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

/** `/releases/0190…/decide` is `/releases/{id}/decide`: one of each shape is looked at. */
function shape(path) {
  return path.replace(/\/[0-9a-f]{8}-[0-9a-f-]{27}(?=\/|$)/g, "/{id}");
}

/** Opens a page; null for what is no page: tables, texts, pictures to keep. */
async function opened(page, path) {
  let answer;
  try {
    answer = await page.goto(path);
  } catch (why) {
    if (/Download is starting|ERR_ABORTED/.test(why.message)) return null;
    throw why;
  }
  assert.equal(answer.status(), 200, `${path} answers ${answer.status()}`);
  return (answer.headers()["content-type"] ?? "").startsWith("text/html") ? answer : null;
}

/** Pages that are the same for everybody are looked at once. */
const common = new Set(["/accessibility", "/cookies", "/privacy"]);

/** Walks all links from the person's first page; gives the shapes seen and everything that was wrong. */
async function walk(someone, name) {
  const { page } = someone;
  const seen = new Set();
  const wrong = [];
  const waiting = [new URL(page.url()).pathname];
  while (waiting.length > 0) {
    const path = waiting.shift();
    const which = shape(path.split("?")[0]);
    if (seen.has(which) || (common.has(which) && name !== "officer")) continue;
    seen.add(which);
    try {
      if ((await opened(page, path)) === null) continue;
      await look(page, `${name}${which.replaceAll(/[{}]/g, "").replaceAll("/", "-").replace(/-$/, "-first")}`);
    } catch (why) {
      wrong.push(why.message);
    }
    const links = await page.locator("a[href]").evaluateAll((all) => all.map((link) => link.href));
    for (const link of links.map((one) => new URL(one))) {
      if (link.origin === demo.baseUrl) waiting.push(link.pathname + link.search);
    }
  }
  return { seen, wrong };
}

/** Pages that a link must lead to: people and registers are of no use where nobody finds them. */
const found = {
  aic: ["/people/{id}", "/schemes/new", "/schemes/{id}/change", "/schemes/{id}/members/{id}", "/schemes/{id}/receivers/{id}",
    "/documents/{id}", "/documents/{id}/remove", "/initiatives/{id}"],
  administrator: ["/people/{id}", "/areas/{id}/rename", "/settings/registration", "/settings/texts/notice", "/settings/numbers",
    "/schemes/{id}"],
  auditor: ["/schemes/{id}/members/{id}", "/documents/{id}", "/initiatives/{id}"],
  manager: ["/schemes/{id}/members/{id}", "/documents/{id}"],
};

for (const role of ["officer", "aic", "reviewer", "inspector", "commander", "manager", "member", "auditor", "administrator"]) {
  test(`${role}: every page that a link leads to`, async () => {
    const someone = await browser.person();
    await signIn(someone.page, demo.account(role));
    const { seen, wrong } = await walk(someone, role);
    assert.deepEqual(wrong, [], wrong.join("\n"));
    someone.quiet();
    for (const path of found[role] ?? []) assert.ok(seen.has(path), `no link leads the ${role} to ${path}`);
    assert.ok(seen.size >= 4, `only ${[...seen].join(" ")}`);
    await someone.close();
  });
}
