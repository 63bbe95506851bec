// When a draft is saved without being asked: a few seconds after the last change, at once when the page is hidden, again after a failure.
// Promises: one saving at a time; a change made meanwhile is saved after it; what failed is tried again until it is kept; once somebody else has saved the draft, nothing more is sent.
// Absent on purpose: the page and the network, which are handed in. Proved by frontend/test/saver.test.mjs.

import { asProblem, Problem } from "../wire/problem";

export { Problem };

export interface Around {
  /** Sends the form; answers when it was saved. */
  send: () => Promise<string>;
  /** Says how it stands; a problem is told apart. */
  tell: (words: string, problem: boolean) => void;
  /** Runs `what` after so many milliseconds; answers how to call it off. */
  later: (ms: number, what: () => void) => () => void;
}

export const AFTER_CHANGE = 4_000;
export const AFTER_FAILURE = 15_000;

const CONFLICT = 409;

export class Saver {
  #changed = 0;
  #kept = 0;
  #over = false;
  #failed = false;
  #running: Promise<void> | null = null;
  #callOff: () => void = () => undefined;

  constructor(private readonly around: Around) {}

  /** Whether something typed is not kept yet. */
  get waits(): boolean {
    return this.#changed !== this.#kept;
  }

  /** Something was typed. */
  changed(): void {
    this.#changed += 1;
    if (!this.#failed) this.#after(AFTER_CHANGE);
  }

  /** Saves now what waits: the page is hidden, or the network is back. */
  now(): Promise<void> {
    if (this.#over || !this.waits) return this.#running ?? Promise.resolve();
    this.#callOff();
    this.#running ??= this.#save().finally(() => (this.#running = null));
    return this.#running;
  }

  /** Stops, and waits for what is on its way: the form is about to go by its own button. */
  async stop(): Promise<void> {
    this.#over = true;
    this.#callOff();
    await this.#running;
  }

  #after(ms: number): void {
    this.#callOff();
    if (!this.#over) this.#callOff = this.around.later(ms, () => void this.now());
  }

  async #save(): Promise<void> {
    const saving = this.#changed;
    try {
      const at = await this.around.send();
      this.#kept = saving;
      this.#failed = false;
      this.around.tell(`Saved at ${at}`, false);
      if (this.waits) this.#after(AFTER_CHANGE);
    } catch (thrown) {
      const problem = asProblem(thrown);
      this.#failed = true;
      this.#over ||= problem.status === CONFLICT;
      this.around.tell(words(problem), true);
      this.#after(AFTER_FAILURE);
    }
  }
}

/** Why it is not saved, what is kept anyway, and what to do. */
function words(problem: Problem): string {
  switch (problem.status) {
    case 0:
      return "Not saved: the portal cannot be reached. What you typed is still on this page. It is tried again until it is saved.";
    case 401:
      return "Not saved: you have been signed out. What you typed is still on this page. Sign in again in another tab: then it is saved by itself.";
    case CONFLICT:
      return `Not saved: ${problem.title}. What you typed is still on this page. Press “Save as a draft” to see both.`;
    default:
      return `Not saved: ${problem.title} ${problem.detail} What you typed is still on this page. It is tried again until it is saved.`;
  }
}
