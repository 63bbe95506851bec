// Photographs and texts of one page: shown after unlocking, gone when nobody looks, fetched anew to be shown again.
// Empties itself at the copy's limit too, and asks the server what is left to say (K7.8).
// Serves viewer (a recipient's copies) and original (an AIC's unit). Every showing is one fetch, so one logged view.

import type { Opener } from "../wire/protocol";
import { sinceHand } from "./activity";
import { all, given, must, say, tell, words } from "./dom";
import { ask, isUnlocked, whenUnlocked } from "./keys";

const MOMENT = 1500;
const IDLE = 120_000;
/** The longest that a timer counts; no page is looked at for so long. */
const TIMER_MOST = 2 ** 31 - 1;
const ITEM = "[data-photograph], [data-text]";

/** Whether the showing that began a piece of work is still the one on the page. */
type Still = () => boolean;

export interface Showing {
  opener: Opener;
  maxSide: number;
  /** What must be opened before the first item, such as a unit's key. */
  before: () => Promise<void>;
  /** A sheet for paper: opened by the button alone, without the name and time that stand over a screen, and kept while it is printed. */
  paper?: boolean;
}

export function gallery(section: HTMLElement, showing: Showing): void {
  const shown = must(section, "[data-shown]", HTMLElement);
  const away = must(section, "[data-away]", HTMLElement);
  const again = must(away, "button", HTMLButtonElement);
  const ready = section.querySelector("[data-ready]");
  let state: "locked" | "shown" | "away" = "locked";
  let turn = 0;

  const show = async (): Promise<void> => {
    state = "shown";
    turn += 1;
    const mine = turn;
    const still: Still = () => state === "shown" && turn === mine;
    away.hidden = true;
    offer(false);
    shown.hidden = false;
    tell(section, null);
    try {
      say(section, "Opening…");
      await showing.before();
      const items = all(shown, ITEM, HTMLElement);
      if (!still()) return;
      const wrong = await Promise.all(items.map((item) => open(section, item, showing, still)));
      if (still()) report(items, wrong);
    } catch (thrown) {
      if (still()) tell(section, thrown);
    }
    say(section, "");
  };
  /** Each item's problem beside it; one that is every item's is told once, and nothing is left on the page. */
  const report = (items: HTMLElement[], wrong: unknown[]): void => {
    const told = wrong.map((thrown) => (thrown === null ? "" : words(thrown)));
    if (told.length > 0 && told[0] !== "" && told.every((one) => one === told[0])) {
      hide("away");
      tell(section, wrong[0]);
      return;
    }
    items.forEach((item, at) => tell(item.querySelector("[data-error]") === null ? section : item, wrong[at] ?? null));
  };
  const hide = (next: "locked" | "away"): void => {
    if (state !== "shown") return;
    state = next;
    if (isUnlocked()) void ask("blank", {}).catch(() => undefined);
    for (const item of all(shown, ITEM, HTMLElement)) empty(item);
    tell(section, null);
    shown.hidden = true;
    away.hidden = next !== "away";
  };

  /** Where the page has other uses than looking, keys that are still open from a page before show nothing unasked. */
  const offer = (is: boolean): void => {
    if (ready instanceof HTMLElement) ready.hidden = !is;
  };

  shown.hidden = true;
  away.hidden = true;
  offer(false);
  guard(shown);
  whenUnlocked((how) => {
    if (state !== "locked") return;
    if (ready !== null && (how === "kept" || showing.paper === true)) offer(true);
    else void show();
  });
  ready?.querySelector("button")?.addEventListener("click", () => {
    section.tabIndex = -1;
    section.focus();
    void show();
  });
  document.addEventListener("portal:locked", () => {
    hide("locked");
    offer(false);
    away.hidden = true;
    state = "locked";
  });
  again.addEventListener("click", () => {
    section.tabIndex = -1;
    section.focus();
    void show();
  });
  leaving(section, () => hide("away"), showing.paper === true);
  const left = Number(section.dataset["leftMs"] ?? Number.NaN);
  if (left <= TIMER_MOST) {
    setTimeout(() => {
      hide("away");
      location.reload();
    }, left);
  }
}

/** Calls back when the page is hidden, unfocused for longer than a moment, or idle. */
function leaving(section: HTMLElement, gone: () => void, paper: boolean): void {
  const idle = Number(section.dataset["hideAfterMs"] ?? IDLE);
  addEventListener("pagehide", gone);
  setInterval(() => {
    if (sinceHand() >= idle) gone();
  }, 1000);
  // Printing takes the focus away, and is what the sheet was opened for.
  if (paper) return;
  let blurred: ReturnType<typeof setTimeout> | undefined;
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") gone();
  });
  addEventListener("blur", () => {
    clearTimeout(blurred);
    blurred = setTimeout(gone, MOMENT);
  });
  addEventListener("focus", () => clearTimeout(blurred));
  addEventListener("beforeprint", gone);
}

function guard(shown: HTMLElement): void {
  for (const kind of ["contextmenu", "dragstart"]) {
    shown.addEventListener(kind, (event) => {
      if (event.target instanceof HTMLCanvasElement) event.preventDefault();
    });
  }
}

/** Opens one item; answers what went wrong, or null. */
async function open(section: HTMLElement, item: HTMLElement, showing: Showing, still: Still): Promise<unknown> {
  tell(item, null);
  try {
    if (item.dataset["text"] !== undefined) await read(item, showing, still);
    else await drawOn(section, item, showing, still);
  } catch (thrown) {
    if (still()) empty(item);
    return thrown;
  }
  return null;
}

async function drawOn(section: HTMLElement, item: HTMLElement, { opener, maxSide, paper }: Showing, still: Still): Promise<void> {
  const url = given(item, "url");
  const fresh = freshCanvas(must(item, "canvas", HTMLCanvasElement));
  const canvas = fresh.transferControlToOffscreen();
  const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/London" });
  const overlay = paper === true ? "" : `${given(section, "overlay")} · ${clock.format(new Date())}`;
  await ask("draw", { slot: url, url, opener, canvas, overlay, maxSide }, { carry: [canvas] });
  if (still()) item.dataset["drawn"] = "";
}

async function read(item: HTMLElement, { opener }: Showing, still: Still): Promise<void> {
  const { text } = await ask("text", { url: given(item, "url"), opener });
  if (!still()) return;
  const paragraphs = text.replace(/\r\n?/g, "\n").split(/\n{2,}/).filter((one) => one.trim() !== "");
  const place = must(item, "[data-words]", HTMLElement);
  place.replaceChildren(
    ...paragraphs.map((words) => {
      const paragraph = document.createElement("p");
      paragraph.className = "govuk-body portal-words";
      paragraph.textContent = words;
      return paragraph;
    }),
  );
  item.dataset["drawn"] = "";
}

/** Takes picture and words out of the page. */
function empty(item: HTMLElement): void {
  delete item.dataset["drawn"];
  for (const canvas of all(item, "canvas", HTMLCanvasElement)) freshCanvas(canvas);
  for (const words of all(item, "[data-words]", HTMLElement)) words.replaceChildren();
}

/** A canvas gives its pixels away only once, so each showing gets a new one in the same place. */
export function freshCanvas(old: HTMLCanvasElement): HTMLCanvasElement {
  const fresh = document.createElement("canvas");
  for (const { name, value } of [...old.attributes]) {
    if (name !== "width" && name !== "height") fresh.setAttribute(name, value);
  }
  fresh.setAttribute("role", "img");
  const label = old.dataset["label"];
  if (label !== undefined) fresh.setAttribute("aria-label", label);
  old.replaceWith(fresh);
  return fresh;
}
