// Who is kept, and until when: one person's keys, for as long as their visit, and no longer.
// Absent on purpose: storage, the keys' use, any clock but the one it is given. Proved by test/keeper.test.mjs.

import { QUIET_MS, WHOLE_MS, type Kept } from "../wire/keeping";

export class Keeping {
  #kept: Kept | null = null;
  #since = 0;
  #heard = 0;

  constructor(readonly now: () => number) {}

  /** A page of `person` is there. Another person's page, or a visitor's, ends the keeping. */
  here(person: string): void {
    if (this.#kept?.facts.person !== person) this.drop();
    this.look();
    this.#heard = this.now();
  }

  /** The server answered some page, so the visit goes on. A visit that was over stays over. */
  contact(): void {
    this.look();
    this.#heard = this.now();
  }

  /** Keys unlocked by a page of `person`; a visitor's page may bring those of whoever just signed in there. */
  keep(person: string, kept: Kept): void {
    if (person !== "" && kept.facts.person !== person) return;
    this.#kept = kept;
    this.#since = this.now();
    this.#heard = this.#since;
  }

  /** The keys, for a page of the person whose they are. */
  take(person: string): Kept | null {
    this.look();
    return person !== "" && this.#kept?.facts.person === person ? this.#kept : null;
  }

  drop(): void {
    this.#kept = null;
  }

  /** Drops what has been kept long enough. A clock that was put back counts as long enough: it can no longer say. */
  look(): void {
    const now = this.now();
    const within = (from: number, most: number): boolean => now >= from && now - from < most;
    if (!within(this.#heard, QUIET_MS) || !within(this.#since, WHOLE_MS)) this.drop();
  }
}
