//! Seventy-five days in the demo: releases that expired, were recalled and confirmed, are live, wait, were refused.

use crate::actions::office::Office;
use crate::actions::retention::nightly;
use crate::actions::{No, sweep};
use crate::clock::Clock;
use crate::demo::ago;
use crate::demo::people::World;
use crate::demo::registers;
use crate::demo::releases::{
    Plot, accept, acknowledge, ask, confirm, copy_of, look, recall, refuse, release_to, to, undertake,
};
use crate::domain::moment::Moment;

const EXPIRED: Plot = Plot {
    title: "Shop thefts, arcade",
    text: "Suspected of a series of thefts from clothing shops in and around the arcade, often in the late afternoon.",
    locality: "Cantwell town centre",
    portraits: &[11],
    danger: false,
};
const RECALLED: Plot = Plot {
    title: "Walk-out thefts",
    text: "Suspected of leaving restaurants and public houses without paying. May use different names.",
    locality: "Cantwell riverside",
    portraits: &[23],
    danger: false,
};
const LIVE: Plot = Plot {
    title: "Thefts with threats",
    text: "It is suspected that this person may steal from pharmacies in the town centre and threaten staff who step in.",
    locality: "Cantwell town centre",
    portraits: &[37, 38],
    danger: true,
};
const TEXT: Plot = Plot {
    title: "Distraction thefts, method",
    text: "Two people work together: one asks for help at the far counter while the other empties the display by the door. Cosmetics and razors are taken. Seen on Fridays and Saturdays.",
    locality: "Cantwell market quarter",
    portraits: &[],
    danger: false,
};
const WAITING: Plot = Plot {
    title: "Bicycle thefts, station",
    text: "Suspected of stealing bicycles from the station forecourt and selling them in the market.",
    locality: "Cantwell station",
    portraits: &[41],
    danger: false,
};
const REFUSED: Plot = Plot {
    title: "Picture for a shop window",
    text: "Wanted for display.",
    locality: "Cantwell town centre",
    portraits: &[],
    danger: false,
};
const ELSEWHERE: Plot = Plot {
    title: "Fuel thefts",
    text: "Suspected of driving off without paying for fuel at several garages.",
    locality: "Norhaven ring road",
    portraits: &[53],
    danger: false,
};

/// Plays the story; `hands` is the clock the office was opened with, `now` the present it ends at.
pub async fn play(office: &Office, world: &World, hands: &Clock, now: Moment) -> Result<(), No> {
    let [cantwell, norhaven] = world.areas.map(|id| id.to_string());
    let officer = world.called("Riley")?;
    let aic = world.called("Sam")?;
    let (priya, toby) = (world.called("Priya")?, world.called("Toby")?);
    hands.set(ago(now, 73, 0));
    undertake(office, priya).await?;
    undertake(office, toby).await?;
    registers::begin(office, world).await?;

    hands.set(ago(now, 70, 0));
    let expired = ask(office, officer, &cantwell, &EXPIRED).await?;
    release_to(office, aic, expired, &EXPIRED, &to(world, &[("Priya", 0), ("Toby", 1)])?).await?;
    hands.set(ago(now, 68, 0));
    let copy = copy_of(office, priya, expired).await?;
    acknowledge(office, priya, copy).await?;
    look(office, priya, copy).await?;

    hands.set(ago(now, 30, 0));
    let recalled = ask(office, officer, &cantwell, &RECALLED).await?;
    release_to(office, aic, recalled, &RECALLED, &to(world, &[("Priya", 0), ("Toby", 1)])?).await?;
    let copy = copy_of(office, priya, recalled).await?;
    acknowledge(office, priya, copy).await?;
    look(office, priya, copy).await?;
    hands.set(ago(now, 20, 0));
    recall(office, aic, recalled, "The person was charged; the purpose is met.").await?;
    hands.set(ago(now, 19, 0));
    confirm(office, priya, copy, "Morgan Ellery").await?;
    accept(office, aic, copy).await?;
    confirm(office, toby, copy_of(office, toby, recalled).await?, "A colleague at the scheme’s office").await?;

    hands.set(ago(now, 9, 0));
    sweep::round(office).await?;
    // Toby has a few days left for his.
    confirm(office, priya, copy_of(office, priya, expired).await?, "Morgan Ellery").await?;
    let refused = ask(office, officer, &cantwell, &REFUSED).await?;
    hands.set(ago(now, 8, 0));
    refuse(office, aic, refused, "Display in a window is outside every purpose of the policy.").await?;

    hands.set(ago(now, 5, 0));
    let live = ask(office, officer, &cantwell, &LIVE).await?;
    release_to(office, aic, live, &LIVE, &to(world, &[("Morgan", 0), ("Priya", 0), ("Toby", 1)])?).await?;
    acknowledge(office, priya, copy_of(office, priya, live).await?).await?;

    hands.set(ago(now, 3, 0));
    let elsewhere = ask(office, world.called("Kit")?, &norhaven, &ELSEWHERE).await?;
    release_to(office, world.called("Dana")?, elsewhere, &ELSEWHERE, &to(world, &[("Ines", 2)])?).await?;

    hands.set(ago(now, 2, 0));
    let text = ask(office, officer, &cantwell, &TEXT).await?;
    release_to(office, aic, text, &TEXT, &to(world, &[("Morgan", 0), ("Priya", 0)])?).await?;

    hands.set(ago(now, 1, 0));
    ask(office, officer, &cantwell, &WAITING).await?;
    hands.set(now);
    // Begun as a portal is that was up last night.
    nightly::clean(office, now, now).await?;
    Ok(())
}
