// Checks a receipt or a certificate in the reader's own browser; nothing is sent anywhere.
// The formats are those of docs/spec/receipt.md and docs/spec/certificate.md. A check is a list of
// steps, {step, ok, values}, where ok is null for what cannot be checked here; the page holds the
// words for each step in its language. verify-page.js shows them; folder.js checks a season's folder.
"use strict";

const PROOF = "c2sp.org/tlog-proof@v1";
const GESTURES = ["vote", "post", "repost", "quote"];
const RECORD_BYTES = 54;
const NOBODY = 0xffff; // stands for a nominee that the opening does not declare
const LONGEST_RECEIPT = 1 << 20;
const LONGEST = 1 << 28;
const DEEPEST = 64;
const PRIME = (1n << 255n) - 19n;
const FIRST = "https://plaudit.dev/certificate/v1";
const SECOND = "https://plaudit.dev/certificate/v2";

class Refused extends Error {
  constructor(step, values = {}) {
    super(step);
    this.step = step;
    this.values = values;
  }
}

// The bytes of a file, or the text of a paste → steps.
async function verify(given, published) {
  return stepsOf(async (passed, open) => {
    const read = unwrapped(oneForm(given), typeof given === "string" ? new TextEncoder().encode(given).length : given.length);
    if (read.startsWith(PROOF)) await verifyReceipt(read, published, passed, open);
    else {
      if (!read.includes("\n\n\u2014 ")) throw new Refused("not-note"); // before a key is asked for
      await verifyCertificate(read, published, passed, open);
      if (!published.isOwnKey) open("whose-key");
      open("not-recomputed");
    }
  });
}

async function stepsOf(check) {
  const steps = [];
  const told = (step, ok, values) => steps.push({ step, ok, values: plain(values) });
  const passed = (step, values = {}) => told(step, true, values);
  const open = (step, values = {}) => told(step, null, values);
  try {
    await check(passed, open);
  } catch (error) {
    // What this script stumbles over, it does not vouch for.
    const { step, values } = error instanceof Refused ? error : { step: "unreadable", values: {} };
    told(step, false, values);
  }
  return steps;
}

// Numbers as the page writes them; of what a log may count to, those beyond 2^53 as text.
function plain(values) {
  const written = (value) => (typeof value !== "bigint" ? value : Number.isSafeInteger(Number(value)) ? Number(value) : String(value));
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, written(value)]));
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
  passed("ballot", { leaf, ...readBallot(proof.extra, published) });
  const known = published.checkpoint && readCheckpoint(await openNote(published.checkpoint, key));
  comparePublished({ first, leaf, size, root }, known, published.isClosed, passed, open);
  if (!published.isOwnKey) open("whose-key");
}

// A log may grow, but never lose a leaf, nor show two roots for one size.
function comparePublished({ first, leaf, size, root }, known, isClosed, passed, open) {
  // The last leaf of a closed log is no ballot but its closing.
  const isLeftOut = known && isClosed && (first ? leaf >= known.size - 1n : size > known.size);
  if (isLeftOut) throw new Refused("left-out", { size: known.size, leaf });
  if (first) return open("promised", { leaf });
  if (!known || known.size !== size) return open("other-size", { size });
  if (!equal(known.root, root)) throw new Refused("fork", { size });
  passed("in-published", { size });
}

// Gives what the certificate states.
async function verifyCertificate(text, published, passed) {
  const key = await readKey(published.certificateKey);
  const signed = await openNote(text, key);
  passed("signed", { name: key.name, id: hex(key.id) });
  const stated = readStated(signed, published.schema);
  if (stated.season.origin !== key.name) throw new Refused("other-signer", { origin: stated.season.origin });
  passed("certificate", { title: stated.season.title, kind: stated.evidence.kind });
  const log = stated.vote?.log;
  if (log && published.checkpoint) {
    const known = readCheckpoint(await openNote(published.checkpoint, await readKey(log.key)));
    const agrees = known.size === BigInt(log.size) && equal(known.root, bytesOf(log.root)) && known.origin === log.origin;
    if (!agrees) throw new Refused("other-log", { size: log.size });
    passed("log-cited", { size: log.size });
  }
  if (stated.result) passed("winner", { winners: stated.result.winners.map((winner) => nameOf(winner, published)).join(", ") });
  return stated;
}

// ---- formats

