(() => {
  "use strict";
  const root = document.documentElement;

  /* Light and dark, shared with the reports. */
  const theme = document.querySelector("#theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme || (system.matches ? "dark" : "light")) === "dark";
  const show = () => theme.setAttribute("aria-pressed", String(isDark()));
  theme.hidden = false;
  theme.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    try { localStorage.setItem("bukti-theme", root.dataset.theme); } catch { /* storage is refused */ }
    show();
  });
  system.addEventListener("change", show);
  show();

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
