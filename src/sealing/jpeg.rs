//! Pixels to JPEG: 4:2:0, no metadata of any kind.
//!
//! Absent on purpose: EXIF, XMP, ICC, comments, thumbnails: the encoder is given pixels and nothing else, so there is nothing
//! to strip. Not `image`'s encoder, which takes four times as long (research/performance.md §1).
//! Proved by `only_what_decoding_needs_is_written` and, on hostile input, `tests/it/sealing.rs`.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use super::image::Picture;

/// Quality of the screen rendition, 1 to 100: the invisible mark is measured at this quality and above.
pub const SCREEN_QUALITY: u8 = 88;
/// Quality of the thumbnail: small enough to list, and its mark stays sharp.
pub const THUMBNAIL_QUALITY: u8 = 82;

/// The encoder refused. It cannot for a picture of 1 to 65,535 pixels a side; kept typed rather than assumed.
#[derive(Debug, thiserror::Error)]
#[error("the JPEG encoder refused a picture of {width} by {height} pixels")]
pub struct Unencodable {
    width: u32,
    height: u32,
}

/// Encodes as baseline JPEG, YCbCr 4:2:0. `quality` is 1 to 100.
pub fn encode(picture: &Picture, quality: u8) -> Result<Vec<u8>, Unencodable> {
    let (width, height) = (picture.width(), picture.height());
    let refused = || Unencodable { width, height };
    // About two bits a pixel; a buffer that need not grow leaves no half-written plaintext behind.
    let mut out = Vec::with_capacity(picture.rgb().len() / 8 + 4096);
    let mut encoder = Encoder::new(&mut out, quality.clamp(1, 100));
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    let (across, down) = (u16::try_from(width).map_err(|_| refused())?, u16::try_from(height).map_err(|_| refused())?);
    encoder.encode(picture.rgb(), across, down, ColorType::Rgb).map_err(|_| refused())?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_decoding_needs_is_written() {
        let rgb = (0..64 * 48 * 3).map(|i| u8::try_from(i % 251).unwrap()).collect();
        let picture = Picture::from_rgb(64, 48, rgb).unwrap();
        let bytes = encode(&picture, 85).unwrap();
        let mut at = 2;
        let mut seen = Vec::new();
        while bytes[at + 1] != 0xDA {
            seen.push(bytes[at + 1]);
            at += 2 + usize::from(u16::from_be_bytes([bytes[at + 2], bytes[at + 3]]));
        }
        // JFIF header, quantisation tables, frame, Huffman tables: no APP1..15, no comment.
        assert!(seen.iter().all(|code| matches!(code, 0xE0 | 0xDB | 0xC0 | 0xC4)), "{seen:x?}");
        assert_eq!(&bytes[bytes.len() - 2..], [0xFF, 0xD9]);
    }
}
