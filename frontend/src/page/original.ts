// The deciding AIC looks at an original through the unit's key, which their own key opens.

import { given, meta } from "./dom";
import { gallery } from "./gallery";
import { ask } from "./keys";

/** Originals may be large; a screen's worth is drawn. */
const SCREEN = 2048;

export function original(section: HTMLElement): void {
  gallery(section, {
    opener: "unit",
    maxSide: SCREEN,
    before: async () => {
      const [box, recipient, papers] = [given(section, "unitBox"), given(section, "unitRecipient"), given(section, "unitPapers")];
      await ask("openUnit", { box, recipient, papers, root: meta("portal-root") });
    },
  });
}