// A file that Windows or a mail program saved is brought to its one form: docs/spec/certificate.md, "The bytes of a note".
function oneForm(given) {
  let text = given;
  if (typeof given !== "string") {
    if (given.length > LONGEST) throw new Refused("too-long");
    try {
      text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(given);
    } catch {
      throw new Refused("not-utf8");
    }
  }
  if (text.length > LONGEST) throw new Refused("too-long");
  const inner = text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n").replace(/^[ \t\n]+/, "");
  let end = inner.length;
  while (end && " \t\n".includes(inner[end - 1])) end -= 1; // a pattern for the end would be tried at every blank
  return `${inner.slice(0, end)}\n`;
}

// A receipt may come in the server's answer, saved whole.
function unwrapped(text, size) {
  let inner = text;
  if (text.startsWith("{") && !text.includes("\n\n— ")) {
    const held = strictJson(text);
    if (typeof held?.receipt !== "string" || !held.receipt.startsWith(PROOF)) throw new Refused("not-note");
    inner = held.receipt;
  }
  if (inner.startsWith(PROOF) && size > LONGEST_RECEIPT) throw new Refused("too-long");
  return inner;
}

function readStated(text, schema) {
  const stated = strictJson(text);
  if (![FIRST, SECOND].includes(stated?.type)) throw new Refused("not-certificate");
  if (canonical(stated) + "\n" !== text) throw new Refused("not-canonical");
  const wrong = stated.type === SECOND && schema ? misfit(stated, schema, schema) : firstMisfit(stated);
  if (wrong !== null) throw new Refused("misshapen", { where: wrong || "/" });
  checkSums(stated);
  const rule = stated.vote?.rule;
  if (rule !== undefined && !Object.hasOwn(stated.rules, rule)) throw new Refused("misshapen", { where: "/vote/rule" });
  return stated;
}

// What a certificate says must at least agree with itself.
function checkSums({ evidence, inputs, vote, result }) {
  const isMadeUp = evidence.sources?.some(({ synthetic }) => synthetic) || vote?.sources?.includes("guest");
  if (evidence.kind === "real" && isMadeUp) throw new Refused("misshapen", { where: "/evidence/kind" });
  const odd = Object.keys(inputs).find((name) => name !== name.normalize("NFC"));
  if (odd !== undefined) throw new Refused("misshapen", { where: `/inputs/${odd}` });
  for (const row of result?.totals ?? []) {
    for (const what of ["ballots", "votes"]) {
      const parts = ["counted", "over_cap", "outside_window", "void", "set_aside"].map((part) => row[`${what}_${part}`]);
      if (parts.reduce((sum, part) => sum + part, 0) !== row[`${what}_cast`]) throw new Refused("other-sum", { nominee: row.nominee, channel: row.channel });
    }
  }
  const first = (result?.positions ?? []).filter(({ position }) => position === 1).map(({ nominee }) => nominee);
  const isAgreed = !result?.positions || canonical(first.sort()) === canonical([...result.winners].sort());
  if (!isAgreed) throw new Refused("misshapen", { where: "/result/winners" });
}

// Of the first version, what this page reads.
function firstMisfit(stated) {
  const isText = (value) => typeof value === "string" && value !== "";
  const isThere = (value) => value && typeof value === "object" && !Array.isArray(value);
  if (!isThere(stated.season) || !isText(stated.season.origin) || typeof stated.season.title !== "string") return "/season";
  if (!isThere(stated.evidence) || !isText(stated.evidence.kind)) return "/evidence";
  if (!isThere(stated.rules) || !isThere(stated.inputs)) return "/rules";
  const { vote, result } = stated;
  if (vote !== undefined && !isThere(vote)) return "/vote";
  if (vote?.log !== undefined && !(isThere(vote.log) && Number.isSafeInteger(vote.log.size))) return "/vote/log";
  if (result === undefined) return null;
  return isThere(result) && Array.isArray(result.winners) && result.winners.every(isText) ? null : "/result";
}

