//! Uploads admitted or refused, and photographs opened into clean pixels.
//!
//! Promises: JPEG, PNG and WebP only, recognised by content; fixed bounds on bytes, sides, pixels and memory, checked before
//! anything is decoded; truncated and damaged files refused; orientation applied; transparency laid on white; 8-bit RGB out;
//! colours in sRGB; every byte of metadata gone, because
//! nothing but pixels is carried on.
//!
//! Absent on purpose: file names, content types as sent, resizing up, colour profiles other than matrix RGB (see `colour`).
//! Proved by the hostile set in `tests/it/sealing.rs` and the tests beside `container` and `decode`.

mod colour;
mod container;
mod decode;
mod unfit;

use std::fmt;

use ::image::{DynamicImage, RgbImage, imageops::FilterType};
use aws_lc_rs::digest;

use colour::Conversion;
pub use unfit::Unfit;

/// Most bytes in an upload. Custody cameras write 2 to 8 MB; 25 MB takes any phone's best JPEG.
pub const MAX_BYTES: usize = 25_000_000;
/// Shortest side, in pixels, on which a reference can still be read: looked at, 240 can and 200 cannot.
pub const MIN_SIDE: u32 = 240;
/// Longest side, in pixels: above any camera in use (a 50 MP frame is 8,700 pixels wide).
pub const MAX_SIDE: u32 = 12_000;
/// Most pixels: 50 million keep the worst decode under 600 MiB.
pub const MAX_PIXELS: u64 = 50_000_000;
/// The longer side at most this many times the shorter: beyond, a thumbnail is too thin for its mark.
pub const LONGEST_RATIO: u32 = 6;
/// Most bytes for the pixels as decoded (16 bits and transparency count double).
const MAX_DECODED: u64 = 256 << 20;
/// Most bytes a decoder may hold beside them: a progressive JPEG of 50 million pixels in full colour.
const MAX_WORKING: u64 = 320 << 20;

/// Long side of the screen rendition, in pixels (DESIGN §8).
pub const SCREEN_SIDE: u32 = 2048;
/// Long side of the thumbnail, in pixels (DESIGN §8).
pub const THUMBNAIL_SIDE: u32 = 320;

/// A picture format that is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Media {
    /// ITU-T T.81, sequential or progressive, Huffman coded, 8 bits.
    Jpeg,
    /// PNG, still.
    Png,
    /// WebP (RFC 9649), still.
    Webp,
}

impl Media {
    /// The media type, such as `image/jpeg`.
    pub fn mime(self) -> &'static str {
        match self {
            Media::Jpeg => "image/jpeg",
            Media::Png => "image/png",
            Media::Webp => "image/webp",
        }
    }
}

impl fmt::Display for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Media::Jpeg => "JPEG",
            Media::Png => "PNG",
            Media::Webp => "WebP",
        })
    }
}

/// What is recorded about an upload that was decoded in full and found fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted {
    /// The format by content.
    pub media: Media,
    /// Pixels across, after orientation.
    pub width: u32,
    /// Pixels down, after orientation.
    pub height: u32,
    /// SHA-256 of the file as uploaded.
    pub sha256: [u8; 32],
}

/// Checks an upload by decoding all of it; the pixels are wiped again.
pub fn admit(bytes: &[u8]) -> Result<Admitted, Unfit> {
    let (media, photograph) = decode::photograph(bytes)?;
    Ok(Admitted { media, width: photograph.width(), height: photograph.height(), sha256: sha256(bytes) })
}

/// Opens a photograph: all the checks of [`admit`], then the clean pixels.
pub fn open(bytes: &[u8]) -> Result<Photograph, Unfit> {
    decode::photograph(bytes).map(|(_, photograph)| photograph)
}

/// SHA-256 of some bytes: what identifies an original on the record.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.iter_mut().zip(digest::digest(&digest::SHA256, bytes).as_ref()).for_each(|(to, from)| *to = *from);
    out
}

