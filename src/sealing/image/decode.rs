//! From an examined file to clean pixels.
//!
//! Promises: nothing is decoded before its size is known and allowed; a scan that ends early is an error; a decoder that
//! panics is a damaged file, not a stopped desk.
//! Absent on purpose: leniency. Decoders are set to strict, since a half-grey custody photograph is worse than a refusal.

use std::io::Cursor;
use std::panic::catch_unwind;

use ::image::codecs::{png::PngDecoder, webp::WebPDecoder};
use ::image::metadata::Orientation;
use ::image::{DynamicImage, GrayImage, ImageDecoder, ImageError, Limits, RgbImage};
use zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions};
use zune_jpeg::{JpegDecoder, errors::DecodeErrors};

use super::colour::Conversion;
use super::container::{self, Outline};
use super::{
    LONGEST_RATIO, MAX_BYTES, MAX_DECODED, MAX_PIXELS, MAX_SIDE, MAX_WORKING, MIN_SIDE, Media, Photograph, Picture,
    Unfit,
};

/// Checks the bounds, decodes, turns upright and flattens.
pub(super) fn photograph(bytes: &[u8]) -> Result<(Media, Photograph), Unfit> {
    if bytes.len() > MAX_BYTES {
        return Err(Unfit::TooHeavy);
    }
    let outline = container::examine(bytes)?;
    bounds(&outline)?;
    let media = outline.media;
    // The decoders are fuzzed by their authors and by our tests, which call `pixels` without this guard.
    let (image, colours) = catch_unwind(|| pixels(&outline, bytes)).unwrap_or(Err(Unfit::Damaged { media }))?;
    Ok((media, Photograph { pixels: Picture(image), colours }))
}

fn bounds(outline: &Outline) -> Result<(), Unfit> {
    let Outline { width, height, .. } = *outline;
    if width == 0 || height == 0 {
        return Err(Unfit::Damaged { media: outline.media });
    }
    let (short, long) = (width.min(height), width.max(height));
    if long > MAX_SIDE || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(Unfit::TooLarge { width, height });
    }
    if short < MIN_SIDE {
        return Err(Unfit::TooSmall { width, height });
    }
    if long > short * LONGEST_RATIO {
        return Err(Unfit::TooNarrow { width, height });
    }
    if outline.working > MAX_WORKING {
        return Err(Unfit::TooCostly);
    }
    Ok(())
}

/// Decodes to upright 8-bit RGB, and says how its colours become sRGB.
fn pixels(outline: &Outline, bytes: &[u8]) -> Result<(DynamicImage, Option<Conversion>), Unfit> {
    let media = outline.media;
    let Decoded { mut image, orientation, colours } = match media {
        Media::Jpeg => jpeg(outline, bytes)?,
        Media::Png => {
            let limits = limits();
            let decoder = PngDecoder::with_limits(Cursor::new(bytes), limits).map_err(|e| fault(media, &e))?;
            through_image(media, decoder)?
        }
        Media::Webp => through_image(media, WebPDecoder::new(Cursor::new(bytes)).map_err(|e| fault(media, &e))?)?,
    };
    image.apply_orientation(orientation);
    Ok((image, colours))
}

/// What a decoder gives.
struct Decoded {
    image: DynamicImage,
    orientation: Orientation,
    colours: Option<Conversion>,
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_DECODED + (64 << 20));
    limits
}

