//! Whether a bucket is fit to be a vault: what is deleted there must be gone, and what is there must stay.
//!
//! Promises: a bucket that keeps versions is refused unless its own lifecycle ends them within [`DAYS`]; one with object lock always; one
//! whose lifecycle deletes or moves away what is in use too. An answer that does not settle it is a refusal, not a guess.
//! Absent on purpose: changing anything of the bucket. `object_store` has no calls for these questions, so they are signed here with its
//! own signer and sent with its own client.

use object_store::aws::{AwsAuthorizer, AwsCredentialProvider};
use object_store::client::{HttpClient, HttpRequest, HttpRequestBody};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{Fault, causes};

/// The most days that a deleted blob may stay as an old version: as long as backups are kept (P9).
const DAYS: u32 = 30;

/// The bucket itself, below which blobs lie.
#[derive(Debug)]
pub(super) struct Bucket {
    pub(super) client: HttpClient,
    /// Its own address.
    pub(super) url: String,
    pub(super) region: String,
    pub(super) keys: AwsCredentialProvider,
    /// Everything of the portal's begins with this; empty: everything is.
    pub(super) prefix: String,
}

/// What a bucket said to a question.
enum Said {
    /// A document.
    This(String),
    /// There is nothing of the kind: not set, or the store has no such feature.
    Nothing,
    /// The key may not ask.
    Forbidden,
}

impl Bucket {
    /// Where it is, in words.
    pub(super) fn words(&self) -> String {
        match self.prefix.as_str() {
            "" => format!("the bucket {}", self.url),
            prefix => format!("the bucket {} (below {prefix:?})", self.url),
        }
    }

    /// Refuses a bucket where what is deleted stays, or what is used may go. `versioned`: a write was answered with a version.
    pub(super) async fn fit(&self, versioned: bool) -> Result<(), Fault> {
        let unfit = |why: &str| Fault::Other(format!("{}: {why}", self.words()));
        let versioned = match self.ask("versioning").await? {
            Said::This(text) => read::<Versioning>(&text, self)?.status.is_some() || versioned,
            Said::Nothing => versioned,
            Said::Forbidden => {
                return Err(unfit(
                    "the access key may not ask whether the bucket keeps versions: allow it s3:GetBucketVersioning",
                ));
            }
        };
        match self.ask("object-lock").await? {
            Said::This(text) if read::<Lock>(&text, self)?.enabled.as_deref() == Some("Enabled") => {
                return Err(unfit("object lock is on, so that nothing could be destroyed: use a bucket without it"));
            }
            // Without versions there is no lock; with them it must be known.
            Said::Forbidden if versioned => {
                return Err(unfit(
                    "the access key may not ask about object lock: allow it s3:GetBucketObjectLockConfiguration",
                ));
            }
            _ => {}
        }
        let rules = match self.ask("lifecycle").await? {
            Said::This(text) => read::<Lifecycle>(&text, self)?.rules,
            Said::Nothing => Vec::new(),
            Said::Forbidden => {
                return Err(unfit(
                    "the access key may not ask what the bucket's lifecycle deletes: allow it s3:GetLifecycleConfiguration",
                ));
            }
        };
        judge(versioned, &rules, &self.prefix).map_err(|why| unfit(&why))
    }

    /// Asks the bucket about itself.
    async fn ask(&self, what: &str) -> Result<Said, Fault> {
        let failed = |why: &dyn std::fmt::Display| Fault::Other(format!("{} ?{what}: {why}", self.words()));
        let mut request = HttpRequest::new(HttpRequestBody::empty());
        *request.uri_mut() = format!("{}?{what}", self.url).parse().map_err(|why| failed(&why))?;
        let key = self.keys.get_credential().await.map_err(|why| failed(&why))?;
        AwsAuthorizer::new(&key, "s3", &self.region).try_authorize(&mut request, None).map_err(|why| failed(&why))?;
        let answer = self.client.execute(request).await.map_err(|why| failed(&causes(&why)))?;
        let status = answer.status();
        let body = answer.into_body().bytes().await.map_err(|why| failed(&causes(&why)))?;
        let text = String::from_utf8_lossy(&body).into_owned();
        let code = quick_xml::de::from_str::<Wrong>(&text).map(|wrong| wrong.code).unwrap_or_default();
        match (status.as_u16(), code.as_str()) {
            (200, _) => Ok(Said::This(text)),
            // Not set; or a store without the feature, which has none of it.
            (404, "NoSuchLifecycleConfiguration" | "ObjectLockConfigurationNotFoundError")
            | (400, "NotImplemented")
            | (405, "MethodNotAllowed")
            | (501, _) => Ok(Said::Nothing),
            (401 | 403, _) => Ok(Said::Forbidden),
            _ => Err(failed(&format!("it answered {status} {code}"))),
        }
    }
}

