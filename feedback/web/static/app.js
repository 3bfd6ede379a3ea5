// Everything works without this file; it only saves steps.
"use strict";
document.documentElement.classList.add("has-js");

for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());

const drop = document.querySelector("[data-drop]");
if (drop) {
  const input = drop.querySelector("input[type=file]");
  for (const name of ["dragenter", "dragover"]) drop.addEventListener(name, e => { e.preventDefault(); drop.classList.add("over"); });
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
  drop.addEventListener("drop", e => { e.preventDefault(); if (e.dataTransfer.files.length) input.files = e.dataTransfer.files; });
}

const upload = document.querySelector("[data-upload]");
if (upload) upload.addEventListener("submit", () => {
  const button = upload.querySelector("button");
  upload.querySelector("[data-progress]").textContent = "…";
  setTimeout(() => { button.disabled = true; }, 0);
});

const job = document.querySelector("[data-job]");
if (job) {
  const look = async () => {
    try {
      const answer = await fetch(job.dataset.job, { headers: { Accept: "application/json" } });
      if (answer.ok && (await answer.json()).over) { location.reload(); return; }
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
    if (e.ctrlKey || e.metaKey || e.altKey || e.target.matches("input:not([type=checkbox]), select, textarea")) return;
    if (e.key === "/") { e.preventDefault(); find.focus(); return; }
    if (e.key === "Enter" && !e.target.matches("a, button, summary")) { e.preventDefault(); keys.requestSubmit(); return; }
    const link = keys.querySelector(`[data-key="${CSS.escape(e.key)}"]`);
    if (link) link.click();
  });
}
