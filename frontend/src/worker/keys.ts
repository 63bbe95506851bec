// The Worker's door: one table of deeds, one answer or one problem for each ask.

import { split } from "../formats/split";
import { fingerprint, newPassphrase, slip } from "../formats/words";
import { asProblem, Problem } from "../wire/problem";
import type { Ask, Deed, Reply, Work } from "../wire/protocol";
import { getJson, textOf } from "../wire/server";
import { blank, draw, readText, thumbnails } from "./draw";
import { enrol, same } from "./enrol";
import { compare, handOver } from "./handover";
import { attach } from "./keeping";
import { addPasskey, touched } from "./open";
import { openForRecovery, proveRecovery, rewrap } from "./recover";
import { resealUnit } from "./reseal";
import { seal } from "./seal";
import { sign } from "./sign";
import { demandUnit, trusted } from "./trust";
import { makeUnit, shareUnit } from "./unit";
import { openUnit, resume, unlock } from "./vault";

type Progress = (share: number) => void;
type Deeds = { [D in Deed]: (ask: Work[D]["ask"], progress: Progress) => Promise<Work[D]["answer"]> };

const deeds: Deeds = {
  split: async ({ email, passphrase }, progress) => {
    const wrong = slip(passphrase);
    if (wrong !== null) throw new Problem(wrong, "");
    return { auth: (await split(email, passphrase, progress)).auth };
  },
  passphrase: async () => ({ passphrase: newPassphrase() }),
  same: async (ask) => ({ same: same(ask) }),
  enrol,
  fingerprint: async ({ recipient, signingKey }) => ({ fingerprint: fingerprint(recipient, signingKey) }),
  touched: async (ask) => {
    await touched(ask);
    return {};
  },
  unlock,
  resume,
  addPasskey,
  openUnit: async ({ box, recipient, papers, root }) => {
    const answer = await getJson(papers);
    const trust = await trusted(root, answer);
    for (const one of recipient.split(" ")) demandUnit(trust, textOf(answer, "area"), one);
    await openUnit(box, recipient);
    return {};
  },
  sign: async (ask) => ({ statement: await sign(ask) }),
  draw: (ask) => draw(ask),
  text: async ({ url, opener }) => ({ text: await readText(url, opener) }),
  thumbnails: async (ask) => ({ drawn: await thumbnails(ask) }),
  blank: async () => {
    blank();
    return {};
  },
  recoveryProof: async ({ code }) => ({ auth: proveRecovery(code) }),
  recoveryOpen: async ({ code }) => openForRecovery(code),
  rewrap: (ask, progress) => rewrap(ask, progress),
  seal: async ({ url, token, root }, progress) => ({ sent: await seal(url, token, root, progress) }),
  handOver: async ({ url, token, root }, progress) => ({ sent: await handOver(url, token, root, progress) }),
  compare: async ({ url, token, root }, progress) => ({ sent: await compare(url, token, root, progress) }),
  makeUnit: async (ask) => {
    await makeUnit(ask);
    return {};
  },
  shareUnit: async (ask) => {
    await shareUnit(ask);
    return {};
  },
  resealUnit: async ({ plan, token }, progress) => ({ resealed: await resealUnit(plan, token, progress) }),
};

const reply = (said: Reply): void => self.postMessage(said);

async function answer<D extends Deed>(id: number, deed: D, ask: Work[D]["ask"]): Promise<void> {
  try {
    reply({ id, answer: await deeds[deed](ask, (progress) => reply({ id, progress })) });
  } catch (thrown) {
    const { title, detail, status } = asProblem(thrown);
    reply({ id, problem: { title, detail, status } });
  }
}

self.addEventListener("message", (event: MessageEvent<Ask | "keeper">) => {
  const line = event.ports[0];
  if (event.data === "keeper") {
    if (line !== undefined) attach(line);
    return;
  }
  const { id, deed, ask } = event.data;
  void answer(id, deed, ask);
});
