// Checks a season's folder, as a directory or a zip, in the reader's own browser: signature, digests
// of files, and the log from its leaves to the root that was signed. It counts nothing: what it does
// not check it says. It runs as a worker of verify-page.js, and reads what verify.js reads.
"use strict";

const FOLDER_SCRIPT = globalThis.document?.currentScript?.src;
const FILES_MOST = 200_000;
const BYTES_MOST = 4 * 2 ** 30;
const LEAVES_MOST = 20_000_000;
const WIDTH = 256;
const HASH = 32;
const OPENING = ["type", "origin", "award", "edition", "rules", "purges", "windows", "channels", "nominees", "names", "names_sha256", "sources", "synthetic", "witnesses", "keys", "operators"];
const DAY = 86_400_000;
const FED = ["season.toml", "artists.toml", "honours.csv", "appeals.csv"];

if (!globalThis.document && globalThis.importScripts) {
  importScripts(location.href.replace(/folder\.js/, "verify.js"));
  onmessage = async ({ data }) => {
    const onProgress = (...progress) => postMessage({ progress });
    postMessage({ steps: await verifyFolder(data.files, data.published, onProgress) });
  };
}

// [[path, Blob]], of which the only one may be a zip → steps.
async function verifyFolder(given, published, onProgress = () => {}) {
  return stepsOf(async (passed, open) => {
    const folder = await openFolder(given);
    onProgress("signature", 0, 1);
    const stated = await folderCertificate(folder, published, passed);
    await checkCommitment(folder, stated, passed, open);
    await checkInputs(folder, stated, passed, open, onProgress);
    await checkTables(folder, stated, passed, open, onProgress);
    if (stated.vote?.log) await checkLog(folder, stated, passed, open, onProgress);
    checkSaid(stated);
    if (!published.isOwnKey) open("whose-key");
    if (stated.vote) open("not-recounted");
    else open("not-recomputed");
    open("not-collected");
    open("limits-unseen");
    if (stated.vote?.log) open("earlier-unseen");
    open("links-unseen");
    open("pages-unread");
  });
}

// What a certificate must say of itself, as far as that follows from it alone: docs/spec/certificate.md, "The fields".
function checkSaid(stated) {
  const { type, evidence, not_checked: beyond, limits, audit, vote } = stated;
  if (type !== SECOND) return;
  const has = (said, code, values = {}) => said.some((one) => one.code === code && Object.entries(values).every(([name, value]) => one.values[name] === value));
  const lacks = (part) => { throw new Refused("other-limits", { part }); };
  if (evidence.sources.length && !(has(beyond, "not-checked.truth") && has(beyond, "not-checked.files"))) lacks("not_checked");
  for (const { id, synthetic } of evidence.sources) if (synthetic && !has(limits, "limits.synthetic", { source: id })) lacks("limits");
  const seen = vote?.log?.witnesses;
  const isSeen = (seen?.opened?.cosigned.length ?? 0) >= Math.max(1, seen?.policy.least ?? 1);
  if (!vote?.log || isSeen || !isFromFiles(stated)) return;
  for (const { rule, late } of audit.purges) if (!late && !has(limits, "limits.not-provably-declared", { rule })) lacks("limits");
}

// A season that takes ballots itself has ways to sign in among its sources.
function isFromFiles({ evidence, vote }) {
  const declared = evidence.sources.map(({ id }) => id);
  return vote.sources.every((source) => declared.includes(source));
}

// ---- the folder: its files by path, each read when it is asked for

