// The page's side of the keeper: says whose page this is, gives the Worker a line to it, tells it when all is over.
// A browser without one, or one that ends it between pages, asks for a touch on each page instead (docs/decisions/0017).

import type { ToKeeper } from "../wire/keeping";
import { scriptAddress } from "./address";

/** Newer than TypeScript's own list: lets the keeper live on while one page goes and the next comes. */
interface LongLived extends WorkerOptions {
  extendedLifetime: boolean;
}

let port: MessagePort | null = null;

/** Whose page this is; empty for a visitor's. */
export const person = (): string => document.querySelector('meta[name="portal-person"]')?.getAttribute("content") ?? "";

/** Called once, when the page begins. */
export function meetKeeper(): void {
  if (!("SharedWorker" in window)) return;
  try {
    const options: LongLived = { name: "keeper", extendedLifetime: true };
    const keeper = new SharedWorker(scriptAddress("keeper"), options);
    keeper.addEventListener("error", (event) => {
      event.preventDefault();
      port = null;
    });
    port = keeper.port;
    tellKeeper({ deed: "here", person: person() });
  } catch {
    port = null; // not in this browser: each page asks anew
  }
}

function tellKeeper(said: ToKeeper, carry: Transferable[] = []): void {
  port?.postMessage(said, carry);
}

/** A line between this page's Worker and the keeper, or null where there is no keeper. */
export function lineToKeeper(): MessagePort | null {
  if (port === null) return null;
  const { port1, port2 } = new MessageChannel();
  tellKeeper({ deed: "join", person: person() }, [port1]);
  return port2;
}

/** Nobody's keys are kept from now on. */
export function dropKept(): void {
  tellKeeper({ deed: "drop" });
}
