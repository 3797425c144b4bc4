// Log a planting with or without a signal. It is written on this phone first and sent from there;
// without this script the form goes the usual way.
import { all, drop, keep, named, note, noted, photoName, send, whoIsHere } from "./kept.js";

const form = document.querySelector("form[data-planting]");
const shelf = document.getElementById("kept");
const isShell = document.body.querySelector("[data-shell]") !== null;
let me = shelf.dataset.person;
let passing = false;
let sending = false;

const today = () => new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(new Date());
const chosen = (name) => form.querySelector(`[name=${name}]:checked`);

async function begin() {
  if (me) await note({ key: "me", person: me, ...(form ? remembered() : {}) }).catch(() => {});
  const last = await noted("me").catch(() => undefined);
  me ||= last?.person ?? "";
  if (form && isShell) fillIn(last);
  form?.addEventListener("submit", submit);
  shelf.addEventListener("click", pressed);
  addEventListener("online", flush);
  setInterval(() => document.hidden || flush(), 30_000);
  await show();
  // Whoever waits for this page may know that it listens now.
  shelf.dataset.ready = "yes";
  await flush();
  if (form && !isShell) await prepare();
  shelf.dataset.prepared = "yes";
}

// What the server offered first: the person's last planting.
function remembered() {
  return { base_id: form.elements.base_id.value, species: chosen("species")?.value ?? "", trees: trees() };
}

function fillIn(last) {
  form.elements.form_name.value = crypto.randomUUID();
  form.elements.planted_on.value = form.elements.planted_on.max = today();
  const asked = new URLSearchParams(location.search);
  setTrees(asked.get("trees") ?? last?.trees);
  if (!last) return;
  const base = asked.get("base") ?? last.base_id;
  if (form.querySelector(`option[value="${CSS.escape(base)}"]`)) form.elements.base_id.value = base;
  const species = form.querySelector(`[name=species][value="${CSS.escape(last.species)}"]`);
  if (species) species.checked = true;
}

const trees = () => Number(form.elements.more_trees.value) || Number(chosen("trees")?.value) || 0;

function setTrees(number) {
  const chip = form.querySelector(`[name=trees][value="${Number(number)}"]`);
  if (chip) chip.checked = true;
  else if (number) form.elements.more_trees.value = number;
}

async function submit(event) {
  const file = form.elements.photo.files[0];
  const species = chosen("species");
  // What is missing the server says beside its field; what it has kept from an earlier try it knows.
  if (passing || !me || !file || !species || !trees() || form.elements.photo_ids) return;
  event.preventDefault();
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  const name = form.elements.form_name.value;
  const base = form.elements.base_id;
  let planting;
  try {
    const bytes = await file.arrayBuffer();
    planting = {
      name,
      person: me,
      state: "waiting",
      base_id: base.value,
      species: species.value,
      says: `${species.parentElement.textContent.trim()} × ${trees()}`,
      trees: trees(),
      planted_on: form.elements.planted_on.value,
      bytes,
      type: file.type,
      photo_id: await photoName(name, bytes),
      ticket_id: await ticketFor(name, base.value),
      kept_at: Date.now(),
    };
    await keep(planting);
    await note({ key: "me", person: me, ...remembered() });
  } catch {
    // No room, or no store at all: then as if this script were not here.
    button.disabled = false;
    return natively();
  }
  const state = await pass(planting);
  if (state === "sent") return location.assign(`/plantings/${name}`);
  if (state === "refused" && !isShell) {
    await drop(name);
    return natively();
  }
  form.reset();
  fillIn(await noted("me"));
  button.disabled = false;
  await show();
  shelf.scrollIntoView();
}

function natively() {
  passing = true;
  form.requestSubmit();
}

// The ticket that came with the page, else one for where there is no signal.
async function ticketFor(name, base) {
  if (form.dataset.ticketBase === base) return named(name, `ticket ${base}`);
  const held = await noted(`ticket ${me} ${base}`).catch(() => undefined);
  return held && Date.parse(held.valid_until) > Date.now() ? held.ticket_id : null;
}

