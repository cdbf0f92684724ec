// One WebSocket that tells what happens on the site: it reconnects by itself, renews its token, and says when it is stale.

import { setServerTime } from "./clock.js";
import { accessToken, renew, session } from "./session.js";
import { createStore } from "./store.js";

const STALE_MS = 15_000; // the server ticks every 5 s
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

// state: "connecting", "live", or "lost"; since: the moment of the last message before it was lost
export const liveState = createStore({ state: "connecting", since: null });

const listeners = new Map(); // message type -> functions
let socket = null;
let running = false;
let pause = FIRST_PAUSE_MS;
let timer = null;
let lastMessageAt = null;
let watched; // charge_point_id whose frames are wanted, null = all, undefined = none
let tokenSent = null;

export function on(type, listener) {
  if (!listeners.has(type)) listeners.set(type, new Set());
  listeners.get(type).add(listener);
  return () => listeners.get(type).delete(listener);
}

export function startLive() {
  if (running) return;
  running = true;
  connect();
}

export function stopLive() {
  running = false;
  clearTimeout(timer);
  const last = socket;
  socket = null;
  lastMessageAt = null;
  last?.close();
  liveState.set({ state: "connecting", since: null });
}

async function connect() {
  clearTimeout(timer);
  let token;
  try {
    token = await accessToken();
  } catch {
    return connectLater();
  }
  if (!running) return;
  const mine = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/v1/events`);
  let welcomed = false;
  socket = mine;
  mine.onopen = () => greet(token);
  mine.onmessage = ({ data }) => {
    welcomed = true;
    if (mine === socket) receive(JSON.parse(data));
  };
  mine.onclose = () => {
    if (!welcomed && tokenSent === token) renew(token).catch(() => {}); // it took us in but not our token
    if (mine === socket) lose();
  };
}

function greet(token) {
  sendToken(token);
  if (watched !== undefined) watchMessages(watched);
}

function sendToken(token) {
  tokenSent = token;
  say({ token });
}

function say(message) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}

function receive(message) {
  lastMessageAt = Date.now();
  pause = FIRST_PAUSE_MS;
  if (message.type === "tick") setServerTime(message.time);
  if (liveState.get().state !== "live") liveState.set({ state: "live", since: null });
  for (const listener of listeners.get(message.type) ?? []) listener(message);
}

function lose() {
  socket = null;
  tokenSent = null;
  liveState.set(lastMessageAt ? { state: "lost", since: lastMessageAt } : { state: "connecting", since: null });
  connectLater();
}

// Longer pauses from time to time, never quite the same: after a restart not all pages come at once.
function connectLater() {
  if (!running) return;
  clearTimeout(timer);
  timer = setTimeout(connect, pause * (0.5 + Math.random()));
  pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
}

function supervise() {
  if (!socket || liveState.get().state !== "live") return;
  if (Date.now() - lastMessageAt > STALE_MS) {
    const silent = socket;
    lose(); // a dead line may take minutes to be noticed otherwise
    silent.close();
  } else if (session.get().state === "in") {
    accessToken().then((token) => token !== tokenSent && sendToken(token), () => {}); // renewed before it ends
  }
}

setInterval(supervise, 1000);

// The phone woke up or found its network again: don't wait out the pause.
function hurry() {
  if (running && !socket && document.visibilityState === "visible") {
    pause = FIRST_PAUSE_MS;
    connect();
  }
}

addEventListener("online", hurry);
document.addEventListener("visibilitychange", hurry);

// Asks for the frames of one charge point, of all (null), or of none any more (undefined).
export function watchMessages(chargePointId) {
  watched = chargePointId;
  say(chargePointId === undefined ? { subscribe: null } : { subscribe: "messages", charge_point_id: chargePointId });
}