fn read<'a, T: Deserialize<'a>>(text: &'a str, of: &Bucket) -> Result<T, Fault> {
    quick_xml::de::from_str(text)
        .map_err(|why| Fault::Other(format!("{} gave an answer that cannot be read: {why}", of.words())))
}

/// Whether these rules of a lifecycle let a vault below `prefix` be kept, and what is destroyed there be gone.
fn judge(versioned: bool, rules: &[Rule], prefix: &str) -> Result<(), String> {
    let ours = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
    let rules = || rules.iter().filter(|rule| rule.status == "Enabled");
    if let Some(rule) = rules().find(|rule| rule.takes_away() && rule.touches(&ours)) {
        return Err(format!(
            "its lifecycle rule {:?} deletes or moves away what is in use: the portal itself ends what has ended, so take the rule out or narrow it to other names",
            rule.id
        ));
    }
    if versioned && !rules().any(|rule| rule.ends_versions() && rule.covers(&ours)) {
        return Err(format!(
            "it keeps versions of what is deleted: turn versioning off, or add a lifecycle rule for {} that expires noncurrent versions after {DAYS} days or fewer and keeps none",
            if ours.is_empty() { "the whole bucket".to_owned() } else { format!("the prefix {ours:?}") }
        ));
    }
    Ok(())
}

#[derive(Deserialize)]
struct Wrong {
    #[serde(rename = "Code")]
    code: String,
}

/// No status: versions were never kept. `Suspended`: they were, and old ones may be there.
#[derive(Deserialize)]
struct Versioning {
    #[serde(rename = "Status")]
    status: Option<String>,
}

#[derive(Deserialize)]
struct Lock {
    #[serde(rename = "ObjectLockEnabled")]
    enabled: Option<String>,
}

