/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The making of elements. Strings become text, whatever they are. */

const SVG = 'http://www.w3.org/2000/svg';

export const $ = (id) => document.getElementById(id);

/** element('p', {className, hidden, dataset: {...}, 'aria-label': ...}, child, ...) */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === 'dataset')
      Object.assign(made.dataset, value);
    else if (/^aria-|^role$/.test(name))
      made.setAttribute(name, value);
    else
      made[name] = value;
  }
  made.append(...children);
  return made;
}

/** A picture of icons.svg. */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  const use = document.createElementNS(SVG, 'use');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  use.setAttribute('href', `/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

export function button(label, iconName, properties = {}) {
  return element('button', { type: 'button', ...properties },
    icon(iconName), element('span', { className: 'words' }, label));
}

/** Changes the picture and the words of a button. */
export function relabel(target, label, iconName) {
  const words = target.querySelector('.words');
  if (words.textContent === label)
    return;
  words.textContent = label;
  target.querySelector('use').setAttribute('href', `/icons.svg#${iconName}`);
}

/** The colour of a name, 0 to 359. */
export function hueOf(name) {
  let hash = 0;
  for (const letter of name)
    hash = (hash * 31 + letter.codePointAt(0)) % 9973;
  return hash * 47 % 360;
}

export const initialOf = (name) => (Array.from(name.trim())[0] ?? '?').toUpperCase();

/** A circle with the first letter of a name. */
export function avatar(name) {
  const made = element('span', { className: 'avatar', 'aria-hidden': 'true' }, initialOf(name));
  made.style.setProperty('--hue', hueOf(name));
  return made;
}
