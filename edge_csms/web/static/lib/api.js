// Requests of somebody who is logged in: adds the token, renews it when refused, and repeats what only reads when the line drops.

import { send } from "./http.js";
import { accessToken, renew } from "./session.js";

const PAUSES_MS = [300, 1500]; // before a reading request is tried again

async function request(method, path, options = {}) {
  const token = await accessToken();
  try {
    return await send(method, path, { ...options, token });
  } catch (error) {
    if (error.status !== 401) throw error;
    await renew(token);
    return send(method, path, { ...options, token: await accessToken() });
  }
}

export async function get(path, query, options = {}) {
  for (const pause of PAUSES_MS) {
    try {
      return await request("GET", path, { ...options, query });
    } catch (error) {
      if (error.status !== 0) throw error;
      await new Promise((done) => setTimeout(done, pause));
    }
  }
  return request("GET", path, { ...options, query });
}

// These may have been carried out although no answer came, so they are never repeated by themselves.
export const post = (path, body = {}) => request("POST", path, { body });
export const put = (path, body) => request("PUT", path, { body });
export const patch = (path, body) => request("PATCH", path, { body });
// A file goes as it is, what is said about it in the query.
export const upload = (path, query, file) => request("POST", path, { query, body: file });
export const remove = (path) => request("DELETE", path);

// Gives a text as a QR code, as the address of an image that lies in it.
export async function draw(text) {
  const drawing = await request("POST", "/api/v1/qr-codes", { body: { text }, as: "text" });
  return `data:image/svg+xml,${encodeURIComponent(drawing)}`;
}

// Builds a path below /api/v1 from segments that may hold any character.
export const v1 = (...segments) => `/api/v1/${segments.map(encodeURIComponent).join("/")}`;

// Has something made and hands it to the browser to save.
export async function downloadMade(path, body, filename) {
  save(await request("POST", path, { body, as: "blob" }), filename);
}

// Fetches a file and hands it to the browser to save: a plain link could not carry the token.
export async function download(path, query, filename) {
  save(await get(path, query, { as: "blob" }), filename);
}

export function save(blob, filename) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = filename;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
