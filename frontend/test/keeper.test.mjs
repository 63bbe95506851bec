// Whom the keeper keeps, and until when (docs/decisions/0017), by a clock of the test's own.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Keeping } from "../node_modules/.cache/portal/keeper.mjs";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const kept = (person) => ({ facts: { person }, identity: {}, signing: {}, signingPublic: new Uint8Array(32) });

/** A keeper that holds Alex's keys, at a time that the test moves. */
function holding(at = 1_000_000) {
  const clock = { at };
  const keeping = new Keeping(() => clock.at);
  keeping.here("alex");
  keeping.keep("alex", kept("alex"));
  return { keeping, clock };
}

test("the next page of the same person gets the keys", () => {
  const { keeping } = holding();
  keeping.here("alex");
  assert.equal(keeping.take("alex").facts.person, "alex");
  assert.equal(keeping.take("alex").facts.person, "alex", "and the one after");
});

test("nobody else gets them, and somebody else's page ends the keeping", () => {
  const { keeping } = holding();
  assert.equal(keeping.take("blake"), null);
  assert.equal(keeping.take(""), null);
  keeping.here("blake");
  assert.equal(keeping.take("alex"), null);
});

test("a visitor's page ends the keeping: whoever was signed in no longer is", () => {
  const { keeping } = holding();
  keeping.here("");
  assert.equal(keeping.take("alex"), null);
});

test("a page brings keys of its own person only, the sign-in page those of whoever signed in there", () => {
  const { keeping } = holding();
  keeping.keep("alex", kept("blake"));
  assert.equal(keeping.take("alex").facts.person, "alex");
  keeping.here("");
  keeping.keep("", kept("blake"));
  assert.equal(keeping.take("blake").facts.person, "blake");
  assert.equal(keeping.take("alex"), null);
});

test("a word from the keeper's pages is enough to drop them", () => {
  const { keeping } = holding();
  keeping.drop();
  assert.equal(keeping.take("alex"), null);
});

test("fifteen quiet minutes end it, to the millisecond, and no later page brings them back", () => {
  const { keeping, clock } = holding();
  clock.at += 15 * MINUTE - 1;
  assert.notEqual(keeping.take("alex"), null);
  clock.at += 1;
  assert.equal(keeping.take("alex"), null);
  const late = holding();
  late.clock.at += 15 * MINUTE;
  late.keeping.contact();
  assert.equal(late.keeping.take("alex"), null, "an answer of the server after the end does not bring them back");
  const page = holding();
  page.clock.at += 15 * MINUTE;
  page.keeping.here("alex");
  assert.equal(page.keeping.take("alex"), null, "nor does a page");
});

test("a visit in use goes on, for ten hours at most", () => {
  const { keeping, clock } = holding();
  const began = clock.at;
  while (clock.at + 10 * MINUTE < began + 10 * HOUR) {
    clock.at += 10 * MINUTE;
    keeping.contact();
    assert.notEqual(keeping.take("alex"), null);
  }
  clock.at = began + 10 * HOUR - 1;
  assert.notEqual(keeping.take("alex"), null);
  clock.at += 1;
  assert.equal(keeping.take("alex"), null);
});

test("a clock that is put back ends it", () => {
  const { keeping, clock } = holding();
  clock.at -= 1;
  assert.equal(keeping.take("alex"), null);
});
