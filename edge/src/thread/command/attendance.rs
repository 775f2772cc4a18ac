//! Who is there to read what a visitor writes.

use serde::Serialize;
use shared::json::Read;

/// As the office hours are, and as the widget's owner wants it out of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Read)]
pub enum Attendance {
    /// People are there.
    People,
    /// Nobody; what is written is read later.
    Later,
    /// Nobody, and nothing new is taken. What was taken before is still known by its name.
    Nobody,
}

impl Attendance {
    /// Whether people are there.
    pub fn people(self) -> bool {
        self == Self::People
    }
}
