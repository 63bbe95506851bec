//! One photograph to many recipients: prepared once, then marked and sealed copy by copy.
//!
//! Promises: the type that can be sealed to a partner is [`Marked`], and only [`Prepared::mark`] makes one (P5); a partner's
//! rendition is sealed to exactly one recipient (P4); plaintext buffers made here are wiped.
//! Absent on purpose: threads (the caller bounds how many seals run at once), storage, the second lock (the store's).
//! The invisible mark will be one more step in [`Prepared::mark`], after the visible one and before the JPEG.
//! Proved by `tests/it/sealing.rs`.

use std::fmt;

use super::age::{self, NotSealed, Recipient};
use super::image::{self, Media, Photograph, Picture, Unfit};
use super::jpeg::{self, Unencodable};
use super::mark::{self, FaceBox, Ground, Mark, NotMarked, Rendition};

/// Why a copy could not be made. Nothing of it exists then.
#[derive(Debug, thiserror::Error)]
pub enum NotMade {
    /// The mark could not be drawn.
    #[error(transparent)]
    Mark(#[from] NotMarked),
    /// The picture could not be encoded.
    #[error(transparent)]
    Jpeg(#[from] Unencodable),
    /// The copy could not be sealed.
    #[error(transparent)]
    Age(#[from] NotSealed),
}

/// A photograph made ready for any number of copies: both renditions, unmarked, in memory only.
#[derive(Debug)]
pub struct Prepared {
    screen: (Picture, Ground),
    thumbnail: (Picture, Ground),
}

impl Prepared {
    /// Makes both renditions. `face` is where the uploader says the face is.
    pub fn of(photograph: &Photograph, face: Option<FaceBox>) -> Prepared {
        let grounded = |picture: Picture| {
            let ground = Ground::of(&picture, face);
            (picture, ground)
        };
        Prepared { screen: grounded(photograph.screen()), thumbnail: grounded(photograph.thumbnail()) }
    }

    /// Opens a file and makes both renditions.
    pub fn open(bytes: &[u8], face: Option<FaceBox>) -> Result<Prepared, Unfit> {
        image::open(bytes).map(|photograph| Prepared::of(&photograph, face))
    }

    /// One rendition of one recipient's copy, marked.
    pub fn mark(&self, rendition: Rendition, mark: &Mark<'_>) -> Result<Marked, NotMarked> {
        let (clean, ground) = match rendition {
            Rendition::Screen => &self.screen,
            Rendition::Thumbnail => &self.thumbnail,
        };
        let mut picture = clean.duplicate();
        mark::draw(&mut picture, mark, rendition, ground)?;
        Ok(Marked { picture, rendition })
    }

    /// Both renditions of one recipient's copy, marked and sealed to them: to look at, then for lists.
    pub fn seal_for(&self, mark: &Mark<'_>, to: &Recipient) -> Result<Vec<Sealed>, NotMade> {
        [Rendition::Screen, Rendition::Thumbnail].into_iter().map(|one| self.mark(one, mark)?.seal(to)).collect()
    }

    /// The picture of one numbered sheet, marked as that sheet and sealed to whoever prints it.
    pub fn seal_sheet(&self, mark: &Mark<'_>, to: &Recipient) -> Result<Vec<Sealed>, NotMade> {
        Ok(vec![self.mark(Rendition::Screen, mark)?.seal(to)?])
    }
}

/// A picture that carries its recipient's mark.
#[derive(Debug)]
pub struct Marked {
    picture: Picture,
    rendition: Rendition,
}

impl Marked {
    /// The marked picture, to look at (`render`, `mark` and tests).
    pub fn picture(&self) -> &Picture {
        &self.picture
    }

    /// Which rendition it is.
    pub fn rendition(&self) -> Rendition {
        self.rendition
    }

    /// The marked picture as a JPEG in the clear, as its recipient will see it. The caller wipes it.
    pub fn encode(&self) -> Result<Vec<u8>, Unencodable> {
        let quality = match self.rendition {
            Rendition::Screen => jpeg::SCREEN_QUALITY,
            Rendition::Thumbnail => jpeg::THUMBNAIL_QUALITY,
        };
        jpeg::encode(&self.picture, quality)
    }

    /// Encodes and seals to one recipient.
    pub fn seal(self, to: &Recipient) -> Result<Sealed, NotMade> {
        let mut plain = self.encode()?;
        let plain_sha256 = image::sha256(&plain);
        let sealed = age::seal(&plain, to);
        super::wipe(&mut plain);
        Ok(Sealed { rendition: self.rendition, media: Media::Jpeg, age_bytes: sealed?, plain_sha256 })
    }
}

/// One rendition, sealed to its recipient.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Which rendition it is.
    pub rendition: Rendition,
    /// What is inside.
    pub media: Media,
    /// The age file.
    pub age_bytes: Vec<u8>,
    /// SHA-256 of what is inside, so that a reader can tell that it is the very copy that was made.
    pub plain_sha256: [u8; 32],
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({:?}, {} bytes)", self.rendition, self.age_bytes.len())
    }
}

/// Seals an original, as uploaded, to the unit that holds it.
pub fn seal_original(bytes: &[u8], unit: &Recipient) -> Result<Vec<u8>, NotSealed> {
    age::seal(bytes, unit)
}

/// Seals the text of a bulletin, or another record in words, to one recipient.
pub fn seal_text(text: &str, to: &Recipient) -> Result<Vec<u8>, NotSealed> {
    age::seal(text.as_bytes(), to)
}
