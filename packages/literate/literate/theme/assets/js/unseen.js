// A page that is opened at its start is laid out as far as it can be seen (parts.css, partials/javascripts/base.html). A part
// that comes near stays: from then on it is as it is without a script.

document.addEventListener("contentvisibilityautostatechange", event => {
  if (!event.skipped && event.target.matches("[data-unseen] *")) event.target.style.contentVisibility = "visible";
}, true);
