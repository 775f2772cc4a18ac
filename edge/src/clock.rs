//! The clocks of places, as the platform knows them.

use shared::rules::hours::{OfficeHours, Presence};
use shared::time::Timestamp;
use wasm_bindgen::prelude::wasm_bindgen;

// A zone that the platform does not know is taken for UTC. Making a format costs far more than using it.
#[wasm_bindgen(inline_js = "
    const formats = new Map()
    export function minutesAhead(zone, ms) {
        try {
            let format = formats.get(zone)
            if (!format) {
                if (formats.size > 500) formats.clear()
                const part = 'numeric'
                format = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', year: part, month: part, day: part, hour: part, minute: part })
                formats.set(zone, format)
            }
            const at = {}
            for (const { type, value } of format.formatToParts(ms)) at[type] = Number(value)
            return Math.round(Date.UTC(at.year, at.month - 1, at.day, at.hour, at.minute) / 60000 - Math.floor(ms / 60000))
        } catch {
            return 0
        }
    }
")]
extern "C" {
    #[wasm_bindgen(js_name = minutesAhead)]
    fn minutes_ahead(zone: &str, ms: f64) -> f64;
}

/// Whether people are there now; always where no hours are set.
pub fn presence(hours: Option<&OfficeHours>, now: Timestamp) -> Presence {
    let Some(hours) = hours else { return Presence::THERE };
    hours.at(now, &|at| minutes_ahead(&hours.time_zone, at.millis() as f64) as i64)
}
