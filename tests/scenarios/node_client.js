// A wallbox made of the npm package ocpp-rpc in strict mode, which checks every message against its own schemas, ours
// too. Usage: node node_client.js URL IDENTITY. It tells what it does as one JSON text a line.

const { createRequire } = require("node:module");
const { RPCClient } = createRequire(process.cwd() + "/")("ocpp-rpc");

const [url, identity] = process.argv.slice(2);
const tell = (event, about) => console.log(JSON.stringify({ event, ...about }));
const now = () => new Date().toISOString();

const client = new RPCClient({ endpoint: url, identity, protocols: ["ocpp1.6"], strictMode: true, reconnect: false });
client.on("strictValidationFailure", ({ error, method }) => {
  tell("not valid", { method, error: String(error) });
  process.exit(1);
});

let transactionId;

const meterValue = (wh) => ({
  timestamp: now(),
  sampledValue: [
    { value: String(wh), measurand: "Energy.Active.Import.Register", unit: "Wh" },
    { value: "11000", measurand: "Power.Active.Import", unit: "W" },
  ],
});

async function charge({ connectorId, idTag }) {
  const started = await client.call("StartTransaction", { connectorId, idTag, meterStart: 1000, timestamp: now() });
  transactionId = started.transactionId;
  for (const wh of [1500, 2500]) {
    await client.call("MeterValues", { connectorId, transactionId, meterValue: [meterValue(wh)] });
  }
  tell("charging", { transactionId, status: started.idTagInfo.status });
}

async function stop() {
  const stopped = await client.call("StopTransaction", {
    transactionId,
    meterStop: 3000,
    timestamp: now(),
    reason: "Remote",
    transactionData: [meterValue(3000)],
  });
  tell("stopped", { status: stopped.idTagInfo.status });
  await client.close();
  process.exit(0);
}

const fail = (error) => {
  tell("failed", { error: String(error) });
  process.exit(1);
};
const afterwards = (work) => setImmediate(() => work().catch(fail));

client.handle("RemoteStartTransaction", ({ params }) => {
  afterwards(() => charge(params));
  return { status: "Accepted" };
});
client.handle("RemoteStopTransaction", ({ params }) => {
  afterwards(stop);
  return { status: params.transactionId === transactionId ? "Accepted" : "Rejected" };
});
client.handle("GetConfiguration", () => ({ configurationKey: [], unknownKey: [] }));

async function main() {
  await client.connect();
  const boot = await client.call("BootNotification", { chargePointVendor: "Acme", chargePointModel: "Box" });
  for (const connectorId of [0, 1]) {
    await client.call("StatusNotification", { connectorId, errorCode: "NoError", status: "Available" });
  }
  const authorized = await client.call("Authorize", { idTag: "CARD1" });
  await client.call("Heartbeat", {});
  tell("ready", { boot: boot.status, interval: boot.interval, authorized: authorized.idTagInfo.status });
}

main().catch(fail);
