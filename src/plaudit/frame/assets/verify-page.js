// The page around verify.js and folder.js: it takes a text, a file or a folder, and shows the verdict.
// A verdict is shown for what stands in the field or was chosen last, and for nothing else: whatever
// changes takes the verdict away first.
"use strict";

function begin() {
  const form = document.querySelector("form[data-verify]");
  if (!form) return;
  const published = JSON.parse(document.getElementById("published").textContent);
  const words = JSON.parse(document.getElementById("words").textContent);
  const field = form.querySelector("textarea");
  const shown = new Shown(words);

  const checkText = () => {
    if (!field.value.trim()) {
      shown.clear();
      return field.focus();
    }
    return shown.during("", () => verify(field.value, withOwnKey(published, ownKey(form))));
  };
  const checkFile = async (file) => {
    shown.clear();
    field.value = "";
    if (await isZip(file)) return checkFolder([[file.name, file]], file.name);
    return shown.during(file.name, async (isWanted) => {
      if (file.size > LONGEST) return [{ step: "too-long", ok: false, values: {} }];
      const bytes = new Uint8Array(await file.arrayBuffer());
      if (isWanted()) field.value = bytes.length > LONGEST_RECEIPT ? "" : new TextDecoder().decode(bytes);
      return verify(bytes, withOwnKey(published, ownKey(form)));
    });
  };
  const checkFolder = (files, name) => {
    field.value = "";
    return shown.during(name, () => shown.working(files, withOwnKey(published, ownKey(form))));
  };

  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    checkText();
  });
  form.addEventListener("input", ({ target }) => target.type === "file" || shown.clear());
  form.addEventListener("reset", () => shown.clear());
  form.elements.file.addEventListener("change", ({ target }) => target.files[0] && checkFile(target.files[0]));
  form.elements.folder.addEventListener("change", ({ target }) => {
    const files = [...target.files].map((file) => [file.webkitRelativePath, file]);
    if (files.length) checkFolder(files, files[0][0].split("/")[0]);
  });
  form.addEventListener("click", ({ target }) => { // so that the same file can be chosen again
    if (target.type === "file") target.value = "";
  });
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", async (event) => {
    event.preventDefault();
    const { items, files } = event.dataTransfer;
    const entry = items[0]?.kind === "file" ? items[0].webkitGetAsEntry?.() : null;
    if (entry?.isDirectory) return checkFolder(await filesOf(entry), entry.name);
    if (files[0]) return checkFile(files[0]);
    field.value = event.dataTransfer.getData("text");
    return checkText();
  });
  const checkLink = () => { // what stands behind # is not sent to any server
    if (!location.hash.startsWith("#receipt=")) return;
    shown.clear();
    try {
      field.value = decodeURIComponent(location.hash.slice("#receipt=".length));
    } catch {
      field.value = "";
      shown.during("", () => [{ step: "bad-link", ok: false, values: {} }]);
      return;
    }
    checkText();
  };
  addEventListener("hashchange", checkLink);
  checkLink();
}

class Shown {
  #words;
  #asked = 0;
  #worker = null;

  constructor(words) {
    this.#words = words;
  }

  // Takes the verdict away, and ends what is still being checked.
  clear() {
    this.#asked += 1;
    this.#worker?.terminate();
    this.#worker = null;
    this.#progress(null);
    document.getElementById("found").hidden = true;
    for (const id of ["verdict", "subject", "steps", "unchecked"]) document.getElementById(id).replaceChildren();
  }

  // Shows the steps that a check comes to, if nothing was changed meanwhile.
  async during(subject, check) {
    this.clear();
    const asked = this.#asked;
    const isWanted = () => asked === this.#asked;
    let steps;
    try {
      steps = globalThis.crypto?.subtle ? await check(isWanted) : [{ step: "no-crypto", ok: false, values: {} }];
    } catch {
      steps = [{ step: "unreadable", ok: false, values: {} }];
    }
    if (isWanted()) this.#show(steps, subject);
  }

  // In a worker, so that the page goes on; where a browser has none for pages from files, here.
  working(files, published) {
    const onProgress = (...told) => this.#progress(told);
    let worker;
    try {
      worker = new Worker(FOLDER_SCRIPT);
    } catch {
      return verifyFolder(files, published, onProgress);
    }
    this.#worker = worker;
    return new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => (data.steps ? resolve(data.steps) : onProgress(...data.progress));
      worker.onerror = reject;
      worker.postMessage({ files, published });
    }).finally(() => worker.terminate());
  }

  #progress(told) {
    const bar = document.getElementById("progress");
    bar.parentElement.hidden = told === null;
    if (told === null) return;
    const [what, done, of] = told;
    [bar.value, bar.max] = [done, Math.max(of, 1)];
    const text = this.#words[`doing ${what}`].replace("{done}", written(done)).replace("{of}", written(of));
    document.getElementById("doing").textContent = text;
  }

  #show(steps, subject) {
    this.#progress(null);
    const words = this.#words;
    const holds = steps.every(({ ok }) => ok !== false);
    const verdict = document.getElementById("verdict");
    verdict.textContent = holds ? words.holds : words.refused;
    verdict.className = holds ? "note holds" : "note refused";
    document.getElementById("subject").textContent = subject;
    const open = steps.filter(({ ok }) => ok === null);
    document.getElementById("steps").replaceChildren(...steps.filter(({ ok }) => ok !== null).map((one) => item(one, words)));
    document.getElementById("unchecked").replaceChildren(...open.map((one) => item(one, words)));
    document.getElementById("unchecked-title").hidden = !open.length;
    document.getElementById("found").hidden = false;
    verdict.focus();
  }
}

function ownKey(form) {
  return form.elements.key.value.trim();
}

// A key from elsewhere takes the place of the published one; what the page publishes is then another log's, maybe.
function withOwnKey(published, key) {
  if (!key) return published;
  const isSame = [published.logKey, published.certificateKey].includes(key);
  return { ...published, logKey: key, certificateKey: key, isOwnKey: true, ...(isSame ? {} : { checkpoint: null, nominees: null, channels: null }) };
}

async function isZip(file) {
  const start = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  return start.length === 4 && start[0] === 0x50 && start[1] === 0x4b && start[2] < 7;
}

// Every file below a folder that was dropped, by its path.
async function filesOf(entry) {
  if (entry.isFile) return [[entry.fullPath.replace(/^\//, ""), await new Promise((yes, no) => entry.file(yes, no))]];
  const reader = entry.createReader();
  const found = [];
  for (;;) { // a browser gives a hundred entries at a time
    const some = await new Promise((yes, no) => reader.readEntries(yes, no));
    if (!some.length) return found;
    for (const one of some) found.push(...(await filesOf(one)));
  }
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

function written(value, words = {}) {
  const { lang } = document.documentElement;
  if (typeof value === "number") return new Intl.NumberFormat(lang).format(value);
  if (value instanceof Date) {
    const style = { dateStyle: "long", timeStyle: "medium", timeZone: "UTC" };
    return `${new Intl.DateTimeFormat(lang, style).format(value)} UTC`;
  }
  const text = String(value ?? "");
  const known = Object.hasOwn(words, `value ${text}`) ? words[`value ${text}`] : text;
  return known.length > 300 ? `${known.slice(0, 300)}…` : known; // texts that a stranger signed may be long
}

begin();
