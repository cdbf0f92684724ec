// Frames between chargers and us: request and answer side by side, how long it took, and what was wrong in plain words.

import { get, v1 } from "../lib/api.js";
import { moment, number } from "../lib/format.js";
import { has, said, t } from "../lib/i18n.js";
import { on, watchMessages } from "../lib/live.js";
import { html, memo, useEffect, useState } from "../lib/preact.js";
import { Icon } from "./icon.js";

const KEPT = 500;

// Follows the frames of one charge point, or of all with null: {items (newest first), error, clear}.
export function useMessages(chargePointId) {
  const [items, setItems] = useState([]);
  const [error, setError] = useState(null);
  useEffect(() => {
    const abort = new AbortController();
    setItems([]);
    setError(null);
    const off = on("message", ({ item }) => {
      if (chargePointId === null || item.charge_point_id === chargePointId) setItems((known) => merge(known, [item]));
    });
    watchMessages(chargePointId);
    if (chargePointId !== null) {
      get(v1("charge-points", chargePointId, "messages"), {}, { signal: abort.signal }).then(
        (answer) => setItems((known) => merge(answer.items, known)),
        (failure) => failure.name === "AbortError" || setError(failure),
      );
    }
    return () => {
      abort.abort();
      off();
      watchMessages(undefined);
    };
  }, [chargePointId]);
  return { items, error, clear: () => setItems([]) };
}

// A message comes again when its answer is there: the later one counts.
function merge(known, news) {
  const byId = new Map(known.map((item) => [item.id, item]));
  for (const item of news) byId.set(item.id, item);
  return [...byId.values()].sort((one, other) => other.id - one.id).slice(0, KEPT);
}

export const MessageList = ({ items, asSent, showChargePoint }) => html`
  <ul class="messages">${items.map((item) => html`<${Message} key=${item.id} item=${item} asSent=${asSent} showChargePoint=${showChargePoint} />`)}</ul>
`;

const Message = memo(({ item, asSent, showChargePoint }) => {
  const [open, setOpen] = useState(false);
  return html`
    <li class=${item.fault ? "tone-fault" : ""}>
      <details open=${open} onToggle=${(event) => setOpen(event.target.open)}>
        <summary>
          <span class="when">${moment(item.at, "time")}</span>
          <span class="direction"><${Icon} name=${item.direction === "in" ? "in" : "out"} /><span class="hidden">${t(`messages.${item.direction}`)}</span></span>
          <b class="foreign">${item.action || t("messages.unreadable")}</b>
          ${showChargePoint && html`<span class="foreign">${item.charge_point_id}</span>`}
          <span class="gist foreign">${gist(item.request)}</span>
          <span class="latency">${item.answer === null ? t("messages.no_answer") : latency(item.latency_ms)}</span>
          ${item.fault && html`<span class="fault-mark"><${Icon} name="fault" /><span class="hidden">${t("messages.fault")}</span></span>`}
        </summary>
        ${open &&
        html`
          ${item.fault && html`<div class="note note-error"><p class="foreign">${said(item.fault)}</p>${explained(item.fault)}</div>`}
          <${Frame} title=${t(item.direction === "in" ? "messages.request_in" : "messages.request_out")} text=${item.request} asSent=${asSent} />
          <${Frame} title=${t(item.direction === "in" ? "messages.answer_out" : "messages.answer_in")} text=${item.answer} asSent=${asSent} />
        `}
      </details>
    </li>
  `;
});

// A fault begins with its code where the protocol has one for it.
function explained(fault) {
  const key = `call_error.${fault.split(":", 1)[0]}`;
  return has(key) && html`<p class="detail">${t(key)}</p>`;
}

// The payload in short, to see on a wide screen without opening each.
function gist(frame) {
  try {
    return JSON.stringify(JSON.parse(frame)[3]).slice(0, 200);
  } catch {
    return frame.slice(0, 200);
  }
}

const latency = (milliseconds) => (milliseconds === null ? "" : `${number(milliseconds, milliseconds < 10 ? 1 : 0)} ms`);

const Frame = ({ title, text, asSent }) => html`
  <h3>${title}</h3>
  ${text === null ? html`<p class="quiet">${t("messages.none_yet")}</p>` : html`<pre class="foreign" tabindex="0">${asSent ? text : indented(text)}</pre>`}
`;

function indented(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text; // broken, and that is what one wants to see
  }
}