async function openFolder(given) {
  const entries = given.length === 1 && given[0][0].toLowerCase().endsWith(".zip") ? await unzipped(given[0][1]) : given.map(([path, blob]) => [path, blob.size, () => blob.arrayBuffer()]);
  const files = new Map();
  let [bytes, root] = [0, null];
  for (const [path, size, read] of entries) {
    const name = path.normalize("NFC").replace(/^\/+/, "");
    const parts = name.split("/");
    if (parts.includes("..") || name.includes("\0") || name.includes("\\")) throw new Refused("bad-name", { file: name });
    if (parts.some((part) => part.startsWith(".")) || parts[0] === "__MACOSX") continue;
    if (files.has(name)) throw new Refused("twice", { file: name });
    if (files.size >= FILES_MOST || (bytes += size) > BYTES_MOST) throw new Refused("folder-too-large");
    files.set(name, { size, read });
    if (name === "published/certificate.note" || name.endsWith("/published/certificate.note")) {
      const above = name.slice(0, -"published/certificate.note".length);
      if (root === null || above.length < root.length) root = above;
    }
  }
  if (root === null) throw new Refused("no-certificate");
  const inside = new Map([...files].filter(([name]) => name.startsWith(root)).map(([name, file]) => [name.slice(root.length), file]));
  return {
    names: [...inside.keys()].sort(),
    has: (name) => inside.has(name.normalize("NFC")),
    read: async (name) => {
      const file = inside.get(name.normalize("NFC"));
      if (!file) throw new Refused("missing", { file: name });
      return new Uint8Array(await file.read());
    },
  };
}

// The entries that a zip's central directory lists: stored or deflated, no larger than they say.
async function unzipped(zip) {
  const view = async (from, to) => new DataView(await zip.slice(from, to).arrayBuffer());
  const tailAt = Math.max(zip.size - 65_557, 0);
  const tail = await view(tailAt, zip.size);
  let at = tail.byteLength - 22;
  while (at >= 0 && !(tail.getUint32(at, true) === 0x06054b50 && at + 22 + tail.getUint16(at + 20, true) === tail.byteLength)) at -= 1;
  if (at < 0) throw new Refused("bad-zip");
  const [count, size, start] = [tail.getUint16(at + 10, true), tail.getUint32(at + 12, true), tail.getUint32(at + 16, true)];
  if (count === 0xffff || start === 0xffffffff || start + size > tailAt + at) throw new Refused("bad-zip");
  const list = await view(start, start + size);
  const found = [];
  let place = 0;
  for (let number = 0; number < count; number += 1) {
    if (place + 46 > list.byteLength || list.getUint32(place, true) !== 0x02014b50) throw new Refused("bad-zip");
    const [flags, method] = [list.getUint16(place + 8, true), list.getUint16(place + 10, true)];
    const [packed, whole] = [list.getUint32(place + 20, true), list.getUint32(place + 24, true)];
    const [named, more, said] = [28, 30, 32].map((offset) => list.getUint16(place + offset, true));
    const header = list.getUint32(place + 42, true);
    if (place + 46 + named > list.byteLength) throw new Refused("bad-zip");
    const name = zipName(new Uint8Array(list.buffer, place + 46, named));
    if (flags & 1 || (method !== 0 && method !== 8) || whole === 0xffffffff || packed === 0xffffffff) throw new Refused("bad-zip");
    if (!name.endsWith("/")) found.push([name, whole, () => extracted(zip, header, method, packed, whole)]);
    place += 46 + named + more + said;
  }
  return found;
}

function zipName(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refused("bad-zip");
  }
}

async function extracted(zip, header, method, packed, whole) {
  const local = new DataView(await zip.slice(header, header + 30).arrayBuffer());
  if (local.byteLength < 30 || local.getUint32(0, true) !== 0x04034b50) throw new Refused("bad-zip");
  const start = header + 30 + local.getUint16(26, true) + local.getUint16(28, true);
  const data = zip.slice(start, start + packed);
  if (data.size !== packed || (method === 0 && packed !== whole)) throw new Refused("bad-zip");
  if (method === 0) return data.arrayBuffer();
  const made = new Uint8Array(whole);
  let at = 0;
  const reader = data.stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (at + value.length > whole) throw new Refused("bad-zip"); // a bomb gives more than it says
      made.set(value, at);
      at += value.length;
    }
  } catch {
    throw new Refused("bad-zip");
  }
  if (at !== whole) throw new Refused("bad-zip");
  return made.buffer;
}

// ---- certificate, commitment, and what they cite by digest

async function folderCertificate(folder, published, passed) {
  const beside = folder.has("published/verifier.key") ? oneForm(await folder.read("published/verifier.key")).trim() : "";
  const key = published.certificateKey || beside;
  // What this page publishes is of its own season; a folder brings its own log.
  const told = { ...published, certificateKey: key, checkpoint: null };
  const stated = await verifyCertificate(oneForm(await folder.read("published/certificate.note")), told, passed);
  if (beside && beside !== key.trim()) throw new Refused("other-key-file", { file: "published/verifier.key" });
  return { ...stated, key };
}

