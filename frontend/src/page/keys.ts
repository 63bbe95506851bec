// The page's side of the Worker: start it, ask it, end it. Ending it locks this page; telling the keeper too locks every page.

import { Problem } from "../wire/problem";
import type { Deed, Reply, Unlocked, Ways, Work } from "../wire/protocol";
import { contact } from "./activity";
import { scriptAddress } from "./address";
import { dropKept, lineToKeeper, person } from "./keeper";

interface Waiting {
  done: (answer: never) => void;
  failed: (problem: Problem) => void;
  progress: ((share: number) => void) | undefined;
}

const waiting = new Map<number, Waiting>();
let worker: Worker | null = null;
let last = 0;
let unlockedFacts: Unlocked | null = null;

function start(): Worker {
  const started = new Worker(scriptAddress("worker"), { name: "keys" });
  const line = lineToKeeper();
  if (line !== null) started.postMessage("keeper", [line]);
  started.addEventListener("message", (event: MessageEvent<Reply>) => hear(event.data));
  started.addEventListener("error", (event) => {
    event.preventDefault();
    end(new Problem("The part of this page that works with keys has stopped.", "Reload the page and try again."));
  });
  return started;
}

function hear(said: Reply): void {
  const waiter = waiting.get(said.id);
  if (waiter === undefined) return;
  if ("progress" in said) {
    waiter.progress?.(said.progress);
    return;
  }
  waiting.delete(said.id);
  contact();
  if ("problem" in said) waiter.failed(new Problem(said.problem.title, said.problem.detail, said.problem.status));
  else waiter.done(said.answer as never);
}

/** Asks the Worker for a deed. `carry` is what moves over to it for good, such as a canvas. */
export function ask<D extends Deed>(
  deed: D,
  what: Work[D]["ask"],
  options: { carry?: Transferable[]; progress?: (share: number) => void } = {},
): Promise<Work[D]["answer"]> {
  return new Promise<Work[D]["answer"]>((done, failed) => {
    worker ??= start();
    last += 1;
    waiting.set(last, { done, failed, progress: options.progress });
    worker.postMessage({ id: last, deed, ask: what }, options.carry ?? []);
  });
}

/** How keys were opened: asked for on this page, or still open from a page before. */
export type How = "asked" | "kept";

function opened(facts: Unlocked, how: How): void {
  unlockedFacts = facts;
  document.dispatchEvent(new CustomEvent("portal:unlocked", { detail: { person: facts.person, how } }));
}

export async function unlock(by: Work["unlock"]["ask"], progress: (share: number) => void = () => undefined): Promise<void> {
  opened(await ask("unlock", by, { progress }), "asked");
}

let resuming: Promise<Ways> | null = null;

/** Takes over what a page before has unlocked, once a page; answers by what ways this person can unlock. */
export function resume(): Promise<Ways> {
  resuming ??= ask("resume", { person: person() }).then(({ facts, ways }) => {
    if (facts !== null) opened(facts, "kept");
    return ways;
  });
  return resuming;
}

export const isUnlocked = (): boolean => unlockedFacts !== null;

/** Ends the Worker and with it every key on this page. */
export function lock(): void {
  const was = unlockedFacts !== null;
  end(new Problem("Your keys have been locked.", "Unlock them and try again."));
  if (was) document.dispatchEvent(new CustomEvent("portal:locked"));
}

/** Locks this page and forgets what was kept for the next: the visit is over. */
export function lockForGood(): void {
  dropKept();
  lock();
}

function end(why: Problem): void {
  worker?.terminate();
  worker = null;
  unlockedFacts = null;
  const left = [...waiting.values()];
  waiting.clear();
  for (const waiter of left) waiter.failed(why);
}

/** Runs `work` now if the keys are open, and each time they are opened. */
export function whenUnlocked(work: (how: How) => void): void {
  document.addEventListener("portal:unlocked", (event) => work((event as CustomEvent<{ how: How }>).detail.how));
  if (isUnlocked()) work("kept");
}
