// Live frames of one charger or of all, with filters, a pause and an export.

import { Checkbox, Empty, ErrorNote, Field, Heading, Icon, Loading, MessageList, useMessages } from "../components/ui.js";
import { save } from "../lib/api.js";
import { t } from "../lib/i18n.js";
import { html, useState } from "../lib/preact.js";
import { route, setQuery } from "../lib/router.js";
import { may } from "../lib/session.js";
import { byName, chargePoints, nameOf } from "../lib/site.js";
import { useStore } from "../lib/store.js";
import { advanced } from "../lib/view_mode.js";
import { Captures } from "./captures.js";

export function MessagesView() {
  const all = useStore(chargePoints);
  const { query } = useStore(route);
  return html`
    <${Heading} title=${t("messages.title")} />
    ${all === null ? html`<${Loading} />` : html`<${Messages} key=${query.charge_point_id} all=${[...all.values()].sort(byName)} query=${query} />`}
  `;
}

function Messages({ all, query }) {
  const { items, error, clear } = useMessages(query.charge_point_id ?? null);
  const [frozen, setFrozen] = useState(null); // what was there when the pause began
  const [asSent, setAsSent] = useState(false);
  const whole = useStore(advanced);
  const filter = (changed) => setQuery({ ...query, ...changed });
  const shown = (frozen ?? items).filter((item) => matches(item, query));
  const actions = [...new Set([...items.map(({ action }) => action), query.action].filter(Boolean))].sort();
  return html`
    <div class="filters">
      <${Field} label=${t("messages.charge_point")} value=${query.charge_point_id ?? ""} onValue=${(charge_point_id) => filter({ charge_point_id })}
        options=${[["", t("messages.all")], ...all.map((item) => [item.charge_point_id, nameOf(item)])]} />
      <${Field} label=${t("messages.action")} value=${query.action ?? ""} onValue=${(action) => filter({ action })}
        options=${[["", t("all")], ...actions.map((action) => [action, action])]} />
      <${Field} label=${t("messages.direction")} value=${query.direction ?? ""} onValue=${(direction) => filter({ direction })}
        options=${[["", t("all")], ["in", t("messages.in")], ["out", t("messages.out")]]} />
      <${Field} label=${t("messages.search")} type="search" value=${query.text ?? ""} onValue=${(text) => filter({ text })} />
    </div>
    <div class="bar">
      <${Checkbox} label=${t("messages.only_faults")} checked=${query.faults === "true"} onValue=${(on) => filter({ faults: on ? "true" : "" })} />
      <${Checkbox} label=${t("messages.as_sent")} checked=${asSent} onValue=${setAsSent} />
      <div class="buttons">
        <button type="button" class="small" aria-pressed=${frozen !== null} onClick=${() => setFrozen(frozen === null ? items : null)}>
          ${t(frozen === null ? "messages.pause" : "messages.resume", { count: frozen === null ? 0 : newSince(items, frozen) })}
        </button>
        <button type="button" class="small secondary" onClick=${() => (clear(), setFrozen(null))}>${t("messages.clear")}</button>
        <button type="button" class="small secondary" disabled=${shown.length === 0} onClick=${() => exportItems(shown)}><${Icon} name="download" /> ${t("messages.export")}</button>
      </div>
    </div>
    <${ErrorNote} error=${error} />
    ${shown.length ? html`<${MessageList} items=${shown} asSent=${asSent} showChargePoint=${!query.charge_point_id} />` : html`<${Empty}><p>${t(items.length ? "nothing_matches" : "messages.empty")}</p><//>`}
    ${whole && may("technician") && html`<${Captures} chargePointId=${query.charge_point_id} />`}
  `;
}

function matches(item, { action, direction, faults, text = "" }) {
  if (action && item.action !== action) return false;
  if (direction && item.direction !== direction) return false;
  if (faults === "true" && !item.fault) return false;
  const wanted = text.trim().toLowerCase();
  return [item.request, item.answer, item.fault].some((part) => (part ?? "").toLowerCase().includes(wanted));
}

const newSince = (items, frozen) => items.filter(({ id }) => id > (frozen[0]?.id ?? 0)).length;

const exportItems = (items) => save(new Blob([JSON.stringify(items, null, 2)], { type: "application/json" }), "messages.json");
