/** How long ago something was, in a few characters: a side bar is narrow. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Give the age of an RFC 3339 time; a week and more as its date. */
export function ageOf(time: string, now = Date.now()): string {
  const at = new Date(time);
  const age = now - at.getTime();
  if (age < MINUTE_MS) {
    return "now"; // also where the clocks differ a little
  }
  if (age < HOUR_MS) {
    return `${String(Math.floor(age / MINUTE_MS))} min ago`;
  }
  if (age < DAY_MS) {
    return `${String(Math.floor(age / HOUR_MS))} h ago`;
  }
  return age < 7 * DAY_MS ? `${String(Math.floor(age / DAY_MS))} d ago` : at.toLocaleDateString();
}
