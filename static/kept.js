// What is kept on this phone until it has been sent: plantings with their photographs, each bound
// to the person who logged it, and tickets to photograph where there is no signal.

const opened = new Promise((resolve, reject) => {
  const asked = indexedDB.open("puhui", 1);
  asked.onupgradeneeded = () => {
    asked.result.createObjectStore("plantings", { keyPath: "name" });
    asked.result.createObjectStore("about", { keyPath: "key" });
  };
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});

async function work(store, mode, act) {
  const database = await opened;
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(store, mode);
    const asked = act(transaction.objectStore(store));
    // Only what has been committed counts as kept.
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

export const all = () => work("plantings", "readonly", (store) => store.getAll());
export const keep = (planting) => work("plantings", "readwrite", (store) => store.put(planting));
export const drop = (name) => work("plantings", "readwrite", (store) => store.delete(name));
export const note = (about) => work("about", "readwrite", (store) => store.put(about));
export const noted = (key) => work("about", "readonly", (store) => store.get(key));

// Forget one person: what they kept, their tickets, and that they were here.
export async function forget(person) {
  for (const one of await all()) if (one.person === person) await drop(one.name);
  for (const about of await work("about", "readonly", (store) => store.getAll())) {
    if (about.person === person) await work("about", "readwrite", (store) => store.delete(about.key));
  }
}

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const digest = async (algorithm, bytes) => new Uint8Array(await crypto.subtle.digest(algorithm, bytes));

// RFC 9562, version 5: the name of what follows from a thing, as the server derives it too.
export async function named(space, text) {
  const inside = space.replaceAll("-", "").match(/../g).map((pair) => parseInt(pair, 16));
  const bytes = (await digest("SHA-1", new Uint8Array([...inside, ...new TextEncoder().encode(text)]))).slice(0, 16);
  bytes[6] = (bytes[6] & 0x0f) | 0x50;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return hex(bytes).replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

export const photoName = async (name, bytes) => named(name, `photo ${hex(await digest("SHA-256", bytes))}`);

// Send one planting. The client names photograph and planting, so that sending again, when an
// answer was lost, changes nothing. Returns its state: sent, refused with the server's words,
// signed-out, or waiting.
export async function send(planting) {
  const photo = await put(`/api/photos/${planting.photo_id}`, planting.bytes, planting.type);
  if (photo.state !== "sent") return photo;
  const said = {
    base_id: planting.base_id,
    species: planting.species,
    trees: planting.trees,
    planted_on: planting.planted_on,
    photo_ids: [planting.photo_id],
  };
  const address = `/api/plantings/${planting.name}`;
  const sent = await put(address, JSON.stringify({ ...said, ticket_id: planting.ticket_id ?? null }), "application/json");
  // A ticket supports the claim and is no part of it: without one nobody is refused.
  if (sent.state === "refused" && planting.ticket_id && /ticket/.test(sent.about)) {
    return put(address, JSON.stringify(said), "application/json");
  }
  return sent;
}

async function put(address, body, type) {
  let answer;
  try {
    answer = await fetch(address, {
      method: "PUT",
      body,
      headers: { "Content-Type": type, Accept: "application/json", "Accept-Language": document.documentElement.lang },
    });
  } catch {
    return { state: "waiting" };
  }
  if (answer.ok) return { state: "sent" };
  if (answer.status === 401) return { state: "signed-out" };
  if (answer.status === 429 || answer.status >= 500) return { state: "waiting" };
  const problem = await answer.json().catch(() => ({}));
  const faults = problem.faults ?? [];
  return {
    state: "refused",
    about: [problem.code, ...faults.map((fault) => fault.code)].join(" "),
    words: faults.length ? faults.map((fault) => fault.detail) : [problem.title ?? String(answer.status)],
  };
}

// Who is signed in: their id, "" for nobody, null when there is no telling.
export async function whoIsHere() {
  try {
    const answer = await fetch("/api/me", { headers: { Accept: "application/json" } });
    if (answer.status === 401) return "";
    return answer.ok ? (await answer.json()).person_id : null;
  } catch {
    return null;
  }
}
