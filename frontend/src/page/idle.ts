// The end of a quiet session: a warning two minutes before, one button to stay, and nothing typed is lost.

import { sinceContact, sinceHand } from "./activity";
import { attempt, meta, must } from "./dom";
import { contact } from "./activity";
import { lock, lockForGood } from "./keys";
import { post } from "../wire/server";

const ENDS = 900_000;
const WARN_BEFORE = 120_000;

/** Locks the keys when nobody has touched the page for as long as a session may be quiet. */
export function lockWhenIdle(): void {
  setInterval(() => {
    if (sinceHand() >= ENDS) lock();
  }, 1000);
}

export function idle(banner: HTMLElement): void {
  const words = must(banner, "[data-idle-words]", HTMLElement);
  const stay = must(banner, "[data-stay]", HTMLButtonElement);
  const ends = Number(banner.dataset["endsAfterMs"] ?? ENDS);
  const warns = Math.max(ends - WARN_BEFORE, ends / 2);
  let over = false;

  const end = (): void => {
    over = true;
    lockForGood();
    stay.hidden = true;
    write(words, "You have been signed out because nothing was sent for a while. What you typed is still on this page. Sign in again in another tab, then come back and send it.");
    banner.hidden = false;
  };
  const look = (): void => {
    if (over) return;
    const quiet = sinceContact();
    if (quiet >= ends) return end();
    banner.hidden = quiet < warns;
    if (!banner.hidden) write(words, `You will be signed out in ${left(ends - quiet)}. What you typed is kept on this page.`);
  };
  stay.addEventListener("click", () => {
    void attempt(banner, stay, async () => {
      await post("/account/stay", meta("portal-token"));
      contact();
      look();
    });
  });
  setInterval(look, 1000);
  document.addEventListener("visibilitychange", look);
}

/** Whole minutes while there is more than one, so that a screen reader is not told every second. */
function left(ms: number): string {
  return ms > 60_000 ? `${Math.ceil(ms / 60_000)} minutes` : "less than a minute";
}

function write(place: HTMLElement, words: string): void {
  if (place.textContent !== words) place.textContent = words;
}
