const byId = (id) => document.getElementById(id);
const say = (text) => (byId("who").textContent = text);

function show(session) {
  say(session ? `Signed in as ${session.username}.` : "Nobody is signed in.");
  byId("sign-in").hidden = !!session;
  byId("sign-out").hidden = !session;
  byId("stay").hidden = true;
}

PlatformSession.ready.then(show);
PlatformSession.onChange((event) => {
  if (event.type === "expiring") byId("stay").hidden = false;
  else if (event.type === "signed_out") show(null);
  else if (event.session) show(event.session);
});

byId("sign-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  const fields = Object.fromEntries(new FormData(event.target));
  event.target.reset();
  try {
    let result = await PlatformSession.signIn(fields);
    if (result.status === "second_factor_required") {
      const method = result.methods[0];
      if (method === "sms") await result.sendSms();
      result = await result.confirm(method, prompt(`Code (${method})`) ?? "");
    }
    if (result.status !== "signed_in") say(`First, elsewhere: ${result.status}`);
  } catch (error) {
    say(`${error.message} (${error.code})`);
  }
});
byId("stay").addEventListener("click", () => PlatformSession.touch());
byId("sign-out").addEventListener("click", () => PlatformSession.signOut());
