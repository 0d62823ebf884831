// Collect the ms between frames in `frames_`, from the browser's own clock.
() => {
  window.frames_ = [];
  let last = null;
  const tick = now => {
    if (last !== null) frames_.push(now - last);
    last = now;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}
