// Words for people: one message catalogue per language, chosen by ?lang=, else by an earlier choice, else by the browser.

const CHOICE = "edge-csms.language";

let chosen = "en";
let place = "en-GB";
let messages = {};
let plurals = new Intl.PluralRules("en");

export const language = () => chosen;
export const locale = () => place; // how dates and numbers are written

// A language more is a file in lang/: what is asked for is tried in turn.
export async function loadLanguage() {
  for (const tag of preferred()) {
    const response = await fetch(`lang/${tag}.json`);
    if (!response.ok) continue;
    chosen = tag;
    messages = await response.json();
    break;
  }
  plurals = new Intl.PluralRules(chosen);
  // Dates and numbers as in the reader's own country, where it speaks the chosen language.
  place = navigator.languages.find((tag) => tag.startsWith(`${chosen}-`)) ?? (chosen === "en" ? "en-GB" : chosen);
  document.documentElement.lang = chosen;
}

function preferred() {
  const asked = [new URLSearchParams(location.search).get("lang"), localStorage.getItem(CHOICE), ...navigator.languages];
  const tags = [...asked, "en"].map((tag) => tag?.slice(0, 2).toLowerCase());
  return new Set(tags.filter((tag) => /^[a-z]{2}$/.test(tag)));
}

// Remembers the language in this browser and loads the page anew in it.
export function chooseLanguage(tag) {
  localStorage.setItem(CHOICE, tag);
  const url = new URL(location.href);
  url.searchParams.delete("lang");
  if (url.href === location.href) location.reload();
  else location.replace(url);
}

export const has = (key) => key in messages;

// Gives the message of a key with {name} replaced by values.name; `count` chooses among plural forms.
export function t(key, values = {}) {
  let message = messages[key] ?? key;
  if (typeof message === "object") message = message[plurals.select(values.count)] ?? message.other;
  return message.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

// For words that come from outside, such as a status: the catalogue's word for it, or the word itself.
export const word = (group, value) => (has(`${group}.${value}`) ? t(`${group}.${value}`) : String(value ?? ""));

// What the server itself says, which is English: the catalogue's sentence for it under "said", else as it came. There {1}, {2} stand
// for what differs from time to time, which may be such a sentence again.
export function said(text) {
  const known = messages.said ?? {};
  if (Object.hasOwn(known, text)) return known[text];
  if (!text || text.length > LONGEST_SENTENCE) return text;
  patterns ??= Object.entries(known).filter(([sentence]) => sentence.includes("{")).sort(([one], [other]) => other.length - one.length).map(patternOf);
  for (const { pattern, own } of patterns) {
    const found = pattern.exec(text);
    if (found) return own.replace(/\{(\d)\}/g, (_, number) => said(found[number]));
  }
  return text;
}

const LONGEST_SENTENCE = 1000; // what is longer is a charger's, and could be made to take long
let patterns = null;

function patternOf([sentence, own]) {
  const literal = sentence.replace(/[.*+?^$|()[\]\\]/g, "\\$&");
  return { pattern: new RegExp(`^${literal.replace(/\{\d\}/g, "(.*?)")}$`, "s"), own };
}
