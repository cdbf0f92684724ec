// One request to the server and its answer, or an error in plain words; knows nothing of logins.

import { has, said, t } from "./i18n.js";

// What went wrong: `message` says it to people, `detail` are the server's words for it, `fields` name the wrong inputs.
export class ApiError extends Error {
  constructor(status, body = {}) {
    super(has(`error.${status}`) ? t(`error.${status}`) : t("error.other", { status }));
    this.status = status;
    this.body = body;
    this.code = body.code ?? null;
    this.fields = fieldErrors(body);
    this.detail = body.description || wordsOf(body, this.fields) || this.fields.non_field_errors || null;
  }
}

// Finds the texts per field: under `errors` of a problem, or as the whole body where no `detail` is.
function fieldErrors(body) {
  const lists = body.errors ?? (body.detail === undefined ? body : {});
  return Object.fromEntries(Object.entries(lists).filter(([, texts]) => Array.isArray(texts)).map(([name, texts]) => [name, texts.map(said).join(" ")]));
}

function wordsOf(body, fields) {
  if (body.errors) return Object.entries(fields).map(([name, text]) => `${name}: ${text}`).join(" ");
  return typeof body.detail === "string" ? said(body.detail) : null;
}

export async function send(method, path, { query, body, token, signal, as = "json" } = {}) {
  const headers = {};
  const isFile = body instanceof Blob;
  if (body !== undefined) headers["Content-Type"] = isFile ? "application/octet-stream" : "application/json";
  if (token) headers.Authorization = `Bearer ${token}`;
  const request = { method, headers, signal, body: body === undefined || isFile ? body : JSON.stringify(body) };
  let response;
  try {
    response = await fetch(path + queryString(query), request);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0);
  }
  if (!response.ok) throw new ApiError(response.status, await readError(response));
  if (response.status === 204) return null;
  return response[as]();
}

async function readError(response) {
  try {
    const body = await response.json();
    return body !== null && typeof body === "object" ? body : {};
  } catch {
    return {}; // no JSON: a proxy in between, perhaps
  }
}

// Leaves out what is empty: the server takes an empty filter for a value.
export function queryString(query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return given.length ? `?${new URLSearchParams(given)}` : "";
}
