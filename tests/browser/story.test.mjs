// The story of the README, lived through the pages in Debian's Chromium with a real photograph: one demo, one run, each chapter
// standing on the one before. Each page is looked at (axe, 320 px, print) and no page may complain of anything.

import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { after, before } from "node:test";
import { chapters } from "./lib/chapters.mjs";
import { openStage } from "./lib/stage.mjs";
import { badInput, officerAsks } from "./story/ask.mjs";
import { coordinatorDecides, coordinatorLooks, coordinatorSeals, rulesRefuse } from "./story/decide.mjs";
import { managerSaysWhy, managerSees, managerSigns, sealedBytes, smallPictures } from "./story/view.mjs";
import { auditorReadsSignatures, auditorSearches, auditorVerifies, strangersProgram, noPictureForThem } from "./story/audit.mjs";
import { coordinatorRecalls, managerConfirms, managerSeesItGone, timeRunsOut } from "./story/end.mjs";
import { newManager, otherArea, wrongSecrets } from "./story/people.mjs";

let stage;
before(async () => {
  stage = await openStage();
  stage.out = fileURLToPath(new URL("out/", import.meta.url));
  mkdirSync(stage.out, { recursive: true });
});
after(async () => stage?.stop());

/** A chapter needs those before it: after one that failed, the others are not played. */
const chapter = chapters(() => stage);

chapter("an officer asks for a release, with a real photograph", officerAsks);
chapter("what is no photograph, too long or hostile is answered beside its field", badInput);
chapter("the co-ordinator sees the request and opens the original", coordinatorLooks);
chapter("the rules refuse with their clauses, and what is saved stays", rulesRefuse);
chapter("the co-ordinator completes the parts and authorises", coordinatorDecides);
chapter("the portal marks and seals each recipient's copy", coordinatorSeals);
chapter("the manager reads and signs the undertaking", managerSigns);
chapter("the manager says why and acknowledges the conditions", managerSaysWhy);
chapter("the manager sees the marked copy, which hides when nobody looks", managerSees);
chapter("the served bytes open with Debian's age and the right identity only", sealedBytes);
chapter("small pictures come sealed too, and only to their holder", smallPictures);
chapter("the auditor finds every view in the log", auditorSearches);
chapter("the auditor reads who signed what, and takes a statement along", auditorReadsSignatures);
chapter("the auditor verifies the log", auditorVerifies);
chapter("Go's sumdb verifies what the running portal exports", strangersProgram);
chapter("neither administrator nor auditor gets a picture", noPictureForThem);
chapter("the co-ordinator recalls the release", coordinatorRecalls);
chapter("the manager sees it withdrawn and cannot open it", managerSeesItGone);
chapter("the manager confirms its destruction and prints the certificate", managerConfirms);
chapter("a new manager joins by invitation", newManager);
chapter("the other area releases words alone", otherArea);
chapter("wrong passphrase, wrong code, used code: plain words", wrongSecrets);
chapter("time runs out", timeRunsOut);
chapter("no page complained of anything", async () => stage.everybodyLeaves());