async function checkCommitment(folder, stated, passed, open) {
  const told = stated.vote?.commitment;
  if (!told) return;
  const file = "published/commitment.note";
  const text = await openNote(oneForm(await folder.read(file)), await readKey(stated.key));
  const object = { log: stated.vote.log ?? null, ...(told.names ? { names: told.names } : {}), ...stated.result };
  const salted = joined(bytesOfHex(told.salt), new TextEncoder().encode(`${canonical(object)}\n`));
  const digest = hex(await sha256(salted));
  const leaf = `${stated.season.origin}\n${stated.season.edition}\n${digest}\n`;
  const origin = `${stated.season.origin}/commitment/${stated.season.edition}`;
  const root = btoa(String.fromCharCode(...(await sha256(joined(Uint8Array.of(0), new TextEncoder().encode(leaf))))));
  if (told.sha256 !== digest) throw new Refused("other-commitment", { file: "published/certificate.note" });
  if (text !== leaf && text !== `${origin}\n1\n${root}\n${leaf}`) throw new Refused("other-commitment", { file });
  passed("commitment-held");
  open("commitment-unseen");
}

async function checkInputs(folder, stated, passed, open, onProgress) {
  const names = Object.keys(stated.inputs);
  const hasData = folder.names.some((name) => name.startsWith("data/"));
  let [same, absent, done] = [0, 0, 0];
  for (const name of names) {
    onProgress("inputs", (done += 1), names.length);
    if (name.startsWith("data/") && !hasData) absent += 1;
    else {
      await sameDigest(folder, name, stated.inputs[name].sha256 ?? stated.inputs[name]);
      same += 1;
    }
  }
  const certified = new Set(names.map((name) => name.normalize("NFC")));
  for (const name of folder.names) {
    const isFed = FED.includes(name) || name.startsWith("data/") || name.startsWith("certificates/");
    if (isFed && !certified.has(name)) throw new Refused("extra", { file: name });
  }
  passed("inputs-same", { files: same });
  if (absent) open("no-data", { files: absent });
  await checkRules(folder, stated, passed, open);
}

async function checkRules(folder, stated, passed, open) {
  let [same, absent] = [0, 0];
  for (const [name, rule] of Object.entries(stated.rules)) {
    const places = [`rules/${name}.toml`, `published/rules/${name}.toml`].filter((file) => folder.has(file));
    for (const file of places) await sameDigest(folder, file, rule.sha256);
    if (rule.shipped && folder.has(`rules/${name}.toml`)) throw new Refused("own-rule", { file: `rules/${name}.toml` });
    if (!places.length && !rule.shipped) throw new Refused("missing", { file: `rules/${name}.toml` });
    if (places.length) same += 1;
    else absent += 1;
  }
  if (same) passed("rules-same", { files: same });
  if (absent) open("no-rules", { files: absent });
}

async function checkTables(folder, stated, passed, open, onProgress) {
  const files = Object.entries(stated.evidence.tables).filter(([, digest]) => typeof digest === "string");
  let done = 0;
  for (const [name, digest] of files) {
    onProgress("tables", (done += 1), files.length);
    await sameDigest(folder, `evidence/${name}`, digest);
  }
  if (files.length) passed("tables-same", { files: files.length });
  if (files.length < Object.keys(stated.evidence.tables).length) open("tables-by-rows");
}

async function sameDigest(folder, name, digest) {
  const bytes = await folder.read(name);
  if (hex(await sha256(bytes)) === digest) return;
  const unix = withoutCarriageReturns(bytes);
  const isEnds = unix.length < bytes.length && hex(await sha256(unix)) === digest;
  throw isEnds ? new Refused("changed-ends", { file: name }) : new Refused("changed", { file: name });
}

function withoutCarriageReturns(bytes) {
  return bytes.filter((byte, at) => byte !== 13 || bytes[at + 1] !== 10);
}

// ---- the log: leaves → hashes → root

