// What decides who may charge at a charger and how much: reservations, limits and profiles, and its own list of tags.

import { html } from "../lib/preact.js";
import { useStore } from "../lib/store.js";
import { advanced } from "../lib/view_mode.js";
import { ChargingProfiles } from "./charging_profiles.js";
import { LocalList } from "./local_list.js";
import { Reservations } from "./reservations.js";

export function Charging({ item }) {
  const whole = useStore(advanced);
  return html`
    <${Reservations} item=${item} />
    <${ChargingProfiles} item=${item} whole=${whole} />
    ${whole && html`<${LocalList} item=${item} />`}
  `;
}
