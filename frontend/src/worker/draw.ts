// Fetch, open, draw. Plaintext lives here for the moment of drawing and is wiped; the page gets pixels on its canvas, never bytes.

import { fromBase64, text, type Bytes } from "../formats/bytes";
import { Problem } from "../wire/problem";
import type { Opener, Work } from "../wire/protocol";
import { getBytes, getJson, listOf, textOf } from "../wire/server";
import { openAge } from "./age";
import { identities, keys } from "./vault";

const drawn = new Map<string, OffscreenCanvas>();

export async function draw(ask: Work["draw"]["ask"]): Promise<Work["draw"]["answer"]> {
  const { slot, url, canvas, overlay, maxSide } = ask;
  const openers = identities(ask.opener);
  drawn.set(slot, canvas);
  const plain = await openAge(await getBytes(url), ...openers);
  if (drawn.get(slot) === canvas) await paint(plain, canvas, maxSide, overlay);
  plain.fill(0);
  if (drawn.get(slot) !== canvas) wipe(canvas); // blanked while it was being fetched or drawn
  return { width: canvas.width, height: canvas.height };
}

/** Draws the picture in `plain` and wipes `plain`. */
async function paint(plain: Bytes, canvas: OffscreenCanvas, maxSide: number, overlay: string): Promise<void> {
  const bitmap = await decode(plain, maxSide).finally(() => plain.fill(0));
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  const pen = canvas.getContext("2d");
  if (pen === null) throw new Problem("This browser cannot draw the picture.", "Use a current version of Edge, Chrome, Firefox or Safari.");
  pen.drawImage(bitmap, 0, 0);
  bitmap.close();
  if (overlay !== "") write(pen, overlay, canvas.width, canvas.height);
}

async function decode(plain: Bytes, maxSide: number): Promise<ImageBitmap> {
  try {
    const whole = await createImageBitmap(new Blob([plain]), { imageOrientation: "from-image" });
    const scale = maxSide / Math.max(whole.width, whole.height);
    if (scale >= 1) return whole;
    const size = { resizeWidth: Math.round(whole.width * scale), resizeHeight: Math.round(whole.height * scale) };
    const smaller = await createImageBitmap(whole, { ...size, resizeQuality: "high" });
    whole.close();
    return smaller;
  } catch {
    throw new Problem("What was opened is not a picture.", "Tell the Area Intelligence Co-ordinator who released it.");
  }
}

/** Name and time, in diagonal rows over the whole picture: light letters with a dark edge, both half seen through. */
function write(pen: OffscreenCanvasRenderingContext2D, words: string, width: number, height: number): void {
  const size = Math.max(12, Math.round(Math.max(width, height) / 36));
  const reach = Math.ceil(Math.hypot(width, height) / 2) + size;
  pen.save();
  pen.font = `${size}px sans-serif`;
  pen.textBaseline = "middle";
  pen.lineWidth = Math.max(1, size / 12);
  pen.fillStyle = "rgba(255, 255, 255, 0.34)";
  pen.strokeStyle = "rgba(0, 0, 0, 0.26)";
  pen.translate(width / 2, height / 2);
  pen.rotate(-Math.PI / 6);
  const step = pen.measureText(words).width + size * 3;
  for (let y = -reach, row = 0; y <= reach; y += size * 5, row += 1) {
    for (let x = -reach - (row % 2) * (step / 2); x <= reach; x += step) {
      pen.strokeText(words, x, y);
      pen.fillText(words, x, y);
    }
  }
  pen.restore();
}

export async function readText(url: string, opener: Opener): Promise<string> {
  const plain = await openAge(await getBytes(url), ...identities(opener));
  try {
    return text(plain);
  } catch {
    throw new Problem("What was opened is not text.", "Tell the Area Intelligence Co-ordinator who released it.");
  } finally {
    plain.fill(0);
  }
}

/** Draws each thumbnail that came; one that cannot be opened is left undrawn, so that the list stays usable. */
export async function thumbnails(ask: Work["thumbnails"]["ask"]): Promise<string[]> {
  const key = keys().identity;
  const canvases = new Map(ask.canvases.map((one) => [one.copy, one.canvas]));
  const answer = await getJson(ask.url);
  const done: string[] = [];
  for (const item of listOf(answer, "items")) {
    const copy = textOf(item, "copy");
    const canvas = canvases.get(copy);
    if (canvas === undefined) continue;
    try {
      const plain = await openAge(fromBase64(textOf(item, "sealed")), key);
      await paint(plain, canvas, 640, "");
      drawn.set(`thumbnail/${copy}`, canvas);
      done.push(copy);
    } catch {
      wipe(canvas);
    }
  }
  return done;
}

export function blank(): void {
  for (const canvas of drawn.values()) wipe(canvas);
  drawn.clear();
}

function wipe(canvas: OffscreenCanvas): void {
  canvas.width = 0;
  canvas.height = 0;
}
