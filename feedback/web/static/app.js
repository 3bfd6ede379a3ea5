// Everything works without this file; it only saves steps.
"use strict";
document.documentElement.classList.add("has-js");

const tab = document.querySelector("nav [aria-current]");
if (tab) { const row = tab.closest("ul"); row.scrollLeft = Math.max(0, tab.offsetLeft - row.offsetLeft - 24); }

for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());

for (const button of document.querySelectorAll("[data-copy]")) button.addEventListener("click", async () => {
  const field = document.getElementById(button.dataset.copy);
  field.select();
  try { await navigator.clipboard.writeText(field.value); button.textContent = button.dataset.done; } catch { /* it is marked: Ctrl+C copies it */ }
});

const upload = document.querySelector("[data-upload]");
if (upload) {
  const input = upload.querySelector("input[type=file]"), drop = upload.querySelector("[data-drop]");
  const list = upload.querySelector("[data-chosen]"), bar = upload.querySelector("[data-bar]");
  const told = upload.querySelector("[data-progress]"), button = upload.querySelector("button");
  const MOST = (window.crypto.subtle ? 140 : 63) * 1048576;
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
  // Everything that is sent is sent again until it arrives; the form has a number of its own, so that nothing comes in twice.
  const rest = turn => new Promise(go => { addEventListener("online", go, { once: true }); setTimeout(go, Math.min(15000, 500 * 2 ** turn)); });
  const say = done => { bar.value = Math.round(100 * done); told.textContent = done < 1 ? upload.dataset.sending + " " + bar.value + " %" : upload.dataset.sent; };
  const once = (method, to, body, tell) => new Promise((got, lost) => {
    const call = new XMLHttpRequest();
    call.open(method, to);
    call.setRequestHeader("Accept", "application/json");
    if (body instanceof Blob) call.setRequestHeader("Content-Type", "application/octet-stream");
    if (tell) call.upload.addEventListener("progress", e => tell(e.loaded));
    for (const name of ["error", "timeout", "abort"]) call.addEventListener(name, lost);
    call.addEventListener("load", () => [502, 503, 504].includes(call.status) ? lost() : got(call));
    call.send(body);
  });
  const ask = async (method, to, body, tell) => {
    for (let turn = 0; ; turn++) {
      try { return await once(method, to, body, tell); } catch { told.textContent = upload.dataset.lost; await rest(turn); }
    }
  };
  const read = call => { try { return JSON.parse(call.responseText); } catch { return {}; } };
  const gone = call => call.responseURL && new URL(call.responseURL).pathname !== location.pathname && !call.responseURL.includes("/upload/part");
  const PIECE = Number(upload.dataset.piece);
  // A large file goes in pieces: the server says how much of it is there, be it from before a reload.
  const inPieces = async (file, tell) => {
    const hash = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    const sha = [...new Uint8Array(hash)].map(b => b.toString(16).padStart(2, "0")).join("");
    const to = "/upload/part?file=" + sha + "&size=" + file.size;
    let call = await ask("GET", to);
    while (call.status === 200 && !gone(call)) {
      const have = read(call).have;
      tell(have);
      if (have >= file.size) return sha + ":" + file.size + ":" + file.name;
      call = await ask("POST", to + "&start=" + have, file.slice(have, have + PIECE), n => tell(Math.min(have + n, have + PIECE)));
    }
    throw call;
  };
  const send = async (files, again) => {
    const body = new FormData(), total = files.reduce((n, f) => n + f.size, 0) || 1;
    let before = 0;
    body.append("once", upload.elements.once.value);
    const small = files.filter(f => f.size <= PIECE || !window.crypto.subtle);
    for (const f of files.filter(f => !small.includes(f))) {
      body.append("parts", await inPieces(f, n => say((before + n) / total * .999)));
      before += f.size;
    }
    for (const f of small) body.append("files", f, f.name);
    const call = await ask("POST", location.pathname, body, n => say(Math.min(1, (before + n) / total)));
    if (call.status === 409 && read(call).again) {
      if (again) throw call;
      return send(files, true);
    }
    const to = read(call).to || "";
    if (to.startsWith("/jobs/")) location.assign(to);
    else throw call;
  };
  const fail = call => {
    if (call instanceof XMLHttpRequest && gone(call)) { location.assign(call.responseURL); return; }
    const page = call instanceof XMLHttpRequest ? new DOMParser().parseFromString(call.responseText, "text/html") : null;
    const words = call instanceof XMLHttpRequest && (read(call).why || (read(call).again ? "" : (page.querySelector(".trouble, .lead") || page.body).textContent));
    told.textContent = (words || upload.dataset.wanting).trim().slice(0, 300);
    bar.hidden = true;
    button.disabled = false;
  };
  upload.addEventListener("submit", e => {
    e.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    bar.hidden = false;
    send([...input.files], false).catch(fail);
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

if (document.querySelector("[data-soon]")) {
  const look = async () => {
    try { if ((await fetch(location.href)).status !== 202) { location.reload(); return; } } catch { /* ask again */ }
    setTimeout(look, 1000);
  };
  setTimeout(look, 700);
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
