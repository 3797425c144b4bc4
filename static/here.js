// Ask the phone where it is when somebody checks in, then send the form as it would have gone.
"use strict";
for (const form of document.querySelectorAll("form[data-here]")) {
  form.addEventListener("submit", (event) => {
    if (form.elements.latitude.value || !navigator.geolocation) return;
    event.preventDefault();
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.elements.latitude.value = coords.latitude.toFixed(6);
        form.elements.longitude.value = coords.longitude.toFixed(6);
        form.elements.accuracy_m.value = Math.min(100000, Math.ceil(coords.accuracy));
        form.submit();
      },
      () => form.submit(),
      { enableHighAccuracy: true, timeout: 15000 },
    );
  });
}
