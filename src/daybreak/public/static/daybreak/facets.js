// On a wide screen a ticked box shows its results at once; on a phone people tick several and then press the button.
(() => {
  const form = document.querySelector("[data-facets]");
  if (!form || !form.requestSubmit) return;
  const wide = matchMedia("(min-width: 60rem)");
  form.addEventListener("change", () => {
    if (wide.matches) form.requestSubmit();
  });
})();
