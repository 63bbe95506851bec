//! What people are told, when, and the only words that a mail can have.
//!
//! Promises: [`EVENTS`] is the one table of what in the log tells whom; a mail is made of topics and the portal's address, so that no
//! name, reference or word of a case can get into one; what ends access is mailed at once, whatever was chosen (K8.2).
//! Absent on purpose: people and addresses, which the caller has; reading a clock. Proved below and by `tests/it/journeys/messages.rs`.

use crate::event::Kind;
use crate::moment::{Day, Moment, days_after};

/// How soon a topic is mailed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pace {
    /// At once, whatever the person chose: access has ended and something is to be given back or destroyed.
    Always,
    /// At once, unless they chose the portal only: danger.
    Soon,
    /// As they chose.
    Chosen,
}

macro_rules! topics {
    ($($(#[doc = $doc:literal])+ $name:ident = $word:literal, $pace:ident, $title:literal, $one:literal, $many:literal);+ $(;)?) => {
        /// What a message is about: a kind of thing, never which.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
        pub enum Topic { $($(#[doc = $doc])+ $name),+ }
        impl Topic {
            /// Every topic.
            pub const ALL: &'static [Topic] = &[$(Self::$name),+];

            /// The stored word.
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }

            /// Reads a stored word.
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$name),)+ _ => None }
            }

            /// How soon it is mailed.
            pub fn pace(self) -> Pace {
                match self { $(Self::$name => Pace::$pace),+ }
            }

            /// What the portal's own page says of it.
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title),+ }
            }

            /// What a mail says of one, and of several.
            fn waits(self) -> (&'static str, &'static str) {
                match self { $(Self::$name => ($one, $many)),+ }
            }
        }
    };
}

topics! {
    /// A release, or a copy of it, ended: it is to be given back or destroyed.
    Recall = "recall", Always, "Something you hold was called back. Destroy it or give it back, and confirm it (K8.2)",
        "A recall. Please act on it today.", "recalls. Please act on them today.";
    /// They do not receive for a scheme any more: what they hold of it is to be given back or destroyed.
    Left = "left", Always, "You do not receive for a scheme any more. Surrender or destroy every copy and print you hold, and confirm each (K7.3, K8.2)",
        "An end of your access. Please act on it today.", "ends of your access. Please act on them today.";
    /// Somebody left a scheme they answer for, or manage.
    Departed = "departed", Chosen, "Somebody left a scheme of yours. See who follows them, and what is still to come back (K7.3, K8.2)",
        "Somebody who left a scheme.", "people who left a scheme.";
    /// They follow somebody who left: their signature is what the new copies wait for.
    Follow = "follow", Chosen, "You follow somebody who left a scheme. Read and sign what waits for you: copies are made for you after that (K7.3, K8.2.1)",
        "Something to sign before copies are made for you.", "things to sign before copies are made for you.";
    /// A time limit was reached.
    Expiry = "expiry", Always, "The time limit of a release was reached. Destroy any print, and confirm it (K7.8)",
        "A time limit was reached.", "time limits were reached.";
    /// Somebody may be using, or have used, what is not theirs.
    Alarm = "alarm", Soon, "An alarm about a key: something was stopped. Look into it now",
        "A security alarm.", "security alarms.";
    /// Their own way of signing in was replaced.
    Recovered = "recovered", Soon, "Your recovery code was used, or your keys were ended. If it was not you, tell the police at once",
        "A change to how you sign in. If you made none, tell the police at once.", "changes to how you sign in.";
    /// Somebody they answer for recovered their account.
    Watch = "watch", Soon, "Somebody you answer for used their recovery code, or makes new keys. If they did not tell you, call them",
        "A security notice.", "security notices.";
    /// A copy was made for them.
    Bulletin = "bulletin", Chosen, "A bulletin was released to you",
        "A new bulletin.", "new bulletins.";
    /// What they hold was corrected.
    Correction = "correction", Chosen, "A bulletin that you hold was corrected. Read it again (K8.7)",
        "A correction.", "corrections.";
    /// Their report was considered.
    Answer = "answer", Chosen, "Your report about a bulletin was considered (K8.7)",
        "An answer to a report.", "answers to reports.";
    /// A request arrived.
    Request = "request", Chosen, "A request waits for your decision (K7.7)",
        "A request to decide.", "requests to decide.";
    /// Their request was sent back.
    Returned = "returned", Chosen, "Your request was sent back: more is needed (K7.7)",
        "A request that was sent back.", "requests that were sent back.";
    /// Their request was decided.
    Decided = "decided", Chosen, "Your request was decided",
        "A request that was decided.", "requests that were decided.";
    /// A holder reported something.
    Report = "report", Chosen, "A holder reported that something is wrong or incomplete (K8.7)",
        "A report to consider.", "reports to consider.";
    /// A holder confirmed what they did with a copy.
    Confirmation = "confirmation", Chosen, "A holder confirmed what was done with a copy (K8.2)",
        "A confirmation by a holder.", "confirmations by holders.";
    /// A person of higher rank is asked.
    Ruling = "ruling", Chosen, "Representations were put on record: a decision may be yours (O3.2.3)",
        "A decision for a higher rank.", "decisions for a higher rank.";
    /// A person of higher rank answered.
    Ruled = "ruled", Chosen, "A question of yours was decided by a higher rank (O3.2.3, O3.2.4)",
        "A question that was answered.", "questions that were answered.";
    /// Another area asks.
    Area = "area", Chosen, "Another area asks whether a person is active in yours too (K7.6)",
        "A question by another area.", "questions by other areas.";
    /// Another area answered.
    AreaAnswer = "area-answer", Chosen, "Another area answered (K7.6)",
        "An answer by another area.", "answers by other areas.";
    /// Their keys were confirmed.
    Keys = "keys", Chosen, "Your keys were confirmed",
        "A change to your account.", "changes to your account.";
    /// The police ask about a confirmation.
    Query = "query", Soon, "The police ask about your confirmation. Confirm anew (K8.2)",
        "A question about a confirmation.", "questions about confirmations.";
    /// A review was signed and waits to be decided, or was sent back.
    Review = "review", Chosen, "A review waits for you (K7.9)",
        "A review.", "reviews.";
    /// What they hold goes on, or closes earlier.
    Limit = "limit", Soon, "The time limit of a bulletin changed. Open it to see until when, and sign its conditions where it asks (K7.8)",
        "A time limit that changed.", "time limits that changed.";
    /// Dates come near.
    Reminder = "reminder", Chosen, "Dates come near, or have passed",
        "A reminder of dates.", "reminders of dates.";
}

