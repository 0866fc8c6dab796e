// Keys of the desk: "/" to the search box, j and k down and up a list, ? for this list. Every page works without them.
"use strict";
(() => {
  const rows = () => [...document.querySelectorAll("main [data-row], main table.data tbody tr:has(a)")];
  const link = (row) => (row.matches("a") ? row : row.querySelector("a"));
  let at = -1;

  const move = (step) => {
    const all = rows();
    if (!all.length) return;
    const held = all.findIndex((row) => row.contains(document.activeElement));
    at = Math.min(all.length - 1, Math.max(0, (held >= 0 ? held : at) + step));
    all.forEach((row, number) => row.classList.toggle("at", number === at));
    link(all[at]).focus();
    all[at].scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable], dialog[open]")) return;
    const search = document.querySelector("[data-search]");
    if (event.key === "/" && search) search.focus();
    else if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "?") document.querySelector("dialog.keys")?.showModal();
    else return;
    event.preventDefault();
  });
})();
