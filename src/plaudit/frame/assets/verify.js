// Checks a receipt or a certificate in the reader's own browser; nothing is sent anywhere.
// The formats are those of docs/spec/receipt.md and docs/spec/certificate.md. A check is a list of
// steps, {step, ok, values}, where ok is null for what cannot be checked here; the page holds the
// words for each step in its language.
"use strict";

const PROOF = "c2sp.org/tlog-proof@v1";
const GESTURES = ["vote", "post", "repost", "quote"];
const RECORD_BYTES = 54;
const NOBODY = 0xffff; // stands for a nominee that the opening does not declare
const LONGEST = 1 << 22;

class Refused extends Error {
  constructor(step, values = {}) {
    super(step);
    this.step = step;
    this.values = values;
  }
}

// The text of a file, of an answer saved whole, or of a paste → steps.
async function verify(text, published) {
  const steps = [];
  const passed = (step, values = {}) => steps.push({ step, ok: true, values });
  const open = (step, values = {}) => steps.push({ step, ok: null, values });
  try {
    if (text.length > LONGEST) throw new Refused("too-long");
    const read = unwrapped(text);
    if (read.startsWith(PROOF)) await verifyReceipt(read, published, passed, open);
    else await verifyCertificate(read, published, passed, open);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    steps.push({ step: error.step, ok: false, values: error.values });
  }
  return steps;
}

async function verifyReceipt(text, published, passed, open) {
  const proof = readProof(text);
  passed("receipt-read", { index: proof.index });
  const key = await readKey(published.logKey);
  const { origin, size, root } = readCheckpoint(await openNote(proof.checkpoint, key));
  passed("signed", { name: key.name, id: hex(key.id) });
  const first = firstLeaf(origin, key.name);
  await checkPath(proof, size, root);
  passed("path", { hashes: proof.path.length, size });
  const leaf = first + proof.index;
  if (proof.extra[0] === 0x7b) passed("statement", { leaf });
  else passed("ballot", { leaf, ...readBallot(proof.extra, published) });
  const known = published.checkpoint && readCheckpoint(await openNote(published.checkpoint, key));
  comparePublished({ first, leaf, size, root }, known, published.isClosed, passed, open);
  if (!published.isOwnKey) open("whose-key");
}

// A log may grow, but never lose a leaf, nor show two roots for one size.
function comparePublished({ first, leaf, size, root }, known, isClosed, passed, open) {
  const wanted = first ? leaf + 1 : size;
  if (known && isClosed && wanted > known.size) throw new Refused("left-out", { size: known.size, leaf });
  if (first) return open("promised", { leaf });
  if (!known || known.size !== size) return open("other-size", { size });
  if (!equal(known.root, root)) throw new Refused("fork", { size });
  passed("in-published", { size });
}

async function verifyCertificate(text, published, passed, open) {
  const key = await readKey(published.certificateKey);
  const stated = parsed(await openNote(text, key));
  passed("signed", { name: key.name, id: hex(key.id) });
  if (!/^https:\/\/plaudit\.dev\/certificate\/v[12]$/.test(stated?.type)) throw new Refused("not-certificate");
  passed("certificate", { title: stated.season.title, kind: stated.evidence.kind });
  const log = stated.vote?.log;
  if (log && published.checkpoint) {
    const known = readCheckpoint(await openNote(published.checkpoint, await readKey(log.key)));
    const agrees = known.size === log.size && equal(known.root, bytesOf(log.root)) && known.origin === log.origin;
    if (!agrees) throw new Refused("other-log", { size: log.size });
    passed("log-cited", { size: log.size });
  }
  if (stated.result) {
    const names = stated.result.winners.map((winner) => nameOf(winner, published));
    passed("winner", { winners: names.join(", ") });
  }
  if (!published.isOwnKey) open("whose-key");
  open("not-recomputed");
}

// ---- formats

function unwrapped(text) {
  const whole = text.replace(/\r\n/g, "\n").replace(/^\uFEFF/, "").trim();
  if (whole.startsWith("{") && !whole.includes("\n\n— ")) {
    const held = parsed(whole)?.receipt;
    if (typeof held === "string") return held;
  }
  return `${whole}\n`; // a paste often loses the end of its last line
}

