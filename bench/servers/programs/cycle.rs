//! Reference cycles that are never broken: cycle BYTES_PER_HOUR
use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

struct Node {
    other: RefCell<Option<Rc<Node>>>,
    _payload: Vec<u8>,
}

const PAYLOAD_BYTES: usize = 4096;

fn node() -> Rc<Node> {
    Rc::new(Node { other: RefCell::new(None), _payload: vec![1; PAYLOAD_BYTES] })
}

fn main() {
    let per_hour: f64 = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(45e6);
    let pairs_per_hour = per_hour / (2.0 * (PAYLOAD_BYTES as f64 + 64.0));
    let start = Instant::now();
    for number in 1u64.. {
        let due = Duration::from_secs_f64(number as f64 * 3600.0 / pairs_per_hour);
        if let Some(wait) = due.checked_sub(start.elapsed()) {
            std::thread::sleep(wait);
        }
        let (one, two) = (node(), node());
        *one.other.borrow_mut() = Some(two.clone());
        *two.other.borrow_mut() = Some(one.clone());
    }
}