// The JSON Schema keywords that docs/spec/certificate.schema.json uses; gives where a value does not fit, or null.
function misfit(value, schema, whole, place = "", cited = 0) {
  if (schema.$ref) {
    const name = schema.$ref.slice("#/$defs/".length);
    const deep = name === "Cited" ? cited + 1 : cited;
    if (deep > 9) return place; // codes lie within codes at most 8 deep
    const wrong = misfit(value, whole.$defs[name], whole, place, deep);
    if (wrong !== null) return wrong;
  }
  if (schema.anyOf && schema.anyOf.every((one) => misfit(value, one, whole, place, cited) !== null)) return place;
  if (schema.enum && !schema.enum.includes(value)) return place;
  if (schema.type && !isOf(value, schema.type)) return place;
  if (typeof value === "number" && !(value >= (schema.minimum ?? -Infinity) && value <= (schema.maximum ?? Infinity))) return place;
  if (typeof value === "string") {
    const length = [...value].length;
    if (length < (schema.minLength ?? 0) || length > (schema.maxLength ?? Infinity)) return place;
    if (schema.pattern && !new RegExp(schema.pattern, "u").test(value)) return place;
  }
  if (Array.isArray(value)) return inside(value.map((one, at) => [at, one, schema.items]), whole, place, cited);
  return value && typeof value === "object" ? misfitObject(value, schema, whole, place, cited) : null;
}

function misfitObject(value, schema, whole, place, cited) {
  const { properties = {}, additionalProperties: more, propertyNames, required = [], dependentRequired = {} } = schema;
  for (const key of required) if (!Object.hasOwn(value, key)) return `${place}/${key}`;
  for (const [key, others] of Object.entries(dependentRequired)) {
    for (const other of others) if (Object.hasOwn(value, key) && !Object.hasOwn(value, other)) return `${place}/${other}`;
  }
  for (const key of Object.keys(value)) {
    if (propertyNames && misfit(key, propertyNames, whole) !== null) return `${place}/${key}`;
    if (more === false && !Object.hasOwn(properties, key)) return `${place}/${key}`;
  }
  const parts = Object.entries(value).map(([key, one]) => [
    key, one, Object.hasOwn(properties, key) ? properties[key] : typeof more === "object" ? more : undefined,
  ]);
  return inside(parts, whole, place, cited);
}

function inside(parts, whole, place, cited) {
  for (const [key, one, schema] of parts) {
    const wrong = schema ? misfit(one, schema, whole, `${place}/${key}`, cited) : null;
    if (wrong !== null) return wrong;
  }
  return null;
}

function isOf(value, type) {
  if (type === "integer") return Number.isSafeInteger(value);
  if (type === "array") return Array.isArray(value);
  if (type === "null") return value === null;
  if (type === "object") return value !== null && typeof value === "object" && !Array.isArray(value);
  return typeof value === type;
}

// RFC 8785: keys by UTF-16 units, as sort has them; numbers here are integers.
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
}

function readStatement(leaf) {
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(leaf);
  } catch {
    throw new Refused("no-ballot");
  }
  const stated = strictJson(text);
  const isKnown = /^https:\/\/plaudit\.dev\/(opening|closing)\/v1$/.test(stated?.type);
  if (!isKnown || canonical(stated) !== text) throw new Refused("no-ballot");
  return stated;
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
  if (origin === log) return 0n;
  const [name, number] = [origin.slice(0, log.length), origin.slice(log.length)];
  if (name !== log || !number.startsWith("/commit/")) throw new Refused("other-origin", { origin });
  const commit = numberOf(number.slice("/commit/".length));
  if (commit === 0n) throw new Refused("other-origin", { origin }); // leaf 0 is the opening
  return commit;
}

function readBallot(record, published) {
  if (!isRecord(record)) throw new Refused("no-ballot");
  const view = new DataView(record.buffer, record.byteOffset);
  const nominee = named(published.nominees, view.getUint16(2), NOBODY);
  return {
    channel: named(published.channels, record[1], 0xff),
    nominee: nameOf(nominee, published),
    votes: view.getUint32(4),
    cast_at: new Date(Number(view.getBigInt64(8) / 1000n)),
    gesture: GESTURES[record[24]],
  };
}

