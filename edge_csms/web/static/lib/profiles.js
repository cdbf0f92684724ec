// Charging profiles in words and as curves, and the shapes in which the editor makes them.

import { number } from "./format.js";
import { t } from "./i18n.js";
import { fromLocal, toLocal } from "./zone.js";

const DAY_SECONDS = 86_400;

const clock = (seconds) => `${String(Math.floor(seconds / 3600)).padStart(2, "0")}:${String(Math.floor((seconds % 3600) / 60)).padStart(2, "0")}`;

// "16 A, from 22:00 on 32 A": times of a daily one as of the clock, those of others counted from its start.
export function describe({ periods, unit, kind, recurrency }) {
  const when = (seconds) => (kind === "Recurring" && recurrency === "Daily" ? t("profile.from_clock", { time: clock(seconds) }) : t("profile.from_start", { time: clock(seconds) }));
  return periods.map(({ start_seconds, limit }) => `${start_seconds ? `${when(start_seconds)} ` : ""}${number(limit, limit % 1 ? 1 : 0)} ${unit}`).join(", ");
}

// Steps as points of a curve up to the end of the time that is looked at.
function points({ starts_at, duration_seconds, periods }) {
  const begin = Date.parse(starts_at) / 1000;
  const last = periods.at(-1);
  return [...periods.map(({ start_seconds, limit }) => [begin + start_seconds, limit]), [begin + duration_seconds, last?.limit ?? null]];
}

// Gives {times, curves} for the chart: what was meant, and where the charger told it, what it will do.
export function scheduleCurve({ meant, reported }) {
  const curves = [["meant", "--tone-busy", meant], ["reported", "--tone-wait", reported]].filter(([, , schedule]) => schedule);
  const times = [...new Set(curves.flatMap(([, , schedule]) => points(schedule).map(([time]) => time)))].sort((one, other) => one - other);
  return {
    times,
    curves: curves.map(([name, color, schedule]) => ({
      label: t(`composite.${name}`), axis: t("limit.where"), unit: schedule.unit, color, digits: 1, stepped: true,
      values: times.map((time) => points(schedule).findLast(([begin]) => begin <= time)?.[1] ?? null),
    })),
  };
}

// The editor's three shapes: every day by the clock, from the start of each charge, or from now on.
export function toProfile({ purpose, shape, unit, stack_level, rows }) {
  const periods = rows.map(({ at, limit }) => ({ start_seconds: seconds(at), limit: Number(limit) })).sort((one, other) => one.start_seconds - other.start_seconds);
  const profile = { purpose, unit, stack_level: Number(stack_level), periods };
  if (shape === "daily") return { ...profile, kind: "Recurring", recurrency: "Daily", starts_at: midnight(), duration_seconds: DAY_SECONDS };
  if (shape === "charge") return { ...profile, kind: "Relative" };
  return { ...profile, kind: "Absolute", starts_at: new Date(Math.floor(Date.now() / 1000) * 1000).toISOString() };
}

const midnight = () => fromLocal(toLocal(new Date().toISOString()).slice(0, 10));

function seconds(text) {
  const [hours = 0, minutes = 0] = text.split(":").map(Number);
  return hours * 3600 + minutes * 60;
}
