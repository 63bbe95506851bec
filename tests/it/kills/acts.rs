//! What people do at a portal, one act after the other, each with a request of its own that its leaf will name.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use disclosure_portal::actions::answers::Form;
use disclosure_portal::actions::demands::Target;
use disclosure_portal::actions::office::Office;
use disclosure_portal::actions::request::submit;
use disclosure_portal::actions::{No, Stamp, audit, correct, deliver, demands, release, seal, surrender, sweep};
use disclosure_portal::demo::people::{Somebody, World};
use disclosure_portal::demo::releases::{self, Plot};
use disclosure_portal::domain::actor::Actor;
use disclosure_portal::domain::event::{Event, Kind};
use disclosure_portal::domain::ids::{CopyId, PartId, PhotographId, ReleaseId};
use disclosure_portal::domain::release::Stage;
use disclosure_portal::domain::release::request::Purpose;
use disclosure_portal::store::copies::{Part, Row};
use disclosure_portal::store::releases::Filed;

use super::told::{Deed, Dice, Said, Why};

const WORDS: Plot = Plot {
    title: "Thefts",
    text: "Suspected of thefts from shops.",
    locality: "Cantwell",
    portraits: &[],
    danger: false,
};
const PICTURED: Plot = Plot { portraits: &[1], ..WORDS };

/// What somebody could do, if there is anything to do it to.
pub(super) type Choice = fn(&mut Client, &Offers) -> Option<Deed>;

/// What is chosen where copies are only ended: each of the ways in which that is done.
pub(super) const DESTROYING: [(Choice, usize); 4] = [
    (|_, _| Some(Deed::Sweep), 4),
    (|client, offers| client.release(offers, is_live).map(Deed::Recall), 1),
    (Client::demands, 1),
    (|client, offers| client.copy(offers, has_key).map(Deed::Confirm), 1),
];

/// What is chosen, and how often beside the others.
pub(super) const CHOICES: [(Choice, usize); 11] = [
    (|_, _| Some(Deed::Leaf), 1),
    (Client::asks, 4),
    (Client::authorises, 4),
    (Client::seals, 6),
    (Client::acknowledges, 10),
    (Client::views, 24),
    (Client::recalls, 2),
    (Client::corrects, 1),
    (Client::demands, 1),
    (Client::confirms, 4),
    (|_, _| Some(Deed::Sweep), 1),
];

/// The answer of the portal: the leaf's index, where it has one.
pub(super) type Answer = Result<Option<u64>, No>;

/// At the acknowledgement of which act the process falls dead, if it is to.
pub(super) type Falls = Arc<Mutex<Option<String>>>;

/// One person's browser after another.
pub(super) struct Client {
    pub(super) office: Arc<Office>,
    pub(super) world: &'static World,
    pub(super) photographs: Arc<BTreeMap<String, Vec<u8>>>,
    pub(super) name: String,
    pub(super) dice: Dice,
    pub(super) acts: u32,
    pub(super) falls: Falls,
    pub(super) choices: &'static [(Choice, usize)],
}

/// What there is to act on.
pub(super) struct Offers {
    releases: Vec<Filed>,
    copies: Vec<Row>,
}

fn has_key(copy: &Row) -> bool {
    copy.sealed_at.is_some() && copy.key_gone_at.is_none()
}

fn is_live(filed: &Filed) -> bool {
    matches!(filed.release.stage, Stage::Live(_))
}

impl Client {
    fn who(&self, name: &str) -> &Somebody {
        self.world.called(name).unwrap()
    }

    fn holder(&self, id: &str) -> &Somebody {
        self.world.people.iter().find(|one| one.id.to_string() == id).unwrap()
    }

    /// One act; false: the portal said that it is away.
    pub(super) async fn turn(&mut self) -> bool {
        let told = match self.offers().await {
            Ok(offers) => self.choose(&offers),
            Err(no) => return self.is_there(&no),
        };
        self.acts += 1;
        let stamp = Stamp { client: "192.0.2.7".into(), request: format!("{}/{}", self.name, self.acts) };
        let by = stamp.request.clone();
        Said::About { by: by.clone(), what: told.clone() }.say();
        match self.does(&told, stamp).await {
            Ok(leaf) => {
                Said::Done { by, leaf }.say();
                if self.falls.lock().unwrap().as_deref() == Some(told.name()) {
                    // Nothing runs after this: no destructor, no other thread. To the kernel it is a kill.
                    std::process::abort();
                }
            }
            Err(no) => {
                let why = match no {
                    No::Unavailable => Why::Away,
                    No::Broken(_) => Why::Broken,
                    _ => Why::Refused,
                };
                Said::Not { by, why, told: format!("{told:?}: {no:?}") }.say();
                return why != Why::Away;
            }
        }
        match self.looks(&told).await {
            Ok(()) => true,
            Err(no) => self.is_there(&no),
        }
    }

