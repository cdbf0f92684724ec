// One check of a charger: followed step by step while it goes on, and afterwards its hand-over report, made to print.

import { Confirm, ErrorNote, Facts, Heading, Icon, Loading, Note, Section, Status, Table } from "../components/ui.js";
import { post, v1 } from "../lib/api.js";
import { kilowattHours, kilowatts, moment, number } from "../lib/format.js";
import { has, said, t, word } from "../lib/i18n.js";
import { html, useState } from "../lib/preact.js";
import { useEvent, useResource } from "../lib/resource.js";
import { href } from "../lib/router.js";
import { may } from "../lib/session.js";
import { chargePoints, facts } from "../lib/site.js";
import { useStore } from "../lib/store.js";
import { PrintReport, PrintedCode, usePrint } from "./commissioning_print.js";

const ICONS = { passed: "finishing", noted: "unknown", failed: "fault", running: "charging", waiting: "preparing", skipped: "unavailable" };
const TONES = { passed: "good", failed: "bad" };

export function CommissioningView({ id }) {
  const { data: run, error, reload, setData } = useResource(v1("commissioning-runs", id));
  const [cancelling, setCancelling] = useState(false);
  const [code, printWith] = usePrint();
  useEvent("commissioning_run", (event) => String(event.item.run_id) === id && setData(event.item));
  useEvent("snapshot", reload); // the line was lost meanwhile
  const running = run?.state === "running";
  return html`
    <${Heading} title=${run ? t("commissioning.report", { charge_point: run.charge_point_id }) : t("commissioning.title")}>
      ${running && may("technician") && html`<button type="button" class="danger" onClick=${() => setCancelling(true)}>${t("commissioning.cancel")}</button>`}
      ${run && !running && html`<${PrintReport} onPrint=${printWith} />`}
    <//>
    <${ErrorNote} error=${error} retry=${reload} />
    ${run ? html`<${Report} run=${run} code=${code} />` : error === null && html`<${Loading} />`}
    ${cancelling &&
    html`<${Confirm} title=${t("commissioning.cancel")} submit=${t("commissioning.cancel")} cancel=${t("close")} onClose=${() => setCancelling(false)}
      onConfirm=${async () => setData(await post(v1("commissioning-runs", id, "cancel")))}>
      <p>${t("commissioning.cancel_text")}</p>
    <//>`}
  `;
}

function Report({ run, code }) {
  const site = useStore(facts)?.name;
  const waiting = run.steps.find((step) => step.state === "running");
  return html`
    ${waiting
      ? html`<div class="note note-attention instruction" role="status">
          <p aria-busy="true">${has(`run_wait.${waiting.code}`) ? t(`run_wait.${waiting.code}`, waiting.facts) : t(`run_step.${waiting.name}`)}</p>
          ${waiting.code === "plug_in" && html`<${Hindrance} run=${run} />`}
        </div>`
      : html`<${Note} tone=${TONES[run.state] ?? "attention"}><p>${t(`run_state.${run.state}.text`)}</p><//>`}
    <${Facts} rows=${[
      [t("settings.site"), site],
      [t("charge_point.identity"), html`<a href=${href(["charge-points", run.charge_point_id])}>${run.charge_point_id}</a>`],
      [t("charge_points.make"), [run.plate.vendor, run.plate.model].filter(Boolean).join(" ")],
      [t("charge_point.serial_number"), run.plate.serial_number],
      [t("charge_point.firmware_version"), run.plate.firmware_version],
      [t("reservation.connector"), run.connector_id],
      [t("commissioning.at"), moment(run.started_at, "exact")],
      [t("commissioning.technician"), run.technician],
    ]} />
    <h2>${t("commissioning.steps")}</h2>
    <ol class="ladder">
      ${run.steps.map((step) => html`<li key=${step.name} class="run-${step.state}"><${Icon} name=${ICONS[step.state]} /><${Step} step=${step} /></li>`)}
    </ol>
    ${run.finished_at && html`<${Remarks} remarks=${run.remarks} /><${PrintedCode} code=${code} />
      <p class="print-only signature">${t("commissioning.signature")}</p>`}
  `;
}

// What keeps a car from charging, however often it is plugged in.
function Hindrance({ run }) {
  const item = useStore(chargePoints)?.get(run.charge_point_id);
  const status = item?.connectors.find(({ connector_id }) => connector_id === run.connector_id)?.status;
  if (!item?.online || (status !== "Unavailable" && status !== "Faulted")) return null;
  return html`<p class="detail"><${Status} status=${status} /> ${t(`hindrance.${status}`)} <a href=${href(["charge-points", run.charge_point_id])}>${t("attention.look")}</a></p>`;
}

const Step = ({ step }) => html`
  <div>
    <b>${t(`run_step.${step.name}`)}</b>: ${t(`step_state.${step.state}`)}
    ${step.ended_at && html`<p>${word("run_code", step.code)} ${figures(step.facts)}</p>`}
    ${step.facts.detail && html`<p class="detail foreign">${said(step.facts.detail)}</p>`}
    ${step.facts.doubts && html`<p class="detail foreign">${said(step.facts.doubts)}</p>`}
  </div>
`;

// What a step was judged by, as far as it is a figure that people know.
function figures(facts) {
  const amps = (value) => `${number(value, 1)} A`;
  const shown = [
    ["before_amps", (value) => t("run_fact.before", { value: amps(value) })],
    ["before_power_w", (value) => t("run_fact.before", { value: kilowatts(value) })],
    ["power_w", kilowatts],
    ["amps", amps],
    ["least_volts", (value) => `${number(value)}${facts.most_volts > value ? `–${number(facts.most_volts)}` : ""} V`],
    ["register_wh", kilowattHours],
    ["energy_wh", kilowattHours],
    ["count", (value) => t("run_fact.settings", { count: value })],
    ["transaction_id", (value) => t("transaction.title", { id: value })],
    ["stopped_at", (value) => t("run_fact.stopped", { at: moment(value, "time") })],
    ["came_back_at", (value) => t("run_fact.came_back", { at: moment(value, "time") })],
  ];
  return shown.filter(([name]) => facts[name] !== undefined && facts[name] !== null).map(([name, show]) => show(facts[name])).join(", ");
}

const Remarks = ({ remarks }) => html`
  <${Section} id="remarks" title=${t("charge_point.findings")}>
    ${remarks.length === 0
      ? html`<p>${t("findings.none")}</p>`
      : html`<${Table} caption=${t("charge_point.findings")} rows=${remarks} keyOf=${(one) => `${one.field} ${said(one.explanation)}`} columns=${[
          { label: t("findings.field"), cell: (one) => html`<code class="foreign">${one.field}</code>` },
          { label: t("findings.explanation"), cell: (one) => html`<span class="foreign">${said(one.explanation)}</span>` },
          { label: t("findings.count"), cell: (one) => number(one.count), numeric: true },
        ]} />`}
  <//>
`;
