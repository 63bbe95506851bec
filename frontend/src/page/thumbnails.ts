// Small pictures on the list, all through one door in one request; each is one logged act of its own kind.

import { all, given, say, tell } from "./dom";
import { freshCanvas } from "./gallery";
import { ask, whenUnlocked } from "./keys";

export function thumbnails(section: HTMLElement): void {
  const canvases = (): HTMLCanvasElement[] => all(section, "canvas[data-copy]", HTMLCanvasElement);
  const hide = (): void => {
    for (const canvas of canvases()) freshCanvas(canvas).hidden = true;
  };
  const show = async (): Promise<void> => {
    tell(section, null);
    say(section, "Opening the thumbnails…");
    const carried = canvases().map((old) => ({
      copy: given(old, "copy"),
      canvas: freshCanvas(old).transferControlToOffscreen(),
    }));
    const carry = carried.map(({ canvas }) => canvas);
    try {
      const { drawn } = await ask("thumbnails", { url: given(section, "url"), canvases: carried }, { carry });
      for (const canvas of canvases()) canvas.hidden = !drawn.includes(given(canvas, "copy"));
    } catch (thrown) {
      tell(section, thrown);
    }
    say(section, "");
  };
  hide();
  whenUnlocked(() => void show());
  document.addEventListener("portal:locked", hide);
  addEventListener("pagehide", hide);
}
