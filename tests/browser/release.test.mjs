// A release by each road that the policy knows, walked by following only what the pages say. Each page that no link leads to is looked
// at once (axe, 320 px, print); what a link leads to is looked at by pages.test.mjs.

import { after, before, test } from "node:test";
import { openStage } from "./lib/stage.mjs";
import { ownRelease, twoAreas } from "./story/areas.mjs";
import { corrected } from "./story/corrections.mjs";
import * as plain from "./story/plain.mjs";
import * as roads from "./story/roads.mjs";
import * as rulings from "./story/rulings.mjs";

let stage;
before(async () => (stage = await openStage()));
after(async () => stage?.stop());

/** Journeys stand each on its own, but for paper and correction, which follow a release made before: after one that failed, the others are played. */
const journey = (name, play) => test(name, () => play(stage));

journey("an officer's first request: four screens at most", plain.firstRequest);
journey("a co-ordinator's first release: twelve screens at most, no dead end", plain.firstRelease);
journey("the release on paper", plain.onPaper);
journey("without a script, all but signing works", plain.withoutScript);
journey("words alone: nothing of photographs is asked, nothing is sealed by hand", roads.wordsAlone);
journey("no manager: each member is supplied personally", roads.noManager);
journey("a holder reports, the words are corrected, and the holder reads the new ones", corrected);
journey("a wanted person, who is not told", roads.wantedPerson);
journey("the notice to the person, on paper", rulings.noticePrinted);
journey("representations dismissed by the district commander, and the person told", rulings.representationsDismissed);
journey("representations upheld: nothing is given", rulings.representationsUpheld);
journey("no positive outcome: an inspector decides", rulings.noPositiveOutcome);
journey("the person is active in another area: its co-ordinator is asked", twoAreas);
journey("the other area makes a release of its own, and each sees the other", ownRelease);
journey("no page complained of anything", () => stage.everybodyLeaves());
