// The Worker's line to the keeper. Without one, or without an answer, nothing is kept and every page asks anew.

import type { FromWorker, Kept } from "../wire/keeping";

/** A keeper that is there answers in a millisecond or two; one whose script did not load never does. */
const PATIENCE = 1500;

let line: MessagePort | null = null;

export function attach(port: MessagePort): void {
  line = port;
  port.start();
}

/** Returns when the keeper has them, so that the page may go. */
export async function keep(kept: Kept): Promise<void> {
  await say({ deed: "keep", kept });
}

export const take = (): Promise<Kept | null> => say({ deed: "take" });

export async function forget(): Promise<void> {
  await say({ deed: "drop" });
}

function say(said: FromWorker): Promise<Kept | null> {
  const port = line;
  if (port === null) return Promise.resolve(null);
  return new Promise((done) => {
    const late = setTimeout(() => done(null), PATIENCE);
    const hear = (event: MessageEvent<Kept | null>): void => {
      clearTimeout(late);
      done(event.data);
    };
    port.addEventListener("message", hear, { once: true });
    try {
      port.postMessage(said);
    } catch {
      hear(new MessageEvent("message", { data: null })); // a browser whose keys do not travel: nothing is kept
    }
  });
}
