// Whoever signs out while plantings wait on this phone is asked first; saying yes deletes them.
import { all, forget } from "./kept.js";

for (const form of document.querySelectorAll("form[data-leaving]")) {
  let asked = false;
  form.addEventListener("submit", async (event) => {
    if (asked) return;
    event.preventDefault();
    asked = true;
    try {
      const kept = (await all()).filter((one) => one.person === form.dataset.leaving && one.state !== "sent");
      if (kept.length && !confirm(form.dataset.question.replace("{}", kept.length))) {
        asked = false;
        return;
      }
      await forget(form.dataset.leaving);
    } catch {
      // Nothing could be kept here, so nothing is lost.
    }
    form.submit();
  });
  form.dataset.ready = "yes";
}