function readProof(text) {
  const gap = text.indexOf("\n\n");
  const [header, ...lines] = text.slice(0, Math.max(gap, 0)).split("\n");
  if (header !== PROOF || gap < 0) throw new Refused("not-proof");
  if (!lines[0]?.startsWith("extra ")) throw new Refused("no-ballot");
  const extra = bytesOf(lines.shift().slice(6));
  if (!lines[0]?.startsWith("index ")) throw new Refused("not-proof");
  const index = numberOf(lines.shift().slice(6));
  if (lines.length > 63) throw new Refused("not-proof");
  return { extra, index, path: lines.map(hashOf), checkpoint: text.slice(gap + 2) };
}

function readCheckpoint(text) {
  const lines = text.split("\n");
  if (lines.length < 4 || lines.pop() !== "" || lines.includes("")) throw new Refused("not-checkpoint");
  return { origin: lines[0], size: numberOf(lines[1]), root: hashOf(lines[2]) };
}

function firstLeaf(origin, log) {
  if (origin === log) return 0;
  const [name, number] = [origin.slice(0, log.length), origin.slice(log.length)];
  if (name !== log || !number.startsWith("/commit/")) throw new Refused("other-origin", { origin });
  return numberOf(number.slice("/commit/".length));
}

function readBallot(record, published) {
  if (record.length !== RECORD_BYTES || record[0] !== 1) throw new Refused("no-ballot");
  const view = new DataView(record.buffer, record.byteOffset);
  const [gesture, flags, since] = [record[24], record[25], view.getBigInt64(30)];
  if (!GESTURES[gesture] || flags > 7 || (since !== 0n && !(flags & 4))) throw new Refused("no-ballot");
  const nominee = named(published.nominees, view.getUint16(2), NOBODY);
  return {
    channel: named(published.channels, record[1], 0xff),
    nominee: nameOf(nominee, published),
    votes: view.getUint32(4),
    cast_at: new Date(Number(view.getBigInt64(8) / 1000n)),
    gesture: GESTURES[gesture],
  };
}

function nameOf(nominee, { names = {} }) {
  return Object.hasOwn(names, nominee) ? names[nominee] : nominee; // an id may be the name of what every object has
}

function named(names, position, none) {
  if (position === none) return "–";
  if (!names) return `${position}`;
  if (names[position] === undefined) throw new Refused("other-opening", { position });
  return names[position];
}

// ---- signed notes (C2SP signed-note, Ed25519)

async function readKey(text) {
  if (!text) throw new Refused("no-key");
  const [name, id, ...rest] = text.trim().split("+");
  const raw = bytesOf(rest.join("+"));
  if (!isName(name) || raw.length !== 33 || raw[0] !== 1) throw new Refused("bad-key", { key: text });
  const digest = await sha256(joined(new TextEncoder().encode(`${name}\n`), raw));
  if (hex(digest.slice(0, 4)) !== id) throw new Refused("bad-key", { key: text });
  return { name, id: digest.slice(0, 4), bytes: raw.slice(1) };
}

async function openNote(note, key) {
  const gap = note.lastIndexOf("\n\n");
  if (gap < 0 || !note.endsWith("\n") || /[\0-\x09\x0b-\x1f]|\p{Surrogate}/u.test(note)) throw new Refused("not-note");
  const text = note.slice(0, gap + 1);
  const lines = note.slice(gap + 2, -1).split("\n");
  if (lines.length > 64) throw new Refused("not-note");
  const signatures = lines
    .map((line) => signatureOf(line))
    .filter((found) => found.name === key.name && equal(found.id, key.id));
  if (!signatures.length) throw new Refused("no-signature", { name: key.name });
  for (const { signature } of signatures) {
    if (!(await isSigned(text, signature, key.bytes))) throw new Refused("bad-signature", { name: key.name });
  }
  return text;
}

function signatureOf(line) {
  const found = /^— (\S+) (\S+)$/.exec(line);
  const raw = found && isName(found[1]) ? bytesOf(found[2]) : [];
  if (raw.length < 5) throw new Refused("not-note");
  return { name: found[1], id: raw.slice(0, 4), signature: raw.slice(4) };
}

async function isSigned(text, signature, publicKey) {
  try {
    const key = await crypto.subtle.importKey("raw", publicKey, { name: "Ed25519" }, false, ["verify"]);
    return await crypto.subtle.verify({ name: "Ed25519" }, key, signature, new TextEncoder().encode(text));
  } catch (error) {
    if (error.name === "NotSupportedError") throw new Refused("no-ed25519");
    throw error;
  }
}

// ---- the path from a leaf to the root (RFC 9162, 2.1.3.2)

