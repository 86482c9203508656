//! The values of one record: the same in every benchmark, and for every peer.

/// The data that a server would log about a request.
#[derive(Debug, Clone, Copy)]
pub struct Item {
    pub thread: usize,
    pub seq: usize,
    pub path: &'static str,
    pub status: u16,
    pub micros: u64,
    pub score: f64,
}

const PATHS: [&str; 4] = [
    "/api/v1/users/42/orders",
    "/healthz",
    "/api/v1/search?q=rust+logging",
    "/static/app.js",
];

/// The values of record `seq` of `thread`.
#[inline]
pub fn item(thread: usize, seq: usize) -> Item {
    Item {
        thread,
        seq,
        path: PATHS[seq & 3],
        status: 200 + (seq % 5) as u16,
        micros: (seq as u64).wrapping_mul(2_654_435_761) % 100_000,
        score: (seq % 1000) as f64 * 0.001,
    }
}

/// Words and numbers like those of a request, of the given length.
pub fn long_text(bytes: usize) -> String {
    let mut text = String::from("request served");
    let mut seq = 0;
    while text.len() < bytes {
        let i = item(1, seq);
        text += &format!(
            " seq={seq} path={} status={} micros={}",
            i.path, i.status, i.micros
        );
        seq += 1;
    }
    text.truncate(bytes);
    text
}
