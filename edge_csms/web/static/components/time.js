// Times that go on while one looks: how long something takes, how long ago something was.

import { useNow } from "../lib/clock.js";
import { ago, duration, moment } from "../lib/format.js";
import { html } from "../lib/preact.js";

export const Lasting = ({ since }) => {
  const now = useNow();
  return html`<time datetime=${since} title=${moment(since)}>${duration(now - Date.parse(since))}</time>`;
};

export const Ago = ({ at }) => {
  const now = useNow();
  return html`<time datetime=${at} title=${moment(at)}>${ago(at, now)}</time>`;
};
