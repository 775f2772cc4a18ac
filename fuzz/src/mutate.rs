//! Other trees out of one: bytes that are changed at random are seldom JSON any more, and flows live by what their parts
//! say of each other.

use shared::json::Json;

/// What stands for a value now and then: names to lead to, and numbers at the edges.
const TEXTS: [&str; 8] = ["a", "b", "c", "d", "{{a}}", "", "1e308", "2026-05-01"];
const NUMBERS: [f64; 8] = [0.0, 1.0, -1.0, 0.5, 500.0, 1e308, 9_007_199_254_740_993.0, -0.0];

/// Random numbers out of a seed (xorshift).
struct Dice(u64);

impl Dice {
    /// A number below a limit.
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

/// The same JSON with a few of its values moved, doubled, removed or changed; none where a text is no JSON.
pub fn mutated(text: &str, seed: u32) -> Option<String> {
    let mut json = Json::parse(text).ok()?;
    let mut dice = Dice(u64::from(seed) << 1 | 1 << 40);
    for _ in 0..=dice.below(4) {
        change(&mut json, &mut dice);
    }
    Some(json.json())
}

fn change(json: &mut Json, dice: &mut Dice) {
    let count = nodes(json);
    let other = nth(json, &mut dice.below(count)).cloned().unwrap_or(Json::Null);
    let Some(value) = nth_mut(json, &mut dice.below(count)) else { return };
    match (dice.below(4), value) {
        (0, Json::List(items)) if !items.is_empty() => drop(items.remove(dice.below(items.len()))),
        (0, Json::Object(members)) if !members.is_empty() => drop(members.remove(dice.below(members.len()))),
        (1, Json::List(items)) => {
            let item = items.get(dice.below(items.len())).cloned().unwrap_or(other);
            items.insert(dice.below(items.len() + 1), item);
        }
        (0 | 1, value @ Json::Text(_)) => *value = Json::Text(TEXTS[dice.below(TEXTS.len())].into()),
        (0 | 1, value @ Json::Number(_)) => *value = Json::Number(NUMBERS[dice.below(NUMBERS.len())]),
        (0 | 1, Json::Boolean(flag)) => *flag = !*flag,
        (2, Json::Object(members)) => {
            if let Json::Object(more) = other {
                members.extend(more.into_iter().take(1));
            }
        }
        // What is of a kind fits best; sometimes it does not.
        (_, value) if same_kind(value, &other) || dice.below(8) == 0 => *value = other,
        _ => {}
    }
}

fn same_kind(one: &Json, other: &Json) -> bool {
    core::mem::discriminant(one) == core::mem::discriminant(other)
}

fn children(json: &Json) -> Vec<&Json> {
    match json {
        Json::List(items) => items.iter().collect(),
        Json::Object(members) => members.iter().map(|(_, value)| value).collect(),
        _ => Vec::new(),
    }
}

fn nodes(json: &Json) -> usize {
    1 + children(json).into_iter().map(nodes).sum::<usize>()
}

/// The value that comes after so many others, counted from the root down.
fn nth<'a>(json: &'a Json, left: &mut usize) -> Option<&'a Json> {
    if *left == 0 {
        return Some(json);
    }
    *left -= 1;
    children(json).into_iter().find_map(|child| nth(child, left))
}

fn nth_mut<'a>(json: &'a mut Json, left: &mut usize) -> Option<&'a mut Json> {
    if *left == 0 {
        return Some(json);
    }
    *left -= 1;
    match json {
        Json::List(items) => items.iter_mut().find_map(|child| nth_mut(child, left)),
        Json::Object(members) => members.iter_mut().find_map(|(_, child)| nth_mut(child, left)),
        _ => None,
    }
}
