// Sealing, as its co-ordinator sees it: how many are done, a bar that moves, and on to the next page when all are. So are handing
// originals over to another area's unit, and comparing what came from one.

import { busy } from "./activity";
import { given, meta, must, say, tell } from "./dom";
import { ask, isUnlocked, whenUnlocked } from "./keys";
import { askToUnlock } from "./unlock";
import { Problem } from "../wire/problem";
import { getJson, isRecord, listOf, numberOf, textOf } from "../wire/server";

type SealDeed = "seal" | "handOver" | "compare";

/** What is said while a deed goes on, when it is done, and after the counts. */
const SAYING: Record<SealDeed, [string, string, string]> = {
  seal: ["Sealing…", "All copies are sealed.", "sealed"],
  handOver: ["Sealing to the other unit…", "All is handed over.", "handed over"],
  compare: ["Comparing…", "All are the ones on record.", "compared"],
};

const EVERY = 700;
/** So often an original is handed over before it is said that sealing does not get on. */
const HANDS = 3;

export function sealing(section: HTMLElement): void {
  // One release, or several, each with its own plan.
  const plans = given(section, "url").split(" ");
  const bar = must(section, "progress", HTMLProgressElement);
  const count = must(section, "[data-count]", HTMLElement);
  const retry = must(section, "[data-retry]", HTMLButtonElement);
  const deed = (section.dataset["deed"] ?? "seal") as SealDeed;
  const [doing, done, counted] = SAYING[deed];
  let running = false;

  /** Asks how far it is, and shows it. */
  const look = async (): Promise<Far> => {
    let [sealed, total, needed] = [0, 0, false];
    for (const url of plans) {
      const answer = await getJson(url);
      const problem = isRecord(answer) ? answer["problem"] : null;
      if (isRecord(problem)) throw new Problem(textOf(problem, "title"), textOf(problem, "detail"));
      sealed += numberOf(answer, "sealed");
      total += numberOf(answer, "total");
      needed ||= wants(answer);
    }
    bar.max = Math.max(total, 1);
    bar.value = total === 0 ? 1 : sealed;
    const going = running || isUnlocked() || sealed === total;
    const words = `${sealed} of ${total} ${counted}${going ? "." : ": unlock to continue."}`;
    if (count.textContent !== words) count.textContent = words;
    return { all: sealed === total, needed };
  };
  const hand = async (moved: () => void): Promise<void> => {
    for (const url of plans) await ask(deed, { url, token: meta("portal-token"), root: meta("portal-root") }, { progress: moved });
  };
  const moved = (): void => {
    busy();
    look().catch((thrown: unknown) => tell(section, thrown));
  };
  const leave = (): void => location.assign(given(section, "done"));

  const run = async (): Promise<void> => {
    if (running) return;
    running = true;
    retry.hidden = true;
    tell(section, null);
    say(section, doing);
    try {
      // Sealing goes on at the server after an original was handed over; the others are done when this browser is.
      if (deed === "seal") await finish(look, () => hand(busy));
      else await hand(moved);
      say(section, done);
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

/** Whether a plan asks for a photograph or for the words. */
function wants(plan: unknown): boolean {
  const needed = (one: unknown): boolean => isRecord(one) && one["needed"] === true;
  return listOf(plan, "photographs").some(needed) || (isRecord(plan) && needed(plan["text"]));
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