async function checkLog(folder, stated, passed, open, onProgress) {
  const { log } = stated.vote;
  const [keyFile, file] = ["evidence/log/verifier.key", "evidence/log/checkpoint"];
  if (oneForm(await folder.read(keyFile)) !== `${log.key}\n`) throw new Refused("other-key-file", { file: keyFile });
  const note = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await folder.read(file));
  const known = readCheckpoint(await openNote(note, await readKey(log.key)));
  const isCited = known.origin === log.origin && known.size === BigInt(log.size) && equal(known.root, bytesOf(log.root));
  if (!isCited || log.origin !== `${stated.season.origin}/log`) throw new Refused("other-checkpoint", { file });
  passed("checkpoint-cited", { size: log.size });
  const tiles = folder.names.filter((name) => name.startsWith("evidence/log/tile/"));
  if (!tiles.length) return open("no-tiles");
  if (log.size > LEAVES_MOST) return open("log-too-large", { size: log.size });
  const read = await readLeaves(folder, stated, onProgress);
  await checkTree(folder, log, read.hashes, tiles, passed, onProgress);
  checkLeaves(read, stated, passed);
  const fingerprint = read.opening.keys?.["log.pem"];
  if (fingerprint && fingerprint !== (await fingerprintOf("log.pem", log.key))) throw new Refused("other-opening-stated", { part: "keys" });
  await checkWitnesses(read, stated, passed, open);
  await checkOpened(folder, read, log);
}

async function fingerprintOf(file, key) {
  const head = new TextEncoder().encode(`https://plaudit.dev/key-fingerprint/v1\n${file}\n`);
  return hex(await sha256(joined(head, (await readKey(key)).bytes)));
}

// Who signed the opening alone and the last checkpoint: docs/spec/log.md, "Witnesses".
async function checkWitnesses({ opening, hashes }, { vote }, passed, open) {
  const { log, windows } = vote;
  const told = log.witnesses;
  if (canonical(opening.witnesses ?? null) !== canonical(told?.policy ?? null)) throw new Refused("other-opening-stated", { part: "witnesses" });
  if (!told) return open("no-witness");
  const first = btoa(String.fromCharCode(...hashes.subarray(0, HASH)));
  if (told.opened?.cosigned.length) {
    const opens = Math.min(...windows.map(({ from }) => Date.parse(from)));
    const signed = await cosigners(told.opened, `${log.origin}\n1\n${first}\n`, log, told.policy, [opens - 400 * DAY, opens]);
    for (const [witness, at] of signed) passed("opened-cosigned", { witness, at });
  } else if (told.policy.least) throw new Refused("too-few-witnesses", { signed: 0, least: told.policy.least });
  else open("opening-unseen");
  const closed = Date.parse(log.closed_at);
  const signed = await cosigners(told.closed, `${log.origin}\n${log.size}\n${log.root}\n`, log, told.policy, [closed - 60_000, closed + 4_000 * DAY]);
  for (const [witness, at] of signed) passed("closed-cosigned", { witness, at });
}

// The checkpoint of the opening alone, which is kept where witnesses are named, and nowhere else.
async function checkOpened(folder, { hashes }, log) {
  const file = "evidence/log/opened";
  if (!folder.has(file)) return;
  if (!log.witnesses) throw new Refused("extra", { file });
  const first = btoa(String.fromCharCode(...hashes.subarray(0, HASH)));
  const text = await openNote(oneForm(await folder.read(file)), await readKey(log.key));
  if (text !== `${log.origin}\n1\n${first}\n`) throw new Refused("other-checkpoint", { file });
}

async function cosigners({ note, cosigned }, wanted, log, { keys, least }, [earliest, latest]) {
  const text = await openNote(note, await readKey(log.key));
  if (text !== wanted) throw new Refused("other-opening-stated", { part: "witnesses" });
  const signed = new Map();
  for (const { witness, at } of cosigned) {
    const key = keys.find((one) => one.startsWith(`${witness}+`));
    const times = key ? await cosignedAt(note, text, await readKey(key, 4)) : [];
    if (!times.includes(at)) throw new Refused("false-cosignature", { witness });
    if (Date.parse(at) < earliest || Date.parse(at) > latest) throw new Refused("untimely", { witness, at: new Date(at) });
    signed.set(witness, new Date(at));
  }
  if (signed.size < least) throw new Refused("too-few-witnesses", { signed: signed.size, least });
  return signed;
}