    /// Only a store that is away may keep somebody from reading.
    fn is_there(&self, no: &No) -> bool {
        if !matches!(no, No::Unavailable) {
            let (by, why) = (self.name.clone(), Why::Broken);
            Said::Not { by, why, told: format!("reading: {no:?}") }.say();
        }
        !matches!(no, No::Unavailable)
    }

    async fn offers(&mut self) -> Result<Offers, No> {
        let holder = *self.dice.one(&["Priya", "Toby", "Morgan"]).unwrap();
        let mut conn = self.office.read().await?;
        let releases = conn.releases_of_area(self.world.areas[0], 40).await?;
        let copies = conn.copies_of_holder(self.who(holder).id).await?;
        Ok(Offers { releases, copies })
    }

    /// What can be done now; drawn again where there is nothing to do it to.
    fn choose(&mut self, offers: &Offers) -> Deed {
        for _ in 0..8 {
            let choice = *self.dice.weighed(self.choices);
            if let Some(deed) = choice(self, offers) {
                return deed;
            }
        }
        Deed::Leaf
    }

    fn asks(&mut self, offers: &Offers) -> Option<Deed> {
        let open = offers.releases.iter().filter(|filed| matches!(filed.release.stage, Stage::Requested)).count();
        let id = disclosure_portal::actions::statement::draft(&self.office, self.who("Riley").id);
        (open < 6).then(|| Deed::Ask(id.to_string()))
    }

    fn release(&mut self, offers: &Offers, fits: impl Fn(&Filed) -> bool) -> Option<String> {
        let fit: Vec<String> =
            offers.releases.iter().filter(|one| fits(one)).map(|one| one.release.id.to_string()).collect();
        self.dice.one(&fit).cloned()
    }

    fn authorises(&mut self, offers: &Offers) -> Option<Deed> {
        self.release(offers, |filed| matches!(filed.release.stage, Stage::Requested)).map(Deed::Authorise)
    }

    fn recalls(&mut self, offers: &Offers) -> Option<Deed> {
        let live = offers.releases.iter().filter(|filed| is_live(filed)).count();
        // A few stay, so that there is something to look at.
        if live < 6 { None } else { self.release(offers, is_live).map(Deed::Recall) }
    }

    fn corrects(&mut self, offers: &Offers) -> Option<Deed> {
        self.release(offers, is_live).map(Deed::Correct)
    }

    /// What a copy lacks is sealed for all of its release: also what a killed process left half done.
    fn seals(&mut self, offers: &Offers) -> Option<Deed> {
        let lacks = offers.copies.iter().filter(|copy| copy.sealed_at.is_none() && copy.key_gone_at.is_none());
        let lacks: Vec<String> = lacks.map(|copy| copy.release_id.clone()).collect();
        self.dice.one(&lacks).cloned().map(Deed::Seal)
    }

    fn copy(&mut self, offers: &Offers, fits: impl Fn(&Row) -> bool) -> Option<String> {
        let fit: Vec<&Row> = offers.copies.iter().filter(|copy| fits(copy)).take(12).collect();
        self.dice.one(&fit).map(|copy| copy.id.clone())
    }

    fn acknowledges(&mut self, offers: &Offers) -> Option<Deed> {
        let fits =
            |copy: &Row| copy.sealed_at.is_some() && copy.acknowledged_at.is_none() && copy.key_gone_at.is_none();
        self.copy(offers, fits).map(Deed::Acknowledge)
    }

    /// One's own copies; now and then one that is closed.
    fn views(&mut self, offers: &Offers) -> Option<Deed> {
        let any = self.dice.below(8) == 0;
        let copy = self.copy(offers, |copy| copy.acknowledged_at.is_some() && (any || copy.key_gone_at.is_none()))?;
        Some(if self.dice.below(4) == 0 { Deed::Thumbnail(copy) } else { Deed::View(copy) })
    }

    fn confirms(&mut self, offers: &Offers) -> Option<Deed> {
        // Mostly somebody has looked at it.
        let any = self.dice.below(4) == 0;
        let fits =
            |copy: &Row| copy.confirmed_at.is_none() && copy.sealed_at.is_some() && (any || copy.opened_at.is_some());
        self.copy(offers, fits).map(Deed::Confirm)
    }

    /// One holder's copy, whether or not they have looked at it: its release goes on.
    fn demands(&mut self, offers: &Offers) -> Option<Deed> {
        self.copy(offers, has_key).map(Deed::Demand)
    }

