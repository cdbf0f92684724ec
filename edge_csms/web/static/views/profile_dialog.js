// The small editor of a charging profile: when which limit holds, drawn while one types.

import { Chart, Dialog, Field, Form, connectorChoices } from "../components/ui.js";
import { post, v1 } from "../lib/api.js";
import { t, word } from "../lib/i18n.js";
import { html, useMemo, useState } from "../lib/preact.js";
import { scheduleCurve, toProfile } from "../lib/profiles.js";
import { useAction, useResource } from "../lib/resource.js";

const PURPOSES = ["TxDefaultProfile", "ChargePointMaxProfile", "TxProfile"];
const SHAPES = ["daily", "charge", "now"];
const DAY_SECONDS = 86_400;
const FIRST = { at: "00:00", limit: "16" };

export function ProfileDialog({ item, path, onSaved, onClose }) {
  const named = useResource(v1("charging-profiles"), { limit: 100 });
  const [fields, setFields] = useState({ name: "", keep: "", purpose: PURPOSES[0], connector_id: "0", shape: "daily", unit: "A", stack_level: "0" });
  const [rows, setRows] = useState([FIRST]);
  const set = (name) => (value) => setFields({ ...fields, [name]: value });
  const setRow = (index, change) => setRows(rows.map((row, at) => (at === index ? { ...row, ...change } : row)));
  const connector = fields.purpose === "ChargePointMaxProfile" ? 0 : Number(fields.connector_id);
  const action = useAction(async () => {
    const profile = toProfile({ ...fields, rows });
    if (!fields.name && fields.keep.trim()) await post(v1("charging-profiles"), { ...profile, name: fields.keep.trim() });
    const name = fields.name || fields.keep.trim();
    await post(path, name ? { connector_id: connector, name } : { connector_id: connector, profile });
    onSaved();
    onClose();
  });
  const choices = (named.data?.items ?? []).map(({ name }) => [name, name]);
  return html`
    <${Dialog} title=${t("profile.add")} wide onClose=${onClose}>
      <${Form} action=${action} submit=${t("profile.submit")} onCancel=${onClose} whole>
        <div class="filters">
          ${choices.length > 0 && html`<${Field} label=${t("profile.which")} value=${fields.name} onValue=${set("name")} options=${[["", t("profile.own")], ...choices]} />`}
          ${!fields.name && html`<${Field} label=${t("profile.what")} value=${fields.purpose} onValue=${set("purpose")} options=${PURPOSES.map((purpose) => [purpose, t(`profile_purpose.${purpose}`)])} />`}
          ${fields.purpose !== "ChargePointMaxProfile" && html`<${Field} label=${t("reservation.connector")} value=${fields.connector_id} onValue=${set("connector_id")} options=${connectorChoices(item, [["0", t("commands.whole")]])} />`}
        </div>
        ${!fields.name &&
        html`
          <div class="filters">
            <${Field} label=${t("profile.when")} value=${fields.shape} onValue=${set("shape")} options=${SHAPES.map((shape) => [shape, t(`profile_shape.${shape}`)])} />
            <${Field} label=${t("profile.unit")} value=${fields.unit} onValue=${set("unit")} options=${["A", "W"].map((unit) => [unit, word("profile_unit", unit)])} />
            <${Field} label=${t("profile.stack_level")} type="number" min="0" value=${fields.stack_level} onValue=${set("stack_level")} />
          </div>
          ${rows.map(
            (row, index) => html`<div class="filters" key=${index}>
              <${Field} label=${t(fields.shape === "daily" ? "profile.at" : "profile.after")} type="time" required disabled=${index === 0} value=${row.at} onValue=${(at) => setRow(index, { at })} />
              <${Field} label=${t("profile.limit", { unit: fields.unit })} type="number" min="0" step="0.1" required value=${row.limit} onValue=${(limit) => setRow(index, { limit })} />
              ${index > 0 && html`<button type="button" class="small secondary" onClick=${() => setRows(rows.filter((_, at) => at !== index))}>${t("delete")}</button>`}
            </div>`,
          )}
          <p><button type="button" class="small secondary" onClick=${() => setRows([...rows, { at: "06:00", limit: rows.at(-1).limit }])}>${t("profile.more")}</button></p>
          <${Preview} fields=${fields} rows=${rows} />
          <${Field} label=${t("profile.keep")} help=${t("profile.keep.help")} maxlength="50" value=${fields.keep} onValue=${set("keep")} />
        `}
      <//>
    <//>
  `;
}

function Preview({ fields, rows }) {
  const drawn = useMemo(() => {
    const profile = toProfile({ ...fields, rows });
    const starts_at = profile.starts_at ?? new Date().toISOString();
    return scheduleCurve({ meant: { ...profile, starts_at, duration_seconds: DAY_SECONDS } });
  }, [fields.shape, fields.unit, rows]);
  return html`<${Chart} label=${t("profile.preview")} timeLabel=${t("transaction.time")} times=${drawn.times} curves=${drawn.curves} />`;
}
