// Telling people: messages with their count, the choice about mail, the page of jobs, an inspection from plan to close. Each page looked at.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { look, shown } from "./lib/look.mjs";
import { openStage } from "./lib/stage.mjs";

let stage;
before(async () => {
  stage = await openStage();
});
after(async () => stage?.stop());

const press = (page, name) => page.getByRole("button", { name, exact: true }).click();

test("messages are listed, lead where they say, and are marked as read", async () => {
  const { page, quiet } = await stage.as("Priya");
  await page.goto("/messages");
  await page.getByText("not read").waitFor();
  await look(page, "messages");
  await press(page, "Mark all as read");
  await page.getByText("You have read everything.").waitFor();
  assert.equal(await page.getByText("New", { exact: true }).count(), 0);
  await page.getByRole("link", { name: "Choose how you are told by mail" }).click();
  await page.getByLabel("Only in the portal").check();
  await press(page, "Save");
  await page.getByText("Your choice is saved").waitFor();
  assert.ok(await page.getByLabel("Only in the portal").isChecked());
  await look(page, "told");
  await shown(stage, page, "scheme-choices");
  quiet();
});

test("the administrator reads how the jobs stand, and sets where somebody's mail goes", async () => {
  const { page, quiet } = await stage.as("Lee");
  await page.goto("/jobs");
  await page.getByText("Nothing depends on them for safety").waitFor();
  assert.ok((await page.getByText("Well", { exact: true }).count()) > 3);
  await look(page, "jobs");
  await shown(stage, page, "police-jobs");
  await page.goto("/people");
  await page.getByRole("link", { name: "Priya" }).first().click();
  await page.getByRole("link", { name: "Where their mail goes" }).click();
  await look(page, "person-mail");
  quiet();
});

test("an inspection is planned, made, and closed", async () => {
  const { page, quiet } = await stage.as("Sam");
  await page.goto("/schemes");
  await page.getByRole("link", { name: /Cantwell Business Crime/ }).first().click();
  await page.getByRole("link", { name: "Inspections of storage" }).click();
  await look(page, "inspections");
  const today = new Date().toISOString().slice(0, 10);
  await page.getByLabel("Whose storage?").selectOption({ index: 1 });
  await page.getByLabel("On which day?").fill(today);
  await page.getByLabel("Who goes?").fill("PS Grey, 1042");
  await press(page, "Plan it");
  await page.getByRole("heading", { name: "Record that it was made" }).waitFor();
  await look(page, "inspection");
  await page.getByLabel("Day it was made").fill(today);
  await page.getByLabel("What did you find?").fill("A cabinet stood open.");
  await page.getByLabel("What is to be put right?").fill("A lock.");
  await page.getByLabel("By which day must it be put right?").fill(today);
  await press(page, "Record the inspection");
  await page.getByText("To put right", { exact: true }).waitFor();
  await page.goto("/");
  await page.getByRole("heading", { name: "Inspections of storage" }).waitFor();
  await page.goBack();
  await page.getByLabel("How was it put right?").fill("The lock is there.");
  await press(page, "Close the inspection");
  await page.getByText("Closed", { exact: true }).waitFor();
  await look(page, "inspection-closed");
  await shown(stage, page, "police-inspection");
  quiet();
});

test("no page complained of anything", async () => stage.everybodyLeaves());
