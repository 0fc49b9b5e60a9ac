(() => {
  "use strict";
  const one = (name, within = document) => within.querySelector(name);
  const ask = async (path) => {
    const answer = await fetch(path, { cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  };

  /* A file that is too large is told before it is sent. */
  const file = one("#file");
  file?.addEventListener("change", () => {
    const large = [...file.files].reduce((sum, chosen) => sum + chosen.size, 0) > Number(file.dataset.most);
    file.setCustomValidity(large ? file.dataset.large : "");
    if (large) file.reportValidity();
  });

  /* A job's progress. */
  const says = one("#says");
  const bar = one("#bar");
  const look = async () => {
    try {
      const now = await ask(`/jobs/${says.dataset.job}/state`);
      if (now.state === "done") { location.replace(says.dataset.report); return; }
      if (now.state !== "queued" && now.state !== "running") { location.reload(); return; }
      // The step is read aloud where it changes, the count beside it is not.
      if (one("#step").textContent !== now.step) one("#step").textContent = now.step;
      one("#count").textContent = now.count;
      if (now.of) { bar.max = now.of; bar.value = now.done; } else bar.removeAttribute("value");
    } catch { /* the desk may be starting anew: ask again */ }
    setTimeout(look, 1000);
  };
  if (says) setTimeout(look, 500);

  /* The list: how far each article is. What has ended is shown by loading the page anew, but never while something is being written. */
  const open = [...document.querySelectorAll("[data-job]:not(#says)")];
  const untouched = () => !one("#text").value && !file.value && !document.activeElement?.closest("form");
  const list = async () => {
    try {
      const now = await ask("/jobs/states");
      for (const item of open) {
        const state = one(".state", item);
        const told = now[item.dataset.job];
        if (told && state.textContent !== told) state.textContent = told;
      }
      if (open.some((item) => !(item.dataset.job in now)) && untouched()) { location.reload(); return; }
    } catch { /* as above */ }
    setTimeout(list, 2000);
  };
  if (open.length) setTimeout(list, 1000);
})();
