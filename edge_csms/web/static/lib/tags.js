// Whose tags are: their notes, for views that name tags.

import { get, v1 } from "./api.js";
import { createStore } from "./store.js";

const MOST = 1000; // a site that has more names the rest by their numbers alone

export const tagNotes = createStore(new Map()); // id_tag in lower case -> note

export async function loadTagNotes() {
  const { items } = await get(v1("id-tags"), { limit: MOST });
  tagNotes.set(new Map(items.filter(({ note }) => note).map(({ id_tag, note }) => [id_tag.toLowerCase(), note])));
}
