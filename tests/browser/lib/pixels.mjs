// What is on a canvas. The pages' own scripts cannot read it back through the portal; a test may look at its pixels.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

/** Waits until every item of a part is drawn. */
export async function drawn(page, part, many) {
  await page.locator(`[data-part="${part}"] [data-drawn]`).nth(many - 1).waitFor({ timeout: 60_000 });
  assert.equal(await page.locator(`[data-part="${part}"] [data-drawn]`).count(), many);
}

/** The canvas compared with the photograph it came from: sizes, how many colours, and how far each pixel is from the original. */
export async function compared(canvas, photograph) {
  const bytes = readFileSync(photograph).toString("base64");
  return canvas.evaluate(async (drawn, base64) => {
    const binary = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const original = await createImageBitmap(new Blob([binary]));
    const pixels = (picture, width, height) => {
      const sheet = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
      sheet.drawImage(picture, 0, 0, width, height);
      return sheet.getImageData(0, 0, width, height).data;
    };
    const { width, height } = drawn;
    const [here, there] = [pixels(drawn, width, height), pixels(original, width, height)];
    const colours = new Set();
    let [far, changed] = [0, 0];
    for (let at = 0; at < here.length; at += 4) {
      colours.add((here[at] >> 3) * 1024 + (here[at + 1] >> 3) * 32 + (here[at + 2] >> 3));
      const off = Math.abs(here[at] - there[at]) + Math.abs(here[at + 1] - there[at + 1]) + Math.abs(here[at + 2] - there[at + 2]);
      far += off / 3;
      if (off > 24) changed += 1;
    }
    const all = here.length / 4;
    return { width, height, colours: colours.size, meanDistance: far / all, changed: changed / all };
  }, bytes);
}