// Send one, and write down what became of it. Somebody else's is never sent.
async function pass(planting) {
  const here = await whoIsHere();
  if (here !== planting.person) {
    await mark(planting, { state: here === "" ? "signed-out" : "waiting" });
    return planting.state;
  }
  const outcome = await send(planting);
  if (outcome.state === "sent") {
    // The photograph is where it belongs; here only the news of it stays.
    await keep({ ...planting, ...outcome, bytes: null, sent_at: Date.now() });
    const ticket = await noted(`ticket ${me} ${planting.base_id}`).catch(() => undefined);
    if (ticket?.ticket_id === planting.ticket_id && ticket) await note({ ...ticket, valid_until: "" });
  } else {
    await mark(planting, outcome);
  }
  return outcome.state;
}

const mark = (planting, outcome) => keep(Object.assign(planting, outcome));

async function flush() {
  if (sending || !me) return;
  sending = true;
  try {
    const waiting = (await all()).filter(
      (one) => one.person === me && (one.state === "waiting" || one.state === "signed-out"),
    );
    for (const planting of waiting) await pass(planting);
    if (waiting.length) await show();
  } catch {
    // The store is closed to us; what is in it stays.
  } finally {
    sending = false;
  }
}

async function show() {
  const kept = await all().catch(() => []);
  const own = kept.filter((one) => one.person === me).sort((a, b) => b.kept_at - a.kept_at);
  const list = shelf.querySelector("ul");
  list.replaceChildren(...own.map(line));
  // The news of what was sent is told once; the record itself is on the server.
  for (const one of own) if (one.state === "sent" && !isShell) await drop(one.name);
  const others = new Set(kept.filter((one) => one.person !== me && one.state !== "sent").map((one) => one.person));
  shelf.querySelector("[data-others]").hidden = others.size === 0;
  shelf.hidden = own.length === 0 && others.size === 0;
}

function line(planting) {
  const made = shelf.querySelector(`template[data-state="${planting.state}"]`).content.cloneNode(true);
  const item = made.querySelector("li");
  item.dataset.name = planting.name;
  item.querySelector("strong").textContent = planting.says;
  item.querySelector("[data-day]").textContent = planting.planted_on;
  const words = item.querySelector("[data-words]");
  if (words) words.textContent = (planting.words ?? []).join(" ");
  const link = item.querySelector("a[data-link]");
  if (link) link.href = `/plantings/${planting.name}`;
  return made;
}

async function pressed(event) {
  const button = event.target.closest("button[data-act]");
  if (!button) return;
  const name = button.closest("li")?.dataset.name;
  if (button.dataset.act === "send") return flush();
  if (button.dataset.act === "drop" && confirm(button.dataset.question)) await drop(name);
  if (button.dataset.act === "edit" && form) await edit((await all()).find((one) => one.name === name));
  await show();
}

// Lay a refused planting back into the form, under a new name.
async function edit(planting) {
  const files = new DataTransfer();
  files.items.add(new File([planting.bytes], "planting", { type: planting.type }));
  form.elements.photo.files = files.files;
  form.elements.form_name.value = crypto.randomUUID();
  form.elements.base_id.value = planting.base_id;
  form.elements.planted_on.value = planting.planted_on;
  form.querySelector(`[name=species][value="${CSS.escape(planting.species)}"]`).checked = true;
  setTrees(planting.trees);
  await drop(planting.name);
  form.scrollIntoView();
}

// While there is a signal: keep the form for when there is none, and a ticket for the likely place.
async function prepare() {
  if (!navigator.serviceWorker) return;
  // A new keeper fills itself; one that was here before is told to look again.
  const before = navigator.serviceWorker.controller;
  await navigator.serviceWorker.register("/plantings/worker.js", { scope: "/plantings/" });
  await navigator.serviceWorker.ready;
  before?.postMessage({ keep: document.documentElement.lang });
  const base = form.elements.base_id.value;
  const key = `ticket ${me} ${base}`;
  const held = await noted(key);
  const lasts = held ? Date.parse(held.valid_until) - Date.now() : 0;
  if (!me || lasts > 36 * 3600 * 1000) return;
  const ticket_id = crypto.randomUUID();
  const answer = await fetch(`/api/tickets/${ticket_id}`, {
    method: "PUT",
    body: JSON.stringify({ base_id: base, offline: true }),
    headers: { "Content-Type": "application/json", Accept: "application/json" },
  }).catch(() => null);
  if (answer?.ok) await note({ key, person: me, ticket_id, valid_until: (await answer.json()).valid_until });
}

begin().catch(() => { shelf.dataset.ready = "no"; });