// Gives the hash of every leaf, in one array, and what the leaves say; the first that is no record is told later,
// since an altered leaf is that above all.
async function readLeaves(folder, { evidence, vote }, onProgress) {
  const { size, closed_at: closed } = vote.log;
  const read = { hashes: new Uint8Array(size * HASH), cast: new Map(), opening: null, closing: null, wrong: null, late: null };
  const clock = { last: -(1n << 63n), closedAt: microseconds(closed), imported: evidence.sources.map(({ id }) => id) };
  for (let first = 0; first < size; first += WIDTH) {
    if (first % (WIDTH * 16) === 0) onProgress("leaves", first, size);
    const file = `evidence/log/${tilePath("entries", first / WIDTH, Math.min(size - first, WIDTH))}`;
    const bundle = await folder.read(file);
    const view = new DataView(bundle.buffer, bundle.byteOffset, bundle.byteLength);
    let [at, leaf] = [0, first];
    for (; leaf < Math.min(first + WIDTH, size); leaf += 1) {
      if (at + 2 > bundle.length || at + 2 + view.getUint16(at) > bundle.length) throw new Refused("bad-bundle", { file, leaf });
      const entry = bundle.subarray(at + 2, at + 2 + view.getUint16(at));
      read.hashes.set(hashOfLeaf(entry), leaf * HASH);
      if (leaf === 0) read.opening = statementIn(entry, "/opening/");
      else if (leaf === size - 1) read.closing = statementIn(entry, "/closing/");
      else if (!countLeaf(entry, read)) read.wrong ??= { file, leaf };
      else if (!isInTime(entry, read.opening, clock)) read.late ??= { file, leaf };
      at += 2 + entry.length;
    }
    if (at !== bundle.length) throw new Refused("bad-bundle", { file, leaf });
  }
  return read;
}

function checkLeaves({ cast, opening, closing, wrong, late }, stated, passed) {
  const { log } = stated.vote;
  if (!opening) throw new Refused("other-opening-stated", { part: "type" });
  checkOpening(opening, stated);
  passed("opening-agrees");
  if (wrong) throw new Refused("bad-leaf", wrong);
  if (late) throw new Refused("bad-instant", late);
  const isClosed = closing?.ballots === log.size - 2 && closing.closed_at === log.closed_at && closing.because === log.because;
  if (!isClosed) throw new Refused("other-closing");
  const [end, at] = [stated.vote.windows.map(({ to }) => microseconds(to)).reduce((one, other) => (one > other ? one : other)), microseconds(log.closed_at)];
  if (isFromFiles(stated) ? at !== end || log.because : at < end && !log.because) throw new Refused("bad-closing");
  passed("closing-agrees", { ballots: log.size - 2 });
  checkCast(cast, stated);
  passed("cast-agrees");
}

function statementIn(entry, kind) {
  try {
    const stated = readStatement(entry);
    return stated.type.includes(kind) ? stated : null;
  } catch {
    return null;
  }
}

// Says whether a leaf is a record under the opening, and adds it to what was cast.
function countLeaf(record, { opening, cast }) {
  const [channels, nominees, sources] = ["channels", "nominees", "sources"].map((name) => opening?.[name] ?? []);
  if (!isRecord(record)) return false;
  const view = new DataView(record.buffer, record.byteOffset, record.length);
  const [channel, nominee] = [record[1], view.getUint16(2)];
  const isDeclared = (channel < channels.length || channel === 0xff) && (nominee < nominees.length || nominee === NOBODY);
  if (!isDeclared || view.getUint16(28) >= sources.length) return false;
  const key = nominee === NOBODY || channel === 0xff ? "" : `${channels[channel]} ${nominees[nominee]}`;
  const sum = cast.get(key) ?? [0, 0];
  cast.set(key, [sum[0] + 1, sum[1] + view.getUint32(4)]);
  return true;
}