// docs/spec/ballot-leaf.md; instants lie in the years 1 to 9999.
function isRecord(record) {
  if (record.length !== RECORD_BYTES || record[0] !== 1) return false;
  const view = new DataView(record.buffer, record.byteOffset, RECORD_BYTES);
  const [gesture, flags, cast, since] = [record[24], record[25], view.getBigInt64(8), view.getBigInt64(30)];
  const isDated = [cast, since].every((at) => at >= -62135596800000000n && at < 253402300800000000n);
  const isCounted = view.getUint32(4) > 0 && view.getUint16(26) > 0 && view.getBigInt64(16) >= 0n;
  return gesture < GESTURES.length && flags <= 7 && (since === 0n || (flags & 4) > 0) && isDated && isCounted;
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

async function readKey(text, kind = 1) {
  if (!text) throw new Refused("no-key");
  const [name, id, ...rest] = text.trim().split("+");
  const raw = bytesOf(rest.join("+"));
  if (!isName(name) || raw.length !== 33 || raw[0] !== kind) throw new Refused("bad-key", { key: text });
  if (isUnsafe(raw.subarray(1))) throw new Refused("bad-key", { key: text });
  const digest = await sha256(joined(new TextEncoder().encode(`${name}\n`), raw));
  if (hex(digest.slice(0, 4)) !== id) throw new Refused("bad-key", { key: text });
  return { name, id: digest.slice(0, 4), bytes: raw.slice(1) };
}

// A point of low order, under which anybody can sign, or one that is not in its one form: ledger/points.py.
function isUnsafe(point) {
  const height = BigInt(`0x${hex([...point].reverse())}`) & ((1n << 255n) - 1n);
  const eighth = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n;
  return height >= PRIME || [0n, 1n, PRIME - 1n, eighth, PRIME - eighth].includes(height);
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

// When a witness cosigned a checkpoint's note, as instants; a cosignature that is not its own is refused.
async function cosignedAt(note, text, key) {
  const lines = note.slice(note.lastIndexOf("\n\n") + 2, -1).split("\n").map(signatureOf);
  const times = [];
  for (const { name, id, signature } of lines) {
    if (name !== key.name || !equal(id, key.id)) continue;
    const at = signature.length === 72 ? new DataView(signature.buffer, signature.byteOffset).getBigUint64(0) : 1n << 63n;
    const told = `cosignature/v1\ntime ${at}\n${text}`;
    if (at >= 253402300800n || !(await isSigned(told, signature.slice(8), key.bytes))) throw new Refused("false-cosignature", { witness: name });
    times.push(new Date(Number(at) * 1000).toISOString().replace(".000Z", "Z"));
  }
  return times;
}

function signatureOf(line) {
  const blank = line.lastIndexOf(" ");
  const name = line.slice(2, Math.max(blank, 2));
  const raw = line.startsWith("— ") && isName(name) ? bytesOf(line.slice(blank + 1)) : [];
  if (raw.length < 5) throw new Refused("not-note");
  return { name, id: raw.slice(0, 4), signature: raw.slice(4) };
}

async function isSigned(text, signature, publicKey) {
  if (signature.length !== 64 || isUnsafe(signature.subarray(0, 32))) return false;
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
  let [place, last] = [index, size - 1n];
  let node = await sha256(joined(Uint8Array.of(0), extra));
  for (const sibling of path) {
    if (last === 0n) throw new Refused("bad-path", { size });
    if (place % 2n === 1n || place === last) {
      node = await sha256(joined(Uint8Array.of(1), sibling, node));
      while (place % 2n === 0n && place !== 0n) [place, last] = [half(place), half(last)];
    } else {
      node = await sha256(joined(Uint8Array.of(1), node, sibling));
    }
    [place, last] = [half(place), half(last)];
  }
  if (last !== 0n || !equal(node, root)) throw new Refused("bad-path", { size });
}

// ---- small things

// JSON with each key once, no number but whole ones that every reader has, no half of a pair, and not too deep.
function strictJson(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refused("not-note");
  }
  const seen = []; // the keys of each object that is open; null for an array
  let key = "";
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/g)) {
    if (token === "{" || token === "[") seen.push(token === "{" ? new Set() : null);
    else if (token === "}" || token === "]") seen.pop();
    else if (token === ":") {
      if (seen.at(-1).has(key)) throw new Refused("not-canonical");
      seen.at(-1).add(key);
    } else if (token.startsWith('"')) {
      key = JSON.parse(token);
      if (/\p{Surrogate}/u.test(key)) throw new Refused("not-canonical");
    } else if (!/^(,|true|false|null)$/.test(token) && !(/^-?\d+$/.test(token) && Number.isSafeInteger(Number(token)))) {
      throw new Refused("not-canonical");
    }
    if (seen.length > DEEPEST) throw new Refused("not-canonical");
  }
  return value;
}

// Numbers of C2SP reach 2^63 - 1.
function numberOf(text) {
  if (!/^(0|[1-9][0-9]{0,18})$/.test(text) || BigInt(text) >= 1n << 63n) throw new Refused("not-checkpoint");
  return BigInt(text);
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

const isName = (name) => /^[^\p{White_Space}+]+$/u.test(name);
const half = (number) => number / 2n;
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const equal = (one, other) => one.length === other.length && one.every((byte, place) => byte === other[place]);

if (!globalThis.document) globalThis.plauditVerify = { verify };