/// Who is told of an event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Audience {
    /// Whose copy it is about.
    Holder,
    /// Everybody who was given a copy of the release, but for those whose copy the event ended.
    Holders,
    /// Those whose copy the event ended: a review found that they need it no more.
    Ended,
    /// The officer who asked for the release, in its own area.
    Officer,
    /// The co-ordinators of the release's area.
    Coordinators,
    /// The reviewers of the release's area.
    Reviewers,
    /// The commanders of the release's area.
    Commanders,
    /// The co-ordinators of the area that the event names.
    OtherArea,
    /// Whoever made the report that the event names.
    Reporter,
    /// The person the event is about.
    Person,
    /// The same, if it is their recovery code that was entered.
    PersonByCode,
    /// The person who left, who confirms what they hold.
    Leaver,
    /// The co-ordinators of the scheme's area, and the scheme's managers, but for whoever recorded it and whoever follows.
    SchemeKeepers,
    /// Whoever follows somebody who left: of what they sign first.
    Follower,
    /// Whoever answers for that person: co-ordinators of their areas, or administrators.
    Keepers,
    /// Every administrator.
    Administrators,
}

/// What in the log tells whom of what: one line each. A kind may stand here more than once.
pub const EVENTS: &[(Kind, Topic, Audience)] = &[
    (Kind::Requested, Topic::Request, Audience::Coordinators),
    (Kind::Returned, Topic::Returned, Audience::Officer),
    (Kind::Closed, Topic::Decided, Audience::Officer),
    (Kind::Authorised, Topic::Decided, Audience::Officer),
    (Kind::Represented, Topic::Ruling, Audience::Commanders),
    (Kind::Ruled, Topic::Ruled, Audience::Coordinators),
    (Kind::AreaConsulted, Topic::Area, Audience::OtherArea),
    (Kind::AreaAnswered, Topic::AreaAnswer, Audience::Coordinators),
    (Kind::Sealed, Topic::Bulletin, Audience::Holder),
    (Kind::Voided, Topic::Recall, Audience::Holders),
    (Kind::Recalled, Topic::Recall, Audience::Holders),
    (Kind::Expired, Topic::Expiry, Audience::Holders),
    (Kind::Demanded, Topic::Recall, Audience::Holder),
    (Kind::Left, Topic::Left, Audience::Leaver),
    (Kind::Left, Topic::Departed, Audience::SchemeKeepers),
    (Kind::Left, Topic::Follow, Audience::Follower),
    (Kind::CopyReplaced, Topic::Follow, Audience::Follower),
    (Kind::ConfirmationQueried, Topic::Query, Audience::Holder),
    (Kind::Reviewed, Topic::Review, Audience::Coordinators),
    (Kind::ReviewReturned, Topic::Review, Audience::Reviewers),
    (Kind::Continued, Topic::Limit, Audience::Holders),
    (Kind::Continued, Topic::Recall, Audience::Ended),
    (Kind::Shortened, Topic::Limit, Audience::Holders),
    (Kind::NoticeEnded, Topic::Limit, Audience::Holders),
    (Kind::Reported, Topic::Report, Audience::Coordinators),
    (Kind::ReportAnswered, Topic::Answer, Audience::Reporter),
    (Kind::Corrected, Topic::Correction, Audience::Holders),
    (Kind::Confirmed, Topic::Confirmation, Audience::Coordinators),
    (Kind::Approved, Topic::Keys, Audience::Person),
    (Kind::SteppedUp, Topic::Recovered, Audience::PersonByCode),
    (Kind::Recovered, Topic::Recovered, Audience::Person),
    (Kind::Recovered, Topic::Watch, Audience::Keepers),
    (Kind::KeysRenewed, Topic::Recovered, Audience::Person),
    (Kind::KeysRenewed, Topic::Watch, Audience::Keepers),
    (Kind::KeyAlarm, Topic::Alarm, Audience::Administrators),
];

