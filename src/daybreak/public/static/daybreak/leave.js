// Leave quickly: the button, or Escape three times, puts another page in place of this one.
(() => {
  const link = document.querySelector("[data-leave]");
  if (!link) return;
  const leave = () => location.replace(link.href);
  let presses = [];
  link.addEventListener("click", (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    leave();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    presses = [...presses.filter((at) => event.timeStamp - at < 3000), event.timeStamp];
    if (presses.length >= 3) leave();
  });
})();