    pub(super) async fn does(&mut self, deed: &Deed, stamp: Stamp) -> Answer {
        let release = deed.release().and_then(ReleaseId::parse);
        let copy = deed.copy().and_then(CopyId::parse);
        match (deed, release, copy) {
            (Deed::Leaf, ..) => self.leaf(stamp).await.map(Some),
            (Deed::Ask(id), ..) => self.ask(id, stamp).await,
            (Deed::Authorise(_), Some(id), _) => self.authorise(id, stamp).await,
            (Deed::Seal(_), Some(id), _) => self.seal(id, stamp).await,
            (Deed::Recall(_), Some(id), _) => self.recall(id, stamp).await,
            (Deed::Correct(_), Some(id), _) => self.correct(id, stamp).await,
            (Deed::Demand(_), _, Some(id)) => self.demand(id, stamp).await,
            (Deed::Acknowledge(_), _, Some(id)) => self.acknowledge(id, stamp).await,
            (Deed::View(_), _, Some(id)) => self.view(id, stamp).await,
            (Deed::Thumbnail(_), _, Some(id)) => self.thumbnail(id, stamp).await,
            (Deed::Confirm(_), _, Some(id)) => self.confirm(id, stamp).await,
            (Deed::Sweep, ..) => sweep::round(&self.office).await.map(|()| None),
            _ => panic!("about nothing: {deed:?}"),
        }
    }

    /// What a page shows after the act: the log's newest signed head, and which sealed parts there are now.
    async fn looks(&mut self, deed: &Deed) -> Result<(), No> {
        if let Deed::Seal(id) | Deed::Authorise(id) | Deed::Correct(id) = deed {
            let mut conn = self.office.read().await?;
            for copy in conn.copies_of_release(ReleaseId::parse(id).unwrap()).await? {
                let parts = conn.parts(CopyId::parse(&copy.id).unwrap()).await?;
                let version = |part: &Part| if part.rendition == "text" { part.revision } else { 0 };
                let objects = parts.into_iter().map(|part| (part.object.clone(), version(&part))).collect();
                Said::Parts { copy: copy.id, objects }.say();
            }
        }
        if self.dice.below(4) == 0 {
            let note = audit::head(&self.office, &self.who("Robin").actor).await?.note;
            Said::Head { note }.say();
        }
        Ok(())
    }

    async fn leaf(&self, stamp: Stamp) -> Result<u64, No> {
        let act = self.office.act(move |tx| {
            Box::pin(async move {
                let event = Event::new(Kind::Consulted, "log").with("query", "a plain leaf");
                Ok(tx.append(&event, &Actor::Portal, &stamp).await?)
            })
        });
        Ok(act.await?.into_inner())
    }

    async fn ask(&mut self, id: &str, stamp: Stamp) -> Answer {
        let pictures: Vec<Vec<u8>> = self.photographs.values().cloned().collect();
        let picture = self.dice.one(&pictures).cloned();
        let picture = if self.dice.below(2) == 0 { picture } else { None };
        let (riley, area) = (self.who("Riley"), self.world.areas[0].to_string());
        let plot = if picture.is_some() { &PICTURED } else { &WORDS };
        let mut answers = releases::asked(&self.office, riley, &area, plot);
        for (name, value) in &mut answers {
            if name == "release" {
                id.clone_into(value);
            }
        }
        let photographs: Vec<Vec<u8>> = picture.into_iter().collect();
        let release = releases::begin(&self.office, riley, &answers, photographs).await?;
        let form = releases::sign_request(&self.office, riley, release).await?;
        submit::submit(&self.office, &riley.actor, release, &form, stamp).await?;
        Ok(None)
    }

    async fn authorise(&mut self, id: ReleaseId, stamp: Stamp) -> Answer {
        let all = [("Priya", 0), ("Toby", 1), ("Morgan", 0)];
        let to = releases::to(self.world, &all[self.dice.below(3)..])?;
        let sam = self.who("Sam");
        let said = releases::complete(&self.office, &to);
        let form = releases::sign_decision(&self.office, sam, id, said).await?;
        release::decide(&self.office, &sam.actor, id, &form, stamp).await?;
        Ok(None)
    }

    async fn seal(&self, id: ReleaseId, stamp: Stamp) -> Answer {
        let rows = self.office.read().await?.photographs(id).await?;
        for row in rows {
            let bytes = self.photographs.get(&row.sha256).cloned().ok_or(No::NotFound)?;
            let photograph = PhotographId::parse(&row.id).unwrap();
            seal::take_whole(&self.office, &self.who("Sam").actor, id, photograph, bytes, stamp.clone()).await?;
        }
        Ok(None)
    }

