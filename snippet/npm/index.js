// src/activity.ts
var INPUTS = ["pointerdown", "pointermove", "keydown", "wheel", "touchmove", "click", "input"];
function onInput(environment, listener) {
  const heard = (event) => {
    const { movementX, movementY } = event;
    const atRest = event.type === "pointermove" && movementX === 0 && movementY === 0;
    if (event.isTrusted && !atRest) listener();
  };
  for (const type of INPUTS) environment.addEventListener(type, heard, { capture: true, passive: true });
}

// src/api.ts
var HOT_CALL_TIMEOUT = 1e4;
var SIGN_IN_TIMEOUT = 3e4;
function createCall(environment, base, token) {
  return async (path, { method, json, withoutToken } = {}) => {
    const aborter = new AbortController();
    const timer = environment.setTimeout(() => aborter.abort(), json ? SIGN_IN_TIMEOUT : HOT_CALL_TIMEOUT);
    const headers = {};
    const bearer = !json && !withoutToken && token.get();
    if (bearer) headers.Authorization = "Bearer " + bearer;
    if (json) headers["Content-Type"] = "application/json";
    try {
      const response = await environment.fetch(base + path, {
        method: method || "GET",
        headers,
        body: json ? JSON.stringify(json) : null,
        mode: "cors",
        cache: "no-store",
        credentials: bearer ? "omit" : "include",
        redirect: "error",
        referrerPolicy: "strict-origin",
        signal: aborter.signal
      });
      const body = await response.json().catch(() => null);
      return {
        status: response.status,
        body: body || {},
        retryAfter: Math.min(Number(response.headers.get("Retry-After")) || 0, 3600)
      };
    } catch {
      return { status: 0, body: {}, retryAfter: 0 };
    } finally {
      environment.clearTimeout(timer);
    }
  };
}
function sessionOf(answer, body = answer.body) {
  const session = body;
  return answer.status === 200 && session && session.id && session.idleExpiresIn >= 0 ? session : void 0;
}
function isSessionOver(answer) {
  return answer.status === 401 && answer.body.code === "session_invalid";
}
function codeOf(answer) {
  return String(answer.body.code || "unavailable");
}
function errorOf(answer) {
  const code = codeOf(answer);
  const error = new Error(String(answer.body.title || code));
  return Object.assign(error, { code }, answer.retryAfter ? { retryAfter: answer.retryAfter } : {});
}

// src/availability.ts
var FIRST = 1e3;
function createAvailability(environment, snippet, emit) {
  let notBefore = 0;
  let asked = 0;
  let failures = 0;
  let failure;
  let told = false;
  let hinted = false;
  return {
    get notBefore() {
      return notBefore;
    },
    get failure() {
      return failure;
    },
    failed(answer, atMost) {
      failure = answer;
      asked = environment.performance.now() + answer.retryAfter * 1e3;
      notBefore = asked + environment.Math.random() * Math.min(atMost, FIRST * 2 ** ++failures);
      if (!answer.status && !hinted) {
        hinted = true;
        environment.console.warn(
          `PlatformSession: no answer for ${environment.location.origin}. If this stays: is this domain proven for ${snippet}, and does the page's connect-src allow the server?`
        );
      }
      if (!told && (answer.status || failures > 1)) {
        told = true;
        emit({ type: "unavailable", code: codeOf(answer) });
      }
    },
    answered() {
      notBefore = failures = 0;
      failure = void 0;
      if (told) {
        told = false;
        emit({ type: "available" });
      }
    },
    cutShort() {
      notBefore = Math.min(notBefore, asked);
    }
  };
}

