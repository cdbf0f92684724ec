// Figures, energies and times as people read them; times in the site's zone.

import { locale, t } from "./i18n.js";

export const NOTHING = "–";

let timeZone; // undefined = this browser's own

// Formatters take a hundred times as long to make as to use, and a site may show a thousand figures that change.
const made = new Map();

function formatter(Kind, options) {
  const key = JSON.stringify([Kind.name, locale(), options]);
  if (!made.has(key)) made.set(key, new Kind(locale(), options));
  return made.get(key);
}

export const siteTimeZone = () => timeZone;

export function setTimeZone(name) {
  try {
    new Intl.DateTimeFormat(locale(), { timeZone: name });
    timeZone = name;
  } catch {
    timeZone = undefined; // a zone this browser does not know: better its own than none
  }
}

export function number(value, digits = 0) {
  if (typeof value !== "number" || !Number.isFinite(value)) return NOTHING;
  return formatter(Intl.NumberFormat, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

export const kilowatts = (watts) => (watts === null || watts === undefined ? NOTHING : `${number(watts / 1000, 1)} kW`);
export const kilowattHours = (wattHours) => (wattHours === null || wattHours === undefined ? NOTHING : `${number(wattHours / 1000, 2)} kWh`);

const SIZES = ["B", "kB", "MB", "GB"];

export function bytes(value) {
  const step = Math.min(SIZES.length - 1, Math.max(0, Math.floor(Math.log10(value || 1) / 3)));
  return typeof value === "number" ? `${number(value / 1000 ** step, step ? 1 : 0)} ${SIZES[step]}` : NOTHING;
}

export function duration(milliseconds) {
  const seconds = Math.floor(Math.max(0, milliseconds) / 1000);
  if (!Number.isFinite(seconds)) return NOTHING;
  if (seconds < 60) return t("duration.seconds", { seconds });
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return t("duration.minutes", { minutes });
  if (minutes < 48 * 60) return t("duration.hours", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
  return t("duration.days", { days: Math.floor(minutes / 1440), hours: Math.floor((minutes % 1440) / 60) });
}

const STYLES = {
  dateTime: { dateStyle: "medium", timeStyle: "short" },
  clock: { timeStyle: "short" },
  time: { timeStyle: "medium" },
  exact: { dateStyle: "short", timeStyle: "medium" },
};

// Shows a time of the server's; one that can't be read is shown as it came.
export function moment(text, style = "dateTime") {
  if (!text) return NOTHING;
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) return text;
  return formatter(Intl.DateTimeFormat, { ...STYLES[style], timeZone }).format(time);
}

const UNITS = [["day", 86_400], ["hour", 3600], ["minute", 60]];

export function ago(text, now) {
  const seconds = (Date.parse(text) - now) / 1000;
  if (Number.isNaN(seconds)) return NOTHING;
  const [unit, length] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? [];
  if (!unit) return t("duration.now");
  return formatter(Intl.RelativeTimeFormat, { numeric: "always" }).format(Math.trunc(seconds / length), unit);
}
