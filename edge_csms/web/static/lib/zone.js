// Times as fields of a form: local to the site's zone on one side, UTC with Z on the other.

import { siteTimeZone } from "./format.js";

// Gives "2026-11-24T12:30" in the site's zone, as an input of type datetime-local wants it; "" for no time.
export function toLocal(text) {
  const time = Date.parse(text ?? "");
  if (Number.isNaN(time)) return "";
  return new Date(time + offsetAt(time)).toISOString().slice(0, 16);
}

// Gives the UTC time of a local one such as "2026-11-24T12:30" or "2026-11-24"; null for "".
export function fromLocal(text) {
  if (!text) return null;
  const asUtc = Date.parse(text.length === 10 ? `${text}T00:00Z` : `${text}Z`);
  const near = asUtc - offsetAt(asUtc); // off by an hour where the clocks change in between
  return new Date(asUtc - offsetAt(near)).toISOString().replace(".000Z", "Z");
}

// Gives the start of the day after a date such as "2026-11-24".
export function nextDay(date) {
  if (!date) return null;
  return fromLocal(new Date(Date.parse(`${date}T00:00Z`) + 86_400_000).toISOString().slice(0, 10));
}

function offsetAt(time) {
  const parts = new Intl.DateTimeFormat("en", {
    timeZone: siteTimeZone(), hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric",
  }).formatToParts(time);
  const { year, month, day, hour, minute } = Object.fromEntries(parts.map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(year, month - 1, day, hour, minute) - Math.floor(time / 60_000) * 60_000;
}