/// The decoder takes an end mark in the middle of the picture for its end and makes the rest up, but it refuses data that stops.
/// So a sequential picture is handed over without its end mark, with just enough zeros for the decoder to read ahead into: if
/// whole rows are missing, the data stops too soon.
fn jpeg(outline: &Outline, bytes: &[u8]) -> Result<Decoded, Unfit> {
    const AHEAD: [u8; 16] = [0; 16];
    let media = Media::Jpeg;
    let body = bytes.get(..outline.end).unwrap_or(bytes);
    let bytes = if outline.sequential { &[body, &AHEAD].concat() } else { bytes };
    let fault = |e: DecodeErrors| match e {
        DecodeErrors::Unsupported(_) => Unfit::RareCoding { media },
        _ => Unfit::Damaged { media },
    };
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(MAX_SIDE as usize)
        .set_max_height(MAX_SIDE as usize);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(fault)?;
    let grey = decoder.input_colorspace() == Some(ColorSpace::Luma);
    let wanted = if grey { ColorSpace::Luma } else { ColorSpace::RGB };
    decoder.set_options(options.jpeg_set_out_colorspace(wanted));
    let orientation = decoder.exif().and_then(|exif| Orientation::from_exif_chunk(exif));
    let colours = decoder.icc_profile().and_then(|profile| Conversion::of(&profile));
    let data = decoder.decode().map_err(fault)?;
    let (width, height) =
        decoder.info().map(|info| (u32::from(info.width), u32::from(info.height))).unwrap_or_default();
    let image = if grey {
        GrayImage::from_raw(width, height, data).map(|grey| DynamicImage::ImageLuma8(grey).into_rgb8())
    } else {
        RgbImage::from_raw(width, height, data)
    };
    let image = image.ok_or(Unfit::Damaged { media })?;
    let orientation = orientation.unwrap_or(Orientation::NoTransforms);
    Ok(Decoded { image: DynamicImage::ImageRgb8(image), orientation, colours })
}

fn through_image(media: Media, mut decoder: impl ImageDecoder) -> Result<Decoded, Unfit> {
    if decoder.total_bytes() > MAX_DECODED {
        return Err(Unfit::TooCostly);
    }
    decoder.set_limits(limits()).map_err(|e| fault(media, &e))?;
    // A broken orientation note is not a broken picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let colours = decoder.icc_profile().ok().flatten().and_then(|profile| Conversion::of(&profile));
    let image = DynamicImage::from_decoder(decoder).map_err(|e| fault(media, &e))?;
    Ok(Decoded { image: flat(image), orientation, colours })
}

fn fault(media: Media, error: &ImageError) -> Unfit {
    match error {
        ImageError::Limits(_) => Unfit::TooCostly,
        ImageError::Unsupported(_) => Unfit::RareCoding { media },
        _ => Unfit::Damaged { media },
    }
}

/// 8-bit RGB; transparent parts lie on white, as a viewer or a print shows them. Done in place: four bytes become three.
fn flat(image: DynamicImage) -> DynamicImage {
    if !image.color().has_alpha() {
        return DynamicImage::ImageRgb8(image.into_rgb8());
    }
    let (width, height) = (image.width(), image.height());
    let mut data = image.into_rgba8().into_raw();
    let pixels = data.len() / 4;
    for (from, to) in (0..pixels * 4).step_by(4).zip((0..).step_by(3)) {
        let Some(pixel) = data.get_mut(from..from + 4) else {
            break;
        };
        match pixel {
            [_, _, _, 255] => {}
            [colours @ .., 0] => colours.fill(255),
            [red, green, blue, alpha] => {
                [*red, *green, *blue] = [*red, *green, *blue].map(|colour| over_white(colour, *alpha));
            }
            _ => break,
        }
        data.copy_within(from..from + 3, to);
    }
    data.truncate(pixels * 3);
    DynamicImage::ImageRgb8(RgbImage::from_raw(width, height, data).unwrap_or_default())
}

