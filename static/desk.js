// Keys for the verifier's desk. Without this script everything works by pointer and Tab.
const desk = document.querySelector("[data-keys]");
const typing = (element) => /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);

if (desk) {
  const told = desk.querySelector(".keys");
  if (told) told.hidden = false;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.key === "Escape" && typing(document.activeElement)) {
      document.activeElement.blur();
      return;
    }
    if (typing(document.activeElement)) return;
    const wanted = desk.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!wanted) return;
    event.preventDefault();
    if (typing(wanted)) wanted.focus();
    else wanted.click();
  });
}