    async fn recall(&self, id: ReleaseId, stamp: Stamp) -> Answer {
        let sam = self.who("Sam");
        let form = releases::sign_reason(&self.office, sam, "recall", id, "The purpose is met.")?;
        demands::recall(&self.office, &sam.actor, id, &form, stamp).await?;
        Ok(None)
    }

    async fn demand(&self, copy: CopyId, stamp: Stamp) -> Answer {
        let row = self.office.read().await?.copy(copy).await?.ok_or(No::NotFound)?;
        let held = row.holding()?;
        let (sam, target) = (self.who("Sam"), Target::Holder(held.release, held.holder));
        let copies = demands::propose(&self.office, &sam.actor, target).await?.copies();
        let mut said: releases::Answers = copies.into_iter().map(|copy| ("copy".to_owned(), copy)).collect();
        said.push(("reason".to_owned(), "Kept in the open.".to_owned()));
        let form = disclosure_portal::actions::answers::Form::posted(&said);
        let form = releases::sign_form(&self.office, sam, "demand", &target.object(), form, &[])?;
        demands::demand(&self.office, &sam.actor, target, &form, stamp).await?;
        Ok(None)
    }

    async fn correct(&mut self, id: ReleaseId, stamp: Stamp) -> Answer {
        let before = correct::before(&self.office, &self.who("Sam").actor, id).await?;
        let shops = self.dice.one(&["pharmacies", "cafés", "bakeries", "chemists", "markets", "garages"]).unwrap();
        let when = self.dice.one(&["mornings", "afternoons", "evenings"]).unwrap();
        let answers = [
            ("revision", before.revision.to_string()),
            ("text", format!("Suspected of thefts from {shops}, mostly in the {when}.")),
            ("instructions", before.instructions),
            ("changed", "The kind of shop".to_owned()),
            ("reason", "A holder reported it; the officer agrees".to_owned()),
        ];
        let answers: releases::Answers = answers.map(|(name, value)| (name.to_owned(), value)).to_vec();
        let (sam, object) = (self.who("Sam"), format!("release/{id}"));
        let form =
            releases::sign_form(&self.office, sam, "correction", &object, Form::posted(&answers), &correct::BY_DIGEST)?;
        correct::correct(&self.office, &sam.actor, id, &form, stamp).await?;
        Ok(None)
    }

    async fn held(&self, copy: CopyId) -> Result<&Somebody, No> {
        let row = self.office.read().await?.copy(copy).await?.ok_or(No::NotFound)?;
        Ok(self.holder(&row.holder))
    }

    async fn acknowledge(&self, copy: CopyId, stamp: Stamp) -> Answer {
        let holder = self.held(copy).await?;
        let words = deliver::conditions(&deliver::one(&self.office, &holder.actor, copy).await?);
        let object = deliver::object(copy);
        let note = releases::sign(&self.office, holder, "acknowledge", &object, words.as_bytes())?;
        deliver::acknowledge(&self.office, &holder.actor, copy, &note, stamp).await?;
        Ok(None)
    }

    async fn view(&mut self, copy: CopyId, stamp: Stamp) -> Answer {
        let parts = self.office.read().await?.parts(copy).await?;
        let large: Vec<PartId> =
            parts.iter().filter(|p| p.rendition != "thumbnail").filter_map(|p| PartId::parse(&p.id)).collect();
        let part = *self.dice.one(&large).ok_or(No::NotFound)?;
        let holder = self.held(copy).await?;
        let opened = deliver::open_part(&self.office, &holder.actor, copy, part, Purpose::Prevention, stamp).await?;
        assert!(opened.bytes.starts_with(b"age-encryption.org"));
        Ok(Some(opened.index))
    }

    async fn thumbnail(&self, copy: CopyId, stamp: Stamp) -> Answer {
        let holder = self.held(copy).await?;
        let opened = deliver::thumbnails(&self.office, &holder.actor, &[copy], Purpose::Prevention, &stamp).await?;
        Ok(Some(opened.first().ok_or(No::NotFound)?.index))
    }

    async fn confirm(&self, copy: CopyId, stamp: Stamp) -> Answer {
        let (holder, done) = (self.held(copy).await?, self.office.now());
        let answers = [
            ("outcome", "destroyed"),
            ("method", "Nothing was kept outside the portal"),
            ("done_date", &done.day().to_string()),
            ("done_time", &done.clock_time()),
            ("witness", "A. Witness"),
            ("onward", "none"),
        ];
        let answers: releases::Answers = answers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let form = Form::posted(&answers);
        let object = deliver::object(copy);
        let form = releases::sign_form(&self.office, holder, "surrender", &object, form, &[])?;
        surrender::confirm(&self.office, &holder.actor, copy, &form, stamp).await?;
        Ok(None)
    }
}