/// What a person chose about mail.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Choice {
    /// Each message as it comes.
    AtOnce,
    /// Once a day, all together.
    #[default]
    Digest,
    /// None: messages wait in the portal.
    PortalOnly,
}

impl Choice {
    /// All, with their stored words, labels and hints.
    pub const ALL: [(Self, &'static str, &'static str, &'static str); 3] = [
        (Self::AtOnce, "at-once", "At once", "A mail whenever something waits"),
        (Self::Digest, "digest", "Once a day", "One mail in the morning, if anything waits"),
        (Self::PortalOnly, "none", "Only in the portal", "Recalls and time limits are mailed all the same"),
    ];

    /// The stored word.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(choice, ..)| *choice == self).map_or("", |(_, word, ..)| word)
    }

    /// Reads a stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, stored, ..)| *stored == word).map(|(choice, ..)| *choice)
    }

    /// How a message about `topic` is mailed to whoever chose this.
    #[must_use]
    pub fn post(self, topic: Topic) -> Self {
        match (topic.pace(), self) {
            (Pace::Always, _) | (Pace::Soon, Self::AtOnce | Self::Digest) => Self::AtOnce,
            (_, chosen) => chosen,
        }
    }
}

/// The words of a mail. Only [`letter`] makes one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Letter {
    subject: &'static str,
    words: String,
}

impl Letter {
    /// Its subject.
    pub fn subject(&self) -> &'static str {
        self.subject
    }

    /// Its words, in ASCII.
    pub fn words(&self) -> &str {
        &self.words
    }
}

/// The portal's address as `https://host[:port]`: the one thing in a mail that is not of this file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Address(String);

impl Address {
    /// An origin with nothing behind it: no path, in which a secret or an identifier could stand.
    pub fn parse(origin: &str) -> Option<Self> {
        let host = origin.strip_prefix("https://")?;
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-:[]".contains(c);
        (!host.is_empty() && host.chars().all(fits)).then(|| Self(origin.to_owned()))
    }
}

