// What a charger can be told: which words go out, and what the dialog that asks for them shows.
//
// The one module that names operations of the protocol; a command more is a row more, with its words in the catalogues.

import { post, v1 } from "./api.js";

// `label` gives the key of an option's text; `confirm` marks what interrupts a driver.
export const COMMANDS = [
  {
    action: "TriggerMessage",
    fields: [
      { name: "requestedMessage", options: ["StatusNotification", "MeterValues", "BootNotification", "Heartbeat", "DiagnosticsStatusNotification", "FirmwareStatusNotification"] },
      { name: "connectorId", connector: true, optional: true },
    ],
  },
  { action: "UnlockConnector", fields: [{ name: "connectorId", connector: true }], confirm: true },
  { action: "ChangeAvailability", fields: [{ name: "connectorId", connector: true, whole: true }, { name: "type", options: ["Inoperative", "Operative"] }] },
  { action: "Reset", fields: [{ name: "type", options: ["Soft", "Hard"] }], confirm: true },
  { action: "ClearCache", fields: [] },
];

export const call = (chargePointId, action, payload) => post(v1("charge-points", chargePointId, "calls", action), payload);

export const startCharging = (chargePointId, connectorId, idTag) =>
  post("/api/remote-transactions/start/", { charger_id: chargePointId, connector_id: connectorId, id_tag: idTag });

export const stopCharging = (chargePointId, transactionId) =>
  post("/api/remote-transactions/stop/", { charger_id: chargePointId, transaction_id: transactionId });