// src/lifetime.ts
function lifetimeOf(session, receivedAt, settings) {
  const idleEnd = Date.parse(session.idleExpiresAt);
  const window2 = idleEnd - lastActivityOf(session);
  const absolute = idleEnd >= Date.parse(session.absoluteExpiresAt);
  const idleTimeout = absolute ? Infinity : window2;
  const endsAt = receivedAt + Math.min(session.idleExpiresIn, session.absoluteExpiresIn) * 1e3;
  return {
    session,
    receivedAt,
    touchedAt: receivedAt - Math.max(0, window2 - session.idleExpiresIn * 1e3 - 1e3),
    touchEvery: Math.min(settings.touchEvery * 1e3, idleTimeout / 3),
    warnAt: settings.warnBefore ? endsAt - Math.min(settings.warnBefore * 1e3, idleTimeout / 2) : Infinity,
    endsAt,
    end: absolute ? "absolute" : "idle"
  };
}
function lastActivityOf(session) {
  return Date.parse(session.lastActivityAt);
}

// src/tabs.ts
var FROZEN_AFTER = 15e3;
var HEARD_AFTER = 100;
function createTabs(environment, snippet, onMessage) {
  const name = "platform-session:1:" + snippet;
  let channel;
  let deniedSince = 0;
  let deniedAt = -Infinity;
  function isHolderFrozen() {
    const now = environment.performance.now();
    if (now - deniedAt > 3e3) deniedSince = now;
    deniedAt = now;
    return now - deniedSince > FROZEN_AFTER;
  }
  return {
    open() {
      channel || (channel = environment.BroadcastChannel && new environment.BroadcastChannel(name));
      if (channel) channel.onmessage = (event) => onMessage(event.data);
    },
    close() {
      channel?.close();
      channel = void 0;
    },
    post: (message) => channel?.postMessage(message),
    exclusively: (work) => new Promise((resolve) => {
      let begun = false;
      const run = () => (begun = true, work().then(() => resolve(true)));
      const locks = environment.navigator.locks;
      if (!locks) return void run();
      locks.request(name, { ifAvailable: true }, async (lock) => {
        if (!lock && !isHolderFrozen()) return resolve(false);
        await run();
        await new Promise((released) => environment.setTimeout(released, HEARD_AFTER));
      }).catch(() => void (begun || run()));
    })
  };
}