// docs/spec/ballot-leaf.md, "What a log must not say": of a live vote, whose opening states keys, posts that were
// imported carry their platform's instants; nothing of it was cast when it was closed.
function isInTime(record, { keys, sources }, clock) {
  const view = new DataView(record.buffer, record.byteOffset, record.length);
  const at = view.getBigInt64(8);
  if (keys && at >= clock.closedAt) return false;
  if (keys && (record[24] !== 0 || clock.imported.includes(sources[view.getUint16(28)]))) return true;
  if (at < clock.last) return false;
  clock.last = at;
  return true;
}

function microseconds(instant) {
  const [, second, fraction = ""] = /^(.{19})(?:\.(\d{6}))?Z$/.exec(instant) ?? [];
  return BigInt(Date.parse(`${second}Z`)) * 1000n + BigInt(fraction || 0);
}

function checkOpening(opening, stated) {
  const { season, rules, vote, nominees, evidence, audit } = stated;
  const purges = audit.purges.filter(({ late }) => !late).map(({ rule }) => rule);
  const late = audit.purges.filter((purge) => purge.late).map(({ rule }) => rule);
  const declared = Object.keys(rules).filter((name) => !late.includes(name));
  const madeUp = evidence.sources.filter(({ kind, synthetic }) => kind === "ballots" && synthetic).map(({ id }) => id);
  const same = (one, other) => canonical(one ?? null) === canonical(other ?? null);
  const agrees = {
    origin: opening.origin === season.origin && opening.award === season.award && opening.edition === season.edition,
    rules: same(opening.rules, Object.fromEntries(declared.map((name) => [name, rules[name].sha256]))),
    purges: same(opening.purges ?? [], purges),
    synthetic: same(opening.synthetic, madeUp),
    key: Object.keys(opening).every((key) => OPENING.includes(key)),
    windows: same(opening.windows, vote.windows),
    nominees: same(opening.nominees, nominees.map(({ nominee }) => nominee).sort(byCodePoint)),
    sources: same(opening.sources, vote.sources),
    names: same(opening.names, vote.log.names) && opening.names_sha256 === vote.log.names_sha256 && areCalled(nominees, opening.names),
    keys: same(opening.keys, vote.log.keys),
  };
  for (const [part, agreed] of Object.entries(agrees)) if (!agreed) throw new Refused("other-opening-stated", { part });
}

// The name that a certificate gives a nominee is one of those that were bound; who has none is called by the id.
function areCalled(nominees, names) {
  const called = ({ nominee }) => (Object.hasOwn(names, nominee) ? Object.values(names[nominee]) : [nominee]);
  return !names || nominees.every((row) => called(row).includes(row.name));
}

// Each nominee's ballots and votes in each channel, as cast; what came after is for who counts.
function checkCast(cast, stated) {
  const nominees = new Set(stated.nominees.map(({ nominee }) => nominee));
  const hasTotals = stated.evidence.sources.some(({ kind }) => kind === "totals"); // which nobody logged
  for (const row of stated.result.totals) {
    const key = `${row.channel} ${row.nominee}`;
    const [ballots, votes] = cast.get(key) ?? [0, 0];
    const isCounted = nominees.has(row.nominee) && (cast.has(key) || !hasTotals);
    if (isCounted && (ballots !== row.ballots_cast || votes !== row.votes_cast)) {
      throw new Refused("other-cast", { nominee: row.nominee, channel: row.channel, ballots, stated: row.ballots_cast });
    }
    cast.delete(key);
  }
  for (const key of cast.keys()) if (key) throw new Refused("other-cast", { nominee: key.slice(key.indexOf(" ") + 1), channel: key.split(" ")[0], ballots: cast.get(key)[0], stated: 0 });
}

async function checkTree(folder, log, leaves, tiles, passed, onProgress) {
  const levels = [leaves];
  while (levels.at(-1).length >= WIDTH * HASH) levels.push(tileRoots(levels.at(-1)));
  const isSigned = equal(rootOf(leaves), bytesOf(log.root));
  if (!isSigned) await nameDamage(folder, log, leaves);
  passed("root-rebuilt", { leaves: log.size });
  const wanted = new Set();
  let done = 0;
  for (const [level, hashes] of levels.entries()) {
    for (let first = 0; first < hashes.length / HASH; first += WIDTH) {
      const width = Math.min(hashes.length / HASH - first, WIDTH);
      const file = `evidence/log/${tilePath(level, first / WIDTH, width)}`;
      wanted.add(file);
      onProgress("tiles", (done += 1), tiles.length);
      const held = await folder.read(file);
      if (!equal(held, hashes.subarray(first * HASH, (first + width) * HASH))) throw new Refused("bad-tile", { file });
    }
  }
  for (let first = 0; first < log.size; first += WIDTH) wanted.add(`evidence/log/${tilePath("entries", first / WIDTH, Math.min(log.size - first, WIDTH))}`);
  for (const file of tiles) if (!wanted.has(file)) await checkEarlier(folder, file, levels);
  passed("tiles-same", { files: tiles.length });
}

