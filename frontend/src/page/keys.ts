// The page's side of the Worker: start it, ask it, end it. Ending it is how keys are locked.
// One Trusted Types policy, which lets exactly one address through.

import { Problem } from "../wire/problem";
import type { Deed, Reply, Unlocked, Work } from "../wire/protocol";
import { contact } from "./activity";
import { meta } from "./dom";

const WORKER = /^\/assets\/keys-[0-9a-f]{16}\.js$/;

interface Waiting {
  done: (answer: never) => void;
  failed: (problem: Problem) => void;
  progress: ((share: number) => void) | undefined;
}

interface TrustedTypesFactory {
  createPolicy(name: string, rules: { createScriptURL(address: string): string }): { createScriptURL(address: string): string };
}

const waiting = new Map<number, Waiting>();
let worker: Worker | null = null;
let last = 0;
let policy: { createScriptURL(address: string): string } | null = null;
let unlockedFacts: Unlocked | null = null;

function workerAddress(): string {
  const address = meta("portal-worker");
  if (!WORKER.test(address)) throw new Problem("This page names a wrong script.", "Nothing was started. Tell your administrator.");
  const types = (window as { trustedTypes?: TrustedTypesFactory }).trustedTypes;
  if (types === undefined) return address;
  policy ??= types.createPolicy("portal", {
    createScriptURL(asked) {
      if (asked !== address) throw new TypeError("only the keys Worker may be started");
      return asked;
    },
  });
  return policy.createScriptURL(address);
}

function start(): Worker {
  const started = new Worker(workerAddress(), { name: "keys" });
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

export async function unlock(passphrase: string, progress: (share: number) => void): Promise<Unlocked> {
  const facts = await ask("unlock", { passphrase }, { progress });
  unlockedFacts = facts;
  document.dispatchEvent(new CustomEvent("portal:unlocked", { detail: { person: facts.person } }));
  return facts;
}

export const isUnlocked = (): boolean => unlockedFacts !== null;

/** Ends the Worker and with it every key it holds. */
export function lock(): void {
  const was = unlockedFacts !== null;
  end(new Problem("Your keys have been locked.", "Unlock them and try again."));
  if (was) document.dispatchEvent(new CustomEvent("portal:locked"));
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
export function whenUnlocked(work: () => void): void {
  document.addEventListener("portal:unlocked", work);
  if (isUnlocked()) work();
}