/// The mail that says what waits: kinds of things, how many, and where. No slot takes anything else.
pub fn letter(topics: &[Topic], portal: &Address) -> Letter {
    let urgent = topics.iter().any(|topic| topic.pace() != Pace::Chosen);
    let subject = match (urgent, topics) {
        (true, _) => "Please look at the disclosure portal now",
        (false, [Topic::Reminder]) => "Reminder from the disclosure portal",
        _ => "Something waits for you in the disclosure portal",
    };
    let mut lines = Vec::new();
    for topic in Topic::ALL {
        let (one, many) = topic.waits();
        match topics.iter().filter(|told| *told == topic).count() {
            0 => {}
            1 => lines.push(format!("- {one}")),
            n => lines.push(format!("- {n} {many}")),
        }
    }
    let words = format!(
        "This waits for you:\n\n{}\n\nSign in to read it:\n{}\n\nThis mail says no more on purpose. Nobody at the police will ask you by \
         mail for a passphrase or a code. Answers to this address are not read.\n",
        lines.join("\n"),
        portal.0
    );
    Letter { subject, words }
}

/// How near a date is, or that it has passed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Stage {
    /// At most 14 days.
    Fortnight,
    /// At most 7 days.
    Week,
    /// At most 2 days.
    TwoDays,
    /// It has passed.
    Passed,
}

impl Stage {
    /// Days before a date from which it is near.
    pub const FIRST_DAYS: i64 = 14;

    /// All, with their stored words and what a page says.
    pub const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::Fortnight, "14", "within 14 days"),
        (Self::Week, "7", "within 7 days"),
        (Self::TwoDays, "2", "within 2 days"),
        (Self::Passed, "passed", "passed"),
    ];

    /// The stored word.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(stage, ..)| *stage == self).map_or("", |(_, word, _)| word)
    }

    /// What a page says.
    pub fn title(self) -> &'static str {
        Self::ALL.iter().find(|(stage, ..)| *stage == self).map_or("", |(.., title)| title)
    }

    /// Reads a stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, stored, _)| *stored == word).map(|(stage, ..)| *stage)
    }
}

/// The stage of a limit that ends at an instant (K7.8): days are counted on the calendar, and it has passed from its millisecond on.
pub fn limit_stage(until: Moment, now: Moment) -> Option<Stage> {
    if now >= until {
        return Some(Stage::Passed);
    }
    near(until.plus_millis(-1).day(), now.day())
}

/// The stage of something to be done by the end of a day.
pub fn day_stage(due: Day, today: Day) -> Option<Stage> {
    if today > due { Some(Stage::Passed) } else { near(due, today) }
}

fn near(due: Day, today: Day) -> Option<Stage> {
    let within = |days: i64| today >= days_after(due, -days);
    [(2, Stage::TwoDays), (7, Stage::Week), (Stage::FIRST_DAYS, Stage::Fortnight)]
        .into_iter()
        .find_map(|(days, stage)| within(days).then_some(stage))
}

/// The day whose digest and reminders are due: today from the hour on, UK time, unless this day's went before.
pub fn due_day(now: Moment, hour: u8, last: Option<Day>) -> Option<Day> {
    let today = now.day();
    let at = Moment::parse_london(&today.to_string(), &format!("{:02}:00", hour.min(23)))?;
    (now >= at && last.is_none_or(|last| last < today)).then_some(today)
}

/// When the next digest is due.
pub fn next_digest(now: Moment, hour: u8) -> Moment {
    let at = |day: Day| Moment::parse_london(&day.to_string(), &format!("{:02}:00", hour.min(23)));
    let today = now.day();
    [today, days_after(today, 1)].into_iter().filter_map(at).find(|at| *at > now).unwrap_or(now)
}

/// How often a mail is tried before it counts as undeliverable: about three days.
pub const TRIES: u32 = 24;
/// The first wait after a failure, milliseconds.
const FIRST_WAIT: i64 = 60_000;
/// The longest wait, milliseconds.
const LONGEST_WAIT: i64 = 4 * 3_600_000;

/// When a mail is tried again whose try number `tries` began at `now`; `None`: not again.
pub fn again(now: Moment, tries: u32) -> Option<Moment> {
    let doubled: i64 = FIRST_WAIT.checked_shl(tries.saturating_sub(1).min(20)).unwrap_or(LONGEST_WAIT);
    (tries < TRIES).then(|| now.plus_millis(doubled.min(LONGEST_WAIT)))
}

#[cfg(test)]
#[path = "message_tests.rs"]
mod tests;