#[derive(Deserialize)]
struct Lifecycle {
    #[serde(rename = "Rule", default)]
    rules: Vec<Rule>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Rule {
    #[serde(rename = "ID", default)]
    id: String,
    status: String,
    /// Where it stood before there were filters.
    prefix: Option<String>,
    filter: Option<Filter>,
    expiration: Option<Expiration>,
    #[serde(rename = "Transition", default)]
    transitions: Vec<Transition>,
    noncurrent_version_expiration: Option<Noncurrent>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Filter {
    prefix: Option<String>,
    #[serde(rename = "Tag", default)]
    tags: Vec<IgnoredAny>,
    object_size_greater_than: Option<IgnoredAny>,
    object_size_less_than: Option<IgnoredAny>,
    and: Option<Box<Filter>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Expiration {
    days: Option<IgnoredAny>,
    date: Option<IgnoredAny>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Transition {
    storage_class: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Noncurrent {
    noncurrent_days: Option<u32>,
    newer_noncurrent_versions: Option<u32>,
}

impl Filter {
    fn prefix(&self) -> Option<&str> {
        self.prefix.as_deref().or_else(|| self.and.as_ref().and_then(|and| and.prefix()))
    }

    fn by_tag(&self) -> bool {
        !self.tags.is_empty() || self.and.as_ref().is_some_and(|and| and.by_tag())
    }

    fn by_size(&self) -> bool {
        let own = self.object_size_greater_than.is_some() || self.object_size_less_than.is_some();
        own || self.and.as_ref().is_some_and(|and| and.by_size())
    }
}

impl Rule {
    fn begins(&self) -> &str {
        let filter = self.filter.as_ref().and_then(Filter::prefix);
        filter.or(self.prefix.as_deref()).unwrap_or_default()
    }

    /// Whether it deletes what was not deleted, or moves it where it cannot be fetched at once.
    fn takes_away(&self) -> bool {
        let expires = self.expiration.as_ref().is_some_and(|end| end.days.is_some() || end.date.is_some());
        expires || self.transitions.iter().any(|to| matches!(to.storage_class.as_str(), "GLACIER" | "DEEP_ARCHIVE"))
    }

    fn ends_versions(&self) -> bool {
        self.noncurrent_version_expiration.as_ref().is_some_and(|end| {
            end.noncurrent_days.is_some_and(|days| days <= DAYS) && end.newer_noncurrent_versions.unwrap_or(0) == 0
        })
    }

    /// Whether it holds for some of what begins with `ours`. No blob has tags.
    fn touches(&self, ours: &str) -> bool {
        let tagged = self.filter.as_ref().is_some_and(Filter::by_tag);
        !tagged && (ours.starts_with(self.begins()) || self.begins().starts_with(ours))
    }

    /// Whether it holds for all of what begins with `ours`.
    fn covers(&self, ours: &str) -> bool {
        let narrowed = self.filter.as_ref().is_some_and(|filter| filter.by_tag() || filter.by_size());
        !narrowed && ours.starts_with(self.begins())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(versioned: bool, rules: &str, prefix: &str) -> Result<(), String> {
        let text = format!(
            "<?xml version=\"1.0\"?><LifecycleConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{rules}</LifecycleConfiguration>"
        );
        let read: Lifecycle = quick_xml::de::from_str(&text).unwrap();
        judge(versioned, &read.rules, prefix)
    }

    const END: &str = "<NoncurrentVersionExpiration><NoncurrentDays>30</NoncurrentDays></NoncurrentVersionExpiration>";

    fn rule(filter: &str, what: &str) -> String {
        format!("<Rule><ID>a</ID>{filter}<Status>Enabled</Status>{what}</Rule>")
    }

    #[test]
    fn versions_are_taken_only_with_a_rule_that_ends_all_of_ours_in_time() {
        assert!(judged(false, "", "portal").is_ok());
        assert!(judged(true, "", "portal").is_err());
        for filter in [
            "",
            "<Filter/>",
            "<Filter><Prefix></Prefix></Filter>",
            "<Filter><Prefix>portal/</Prefix></Filter>",
            "<Filter><Prefix>port</Prefix></Filter>",
            "<Prefix>portal/</Prefix>",
            "<Filter><And><Prefix>portal/</Prefix></And></Filter>",
        ] {
            assert_eq!(judged(true, &rule(filter, END), "portal"), Ok(()), "{filter}");
        }
        for filter in [
            "<Filter><Prefix>portal/ab/</Prefix></Filter>",
            "<Filter><Prefix>other/</Prefix></Filter>",
            "<Filter><Tag><Key>a</Key><Value>b</Value></Tag></Filter>",
            "<Filter><ObjectSizeGreaterThan>500</ObjectSizeGreaterThan></Filter>",
            "<Filter><And><Prefix>portal/</Prefix><Tag><Key>a</Key><Value>b</Value></Tag></And></Filter>",
        ] {
            assert!(judged(true, &rule(filter, END), "portal").is_err(), "{filter}");
        }
        // Another rule may stand before it; one that is off does not count.
        let abort = "<AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation></AbortIncompleteMultipartUpload>";
        assert_eq!(judged(true, &(rule("<Filter/>", abort) + &rule("<Filter/>", END)), ""), Ok(()));
        assert!(judged(true, &rule("<Filter/>", END).replace("Enabled", "Disabled"), "").is_err());
        for what in [
            END.replace("30", "31"),
            END.replace("</NoncurrentDays>", "</NoncurrentDays><NewerNoncurrentVersions>1</NewerNoncurrentVersions>"),
            "<NoncurrentVersionExpiration><NewerNoncurrentVersions>3</NewerNoncurrentVersions></NoncurrentVersionExpiration>".into(),
            "<Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>".into(),
        ] {
            assert!(judged(true, &rule("<Filter/>", &what), "").is_err(), "{what}");
        }
    }

    #[test]
    fn a_rule_that_would_delete_or_move_what_is_in_use_is_refused() {
        let moved = "<Transition><Days>1</Days><StorageClass>GLACIER</StorageClass></Transition>";
        for what in [
            "<Expiration><Days>90</Days></Expiration>",
            "<Expiration><Date>2027-01-01T00:00:00Z</Date></Expiration>",
            moved,
        ] {
            for filter in ["<Filter/>", "<Filter><Prefix>portal/ab</Prefix></Filter>", "<Prefix>portal</Prefix>"] {
                let told = judged(false, &rule(filter, what), "portal").unwrap_err();
                assert!(told.contains("\"a\""), "{told}");
            }
            for filter in
                ["<Filter><Prefix>logs/</Prefix></Filter>", "<Filter><Tag><Key>a</Key><Value>b</Value></Tag></Filter>"]
            {
                assert_eq!(judged(false, &rule(filter, what), "portal"), Ok(()), "{filter}");
            }
        }
        let cheaper = moved.replace("GLACIER", "STANDARD_IA");
        assert_eq!(judged(false, &rule("<Filter/>", &cheaper), ""), Ok(()));
        let markers = "<Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>";
        assert_eq!(judged(true, &rule("<Filter/>", &format!("{markers}{END}")), "portal"), Ok(()));
    }

    #[test]
    fn a_status_is_read_and_none_is_none() {
        let status = |text: &str| quick_xml::de::from_str::<Versioning>(text).unwrap().status;
        let said = |inner: &str| {
            format!(
                "<VersioningConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{inner}</VersioningConfiguration>"
            )
        };
        assert_eq!(status(&said("")), None);
        assert_eq!(status("<VersioningConfiguration/>"), None);
        assert_eq!(status(&said("<Status>Enabled</Status>")).as_deref(), Some("Enabled"));
        assert_eq!(
            status(&said("<Status>Suspended</Status><MfaDelete>Disabled</MfaDelete>")).as_deref(),
            Some("Suspended")
        );
    }
}
