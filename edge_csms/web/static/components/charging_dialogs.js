// Remote start and stop: asks, sends, explains the answer, and then watches whether it really happens.

import { get, v1 } from "../lib/api.js";
import { startCharging, stopCharging } from "../lib/commands.js";
import { explain } from "../lib/explain.js";
import { kilowattHours } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { html, useEffect, useState } from "../lib/preact.js";
import { useAction } from "../lib/resource.js";
import { chargePoints, nameOf } from "../lib/site.js";
import { useStore } from "../lib/store.js";
import { TagField } from "./choices.js";
import { Dialog } from "./dialog.js";
import { Note } from "./feedback.js";
import { Form } from "./form.js";
import { Lasting } from "./time.js";

const PATIENCE_MS = 90_000; // a charger waits about this long for the car after it accepted a start

// The connector as it is now, while the dialog is open.
function useConnector(chargePointId, connectorId) {
  const item = useStore(chargePoints)?.get(chargePointId);
  return item?.connectors.find((connector) => connector.connector_id === connectorId);
}

const placeOf = (chargePoint, connector) => t("connector.place", { charge_point: nameOf(chargePoint), connector: connector.connector_id });

export function StartDialog({ chargePoint, connector, onClose }) {
  const [idTag, setIdTag] = useState("");
  const action = useAction(() => startCharging(chargePoint.charge_point_id, connector.connector_id, idTag.trim()));
  return html`
    <${Dialog} title=${t("start.title", { place: placeOf(chargePoint, connector) })} onClose=${onClose}>
      ${action.result?.status === "Accepted"
        ? html`<${StartAwaited} chargePoint=${chargePoint} connector=${connector} onClose=${onClose} />`
        : html`
            ${action.result && html`<${Explained} action="RemoteStartTransaction" answer=${action.result} />`}
            <${Form} action=${action} submit=${t("start.submit")} onCancel=${onClose}>
              <${TagField} help=${t("start.id_tag.help")} value=${idTag} onValue=${setIdTag} />
            <//>
          `}
    <//>
  `;
}

// "Accepted" only means that the charger will try: the transaction is what counts.
function StartAwaited({ chargePoint, connector, onClose }) {
  const now = useConnector(chargePoint.charge_point_id, connector.connector_id);
  const late = useTimeIsUp(PATIENCE_MS);
  const transaction = now?.transaction;
  return html`
    ${transaction
      ? html`<${Note} tone="good"><p>${t("start.running", { id: transaction.transaction_id })}</p><//>`
      : late
        ? html`<${Note} tone="attention"><p>${t("start.late")}</p><//>`
        : html`<${Note} tone="attention"><p aria-busy="true">${t("start.waiting")}</p><//>`}
    <div class="buttons"><button type="button" onClick=${onClose}>${t("close")}</button></div>
  `;
}

function useTimeIsUp(milliseconds) {
  const [up, setUp] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setUp(true), milliseconds);
    return () => clearTimeout(timer);
  }, []);
  return up;
}

export function StopDialog({ chargePoint, connector, onClose }) {
  const { transaction, transaction_id } = connector;
  const action = useAction(() => stopCharging(chargePoint.charge_point_id, transaction_id));
  return html`
    <${Dialog} title=${t("stop.title", { place: placeOf(chargePoint, connector) })} onClose=${onClose}>
      ${action.result?.status === "Accepted"
        ? html`<${StopAwaited} transactionId=${transaction_id} chargePoint=${chargePoint} connector=${connector} onClose=${onClose} />`
        : html`
            ${action.result && html`<${Explained} action="RemoteStopTransaction" answer=${action.result} />`}
            <${Form} action=${action} submit=${t("stop.submit")} danger onCancel=${onClose} cancel=${t("stop.keep")}>
              <p>${t("stop.question")}</p>
              ${transaction &&
              html`<dl class="facts">
                <dt>${t("transaction.id_tag")}</dt>
                <dd class="foreign">${transaction.id_tag}</dd>
                <dt>${t("transaction.energy")}</dt>
                <dd>${kilowattHours(transaction.energy_wh)}</dd>
                <dt>${t("transaction.duration")}</dt>
                <dd><${Lasting} since=${transaction.started_at} /></dd>
              </dl>`}
            <//>
          `}
    <//>
  `;
}

function StopAwaited({ transactionId, chargePoint, connector, onClose }) {
  const now = useConnector(chargePoint.charge_point_id, connector.connector_id);
  const [energy, setEnergy] = useState(null);
  const ended = now?.transaction_id !== transactionId;
  useEffect(() => {
    if (ended) get(v1("transactions", String(transactionId))).then((item) => setEnergy(item.energy_wh), () => {});
  }, [ended]);
  return html`
    ${ended
      ? html`<${Note} tone="good"><p>${energy === null ? t("stop.done") : t("stop.done_energy", { energy: kilowattHours(energy) })}</p><//>`
      : html`<${Note} tone="attention"><p aria-busy="true">${t("stop.waiting")}</p><//>`}
    <div class="buttons"><button type="button" onClick=${onClose}>${t("close")}</button></div>
  `;
}

// A charger's answer in plain words, with what to try next.
export function Explained({ action, answer }) {
  const { tone, text, next } = explain(action, answer);
  return html`<${Note} tone=${tone}><p>${text}</p>${next && html`<p class="detail">${next}</p>`}<//>`;
}

// The dialogs for the tiles of a view: {dialog, start, stop}, with functions that stay the same.
export function useChargingDialogs() {
  const [open, setOpen] = useState(null);
  const [functions] = useState(() => ({
    start: (chargePoint, connector) => setOpen({ Kind: StartDialog, chargePoint, connector }),
    stop: (chargePoint, connector) => setOpen({ Kind: StopDialog, chargePoint, connector }),
  }));
  const dialog = open && html`<${open.Kind} chargePoint=${open.chargePoint} connector=${open.connector} onClose=${() => setOpen(null)} />`;
  return { dialog, ...functions };
}
