// Sliders below a figure, and what they show in words.

/**
 * Add sliders to a drawing. Each has a name, how many places it has, and which is first. show(places) draws what is chosen and
 * returns labels, a text for each slider, and lines, what is read off.
 */
export function addSliders(drawing, sliders, show) {
  const read = Object.assign(document.createElement("output"), { className: "tp-slide__read" });
  read.setAttribute("aria-live", "off"); // the sliders say it themselves
  const made = sliders.map(({ name, count, first }) => {
    const control = Object.assign(document.createElement("label"), { className: "tp-slide" });
    const slider = Object.assign(document.createElement("input"), { type: "range", max: count - 1, value: first });
    const label = document.createElement("span");
    slider.setAttribute("aria-label", name);
    slider.addEventListener("input", update);
    control.append(label, slider);
    return { control, slider, label };
  });
  drawing.closest(".tp-figure__art").after(...made.map(({ control }) => control), read);
  update();

  function update() {
    const { labels, lines } = show(made.map(({ slider }) => Number(slider.value)));
    made.forEach(({ slider, label }, k) => {
      label.textContent = labels[k];
      slider.setAttribute("aria-valuetext", [labels[k], ...lines].join("; "));
    });
    read.replaceChildren(...lines.map(text => Object.assign(document.createElement("span"), { textContent: text })));
  }
}
