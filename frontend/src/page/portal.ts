// The page script: starts the parts that this page has, by the names in their `data-part`.
// Reading and forms work without any of it. Proved by the browser tests under the served Content-Security-Policy.

import { initAll } from "govuk-frontend";
import { signedOut, watch } from "./activity";
import { addPasskey } from "./add_passkey";
import { all, tell } from "./dom";
import { drafting } from "./draft";
import { enrolling } from "./enrol";
import { fresh, touching } from "./fresh";
import { idle, lockWhenIdle } from "./idle";
import { meetKeeper } from "./keeper";
import { lock, lockForGood } from "./keys";
import { original } from "./original";
import { passkeySignIn, tellIfItCannotUnlock } from "./passkey_sign_in";
import { printing } from "./print";
import { recoverForm, recoverNew } from "./recover";
import { sealing } from "./seal";
import { signing } from "./sign";
import { signIn } from "./sign_in";
import { thumbnails } from "./thumbnails";
import { unit } from "./unit";
import { unlocking } from "./unlock";
import { viewer } from "./viewer";

const PARTS: Record<string, (element: HTMLElement) => void> = {
  unlock: unlocking,
  "sign-in": signIn,
  "passkey-sign-in": passkeySignIn,
  passkeys: addPasskey,
  fresh,
  touch: touching,
  enrol: enrolling,
  recover: recoverForm,
  "recover-new": recoverNew,
  sign: signing,
  draft: drafting,
  viewer,
  print: printing,
  original,
  thumbnails,
  seal: sealing,
  unit,
  idle,
};

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();
for (const plain of all(document, "[data-no-script]", HTMLElement)) plain.hidden = true;

meetKeeper();
watch(lock);
lockWhenIdle();
addEventListener("pagehide", lock);
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload(); // came back from the browser's memory: locked, and perhaps out of date
});
document.addEventListener("submit", (event) => {
  if (event.target instanceof HTMLElement && event.target.dataset["signOut"] !== undefined) {
    lockForGood();
    signedOut();
  }
});
tellIfItCannotUnlock();

for (const element of all(document, "[data-part]", HTMLElement)) {
  const start = PARTS[element.dataset["part"] ?? ""];
  if (start === undefined) continue;
  element.hidden = element.dataset["part"] === "idle";
  try {
    start(element);
  } catch (thrown) {
    tell(element, thrown);
  }
}