fn over_white(colour: u8, alpha: u8) -> u8 {
    let alpha = u16::from(alpha);
    u8::try_from((u16::from(colour) * alpha + 255 * (255 - alpha) + 127) / 255).unwrap_or(255)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::image::codecs::{png::PngEncoder, webp::WebPEncoder};
    use ::image::{ExtendedColorType, ImageEncoder};
    use proptest::prelude::*;
    use std::sync::LazyLock;

    const SIDE: u32 = 240;

    /// Decodes as the public way does, but without the guard against a decoder's panics.
    fn unguarded(bytes: &[u8]) -> Result<DynamicImage, Unfit> {
        let outline = container::examine(bytes)?;
        bounds(&outline)?;
        pixels(&outline, bytes).map(|(image, _)| image)
    }

    fn rgb() -> Vec<u8> {
        (0..SIDE * SIDE * 3).map(|at| u8::try_from((at / 3 % SIDE + at / 700 + at % 3 * 40) % 256).unwrap()).collect()
    }

    static SAMPLES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(samples);

    fn samples() -> Vec<Vec<u8>> {
        let mut progressive = Vec::new();
        let mut encoder = jpeg_encoder::Encoder::new(&mut progressive, 80);
        encoder.set_progressive(true);
        encoder.encode(&rgb(), 240, 240, jpeg_encoder::ColorType::Rgb).unwrap();
        let mut baseline = Vec::new();
        let mut encoder = jpeg_encoder::Encoder::new(&mut baseline, 80);
        encoder.set_restart_interval(7);
        encoder.encode(&rgb(), 240, 240, jpeg_encoder::ColorType::Rgb).unwrap();
        let (mut png, mut webp) = (Vec::new(), Vec::new());
        PngEncoder::new(&mut png).write_image(&rgb(), SIDE, SIDE, ExtendedColorType::Rgb8).unwrap();
        WebPEncoder::new_lossless(&mut webp).write_image(&rgb(), SIDE, SIDE, ExtendedColorType::Rgb8).unwrap();
        vec![baseline, progressive, png, webp]
    }

    #[test]
    fn the_samples_themselves_are_fit() {
        for sample in SAMPLES.iter() {
            let image = unguarded(sample).unwrap();
            assert_eq!((image.width(), image.height(), image.as_bytes().len()), (SIDE, SIDE, rgb().len()));
        }
    }

    #[test]
    fn transparency_lies_on_white_and_depth_is_reduced() {
        let clear: Vec<u8> = (0..SIDE * SIDE).flat_map(|at| [200, 100, 0, if at % 2 == 0 { 0 } else { 51 }]).collect();
        let mut png = Vec::new();
        PngEncoder::new(&mut png).write_image(&clear, SIDE, SIDE, ExtendedColorType::Rgba8).unwrap();
        assert_eq!(&unguarded(&png).unwrap().as_bytes()[..6], [255, 255, 255, 244, 224, 204]);
        let deep: Vec<u8> = (0..SIDE * SIDE).flat_map(|_| 0x8000_u16.to_ne_bytes()).collect();
        let mut png = Vec::new();
        PngEncoder::new(&mut png).write_image(&deep, SIDE, SIDE, ExtendedColorType::L16).unwrap();
        assert_eq!(&unguarded(&png).unwrap().as_bytes()[..3], [128, 128, 128]);
    }

    const STARTS: &[&[u8]] = &[
        b"",
        b"\xFF\xD8\xFF",
        b"\xFF\xD8\xFF\xC0\0\x11\x08\x01\0\x01\0\x03",
        b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR",
        b"RIFF\x20\0\0\0WEBPVP8 ",
        b"RIFF\x20\0\0\0WEBPVP8X",
    ];

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn changed_files_never_panic(
            which in 0usize..4,
            changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..12),
            near_start in any::<bool>(),
            cut in any::<proptest::sample::Index>(),
        ) {
            let mut bytes = SAMPLES[which].clone();
            let reach = if near_start { bytes.len().min(700) } else { bytes.len() };
            for (at, value) in changes {
                bytes[at.index(reach)] = value;
            }
            let _ = unguarded(&bytes);
            bytes.truncate(cut.index(bytes.len()));
            let _ = unguarded(&bytes);
        }

        #[test]
        fn random_bytes_never_panic(
            start in proptest::sample::select(STARTS),
            rest in proptest::collection::vec(any::<u8>(), 0..400),
        ) {
            let bytes = [start, &rest].concat();
            prop_assert!(unguarded(&bytes).is_err());
        }
    }
}
