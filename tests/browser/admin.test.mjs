// docs/USER-admin.md, walked through by the administrator and a co-ordinator. Its pictures are made by the same steps (pictures.mjs).

import { after, before } from "node:test";
import { chapters } from "./lib/chapters.mjs";
import { openStage } from "./lib/stage.mjs";
import * as admin from "./story/admin.mjs";

let stage;
before(async () => (stage = await openStage()));
after(async () => stage?.stop());

const chapter = chapters(() => stage);

chapter("an area is added", admin.areaAdded);
chapter("the administrator invites a co-ordinator, a co-ordinator a member", admin.invited);
chapter("the newcomer makes their keys", admin.newcomerJoins);
chapter("the co-ordinator confirms six words", admin.sixWords);
chapter("roles are given and taken, and somebody without any comes back", admin.roles);
chapter("an account is suspended and restored", admin.suspendedAndRestored);
chapter("an agreement is attached and taken out again", admin.agreementAttached);
chapter("an initiative has its list and its table", admin.initiativeListed);
chapter("after five minutes a table asks for a touch or a code", admin.provenAgain);
chapter("no page complained of anything", async () => stage.everybodyLeaves());
