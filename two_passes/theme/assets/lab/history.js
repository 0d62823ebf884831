// What can be undone: states as texts, such as the fragment of the address. It knows nothing of the page.

const MOST = 200;

export class History {
  #past = [];
  #future = [];
  #kind = null;

  /** A change has left a state. Changes of one kind that follow each other are undone at once, unless `seal` came between them. */
  leave(state, kind = null) {
    if (kind !== null && kind === this.#kind) return;
    this.#kind = kind;
    this.#future = [];
    this.#past.push(state);
    if (this.#past.length > MOST) this.#past.shift();
  }

  /** The next change is one of its own. */
  seal() { this.#kind = null; }

  get canUndo() { return this.#past.length > 0; }
  get canRedo() { return this.#future.length > 0; }

  /** The state before the last change, and the one after it; null if there is none. `now` is kept for the way back. */
  undo(now) { return this.#step(this.#past, this.#future, now); }
  redo(now) { return this.#step(this.#future, this.#past, now); }

  #step(from, to, now) {
    this.seal();
    if (!from.length) return null;
    to.push(now);
    return from.pop();
  }
}
