// A central system on npm's ocpp-rpc that stores nothing: node ocpp_rpc.js PATH_OF_OCPP_RPC PORT
// Its strict mode checks every message against the official schemas.

const [library, port] = process.argv.slice(2);
const { RPCServer } = require(library);

const accepted = { idTagInfo: { status: 'Accepted' } };
const now = () => new Date().toISOString();
let transactions = 0;

const handlers = {
  BootNotification: () => ({ status: 'Accepted', currentTime: now(), interval: 300 }),
  Heartbeat: () => ({ currentTime: now() }),
  StatusNotification: () => ({}),
  Authorize: () => accepted,
  StartTransaction: () => ({ ...accepted, transactionId: (transactions += 1) }),
  MeterValues: () => ({}),
  StopTransaction: () => accepted,
};

const server = new RPCServer({ protocols: ['ocpp1.6'], strictMode: true });
server.auth((accept) => accept());
server.on('client', (client) => {
  for (const [action, handler] of Object.entries(handlers)) client.handle(action, handler);
});
server.listen(Number(port), '127.0.0.1');
