// When the person last did something here, and when any tab of theirs last spoke with the server.
// Absent on purpose: what they did. Nothing is sent or kept.

import { CHANNEL } from "../wire/keeping";

let handAt = Date.now();
let contactAt = Date.now();
const others = "BroadcastChannel" in window ? new BroadcastChannel(CHANNEL) : null;

/** The server has just answered this tab, so the session's idle time starts anew. */
export function contact(): void {
  contactAt = Date.now();
  others?.postMessage("contact");
}

export const sinceContact = (): number => Date.now() - contactAt;
export const sinceHand = (): number => Date.now() - handAt;

/** Work that goes on without hands, such as sealing, keeps the keys open. */
export const busy = (): void => {
  handAt = Date.now();
};

/** Tells every tab of this browser that the session is over. */
export const signedOut = (): void => others?.postMessage("signed-out");

export function watch(onSignedOut: () => void): void {
  for (const kind of ["pointerdown", "pointermove", "keydown", "wheel", "touchstart", "scroll"]) {
    addEventListener(kind, busy, { passive: true, capture: true });
  }
  others?.addEventListener("message", (event: MessageEvent<unknown>) => {
    if (event.data === "contact") contactAt = Date.now();
    if (event.data === "signed-out") onSignedOut();
  });
  others?.postMessage("contact");
}
