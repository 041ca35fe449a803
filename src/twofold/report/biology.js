"use strict";
// Choosing what is shown. Without this script the page shows everything.
(() => {
  const form = document.getElementById("choose");
  const count = document.getElementById("count");
  const links = [...document.querySelectorAll("details[data-edge]")];
  const marks = [...document.querySelectorAll("[data-edge]")];
  const places = [...document.querySelectorAll("svg.map [data-node]")];
  const choices = ["condition", "study", "strength", "near"];
  const held = { condition: "condition", study: "study", strength: "strength", near: "nodes" };

  const fits = (link) => choices.every((name) => {
    const wanted = form.elements[name].value;
    return !wanted || link.dataset[held[name]].split(" ").includes(wanted);
  });

  const show = () => {
    const shown = links.filter(fits);
    const ids = new Set(shown.map((link) => link.dataset.edge));
    const near = new Set(shown.flatMap((link) => link.dataset.nodes.split(" ")));
    const all = shown.length === links.length;
    marks.forEach((mark) => mark.classList.toggle("off", !ids.has(mark.dataset.edge)));
    places.forEach((place) => place.classList.toggle("faint", !all && !near.has(place.dataset.node)));
    document.querySelectorAll("#list .card").forEach((card) => {
      card.classList.toggle("off", !card.querySelector("details:not(.off)"));
    });
    count.textContent = `${shown.length} of ${links.length} links shown.`;
  };

  const open = () => {
    const link = document.getElementById(location.hash.slice(1));
    marks.forEach((mark) => mark.classList.remove("chosen"));
    if (!link || !link.dataset.edge) return;
    if (link.classList.contains("off")) { form.reset(); show(); }
    link.open = true;
    link.scrollIntoView();
    link.querySelector("summary").focus({ preventScroll: true });
    marks.filter((mark) => mark.dataset.edge === link.dataset.edge)
      .forEach((mark) => mark.classList.add("chosen"));
  };

  const light = document.getElementById("light");

  form.hidden = light.hidden = false;
  document.querySelectorAll("details").forEach((one) => { one.open = false; });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", show);
  form.addEventListener("reset", () => setTimeout(show));
  light.addEventListener("change", (event) => {
    document.documentElement.dataset.theme = event.target.value;
  });
  places.forEach((place) => place.addEventListener("click", () => {
    const near = form.elements.near;
    near.value = near.value === place.dataset.node ? "" : place.dataset.node;
    show();
  }));
  addEventListener("hashchange", open);
  addEventListener("beforeprint", () => document.querySelectorAll("details.twin")
    .forEach((one) => { one.open = true; }));
  show();
  open();
})();
