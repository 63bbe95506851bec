// The deciding AIC looks at an original through the unit's key, which their own key opens.

import { given } from "./dom";
import { gallery } from "./gallery";
import { ask } from "./keys";

/** Originals may be large; a screen's worth is drawn. */
const SCREEN = 2048;

export function original(section: HTMLElement): void {
  gallery(section, {
    opener: "unit",
    maxSide: SCREEN,
    before: async () => {
      await ask("openUnit", { box: given(section, "unitBox"), recipient: given(section, "unitRecipient") });
    },
  });
}
