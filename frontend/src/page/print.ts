// A numbered sheet goes onto paper: opened once, on purpose, and printed by a button. Nothing else of the page opens it.

import { gallery } from "./gallery";
import { all, must } from "./dom";

/** Larger than any screen rendition (2048), so that sheets are drawn pixel for pixel. */
const WHOLE = 4096;

export function printing(section: HTMLElement): void {
  gallery(section, { opener: "own", maxSide: WHOLE, before: async () => undefined, paper: true });
  const print = must(section, "[data-print]", HTMLButtonElement);
  const drawn = (): boolean => {
    const items = all(section, "[data-photograph], [data-text]", HTMLElement);
    return items.length > 0 && items.every((item) => item.dataset["drawn"] !== undefined);
  };
  print.disabled = true;
  new MutationObserver(() => {
    print.disabled = !drawn();
  }).observe(section, { subtree: true, attributes: true, attributeFilter: ["data-drawn"] });
  print.addEventListener("click", () => window.print());
}
