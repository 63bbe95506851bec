// A recipient looks at their own marked copy.

import { gallery } from "./gallery";

/** Larger than any screen rendition (2048), so that copies are drawn pixel for pixel. */
const WHOLE = 4096;

export function viewer(section: HTMLElement): void {
  gallery(section, { opener: "own", maxSide: WHOLE, before: async () => undefined });
}
