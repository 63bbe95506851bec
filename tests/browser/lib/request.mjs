// Asking for a release as an officer does: typed, saved as a draft, checked, signed and sent. The one place that knows which pages that takes.

import assert from "node:assert/strict";
import { fill, send, sign } from "./forms.mjs";

/** What is answered besides where there are photographs (K5). */
export const CUSTODY = { source: "custody", justice: "yes", image_reference: "ATH/IMG/0991" };

/** The address of the first page. */
export const NEW = "/releases/new";

/** Fills the form at hand and goes on to where it is checked; answers the portal's status. */
export async function typed({ page }, fields) {
  await fill(page, fields);
  return send(page, "Save and go on");
}

/** Signs what stands on the page where it is checked, and sends it; answers the portal's status. */
export const sent = ({ page, account }) => sign(page, account, "Sign and ask for the release");

/** Asks; answers the address of the request. */
export async function asks(someone, fields) {
  await someone.page.goto(NEW);
  assert.equal(await typed(someone, fields), 303);
  assert.equal(await sent(someone), 303);
  const { pathname } = new URL(someone.page.url());
  assert.match(pathname, /^\/releases\/[0-9a-f-]{36}$/);
  return pathname;
}
