// Everything works without this file; it only saves steps.
"use strict";
document.documentElement.classList.add("has-js");

const tab = document.querySelector("nav [aria-current]");
if (tab) { const row = tab.closest("ul"); row.scrollLeft = Math.max(0, tab.offsetLeft - row.offsetLeft - 24); }

for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());

const upload = document.querySelector("[data-upload]");
if (upload) {
  const input = upload.querySelector("input[type=file]"), drop = upload.querySelector("[data-drop]");
  const list = upload.querySelector("[data-chosen]"), bar = upload.querySelector("[data-bar]");
  const told = upload.querySelector("[data-progress]"), button = upload.querySelector("button");
  const MOST = 63 * 1048576;
  const size = n => n < 1048576 ? Math.max(1, Math.round(n / 1024)) + " KB" : (n / 1048576).toFixed(1) + " MB";
  const show = () => {
    list.replaceChildren(...[...input.files].map(f => { const line = document.createElement("li"); line.textContent = f.name + " · " + size(f.size); return line; }));
    told.textContent = [...input.files].reduce((n, f) => n + f.size, 0) > MOST ? upload.dataset.heavy : "";
  };
  input.addEventListener("change", show);
  const over = on => drop.classList.toggle("over", on);
  for (const name of ["dragenter", "dragover"]) document.addEventListener(name, e => { e.preventDefault(); over(true); });
  document.addEventListener("dragleave", e => { if (!e.relatedTarget) over(false); });
  document.addEventListener("drop", e => {
    e.preventDefault();
    over(false);
    const all = new DataTransfer();
    const known = new Set();
    for (const f of [...input.files, ...e.dataTransfer.files]) {
      const mark = f.name + "|" + f.size + "|" + f.lastModified;
      if (!known.has(mark)) { known.add(mark); all.items.add(f); }
    }
    if (all.files.length) { input.files = all.files; show(); }
  });
  // The form has a number of its own: sent again after a lost connection, the same files come in once.
  const send = (body, turn) => {
    const call = new XMLHttpRequest();
    call.open("POST", upload.getAttribute("action") || location.pathname);
    call.setRequestHeader("Accept", "application/json");
    call.upload.addEventListener("progress", e => {
      if (!e.lengthComputable) return;
      bar.value = Math.round(100 * e.loaded / e.total);
      told.textContent = bar.value < 100 ? upload.dataset.sending + " " + bar.value + " %" : upload.dataset.sent;
    });
    const again = () => {
      told.textContent = upload.dataset.lost;
      const wait = Math.min(15000, 500 * 2 ** turn);
      let gone = false;
      const go = () => { if (!gone) { gone = true; send(body, turn + 1); } };
      addEventListener("online", go, { once: true });
      setTimeout(go, wait);
    };
    call.addEventListener("error", again);
    call.addEventListener("timeout", again);
    call.addEventListener("load", () => {
      if (call.status === 502 || call.status === 503 || call.status === 504) { again(); return; }
      let to = "";
      try { to = JSON.parse(call.responseText).to; } catch { /* a page that says what is wrong */ }
      if (to && to.startsWith("/jobs/")) { location.assign(to); return; }
      if (new URL(call.responseURL || location.href).pathname !== location.pathname) { location.assign(call.responseURL); return; }
      const page = new DOMParser().parseFromString(call.responseText, "text/html");
      told.textContent = (page.querySelector(".trouble, .lead") || page.body).textContent.trim().slice(0, 300);
      bar.hidden = true;
      button.disabled = false;
    });
    call.send(body);
  };
  upload.addEventListener("submit", e => {
    e.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    bar.hidden = false;
    send(new FormData(upload), 0);
  });
}

const job = document.querySelector("[data-job]");
if (job) {
  const bar = job.querySelector("progress"), stage = job.querySelector("[data-stage]");
  const look = async () => {
    try {
      const answer = await fetch(job.dataset.job, { headers: { Accept: "application/json" } });
      if (answer.ok) {
        const now = await answer.json();
        if (now.over) { location.reload(); return; }
        if (now.stage) { stage.textContent = now.stage; bar.max = now.total; bar.value = now.done; }
      }
    } catch { /* the connection is lost for a moment: ask again */ }
    setTimeout(look, 800);
  };
  setTimeout(look, 400);
}

const keys = document.querySelector("[data-keys]");
if (keys) {
  const find = keys.querySelector("[data-find]");
  const fold = s => s.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  find.addEventListener("input", () => {
    for (const line of keys.querySelectorAll(".check")) line.classList.toggle("off", !fold(line.textContent).includes(fold(find.value)));
    for (const box of keys.querySelectorAll("fieldset")) box.classList.toggle("off", !box.querySelector(".check:not(.off)"));
  });
  find.addEventListener("keydown", e => {
    if (e.key !== "Enter") return;
    e.preventDefault();
    const first = keys.querySelector(".check:not(.off) input");
    if (first && find.value) { first.checked = !first.checked; find.value = ""; find.dispatchEvent(new Event("input")); } else keys.requestSubmit();
  });
  document.addEventListener("keydown", e => {
    if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || e.target.matches("input:not([type=checkbox]), select, textarea")) return;
    if (e.key === "/") { e.preventDefault(); find.focus(); return; }
    if (e.key === "Enter" && !e.target.matches("a, button, summary")) { e.preventDefault(); keys.requestSubmit(); return; }
    const link = keys.querySelector(`[data-key="${CSS.escape(e.key)}"]`);
    if (link) link.click();
  });
}
