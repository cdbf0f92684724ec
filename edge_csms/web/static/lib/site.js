// The site as it is now: facts about it and all its charge points, kept up to date by the live connection.

import { get, v1 } from "./api.js";
import { loadRefusedAttempts } from "./attempts.js";
import { setServerTime } from "./clock.js";
import { setTimeZone } from "./format.js";
import { send } from "./http.js";
import { said, t, word } from "./i18n.js";
import { on } from "./live.js";
import { createStore } from "./store.js";

const FACTS_EVERY_MS = 10_000;
const DRAW_EVERY_MS = 200; // 200 chargers that report at once are one drawing, not 200
const KEPT_UNKNOWN_TAGS = 5;

export const facts = createStore(null); // null until known
export const updatedTo = createStore(null); // the server's version, where it is another one than that of this page
export const health = createStore(null); // [{name, state}] of the server's parts; null until known
export const chargePoints = createStore(null); // charge_point_id -> item; null until known
export const unknownTags = createStore([]); // the latest presented tags that the site does not know

export async function loadFacts() {
  const site = await get(v1("site"));
  setServerTime(site.time);
  setTimeZone(site.timezone);
  facts.set(site);
  noteVersion(site.version);
}

let ownVersion = null; // of the server that gave us this page

function noteVersion(version) {
  ownVersion ??= version;
  if (version !== ownVersion) updatedTo.set(version);
}

// An answer 503 says how the parts are too.
async function loadHealth() {
  const { parts } = await send("GET", "/readyz").catch((error) => error.body ?? {});
  if (parts) health.set(parts);
}

export const partName = (name) => word("part", name);
export const partState = (state) => said(word("part_state", state));

export const isSound = ({ state }) => state === "ok" || state === "done";

let current = new Map();
let drawing = null;

function change(edit) {
  edit(current);
  drawing ??= setTimeout(() => {
    drawing = null;
    chargePoints.set(new Map(current));
  }, DRAW_EVERY_MS);
}

// Takes over an item that the REST API answered, without waiting for the event that says the same.
export const keepChargePoint = (item) => change((all) => all.set(item.charge_point_id, item));

// Not in a store: most of what a charger says changes nothing but this, and who shows it looks from time to time.
const heard = new Map(); // charge_point_id -> when it was last heard, to a tick

export function lastSeen({ charge_point_id, last_seen }) {
  const at = heard.get(charge_point_id);
  return at > last_seen ? at : last_seen;
}

on("tick", ({ time, storage, version, heard: ids = [] }) => {
  for (const id of ids) heard.set(id, time);
  noteVersion(version);
  const site = facts.get();
  if (site && storage && site.storage.state !== storage) facts.set({ ...site, storage: { state: storage } });
});
on("snapshot", ({ charge_points }) => {
  heard.clear();
  current = new Map(charge_points.map((item) => [item.charge_point_id, item]));
  chargePoints.set(new Map(current));
});
on("charge_point", ({ item }) => keepChargePoint(item));
on("charge_point_removed", ({ charge_point_id }) => change((all) => all.delete(charge_point_id)));
on("unknown_id_tag", ({ charge_point_id, id_tag, at }) => {
  const others = unknownTags.get().filter((seen) => seen.id_tag !== id_tag);
  unknownTags.set([{ charge_point_id, id_tag, at }, ...others].slice(0, KEPT_UNKNOWN_TAGS));
});

export const forgetUnknownTag = (idTag) => unknownTags.set(unknownTags.get().filter((seen) => seen.id_tag !== idTag));

// Keeps what no event tells fresh while somebody looks at the page.
export function followFacts() {
  const load = () => {
    if (document.visibilityState !== "visible") return;
    Promise.all([loadFacts(), loadHealth(), loadRefusedAttempts()]).catch(() => {}); // the live connection says what is wrong
  };
  load();
  const timer = setInterval(load, FACTS_EVERY_MS);
  return () => clearInterval(timer);
}

export const nameOf = (item) => item.name || item.charge_point_id;

// How a charger has to prove who it is.
export const securityOf = ({ security_profile, has_password }) => (security_profile === 0 && has_password ? t("security_profile.key") : word("security_profile", security_profile));

// For an id that something refers to: its charger may be gone.
export const nameById = (id) => nameOf(chargePoints.get()?.get(id) ?? { charge_point_id: id });

const names = new Intl.Collator(undefined, { numeric: true });

export const byName = (one, other) => names.compare(nameOf(one), nameOf(other));
