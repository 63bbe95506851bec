//! Why an uploaded file cannot be used as a photograph, in words for the person who chose it.
//!
//! Promises: each sentence says what is wrong and what to do; none repeats bytes, names or library words from the file.
//! Proved by `refusals_read_as_sentences` below and by the hostile set in `tests/it/sealing.rs`.

use super::{LONGEST_RATIO, MAX_BYTES, MAX_PIXELS, MAX_SIDE, MIN_SIDE, Media};

/// Why an uploaded file cannot be used. `Display` is one plain sentence to put beside the form field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unfit {
    /// No bytes at all.
    #[error("The file is empty. Choose a photograph saved as JPEG, PNG or WebP.")]
    Empty,
    /// Recognised, but not a kind of picture that is taken; `what` is "a GIF picture", "a PDF document" and so on.
    #[error("The file is {what}. Save the photograph as JPEG, PNG or WebP and choose it again.")]
    WrongKind {
        /// What the file is, with its article.
        what: &'static str,
    },
    /// The first bytes belong to nothing we know.
    #[error("The file is not a picture we can read. Choose a photograph saved as JPEG, PNG or WebP.")]
    Unknown,
    /// More bytes than [`MAX_BYTES`].
    #[error(
        "The file is larger than {} MB. Save the photograph again at a smaller size or lower quality.",
        MAX_BYTES / 1_000_000
    )]
    TooHeavy,
    /// A side below [`MIN_SIDE`]: a mark on it could not be read.
    #[error(
        "The picture is {width} by {height} pixels. Each side must be at least {MIN_SIDE} pixels, so that the mark on each copy can be read. Choose a larger original."
    )]
    TooSmall {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// A side above [`MAX_SIDE`] or more pixels than [`MAX_PIXELS`].
    #[error(
        "The picture is {width} by {height} pixels. It can be at most {MAX_SIDE} pixels on each side and {} million pixels in all. Save it at a smaller size.",
        MAX_PIXELS / 1_000_000
    )]
    TooLarge {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// One side more than [`LONGEST_RATIO`] times the other.
    #[error(
        "The picture is {width} by {height} pixels: too long and narrow. The longer side can be at most {LONGEST_RATIO} times the shorter. Crop it and choose it again."
    )]
    TooNarrow {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// Decoding would need more memory than is allowed for one picture.
    #[error("The picture needs too much memory to open. Save it as an ordinary 8-bit JPEG and choose it again.")]
    TooCostly,
    /// More than one frame: what a person checked might not be what is released.
    #[error("The picture is an animation. Save one frame of it as a still JPEG, PNG or WebP.")]
    Animated,
    /// The file stops before its end.
    #[error("The {media} file is incomplete: its end is missing. Copy or export it again from where it came from.")]
    CutShort {
        /// The format of the file.
        media: Media,
    },
    /// The file breaks the rules of its format, or its picture data cannot be decoded to the end.
    #[error(
        "The {media} file is damaged and cannot be opened in full. Export it again from where it came from, or save it from another program."
    )]
    Damaged {
        /// The format of the file.
        media: Media,
    },
    /// A correct file in a rare variant that is not decoded (arithmetic coding, lossless JPEG, 12 bits).
    #[error("The {media} file uses a rare kind of compression. Save it again as an ordinary JPEG.")]
    RareCoding {
        /// The format of the file.
        media: Media,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_read_as_sentences() {
        let (width, height, media) = (1, 30_000, Media::Png);
        for unfit in [
            Unfit::Empty,
            Unfit::WrongKind { what: "a GIF picture" },
            Unfit::Unknown,
            Unfit::TooHeavy,
            Unfit::TooSmall { width, height },
            Unfit::TooLarge { width, height },
            Unfit::TooNarrow { width, height },
            Unfit::TooCostly,
            Unfit::Animated,
            Unfit::CutShort { media },
            Unfit::Damaged { media },
            Unfit::RareCoding { media },
        ] {
            let text = unfit.to_string();
            assert!(text.starts_with("The "), "{text}");
            assert!(text.ends_with('.') && text.matches(". ").count() >= 1, "says what to do: {text}");
            assert!(text.len() < 200 && !text.contains("  "), "{text}");
        }
        assert_eq!(
            Unfit::TooHeavy.to_string(),
            "The file is larger than 25 MB. Save the photograph again at a smaller size or lower quality."
        );
    }
}
