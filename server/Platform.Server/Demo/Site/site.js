// The page of a tenant. All it knows of the platform is the global PlatformSession, which the tag before this script made.
"use strict";

const byId = (id) => document.getElementById(id);
const sections = ["waiting", "sign-in", "second-step", "account"].map(byId);
const methods = { totp: "Code of the authenticator", sms: "Code by text message", recovery_code: "Recovery code" };
const faults = {
  invalid_credentials: "User name or password is wrong.",
  invalid_code: "This code is wrong, or it was used already.",
  too_many_attempts: "Too many attempts.",
  rate_limited: "Too many attempts.",
  ip_not_allowed: "Signing in is not allowed from this network.",
  unavailable: "The platform does not answer. Try again in a moment.",
};
const reasons = {
  sign_out: "You have signed out.",
  expired: "You were signed out because nothing was done for a while.",
  ended: "Your session was ended. Sign in again.",
};
const unfinished = {
  second_factor_enrolment_required: "Your account needs a second factor first. Set it up where you manage your account.",
  password_change_required: "Your password has to be changed first, where you manage your account.",
};

let step; // of a sign-in that waits for its second factor
let endsAt = 0; // on the page's own clock, which cannot be set wrong
let length = 1;

function show(section, focus) {
  for (const other of sections) other.hidden = other.id !== section;
  if (focus) byId(focus).focus();
}

function list(element, texts) {
  element.replaceChildren(...texts.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
}

function tell(text, detail = "") {
  const item = document.createElement("li");
  const now = new Date();
  const time = Object.assign(document.createElement("time"), { dateTime: now.toISOString(), textContent: now.toLocaleTimeString() });
  const what = document.createElement("div");
  what.append(Object.assign(document.createElement("b"), { textContent: text }), " ", Object.assign(document.createElement("span"), { textContent: detail }));
  item.append(time, what);
  byId("events").prepend(item);
  while (byId("events").children.length > 100) byId("events").lastChild.remove();
}

function time(seconds) {
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  return minutes >= 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes}:${String(rest).padStart(2, "0")}`;
}

function tick() {
  const left = Math.max(0, Math.ceil((endsAt - performance.now()) / 1000));
  byId("left").textContent = time(left);
  byId("left-bar").value = left / length;
  byId("warning-left").textContent = `Time left: ${time(left)}`;
}

function render(session) {
  const seconds = Math.min(session.idleExpiresIn, session.absoluteExpiresIn);
  endsAt = performance.now() + seconds * 1000;
  length = Math.max(length, seconds);
  byId("who").textContent = session.username;
  list(byId("permissions"), session.permissions);
  list(byId("methods"), session.authenticationMethods);
  byId("since").textContent = new Date(session.createdAt).toLocaleString();
  byId("latest").textContent = new Date(session.absoluteExpiresAt).toLocaleString();
  byId("session").textContent = session.id;
  warn("");
  tick();
}

/** Read aloud once; the countdown beside it is for the eye. */
function warn(text) {
  byId("warning").hidden = !text;
  byId("warning-said").textContent = text;
}

const onEvent = {
  signed_in({ session }) {
    length = 1;
    render(session);
    byId("account-error").textContent = "";
    tell("signed_in", session.username);
    show("account", "account-title");
  },
  extended({ session }) {
    render(session);
    tell("extended", `ends in ${time(session.idleExpiresIn)} without activity`);
  },
  updated({ session }) {
    render(session);
    tell("updated", session.permissions.join(", "));
  },
  expiring({ expiresIn, end }) {
    tell("expiring", `${end} end in ${time(expiresIn)}`);
    byId("stay").hidden = end === "absolute";
    warn("You are about to be signed out.");
    tick();
  },
  signed_out({ reason }) {
    warn("");
    byId("ended").textContent = reasons[reason];
    byId("ended").hidden = false;
    tell("signed_out", reason);
    show("sign-in", "username");
  },
  unavailable({ code }) {
    byId("outage").hidden = false;
    tell("unavailable", code);
  },
  available() {
    byId("outage").hidden = true;
    tell("available");
  },
};

/** Runs it with the form's or button's controls off, and says what went wrong. */
async function attempt(controls, error, work) {
  const focused = document.activeElement;
  error.textContent = "";
  for (const control of controls) control.disabled = true;
  try {
    await work();
  } catch (fault) {
    const wait = fault.retryAfter ? ` Try again in ${time(fault.retryAfter)}.` : "";
    error.textContent = (faults[fault.code] ?? fault.message) + wait;
  } finally {
    for (const control of controls) control.disabled = false;
    // What is disabled loses the focus.
    if (document.activeElement === document.body) focused.focus();
  }
}

function proceed(result) {
  byId("password").value = byId("code").value = "";
  if (result.status === "signed_in") return; // onChange says so, here and in the other tabs
  if (result.status !== "second_factor_required") {
    byId("sign-in-error").textContent = unfinished[result.status];
    show("sign-in", "username");
    return;
  }
  step = result;
  byId("method").replaceChildren(...step.methods.map((method) => new Option(methods[method], method)));
  byId("second-step-error").textContent = "";
  chooseMethod();
  show("second-step", "code");
}

function chooseMethod() {
  byId("send-sms").hidden = byId("method").value !== "sms";
}

function submit(form, error, work) {
  byId(form).addEventListener("submit", (event) => {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(event.target));
    void attempt(event.target.elements, byId(error), () => work(fields));
  });
}

function start(platform) {
  platform.onChange((event) => onEvent[event.type]?.(event));
  submit("sign-in-form", "sign-in-error", async (fields) => {
    byId("ended").hidden = true;
    proceed(await platform.signIn(fields));
  });
  submit("second-step-form", "second-step-error", async ({ method, code }) => proceed(await step.confirm(method, code.trim())));
  byId("method").addEventListener("change", chooseMethod);
  byId("send-sms").addEventListener("click", ({ target }) => attempt([target], byId("second-step-error"), () => step.sendSms()));
  byId("cancel").addEventListener("click", () => show("sign-in", "username"));
  byId("stay").addEventListener("click", ({ target }) => attempt([target], byId("account-error"), () => platform.touch()));
  byId("touch").addEventListener("click", ({ target }) => attempt([target], byId("account-error"), () => platform.touch()));
  byId("sign-out").addEventListener("click", ({ target }) => attempt([target], byId("account-error"), () => platform.signOut()));
  setInterval(tick, 1000);
  platform.ready.then((session) => {
    tell("ready", session ? session.username : "nobody is signed in");
    // With a session, signed_in was raised already.
    if (!session && !byId("waiting").hidden) show("sign-in", "username");
  });
}

if (window.PlatformSession) start(window.PlatformSession);
else byId("waiting-text").textContent = "The platform's script did not load. Does the browser trust the platform's certificate? The console says more.";
