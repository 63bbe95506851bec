// How a page looks and whether everybody can use it: axe by WCAG 2.2 AA, and pictures wide, at 320 px and as printed, in out/.

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";

const OUT = fileURLToPath(new URL("../out/", import.meta.url));
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Fails on any violation, naming rule and element. */
export async function accessible(page) {
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  const told = violations.map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.map((node) => `    ${node.html}`).join("\n")}`);
  assert.deepEqual(told, [], `${page.url()} has ${violations.length} violations:\n${told.join("\n")}`);
}

/** A picture at 320 px, where nothing may stand out (WCAG 1.4.10). All that can be asked of a page without script, where axe cannot run. */
export async function narrow(page, name) {
  await page.setViewportSize({ width: 320, height: 800 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  await page.screenshot({ path: join(OUT, `${name}-320.png`), fullPage: true });
  assert.ok(wide <= 320, `${page.url()} is ${wide} px wide on a screen of 320 px`);
}

/** Axe and pictures of the page at hand; leaves it as wide as it was. */
export async function look(page, name) {
  mkdirSync(OUT, { recursive: true });
  const before = page.viewportSize();
  const picture = (suffix) => page.screenshot({ path: join(OUT, `${name}-${suffix}.png`), fullPage: true });

  await page.setViewportSize({ width: 1280, height: 900 });
  await accessible(page);
  await picture("wide");

  await narrow(page, name);
  await accessible(page);

  await page.setViewportSize({ width: 794, height: 1123 });
  await page.emulateMedia({ media: "print" });
  await picture("print");
  await page.emulateMedia({ media: null });

  await page.emulateMedia({ forcedColors: "active" });
  await page.setViewportSize({ width: 1280, height: 900 });
  await picture("forced-colours");
  await page.emulateMedia({ forcedColors: null });
  await page.setViewportSize(before);
}

/** A page as a guide shows it, small: its own part, 640 px wide, from the top or from a heading; nothing where no file is named. */
export async function picture(page, file, heading) {
  if (file === undefined) return;
  const before = page.viewportSize();
  await page.setViewportSize({ width: 640, height: 720 });
  const top = (one) => one.evaluate((it) => it.getBoundingClientRect().top + scrollY);
  const part = page.locator("main");
  const end = (await top(part)) + (await part.evaluate((it) => it.offsetHeight));
  const y = heading === undefined ? await top(part) : (await top(page.getByRole("heading", { name: heading }).first())) - 8;
  await page.screenshot({ path: file, fullPage: true, clip: { x: 0, y, width: 640, height: Math.min(end - y, 640) } });
  await page.setViewportSize(before);
}

/** The same, in the folder that the stage was given for pictures; nothing where there is none. */
export const shown = (stage, page, name, heading) => picture(page, stage.pictures && join(stage.pictures, `${name}.png`), heading);

/** The page printed on A4, kept in out/; how many sheets it takes. */
export async function sheets(page, name) {
  const paper = await page.pdf({ format: "A4" });
  mkdirSync(OUT, { recursive: true });
  writeFileSync(join(OUT, `${name}.pdf`), paper);
  return paper.toString("latin1").match(/\/Type\s*\/Page\b/g).length;
}