/// An original in the clear: upright, 8-bit RGB, nothing but pixels and how to read their colours. Wiped when dropped.
pub struct Photograph {
    pixels: Picture,
    colours: Option<Conversion>,
}

impl Photograph {
    /// Pixels across.
    pub fn width(&self) -> u32 {
        self.pixels.width()
    }

    /// Pixels down.
    pub fn height(&self) -> u32 {
        self.pixels.height()
    }

    /// The screen rendition: long side at most [`SCREEN_SIDE`], never enlarged.
    pub fn screen(&self) -> Picture {
        self.rendition(SCREEN_SIDE)
    }

    /// The thumbnail: long side at most [`THUMBNAIL_SIDE`], never enlarged.
    pub fn thumbnail(&self) -> Picture {
        self.rendition(THUMBNAIL_SIDE)
    }

    /// Reduced first: there are fewer pixels then whose colours need converting.
    fn rendition(&self, side: u32) -> Picture {
        let mut picture = self.pixels.within(side);
        if let Some(colours) = &self.colours {
            colours.apply(picture.rgb_mut());
        }
        picture
    }
}

impl fmt::Debug for Photograph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Photograph({} x {})", self.width(), self.height())
    }
}

/// Unmarked pixels, 8-bit RGB, row by row from the top left. Wiped when dropped.
pub struct Picture(DynamicImage);

impl Picture {
    /// Pixels given as rows of RGB bytes; `None` unless there are exactly `width * height * 3` of them and at least one.
    pub fn from_rgb(width: u32, height: u32, rgb: Vec<u8>) -> Option<Picture> {
        if width == 0 || height == 0 || u64::from(width) * u64::from(height) * 3 != rgb.len() as u64 {
            return None;
        }
        RgbImage::from_raw(width, height, rgb).map(|image| Picture(DynamicImage::ImageRgb8(image)))
    }

    /// Pixels across.
    pub fn width(&self) -> u32 {
        self.0.width()
    }

    /// Pixels down.
    pub fn height(&self) -> u32 {
        self.0.height()
    }

    /// Rows of RGB bytes, `width * height * 3` of them.
    pub fn rgb(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The same bytes to draw on.
    pub(super) fn rgb_mut(&mut self) -> &mut [u8] {
        self.0.as_mut_rgb8().map(|image| &mut **image).unwrap_or_default()
    }

    /// Grey values of a small copy of this picture, `columns` by `rows`, each the mean of what it covers.
    pub(super) fn greys(&self, columns: u32, rows: u32) -> DynamicImage {
        DynamicImage::ImageLuma8(self.0.thumbnail_exact(columns, rows).into_luma8())
    }

    /// A second copy of the pixels, to be marked for one recipient.
    pub(super) fn duplicate(&self) -> Picture {
        Picture(self.0.clone())
    }

    /// A copy whose long side is at most `side`. Large reductions average first: all of the pixels count, and the fine filter,
    /// ten times as costly a pixel, then runs on at most four times the pixels that remain.
    fn within(&self, side: u32) -> Picture {
        let (width, height) = (self.width(), self.height());
        let long = width.max(height);
        if long <= side {
            return self.duplicate();
        }
        let scaled = |length: u32, to: u32| {
            let length = (u64::from(length) * u64::from(to) + u64::from(long) / 2) / u64::from(long);
            u32::try_from(length).unwrap_or(to).max(1)
        };
        let fine = |image: &DynamicImage| {
            Picture(image.resize_exact(scaled(width, side), scaled(height, side), FilterType::CatmullRom))
        };
        if long < side * 3 {
            return fine(&self.0);
        }
        let half = Picture(self.0.thumbnail_exact(scaled(width, side * 2), scaled(height, side * 2)));
        fine(&half.0)
    }
}

impl Drop for Picture {
    fn drop(&mut self) {
        super::wipe(self.rgb_mut());
    }
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Picture({} x {})", self.width(), self.height())
    }
}