// A log that grew may keep the tiles that were not full yet: the first part of what became of them.
async function checkEarlier(folder, file, levels) {
  const [, level, path, width] = /^evidence\/log\/tile\/(\d|entries)\/((?:x\d{3}\/)*\d{3})\.p\/([1-9]\d{0,2})$/.exec(file) ?? [];
  const first = Number(path?.replace(/[x/]/g, "")) * WIDTH;
  const hashes = levels[level === "entries" ? 0 : level];
  const number = Math.min(WIDTH, (hashes?.length ?? 0) / HASH - first);
  if (!(width < number) || `evidence/log/${tilePath(level, first / WIDTH, Number(width))}` !== file) throw new Refused("extra", { file });
  const wanted = hashes.subarray(first * HASH, (first + Number(width)) * HASH);
  const held = await folder.read(file);
  if (!equal(level === "entries" ? hashesIn(held, file, first) : held, wanted)) throw new Refused("bad-tile", { file });
}

function hashesIn(bundle, file, first) {
  const view = new DataView(bundle.buffer, bundle.byteOffset, bundle.byteLength);
  const hashes = [];
  for (let at = 0; at < bundle.length; at += 2 + view.getUint16(at)) {
    if (at + 2 > bundle.length || at + 2 + view.getUint16(at) > bundle.length) throw new Refused("bad-bundle", { file, leaf: first + hashes.length });
    hashes.push(hashOfLeaf(bundle.subarray(at + 2, at + 2 + view.getUint16(at))));
  }
  return joined(...hashes);
}

// The leaves do not give the signed root: if the tiles of hashes do, they say which leaf is another one.
async function nameDamage(folder, log, leaves) {
  const held = new Uint8Array(leaves.length);
  for (let first = 0; first < log.size; first += WIDTH) {
    const width = Math.min(log.size - first, WIDTH);
    const tile = await folder.read(`evidence/log/${tilePath(0, first / WIDTH, width)}`);
    if (tile.length !== width * HASH) throw new Refused("other-root");
    held.set(tile, first * HASH);
  }
  if (equal(rootOf(held), bytesOf(log.root))) {
    for (let leaf = 0; leaf < log.size; leaf += 1) {
      if (!equal(held.subarray(leaf * HASH, (leaf + 1) * HASH), leaves.subarray(leaf * HASH, (leaf + 1) * HASH))) {
        const first = leaf - (leaf % WIDTH);
        const file = `evidence/log/${tilePath("entries", first / WIDTH, Math.min(log.size - first, WIDTH))}`;
        throw new Refused("bad-bundle", { file, leaf });
      }
    }
  }
  throw new Refused("other-root");
}

// C2SP tlog-tiles: tile/0/x001/x234/067, and .p/W behind one that is not full.
function tilePath(level, index, width) {
  const groups = [];
  let rest = index;
  do {
    groups.unshift(String(rest % 1000).padStart(3, "0"));
    rest = Math.floor(rest / 1000);
  } while (rest);
  const path = groups.map((group, place) => (place < groups.length - 1 ? `x${group}` : group)).join("/");
  return `tile/${level}/${path}${width < WIDTH ? `.p/${width}` : ""}`;
}

// The root over each full tile of hashes.
function tileRoots(hashes) {
  const full = Math.floor(hashes.length / (WIDTH * HASH));
  const roots = new Uint8Array(full * HASH);
  for (let tile = 0; tile < full; tile += 1) roots.set(rootOf(hashes.subarray(tile * WIDTH * HASH, (tile + 1) * WIDTH * HASH)), tile * HASH);
  return roots;
}

