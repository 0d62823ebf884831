// A page that is opened at its start is laid out as far as it can be seen (parts.css, partials/javascripts/base.html). A part
// that comes near stays: from then on it is as it is without a script. Before a link leads to another place of the page all of
// it is laid out, for the way there is as long as what is on it.

document.addEventListener("contentvisibilityautostatechange", event => {
  if (!event.skipped && event.target.matches("[data-unseen] *")) event.target.style.contentVisibility = "visible";
}, true);
document.addEventListener("click", event => {
  if (event.target.closest?.("a[href^='#']")) delete document.documentElement.dataset.unseen;
}, true);
