// The keeper: a SharedWorker that holds a person's keys in memory while pages come and go (docs/decisions/0017).
// It uses no key, asks no server, stores nothing. Its address holds the digest of its code, so a new portal has a new, empty keeper.

import { CHANNEL, type FromWorker, type Heard, type ToKeeper } from "../wire/keeping";
import { Keeping } from "./kept";

declare const self: SharedWorkerGlobalScope;

const keeping = new Keeping(Date.now);

function serve(port: MessagePort, person: string): void {
  port.addEventListener("message", (event: MessageEvent<FromWorker>) => {
    if (event.data.deed === "keep") keeping.keep(person, event.data.kept);
    if (event.data.deed === "drop") keeping.drop();
    port.postMessage(event.data.deed === "take" ? keeping.take(person) : null);
  });
  port.start();
}

self.addEventListener("connect", (event) => {
  const page = event.ports[0];
  page?.addEventListener("message", (said: MessageEvent<ToKeeper>) => {
    if (said.data.deed === "drop") return keeping.drop();
    keeping.here(said.data.person);
    const worker = said.ports[0];
    if (said.data.deed === "join" && worker !== undefined) serve(worker, said.data.person);
  });
  page?.start();
});

new BroadcastChannel(CHANNEL).addEventListener("message", (event: MessageEvent<Heard>) => {
  if (event.data === "signed-out") keeping.drop();
  else keeping.contact();
});

setInterval(() => keeping.look(), 10_000);
