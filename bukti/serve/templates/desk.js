(() => {
  "use strict";
  /* A job's progress. */
  const says = document.querySelector("#says");
  if (!says) return;
  const bar = document.querySelector("#bar");
  const look = async () => {
    try {
      const answer = await fetch(`/jobs/${says.dataset.job}/state`, { cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      const now = await answer.json();
      if (now.state === "done") { location.replace(says.dataset.report); return; }
      if (now.state === "failed") { location.reload(); return; }
      if (says.textContent !== now.says) says.textContent = now.says;
      if (now.of) { bar.max = now.of; bar.value = now.done; } else bar.removeAttribute("value");
    } catch { /* the desk may be starting anew: ask again */ }
    setTimeout(look, 1000);
  };
  setTimeout(look, 500);
})();
