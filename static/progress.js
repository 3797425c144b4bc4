// While a task runs, ask every two seconds how far it is; when it has ended, show the whole page anew.
const wait = () => setTimeout(look, 2000);
async function look() {
  const shown = document.getElementById("progress");
  if (!shown || shown.dataset.state !== "running") return;
  if (document.hidden || shown.contains(document.activeElement)) return wait();
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("progress");
    if (!fresh) return;
    if (fresh.dataset.state !== "running") return location.reload();
    shown.replaceWith(fresh);
  } catch {
    // Without a connection the figures stay as they are until there is one again.
  }
  wait();
}
wait();
