// Say in the page's language which files are chosen, over the browser's own words.
for (const picker of document.querySelectorAll("[data-picker]")) {
  const input = picker.querySelector("input[type=file]");
  const chosen = picker.querySelector(".chosen");
  const tell = () => {
    chosen.textContent = [...input.files].map((file) => file.name).join(", ") || chosen.dataset.none;
  };
  picker.querySelector(".pick").hidden = false;
  picker.classList.add("ours");
  input.addEventListener("change", tell);
  input.form?.addEventListener("reset", () => setTimeout(tell));
  tell();
}
