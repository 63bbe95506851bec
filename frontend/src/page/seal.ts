// Sealing, as its co-ordinator sees it: how many copies are done, a bar that moves, and on to the next page when all are.

import { busy } from "./activity";
import { given, meta, must, say, tell } from "./dom";
import { ask, isUnlocked, whenUnlocked } from "./keys";
import { askToUnlock } from "./unlock";
import { Problem } from "../wire/problem";
import { getJson, isRecord, listOf, numberOf, textOf } from "../wire/server";

const EVERY = 700;
/** So often an original is handed over before it is said that sealing does not get on. */
const HANDS = 3;

export function sealing(section: HTMLElement): void {
  const url = given(section, "url");
  const bar = must(section, "progress", HTMLProgressElement);
  const count = must(section, "[data-count]", HTMLElement);
  const retry = must(section, "[data-retry]", HTMLButtonElement);
  let running = false;

  /** Asks how far it is, and shows it. */
  const look = async (): Promise<Far> => {
    const answer = await getJson(url);
    const problem = isRecord(answer) ? answer["problem"] : null;
    if (isRecord(problem)) throw new Problem(textOf(problem, "title"), textOf(problem, "detail"));
    const [sealed, total] = [numberOf(answer, "sealed"), numberOf(answer, "total")];
    bar.max = Math.max(total, 1);
    bar.value = total === 0 ? 1 : sealed;
    const going = running || isUnlocked() || sealed === total;
    const words = `${sealed} of ${total} sealed${going ? "." : ": unlock to continue."}`;
    if (count.textContent !== words) count.textContent = words;
    const needed = listOf(answer, "photographs").some((one) => isRecord(one) && one["needed"] === true);
    return { all: sealed === total, needed };
  };
  const hand = async (): Promise<void> => {
    await ask("seal", { url, token: meta("portal-token"), root: meta("portal-root") });
  };
  const leave = (): void => location.assign(given(section, "done"));

  const run = async (): Promise<void> => {
    if (running) return;
    running = true;
    retry.hidden = true;
    tell(section, null);
    say(section, "Sealing…");
    try {
      await finish(look, hand);
      say(section, "All copies are sealed.");
      leave();
    } catch (thrown) {
      say(section, "");
      tell(section, thrown);
      retry.hidden = false;
    } finally {
      running = false;
    }
  };

  retry.hidden = true;
  retry.addEventListener("click", () => (isUnlocked() ? void run() : askToUnlock()));
  whenUnlocked(() => void run());
  look()
    .then(({ all }) => {
      if (all) leave();
    })
    .catch((thrown: unknown) => tell(section, thrown));
}

interface Far {
  all: boolean;
  /** The server waits for an original: never had it, or lost it from memory. */
  needed: boolean;
}

/** Hands over what is needed, as often as it is needed, and looks until all is sealed. */
async function finish(look: () => Promise<Far>, hand: () => Promise<void>): Promise<void> {
  let handing = false;
  let hands = 0;
  let failure: { thrown: unknown } | null = null;
  for (;;) {
    const free = !handing;
    const { all, needed } = await look();
    if (all) return;
    if (failure !== null) throw (failure as { thrown: unknown }).thrown;
    if (free && needed) {
      hands += 1;
      if (hands > HANDS) throw new Problem("Sealing does not get on.", "The portal took the originals and did not seal them all. Try again, or tell your administrator.");
      handing = true;
      hand()
        .catch((thrown: unknown) => (failure = { thrown }))
        .finally(() => (handing = false));
    }
    busy();
    await new Promise((next) => setTimeout(next, EVERY));
  }
}