async function checkPath({ extra, index, path }, size, root) {
  if (index >= size) throw new Refused("bad-path", { size });
  let [place, last] = [index, size - 1];
  let node = await sha256(joined(Uint8Array.of(0), extra));
  for (const sibling of path) {
    if (last === 0) throw new Refused("bad-path", { size });
    if (place % 2 === 1 || place === last) {
      node = await sha256(joined(Uint8Array.of(1), sibling, node));
      while (place % 2 === 0 && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      node = await sha256(joined(Uint8Array.of(1), node, sibling));
    }
    [place, last] = [half(place), half(last)];
  }
  if (last !== 0 || !equal(node, root)) throw new Refused("bad-path", { size });
}

// ---- small things

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refused("not-note");
  }
}

function numberOf(text) {
  if (!/^(0|[1-9][0-9]{0,15})$/.test(text) || !Number.isSafeInteger(Number(text))) throw new Refused("not-checkpoint");
  return Number(text);
}

function hashOf(text) {
  const hash = bytesOf(text);
  if (hash.length !== 32) throw new Refused("not-checkpoint");
  return hash;
}

function bytesOf(text) {
  try {
    const binary = atob(text);
    if (btoa(binary) !== text) throw new Refused("not-note"); // one text for one value
    return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
  } catch {
    throw new Refused("not-note");
  }
}

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

const isName = (name) => /^[^\s+]+$/.test(name);
const half = (number) => Math.floor(number / 2);
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const equal = (one, other) => one.length === other.length && one.every((byte, place) => byte === other[place]);

// ---- the page

function begin() {
  const form = document.querySelector("form[data-verify]");
  if (!form) return;
  const published = JSON.parse(document.getElementById("published").textContent);
  const words = JSON.parse(document.getElementById("words").textContent);
  const field = form.querySelector("textarea");
  const check = async () => {
    if (!field.value.trim()) return field.focus();
    const steps = globalThis.crypto?.subtle
      ? await verify(field.value, withOwnKey(published, form.elements.key.value.trim()))
      : [{ step: "no-crypto", ok: false, values: {} }];
    show(steps, words);
  };
  const take = async (file) => {
    field.value = file.size > LONGEST ? "" : await file.text();
    if (field.value) await check();
    else show([{ step: "too-long", ok: false, values: {} }], words);
  };
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    check();
  });
  form.querySelector("input[type=file]").addEventListener("change", ({ target }) => target.files[0] && take(target.files[0]));
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    const [file] = event.dataTransfer.files;
    if (file) return take(file);
    field.value = event.dataTransfer.getData("text");
    return check();
  });
  if (location.hash.startsWith("#receipt=")) { // what stands behind # is not sent to any server
    field.value = decodeURIComponent(location.hash.slice("#receipt=".length));
    check();
  }
}

// A key from elsewhere takes the place of the published one; what the page publishes is then another log's, maybe.
function withOwnKey(published, key) {
  if (!key) return published;
  const isSame = [published.logKey, published.certificateKey].includes(key);
  return { ...published, logKey: key, certificateKey: key, isOwnKey: true, ...(isSame ? {} : { checkpoint: null, nominees: null, channels: null }) };
}

function show(steps, words) {
  const holds = steps.every(({ ok }) => ok !== false);
  const verdict = document.getElementById("verdict");
  verdict.textContent = holds ? words.holds : words.refused;
  verdict.className = holds ? "note holds" : "note refused";
  document.getElementById("steps").replaceChildren(...steps.map((found) => item(found, words)));
  document.getElementById("found").hidden = false;
  verdict.focus();
}

function item({ step, ok, values }, words) {
  const [state, sign] = ok ? ["passed", "✓"] : ok === null ? ["open", "–"] : ["failed", "✗"];
  const row = document.createElement("li");
  row.className = state;
  const mark = document.createElement("span");
  mark.textContent = sign;
  mark.setAttribute("aria-hidden", "true");
  const said = document.createElement("span");
  said.className = "vh";
  said.textContent = `${words[state]}: `;
  const text = document.createElement("span");
  text.textContent = words[step].replace(/\{(\w+)\}/g, (_, name) => written(values[name], words));
  row.append(mark, said, text);
  return row;
}

function written(value, words) {
  const { lang } = document.documentElement;
  if (typeof value === "number") return new Intl.NumberFormat(lang).format(value);
  if (value instanceof Date) {
    const style = { dateStyle: "long", timeStyle: "medium", timeZone: "UTC" };
    return `${new Intl.DateTimeFormat(lang, style).format(value)} UTC`;
  }
  return words[`value ${value}`] ?? String(value ?? "");
}

if (globalThis.document) begin();
else globalThis.plauditVerify = { verify };