// RFC 6962: pairs, level by level; an odd last hash rises as it is.
function rootOf(hashes) {
  let level = hashes.slice();
  while (level.length > HASH) {
    const number = level.length / HASH;
    const above = new Uint8Array(Math.ceil(number / 2) * HASH);
    for (let place = 0; place + 1 < number; place += 2) above.set(hashOfNodes(level, place * HASH), (place / 2) * HASH);
    if (number % 2) above.set(level.subarray((number - 1) * HASH), above.length - HASH);
    level = above;
  }
  return level;
}

// ---- SHA-256 of what is small, at once: a promise for each of a million leaves takes ten times as long

const ROUNDS = Uint32Array.from("428a2f98 71374491 b5c0fbcf e9b5dba5 3956c25b 59f111f1 923f82a4 ab1c5ed5 d807aa98 12835b01 243185be 550c7dc3 72be5d74 80deb1fe 9bdc06a7 c19bf174 e49b69c1 efbe4786 0fc19dc6 240ca1cc 2de92c6f 4a7484aa 5cb0a9dc 76f988da 983e5152 a831c66d b00327c8 bf597fc7 c6e00bf3 d5a79147 06ca6351 14292967 27b70a85 2e1b2138 4d2c6dfc 53380d13 650a7354 766a0abb 81c2c92e 92722c85 a2bfe8a1 a81a664b c24b8b70 c76c51a3 d192e819 d6990624 f40e3585 106aa070 19a4c116 1e376c08 2748774c 34b0bcb5 391c0cb3 4ed8aa4a 5b9cca4f 682e6ff3 748f82ee 78a5636f 84c87814 8cc70208 90befffa a4506ceb bef9a3f7 c67178f2".split(" "), (word) => parseInt(word, 16));
const BEGIN = Uint32Array.of(0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19);
const WORDS = new Uint32Array(64);

function hashOfLeaf(entry) {
  return hashed(entry, 0, entry.length, 0);
}

function hashOfNodes(hashes, at) {
  return hashed(hashes, at, 2 * HASH, 1);
}

// SHA-256 over one byte and a part of an array.
function hashed(bytes, from, length, prefix) {
  const whole = length + 1;
  const blocks = Math.ceil((whole + 9) / 64);
  const padded = new Uint8Array(blocks * 64);
  padded[0] = prefix;
  padded.set(bytes.subarray(from, from + length), 1);
  padded[whole] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 4, whole * 8);
  const state = Uint32Array.from(BEGIN);
  for (let block = 0; block < blocks; block += 1) mix(state, view, block * 64);
  const made = new Uint8Array(HASH);
  const out = new DataView(made.buffer);
  for (let word = 0; word < 8; word += 1) out.setUint32(word * 4, state[word]);
  return made;
}

function mix(state, view, at) {
  for (let word = 0; word < 16; word += 1) WORDS[word] = view.getUint32(at + word * 4);
  for (let word = 16; word < 64; word += 1) {
    const [one, two] = [WORDS[word - 15], WORDS[word - 2]];
    const small = ((one >>> 7) | (one << 25)) ^ ((one >>> 18) | (one << 14)) ^ (one >>> 3);
    const large = ((two >>> 17) | (two << 15)) ^ ((two >>> 19) | (two << 13)) ^ (two >>> 10);
    WORDS[word] = WORDS[word - 16] + small + WORDS[word - 7] + large;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let word = 0; word < 64; word += 1) {
    const mixed = (((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))) >>> 0;
    const first = (h + mixed + ((e & f) ^ (~e & g)) + ROUNDS[word] + WORDS[word]) | 0;
    const second = ((((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
  }
  const made = [a, b, c, d, e, f, g, h];
  for (let word = 0; word < 8; word += 1) state[word] += made[word];
}

// ---- small things

function bytesOfHex(text) {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

function byCodePoint(one, other) {
  const [left, right] = [[...one], [...other]];
  for (let place = 0; place < Math.min(left.length, right.length); place += 1) {
    const difference = left[place].codePointAt(0) - right[place].codePointAt(0);
    if (difference) return difference;
  }
  return left.length - right.length;
}

if (!globalThis.document && globalThis.plauditVerify) globalThis.plauditVerify.verifyFolder = verifyFolder;
