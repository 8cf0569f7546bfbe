/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The list of people, each with what can be done with it, and the cards of those
 * who are calling.
 */

import { avatar, button, element, relabel } from './dom.mjs';
import { STATES } from './words.mjs';

class Entry {
  #name = element('span', { className: 'name', dir: 'auto' });
  #state = element('span', { className: 'state' });
  #action = button('Call', 'phone', { className: 'small' });
  #face;
  #person;
  #busy = false;

  constructor(person, act) {
    this.#person = person;
    this.#face = avatar(person.name);
    this.element = element('li', { className: 'person' }, this.#face,
      element('p', { className: 'who' }, this.#name, this.#state), this.#action);
    this.#action.addEventListener('click', ({ detail }) => {
      if (detail < 2) /* the second of a double click meets a button that means another thing */
        act(person, this.#busy ? 'hangUp' : 'call');
    });
    this.update(true);
  }

  /** @param {boolean} reachable - whether a call can be made at all */
  update(reachable) {
    const { name, state } = this.#person;
    if (this.#name.textContent !== name) {
      this.#name.textContent = name;
      const face = avatar(name);
      this.#face.replaceWith(face);
      this.#face = face;
    }
    const [words, mood] = STATES[state];
    this.#state.textContent = words;
    this.#state.className = `state ${mood}`;
    const busy = this.#person.isCalled || state === 'calling';
    this.#busy = busy;
    this.#action.disabled = !busy && !reachable;
    relabel(this.#action, busy ? 'Hang up' : 'Call', busy ? 'hang-up' : 'phone');
    this.#action.classList.toggle('stop', busy);
    this.#action.hidden = this.#person.isRinging;
    this.#action.setAttribute('aria-label', busy ? `Hang up with ${name}` : `Call ${name}`);
  }
}

class Card {
  #words = element('p', { className: 'caller', dir: 'auto' });
  #person;

  constructor(person, act) {
    this.#person = person;
    const accept = button('Accept', 'phone', { className: 'accept' });
    const reject = button('Reject', 'hang-up', { className: 'danger' });
    accept.addEventListener('click', () => act(person, 'accept'));
    reject.addEventListener('click', () => act(person, 'reject'));
    this.element = element('div', { className: 'card', role: 'group' },
      avatar(person.name), this.#words,
      element('div', { className: 'choices' }, accept, reject));
    this.update();
  }

  update() {
    const words = `${this.#person.name} is calling`;
    if (this.#words.textContent !== words)
      this.#words.textContent = words;
    this.element.setAttribute('aria-label', words);
  }
}

export class People {
  #list;
  #cards;
  #empty;
  #act;
  #shown = new Map(); /* person -> {entry, card} */
  #before = null; /* what had the focus before a card */
  #reachable = true;
  #fallback;

  /**
   * @param {{list, cards, empty, fallback}} places - elements; `fallback`: has the focus
   *   where nothing better is left
   * @param {(person, what: 'call' | 'hangUp' | 'accept' | 'reject') => void} act
   */
  constructor({ list, cards, empty, fallback }, act) {
    this.#fallback = fallback;
    cards.addEventListener('focusin', ({ relatedTarget }) => {
      if (!cards.contains(relatedTarget))
        this.#before = relatedTarget;
    });
    this.#list = list;
    this.#cards = cards;
    this.#empty = empty;
    this.#act = act;
    addEventListener('keydown', (event) => this.#key(event));
  }

  add(person) {
    const entry = new Entry(person, this.#act);
    entry.update(this.#reachable);
    this.#shown.set(person, { entry, card: null });
    this.#list.append(entry.element);
    this.#empty.hidden = true;
  }

  update(person) {
    const shown = this.#shown.get(person);
    if (!shown)
      return;
    shown.entry.update(this.#reachable);
    if (person.isRinging && !shown.card)
      this.#ring(person, shown);
    else if (!person.isRinging)
      this.#stopRinging(shown);
    shown.card?.update();
  }

  #ring(person, shown) {
    shown.card = new Card(person, this.#act);
    /* The focus stays where it is: a key that was meant for another button would
     * accept the call. The cards are the first that the keyboard comes to. */
    this.#cards.append(shown.card.element);
  }

  #stopRinging(shown) {
    if (!shown.card)
      return;
    const focused = shown.card.element.contains(document.activeElement);
    shown.card.element.remove();
    shown.card = null;
    if (!focused)
      return;
    /* Nor to the next card. */
    this.#focus(this.#before);
  }

  #focus(wanted) {
    const isThere = wanted?.isConnected && wanted.checkVisibility?.() !== false;
    (isThere ? wanted : this.#fallback).focus();
  }

  /** Whether calls can be made now. */
  setReachable(reachable) {
    if (reachable === this.#reachable)
      return;
    this.#reachable = reachable;
    this.#shown.forEach(({ entry }) => entry.update(reachable));
  }

  /* Escape refuses the call that has the focus. */
  #key(event) {
    if (event.key !== 'Escape')
      return;
    for (const [person, { card }] of this.#shown) {
      if (card?.element.contains(document.activeElement)) {
        event.preventDefault();
        this.#act(person, 'reject');
        return;
      }
    }
  }

  remove(person) {
    const shown = this.#shown.get(person);
    if (!shown)
      return;
    this.#stopRinging(shown);
    const { element: row } = shown.entry;
    const next = row.contains(document.activeElement)
      ? (row.nextElementSibling ?? row.previousElementSibling)?.querySelector('button') ?? this.#fallback : null;
    row.remove();
    if (next)
      this.#focus(next);
    this.#shown.delete(person);
    this.#empty.hidden = this.#shown.size > 0;
  }
}
