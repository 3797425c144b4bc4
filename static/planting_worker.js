// The form for a planting opens without a signal. Kept are the form as everybody sees it, and what
// it is drawn with: nothing that belongs to anybody, no other page, no answer of the API.
const SHELL = "/plantings/offline";
const PARTS = ["/static/style.css", "/static/planting.js", "/static/kept.js", "/static/picker.js", "/static/icon.svg"];
const CACHE = "planting-form-2";

async function fill(language) {
  const cache = await caches.open(CACHE);
  const wanted = { cache: "reload", credentials: "omit", headers: { "Accept-Language": language } };
  for (const address of [SHELL, ...PARTS]) {
    const answer = await fetch(address, wanted);
    if (answer.ok && !answer.redirected) await cache.put(address, answer);
  }
}

const kept = (address) => caches.match(address, { cacheName: CACHE, ignoreVary: true });

self.addEventListener("install", (event) => event.waitUntil(fill(navigator.language).then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => {
  if (event.data?.keep) event.waitUntil(fill(event.data.keep).catch(() => {}));
});
self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== self.location.origin) return;
  const address = mode === "navigate" && pathname === "/plantings/new" ? SHELL : pathname;
  if (address !== SHELL && !PARTS.includes(address)) return;
  event.respondWith(
    fetch(event.request).catch(async (reason) => {
      const found = await kept(address);
      if (found) return found;
      throw reason;
    }),
  );
});
