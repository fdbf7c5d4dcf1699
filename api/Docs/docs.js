"use strict";
(() => {
  const calls = [...document.querySelectorAll("section[id]")].map(section => ({
    section,
    entry: document.querySelector('nav a[href="#' + CSS.escape(section.id) + '"]').closest("li"),
    text: section.querySelector("h3 + p").textContent.toLowerCase() + " " + section.querySelector("h3 code").textContent.toLowerCase(),
  }));
  const menus = [...document.querySelectorAll("nav details")];
  const groups = [...document.querySelectorAll(".group")];
  const field = document.getElementById("search");
  const count = document.getElementById("found");

  const search = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(word => word);
    let found = 0;
    for (const call of calls) {
      const fits = words.every(word => call.text.includes(word));
      call.section.hidden = call.entry.hidden = !fits;
      if (fits) found++;
    }
    for (const menu of menus) {
      menu.hidden = !menu.querySelector("li:not([hidden])");
      menu.open = words.length > 0 && !menu.hidden;
    }
    for (const group of groups) group.hidden = !group.querySelector("section:not([hidden])");
    count.textContent = words.length ? found + (found === 1 ? " call" : " calls") : "";
  };

  // Without this script there is nothing to type into.
  document.getElementById("search-form").hidden = false;
  field.addEventListener("input", search);
  document.addEventListener("keydown", event => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.target.matches("input:not([type=radio]), textarea")) return;
    event.preventDefault();
    field.focus();
  });

  // A link to a call that the search has hidden shows it again.
  addEventListener("hashchange", () => {
    if (!document.getElementById(location.hash.slice(1))?.closest("[hidden]")) return;
    field.value = "";
    search();
    document.getElementById(location.hash.slice(1)).scrollIntoView();
  });

  // Who reads one language reads it at every call.
  document.addEventListener("change", event => {
    if (event.target.type !== "radio") return;
    const top = event.target.getBoundingClientRect().top;
    for (const other of document.querySelectorAll('.tabs input[id$="' + event.target.id.slice(-2) + '"]')) other.checked = true;
    scrollBy(0, event.target.getBoundingClientRect().top - top);
  });
})();
