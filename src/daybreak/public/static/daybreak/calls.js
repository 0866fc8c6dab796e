// A counsellor's line: the three programs below it follow what is typed, and single keys work outside the line.
(() => {
  const form = document.querySelector("[data-call]");
  if (!form || !window.fetch || !window.AbortController) return;
  const line = form.querySelector("#q");
  const answer = form.querySelector("[data-answer]");
  const said = form.querySelector("[data-said]");
  const help = form.querySelector("[data-keys]");
  const twin = document.querySelector("a[hreflang]");
  let waiting = 0;
  let asking = null;
  let shown = line.value;
  let choosing = false;

  const words = () => new URLSearchParams(new FormData(form)).toString();
  const say = (text) => {
    if (said.textContent !== text) said.textContent = text;
  };

  // New programs take the place of the old ones; whoever stood on one of them stands on the same thing again.
  const put = (html) => {
    const at = document.activeElement;
    const inside = answer.contains(at);
    const id = inside ? at.id : "";
    answer.innerHTML = html;
    if (inside) (document.getElementById(id) || answer.querySelector("#three") || line).focus();
    const heading = answer.querySelector("[data-heading]");
    say(heading ? heading.textContent.trim().replace(/\s+/g, " ") : "");
  };

  const renew = async () => {
    clearTimeout(waiting);
    waiting = 0;
    if (asking) asking.abort();
    const mine = new AbortController();
    asking = mine;
    const text = line.value;
    try {
      const reply = await fetch(`${form.action}?${words()}&part=1`, { signal: mine.signal, cache: "no-store" });
      if (!reply.ok) throw new Error(String(reply.status));
      put(await reply.text());
      shown = text;
      // The address is the one that the form without a script would have: "back" finds the same three again.
      history.replaceState(null, "", `?${words()}`);
      if (twin) twin.search = `?${words()}`;
    } catch (problem) {
      if (problem.name !== "AbortError") say(form.dataset.lost);
      return false;
    } finally {
      if (asking === mine) asking = null;
    }
    return true;
  };

  line.addEventListener("input", (event) => {
    if (event.isComposing) return;
    clearTimeout(waiting);
    waiting = setTimeout(renew, 180);
  });

  form.addEventListener("submit", async (event) => {
    if (event.submitter && event.submitter.hasAttribute("formaction")) return;
    event.preventDefault();
    const fresh = line.value === shown && !waiting && !asking;
    if (!fresh && !(await renew())) {
      form.submit();
      return;
    }
    const heading = answer.querySelector("#three");
    if (heading) heading.focus();
  });

  form.addEventListener("change", (event) => {
    if (event.target.name !== "place") return;
    const kept = form.querySelectorAll("input[name=place]:checked").length;
    say(form.dataset.kept.replace("{n}", kept));
    history.replaceState(null, "", `?${words()}`);
  });

  const open = (number) => {
    const link = form.querySelector(`#open-${number}`);
    if (link) link.click();
  };
  const keep = (number) => {
    const box = form.querySelector(`#program-${number} input[name=place]`);
    if (box) box.click();
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    if (event.target.matches("input[type=text], textarea, select, [contenteditable]")) return;
    if (form.elements.keys.checked) return;
    const key = event.key.toLowerCase();
    const number = "123".includes(key) && key.length === 1 ? Number(key) : 0;
    if (number && choosing) keep(number);
    else if (number) open(number);
    else if (key === "p") say(form.dataset.pin);
    else if (key === "/") line.select();
    else if (key === "c") form.querySelector("[data-compare]")?.click();
    else if (key === "?") help.open = !help.open;
    else return;
    choosing = key === "p";
    if (key === "?") help.querySelector("summary").focus();
    event.preventDefault();
  });
})();