// src/keeper.ts
var SECOND = 1e3;
var STALE_AFTER = 60 * SECOND;
var SLEEP_GAP = 5 * SECOND;
var LONGEST_WAIT = 300 * SECOND;
var SLEEP_CHECK = 30 * SECOND;
function createKeeper(environment, settings, call, token, emit) {
  const now = () => environment.performance.now();
  const wall = () => environment.Date.now();
  const visible = () => environment.document.visibilityState === "visible" && !environment.document.prerendering;
  const tabs = createTabs(environment, settings.snippet, hear);
  const server = createAvailability(environment, settings.snippet, emit);
  let life;
  let overId;
  let generation = 0;
  let doubtful = true;
  let pending = false;
  let activeAt = 0;
  let jitter = 0;
  let warned = false;
  let running;
  let otherTabTouchesUntil = 0;
  let timer;
  let clockGap = wall() - now();
  let receivedWall = 0;
  let markReady;
  const ready = new Promise((resolve) => markReady = resolve);
  function adopt(session, receivedAt, covered) {
    const before = life?.session;
    if (before?.id === session.id && lastActivityOf(session) < lastActivityOf(before)) return;
    life = lifetimeOf(session, receivedAt, settings);
    receivedWall = wall() - now() + receivedAt;
    doubtful = false;
    if (activeAt <= (covered ?? life.touchedAt - SECOND)) pending = false;
    if (before?.id !== session.id) {
      generation++;
      warned = pending = false;
      emit({ type: "signed_in", session });
    } else if (lastActivityOf(session) > lastActivityOf(before)) {
      warned = false;
      emit({ type: "extended", session });
    }
    if (before?.id === session.id && rightsOf(before) !== rightsOf(session)) emit({ type: "updated", session });
    markReady(session);
  }
  function end(reason) {
    generation++;
    doubtful = pending = false;
    token.set(void 0);
    if (life) {
      overId = life.session.id;
      life = void 0;
      emit({ type: "signed_out", reason });
    }
    markReady(null);
  }
  function postSession() {
    if (life) tabs.post({ session: life.session, at: wall(), byCookie: !token.get() });
  }
  function endEverywhere(reason) {
    const id = life?.session.id;
    end(reason);
    if (id) tabs.post({ over: id, reason });
  }
  function hear(message) {
    const known = life?.session;
    if ("over" in message) {
      if (message.over === known?.id) end(message.reason);
    } else if (concernsThisTab(message.session, message.byCookie, known)) {
      adopt(message.session, now() - Math.max(0, wall() - message.at));
      server.answered();
    }
    step();
  }
  function concernsThisTab(session, byCookie, known) {
    if (session.id === known?.id) return true;
    const newer = !known || Date.parse(session.createdAt) > Date.parse(known.createdAt);
    return byCookie && !token.get() && session.id !== overId && newer;
  }
  async function ask(touch) {
    const asked = generation;
    const sentAt = now();
    const answer = await call(touch ? "/session/touch" : "/session", touch ? { method: "POST" } : {});
    const session = sessionOf(answer);
    const over = isSessionOver(answer);
    if (session || over) {
      server.answered();
    } else {
      server.failed(answer, life ? life.touchEvery : LONGEST_WAIT);
      doubtful = true;
    }
    if (asked !== generation) return;
    if (session) {
      adopt(session, now(), touch ? sentAt : void 0);
      postSession();
    } else if (over) {
      endEverywhere(isPastEnd() ? "expired" : "ended");
    }
  }
  async function askForTouch() {
    const mine = await tabs.exclusively(async () => {
      if (isTouchDue()) await ask(true);
    });
    otherTabTouchesUntil = mine ? 0 : now() + SECOND;
  }
  function isPastEnd() {
    return !!life && Math.max(now(), life.receivedAt + wall() - receivedWall) >= life.endsAt - SECOND;
  }
  function touchDueAt() {
    return life && pending ? life.touchedAt + life.touchEvery + jitter : Infinity;
  }
  function isTouchDue() {
    return now() >= touchDueAt();
  }
  function isPeekDue(at) {
    if (!visible()) return false;
    return doubtful || !!life && (at >= life.endsAt + SECOND || isWarningDue(at) && at > life.receivedAt + SECOND);
  }
  function isWarningDue(at) {
    return !!life && !warned && at >= life.warnAt;
  }
  function noticeSleep() {
    const gap = wall() - now();
    if (gap - clockGap > SLEEP_GAP) {
      doubtful || (doubtful = !!life);
      pending = false;
    }
    clockGap = gap;
  }
  function step() {
    environment.clearTimeout(timer);
    noticeSleep();
    const at = now();
    if (life && at - activeAt > 2 * life.touchEvery) pending = false;
    if (!running && at >= server.notBefore) {
      const work = isTouchDue() && at >= otherTabTouchesUntil ? askForTouch() : isPeekDue(at) ? ask(false) : void 0;
      running = work?.then(() => {
        running = void 0;
        step();
      });
    }
    if (!running && isWarningDue(at)) {
      warned = true;
      emit({ type: "expiring", expiresIn: Math.max(0, Math.floor((life.endsAt - at) / SECOND)), end: life.end });
    }
    wait(at);
  }
  function wait(at) {
    const dues = [server.notBefore, otherTabTouchesUntil, touchDueAt()];
    if (life) {
      if (!warned) dues.push(life.warnAt);
      if (visible()) dues.push(life.endsAt + SECOND, at + SLEEP_CHECK);
    }
    const next = Math.min(...dues.filter((due) => due > at));
    if (next < Infinity) timer = environment.setTimeout(step, Math.ceil(next - at));
  }
  function noteActivity() {
    noticeSleep();
    if (!life) return;
    activeAt = now();
    if (!pending) {
      pending = true;
      jitter = environment.navigator.locks ? 0 : 2 * SECOND * environment.Math.random();
      step();
    }
  }
  tabs.open();
  return {
    get session() {
      return life ? life.session : null;
    },
    ready,
    step,
    noteActivity,
    resume(restored) {
      if (restored) tabs.open();
      if (restored || life && now() - life.receivedAt > STALE_AFTER) doubtful = true;
      step();
    },
    leave: tabs.close,
    retry() {
      server.cutShort();
      step();
    },
    async touch() {
      await ready;
      noteActivity();
      server.cutShort();
      step();
      await running;
      step();
      await running;
      if (server.failure && isTouchDue()) throw errorOf(server.failure);
      return this.session;
    },
    signedIn(session) {
      adopt(session, now(), now());
      server.answered();
      postSession();
      step();
    },
    async signOut() {
      const asked = generation;
      const answer = await call("/sign-out", { method: "POST" });
      if (answer.status !== 204 && !isSessionOver(answer)) throw errorOf(answer);
      if (asked === generation) return endEverywhere("sign_out");
      doubtful = true;
      step();
    }
  };
}
function rightsOf(session) {
  return session.username + session.permissions;
}

