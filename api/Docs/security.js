"use strict";
(() => {
  const at = id => document.getElementById(id);
  const show = (id, on) => { at(id).hidden = !on; };
  const optional = id => at(id).value.trim() || undefined;

  const base64 = file => new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => failed(new Error(file.name));
    reader.readAsDataURL(file);
  });

  const call = async (path, init) => {
    const answer = await fetch(path, { ...init, credentials: "omit", cache: "no-store" });
    const body = await answer.json();
    if (answer.ok) return body;
    const faults = (body.errors || []).map(fault => (fault.pointer ? fault.pointer.slice(1) + ": " : "") + fault.detail);
    throw new Error([body.title].concat(faults).join("\n"));
  };

  const run = (form, problem, work) => at(form).addEventListener("submit", async event => {
    event.preventDefault();
    const button = at(form).querySelector("button");
    button.disabled = true;
    show(problem, false);
    try {
      await work();
    } catch (failure) {
      at(problem).textContent = failure instanceof TypeError ? "The platform does not answer. Nothing is known to be kept; try again." : failure.message;
      show(problem, true);
    }
    button.disabled = false;
  });

  run("report-form", "report-problem", async () => {
    const files = [...at("attachments").files];
    if (files.reduce((sum, file) => sum + file.size, 0) > 1024 * 1024) throw new Error("The files have more than 1 MiB in all.");
    const attachments = await Promise.all(files.map(async file => ({ name: file.name, content: await base64(file) })));
    const receipt = await call("/v1/vulnerability-reports", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        title: at("title").value.trim(), description: at("description").value, steps: optional("steps"), affected: optional("affected"),
        severity: optional("severity"), contact: optional("contact"), attachments: attachments.length ? attachments : undefined,
      }),
    });
    at("receipt-id").textContent = at("status-id").value = receipt.id;
    at("receipt-token").textContent = receipt.statusToken;
    show("report-form", false);
    show("receipt", true);
    at("receipt").scrollIntoView();
  });

  run("status-form", "status-problem", async () => {
    show("status-answer", false);
    const status = await call("/v1/vulnerability-reports/" + encodeURIComponent(at("status-id").value.trim()), { headers: { Authorization: "Bearer " + at("status-token").value.trim() } });
    at("status-state").textContent = status.state;
    at("status-date").textContent = status.estimatedFixDate || "no estimate yet";
    at("status-updated").textContent = new Date(status.updatedAt).toUTCString();
    at("status-messages").replaceChildren(...status.messages.map(message => {
      const item = document.createElement("li");
      item.textContent = new Date(message.at).toUTCString() + ": " + message.text;
      return item;
    }));
    show("status-answer", true);
  });
})();
