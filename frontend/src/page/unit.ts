// The unit's page: its buttons ask the Worker, a bar shows how many originals are done, and the page is fetched anew when something was.

import { busy } from "./activity";
import { all, attempt, given, meta, say } from "./dom";
import { ask, isUnlocked } from "./keys";
import { askToUnlock } from "./unlock";
import { asProblem } from "../wire/problem";

type Deed = "make" | "share" | "reseal";

const SAYING: Record<Deed, string> = {
  make: "Making the key and sealing its box…",
  share: "Opening the box, checking everybody’s keys, and sealing it anew…",
  reseal: "Sealing the originals…",
};

export function unit(section: HTMLElement): void {
  const plan = given(section, "plan");
  const bar = section.querySelector("progress");
  const count = section.querySelector("[data-count]");

  const work = async (deed: Deed): Promise<void> => {
    const token = meta("portal-token");
    // Not there while the last proof counts, or after a touch.
    const code = section.querySelector("#fresh_code");
    const typed = code instanceof HTMLInputElement ? code.value : "";
    if (deed === "make") await ask("makeUnit", { plan, post: given(section, "make"), token, code: typed });
    if (deed === "share") await ask("shareUnit", { plan, post: given(section, "share"), token, code: typed });
    if (deed === "reseal") {
      await ask(
        "resealUnit",
        { plan, token },
        {
          progress(share) {
            busy();
            if (bar !== null) bar.value = share;
            if (count !== null) count.textContent = `${Math.round(share * 100)} % of those that were due.`;
          },
        },
      );
    }
    location.reload();
  };

  for (const button of all(section, "[data-do]", HTMLButtonElement)) {
    button.addEventListener("click", () => {
      if (!isUnlocked()) {
        askToUnlock();
        return;
      }
      void attempt(section, button, async () => {
        const deed = button.dataset["do"] as Deed;
        say(section, SAYING[deed]);
        try {
          await work(deed);
        } catch (thrown) {
          // A page that was left open asks for no proof of its own.
          const asks = section.querySelector('[data-part="fresh"]') !== null;
          if (asks || !asProblem(thrown).detail.includes("Show that it is you")) throw thrown;
          location.assign(`/account/fresh?next=${encodeURIComponent(location.pathname)}`);
        }
      });
    });
  }
}
