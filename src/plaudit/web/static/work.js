// The proof of work of a sign-in, solved in a worker so that the page stays alive.
// A form with a field marked data-work gets it filled before it is sent; the field bears the words to show.
"use strict";

async function solve({ parameters, signature }) {
  const { algorithm, cost, keyLength, keyPrefix, nonce, salt } = parameters;
  if (algorithm !== "SHA-256" || cost !== 1 || keyLength !== 32) throw new Error(`no solver for ${algorithm}`);
  const prefix = bytesOf(keyPrefix);
  const tried = new Uint8Array([...bytesOf(salt), ...bytesOf(nonce), 0, 0, 0, 0]);
  const view = new DataView(tried.buffer);
  for (let counter = 0; counter < 2 ** 32; counter++) {
    view.setUint32(tried.length - 4, counter);
    const key = new Uint8Array(await crypto.subtle.digest("SHA-256", tried));
    if (!prefix.every((byte, place) => byte === key[place])) continue;
    const derivedKey = Array.from(key, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return btoa(JSON.stringify({ challenge: { parameters, signature }, solution: { counter, derivedKey } }));
  }
  throw new Error("the challenge has no solution");
}

function bytesOf(hex) {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

function solvedAside(script, challenge) {
  const worker = new Worker(script);
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(challenge);
  }).finally(() => worker.terminate());
}

async function workDone(script, form, words) {
  if (!globalThis.crypto?.subtle) throw new Error(words.https);
  const answer = await fetch(form.action.replace(/\/sign-in\/.*$/, "/sign-in/work"));
  if (!answer.ok) throw new Error(`${words.busy} (${answer.status})`);
  return solvedAside(script, await answer.json());
}

function begin(script) {
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const field = form.querySelector("input[data-work]");
    if (!field) return;
    event.preventDefault();
    const said = form.querySelector("output") ?? form.appendChild(document.createElement("output"));
    said.textContent = field.dataset.wait;
    if (event.submitter) event.submitter.disabled = true;
    try {
      field.value = await workDone(script, form, field.dataset);
      form.submit();
    } catch (error) {
      said.textContent = error.message;
    } finally {
      if (event.submitter) event.submitter.disabled = false;
    }
  });
}

if (typeof document !== "undefined") begin(document.currentScript.src);
else if (typeof WorkerGlobalScope !== "undefined") onmessage = async ({ data }) => postMessage(await solve(data));