// src/sign-in.ts
var ENROLMENT = "second_factor_enrolment_required";
function createSignIn(call, token, keeper) {
  async function post(path, json) {
    const answer = await call(path, { method: "POST", json });
    if (answer.status !== 200 && answer.status !== 202 && answer.body.code !== ENROLMENT) throw errorOf(answer);
    return answer;
  }
  async function transport() {
    for (let round = 0; round < 2; round++) {
      const answer = await call("/session", { withoutToken: true });
      if (answer.status === 200 || answer.body.cookieKept) return "cookie";
      if (answer.status !== 401) throw errorOf(answer);
    }
    return "token";
  }
  function resultOf(answer) {
    const { code, status: said, session, token: issued, challenge, methods, expiresAt } = answer.body;
    const status = code || said;
    if (status === "signed_in") {
      if (!sessionOf(answer, session)) throw errorOf({ ...answer, body: {} });
      token.set(issued);
      keeper.signedIn(session);
      return { status, session };
    }
    if (status !== "second_factor_required") return { status };
    return {
      status,
      methods,
      expiresAt,
      sendSms: async () => void await post("/sign-in/sms", { challenge }),
      confirm: async (method, code2) => resultOf(await post("/sign-in/second-factor", { challenge, method, code: code2 }))
    };
  }
  return async ({ username, password }) => resultOf(await post("/sign-in", { username, password, transport: await transport() }));
}

// src/token-store.ts
function createTokenStore(environment, snippet) {
  const key = "platform-session:" + snippet;
  let token;
  try {
    token = environment.sessionStorage.getItem(key) || void 0;
  } catch {
  }
  return {
    get: () => token,
    set(value) {
      token = value;
      try {
        if (value) environment.sessionStorage.setItem(key, value);
        else environment.sessionStorage.removeItem(key);
      } catch {
      }
    }
  };
}

// src/connect.ts
function connectIn(environment, api, settings) {
  const listeners = /* @__PURE__ */ new Set();
  const token = createTokenStore(environment, settings.snippet);
  const call = createCall(environment, `${api}/v1/snippets/${settings.snippet}`, token);
  const keeper = createKeeper(environment, settings, call, token, emit);
  function emit(event) {
    for (const listener of [...listeners]) {
      try {
        listener(event);
      } catch (error) {
        environment.setTimeout(() => {
          throw error;
        }, 0);
      }
    }
  }
  onInput(environment, keeper.noteActivity);
  const back = () => keeper.resume(false);
  environment.document.addEventListener("visibilitychange", back);
  environment.document.addEventListener("prerenderingchange", back);
  environment.addEventListener("focus", back);
  environment.addEventListener("online", keeper.retry);
  environment.addEventListener("pagehide", keeper.leave);
  environment.addEventListener("pageshow", (event) => event.persisted && keeper.resume(true));
  keeper.step();
  return {
    version: settings.version,
    ready: keeper.ready,
    get session() {
      return keeper.session;
    },
    signIn: createSignIn(call, token, keeper),
    signOut: keeper.signOut,
    touch: () => keeper.touch(),
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    }
  };
}

// src/index.ts
function connect({ snippet, api, warnBefore = 120, touchEvery = 60 }) {
  return connectIn(window, new URL(api).origin, { snippet, warnBefore, touchEvery: Math.max(60, touchEvery) });
}
export {
  connect
};
