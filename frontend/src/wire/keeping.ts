// What page, Worker and keeper say to each other about keys that outlive a page.
// Keys cross as CryptoKeys that can be used and not read; nothing here is ever stored.

import type { Unlocked } from "./protocol";

/** An unlocked person: what one page's Worker hands to the next page's. */
export interface Kept {
  facts: Unlocked;
  identity: CryptoKey;
  signing: CryptoKey;
  signingPublic: Uint8Array<ArrayBuffer>;
}

/** From a page to the keeper. `person` is whose page it is, empty for a visitor's. A `join` brings a port for the page's Worker. */
export type ToKeeper = { deed: "here" | "join"; person: string } | { deed: "drop" };

/** From a page's Worker to the keeper, through that port; each is answered: a `take` with what is held, or null. */
export type FromWorker = { deed: "take" } | { deed: "keep"; kept: Kept } | { deed: "drop" };

/** How long keys are kept without a word from any page: as long as a quiet visit lasts. */
export const QUIET_MS = 900_000;
/** And at most: as long as any visit lasts. */
export const WHOLE_MS = 36_000_000;

/** The channel on which the pages of this browser say that the server answered, or that the visit is over. */
export const CHANNEL = "portal";
export type Heard = "contact" | "signed-out";
