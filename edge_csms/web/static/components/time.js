// Times that go on while one looks: how long something takes, how long ago something was.

import { useNow } from "../lib/clock.js";
import { ago, duration, moment } from "../lib/format.js";
import { html } from "../lib/preact.js";
import { lastSeen } from "../lib/site.js";

export const Lasting = ({ since }) => {
  const text = useNow((now) => duration(now - Date.parse(since)));
  return html`<time datetime=${since} title=${moment(since)}>${text}</time>`;
};

export const Ago = ({ at }) => {
  const text = useNow((now) => ago(at, now));
  return html`<time datetime=${at} title=${moment(at)}>${text}</time>`;
};

// When a charger was last heard, which goes on as it speaks; to the minute.
export const LastSeen = ({ chargePoint }) => {
  const minute = useNow(() => `${lastSeen(chargePoint).slice(0, "2026-01-01T00:00".length)}Z`);
  const text = useNow((now) => ago(lastSeen(chargePoint), now));
  return html`<time datetime=${minute} title=${moment(minute)}>${text}</time>`;
};
