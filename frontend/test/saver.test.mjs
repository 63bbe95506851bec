// When a draft is saved by itself, with clock and network in the test's hand.

import assert from "node:assert/strict";
import { test } from "node:test";
import { AFTER_CHANGE, AFTER_FAILURE, Saver } from "../node_modules/.cache/portal/saver.mjs";

/** A saver with a clock that is moved by hand and a network that answers when it is told to. */
function stage() {
  const told = [];
  const sent = [];
  let timers = [];
  const later = (ms, what) => {
    const timer = { ms, what };
    timers.push(timer);
    return () => (timers = timers.filter((one) => one !== timer));
  };
  const send = () => new Promise((yes, no) => sent.push({ yes, no }));
  const saver = new Saver({ send, later, tell: (words, problem) => told.push([words, problem]) });
  const ring = () => timers.splice(0).forEach((one) => one.what());
  const settle = () => new Promise((done) => setImmediate(done));
  return { saver, told, sent, ring, settle, due: () => timers.map((one) => one.ms) };
}

test("a change is saved once, a few seconds after the last one, and the time is told", async () => {
  const { saver, told, sent, ring, settle, due } = stage();
  saver.changed();
  saver.changed();
  assert.deepEqual(due(), [AFTER_CHANGE]);
  ring();
  assert.equal(sent.length, 1);
  sent[0].yes("10:32");
  await settle();
  assert.deepEqual(told, [["Saved at 10:32", false]]);
  assert.equal(saver.waits, false);
  await saver.now();
  assert.equal(sent.length, 1, "nothing waits, nothing is sent");
});

test("what is typed while it is saved is saved after it, never two at a time", async () => {
  const { saver, sent, ring, settle, due } = stage();
  saver.changed();
  ring();
  saver.changed();
  void saver.now();
  ring();
  assert.equal(sent.length, 1);
  sent[0].yes("10:32");
  await settle();
  assert.equal(saver.waits, true);
  assert.deepEqual(due(), [AFTER_CHANGE]);
  ring();
  assert.equal(sent.length, 2);
});

test("what could not be saved is told plainly and tried again until it is", async () => {
  const { saver, told, sent, ring, settle, due } = stage();
  saver.changed();
  ring();
  sent[0].no(new TypeError("anything"));
  await settle();
  saver.changed();
  assert.deepEqual(due(), [AFTER_FAILURE], "typing on does not hurry it");
  ring();
  sent[1].yes("10:40");
  await settle();
  assert.match(told[0][0], /^Not saved: .*still on this page/);
  assert.deepEqual([told[0][1], told[1]], [true, ["Saved at 10:40", false]]);
});

test("the page's own button waits for what is on its way, and nothing is sent after it", async () => {
  const { saver, sent, ring, settle } = stage();
  saver.changed();
  ring();
  let stopped = false;
  void saver.stop().then(() => (stopped = true));
  await settle();
  assert.equal(stopped, false);
  sent[0].yes("10:32");
  await settle();
  assert.equal(stopped, true);
  saver.changed();
  ring();
  await saver.now();
  assert.equal(sent.length, 1);
});

test("another window's saving ends it; a sign-out and a lost line do not", async () => {
  const { Problem } = await import("../node_modules/.cache/portal/saver.mjs");
  const cases = [
    [0, /cannot be reached/, [AFTER_FAILURE]],
    [401, /signed out.*Sign in again in another tab/, [AFTER_FAILURE]],
    [409, /saved in another window at 10:32.*see both/, []],
    [503, /tried again/, [AFTER_FAILURE]],
  ];
  for (const [status, said, next] of cases) {
    const { saver, told, sent, ring, settle, due } = stage();
    saver.changed();
    ring();
    sent[0].no(new Problem("It was saved in another window at 10:32", "", status));
    await settle();
    assert.match(told[0][0], said);
    assert.deepEqual(due(), next, String(status));
    assert.equal(saver.waits, true);
  }
});
