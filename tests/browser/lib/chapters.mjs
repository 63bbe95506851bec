// A test file as one story: a chapter needs those before it, so after one that failed the others are not played.

import { test } from "node:test";

/** Gives the function that adds a chapter: its name, and what is played, which is handed the `stage` of that moment. */
export function chapters(stage) {
  let broken = null;
  return (name, play) =>
    test(name, async (context) => {
      if (broken !== null) return context.skip(`not played, because of: ${broken}`);
      await play(stage()).catch((why) => {
        broken = context.name;
        throw why;
      });
    });
}
