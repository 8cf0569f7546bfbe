/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The page: brings what its user does, the own devices, the room and the view
 * together. What the address may say is in invitation.mjs.
 */

import { DeviceList } from './devices.mjs';
import { $ } from './dom.mjs';
import { Entry } from './entry.mjs';
import { askServer, IceServers, REFRESH_EVERY } from './iceservers.mjs';
import { copyText, invitationTo, isRoom, MAX_ROOM, readAddress } from './invitation.mjs';
import { Media, mayHaveDevices, mayShareScreen, NONE } from './media.mjs';
import { Ring } from './ring.mjs';
import { DIALECTS, Room } from './room.mjs';
import { notice, setStatus, tell, View } from './view.mjs';
import { cleanReason, cleanRoom, deviceWords } from './words.mjs';

const COPIED_TIME = 3000; /* ms */

const address = readAddress(location);
const SHOWN_ROOM = cleanRoom(address.room);
const TITLE = `${SHOWN_ROOM} – room call`;
const NO_WAY_BACK = ['refused', 'kept-out', 'thrown-out'];
const media = new Media({
  changed: (kind) => mediaChanged(kind),
  lost: (words) => notice(words, { again: true }),
});
const ice = new IceServers(askServer(() => address.token));
const view = new View({ act, write, retry: () => (room ? openMedia() : entry.check()) });
const entry = new Entry(media, { join, open: openMedia, notice });
const lists = {
  audio: new DeviceList($('call-microphone'), 'audio'),
  video: new DeviceList($('call-camera'), 'video'),
};
const ring = new Ring();
let room = null;
let ownName = '';
let state = null; /* of the room */
let hadCalls = false;
let lastWord = ''; /* the server's, of that state */
const asked = new Set(); /* whose call waits for the devices */
let iceTimer;
let joining = 0; /* counts attempts: who left meanwhile is not joining any more */

function mediaChanged(kind) {
  room?.sendMedia(kind);
  view.updateSelf(media);
  view.updateControls(media, { devices: mayHaveDevices(), screen: mayShareScreen() });
}

/* Seen and heard also where the page is behind others. */
function ringFor(caller) {
  document.title = caller ? `${caller.name} is calling – ${SHOWN_ROOM}` : TITLE;
  ring.set(caller !== undefined);
}

function update() {
  if (!room)
    return;
  const { people, called } = room;
  view.update({ people, called, state });
  ringFor(people.find((person) => person.isRinging));
  if (state === 'inside')
    setStatus(state, { others: people.length, called: called.length, byHand: room.isByHand });
}

/* ---- joining and leaving ---- */

async function openMedia() {
  const { words, again } = await media.open();
  notice(words, { again });
  mediaChanged('audio');
}

/* `silently`: nobody has said that anything is to be sent. */
async function join(name, { silently = false } = {}) {
  const attempt = ++joining;
  entry.setBusy(true);
  entry.choose();
  setStatus(silently ? 'connecting' : 'asking');
  await Promise.all([ice.refresh(), silently ? null : openMedia()]);
  entry.setBusy(false);
  if (attempt !== joining)
    return;
  entry.hide();
  view.setInside(true);
  view.showSelf(name);
  room = new Room({
    ...address, name, iceServers: () => ice.list, media,
    on: {
      state: roomChanged,
      came: (person) => view.came(person),
      arrived: (person) => tell(`${person.name} joined.`),
      full: (count) => tell(`More than ${count} others are here: no more than these are shown and called.`),
      went: (person, { moved = false } = {}) => {
        view.went(person, {
          moved,
          inside: state === 'inside',
          staysOn: room?.isLobby && room.people.length === 0 && media.isOpen,
        });
        callsChanged({ over: room?.isByHand });
      },
      changed: (person) => {
        view.changed(person, { byHand: room?.isByHand });
        callsChanged({ over: !room?.isLobby });
      },
      called: (person) => view.called(person),
      track: (person, track) => view.addTrack(person, track),
      text: (person, text) => view.showText(person.name, text),
    },
  });
  ownName = name;
  mediaChanged('audio');
  if (silently && mayHaveDevices())
    notice('You send nothing yet.', { again: true, button: 'Turn on camera and microphone' });
  clearInterval(iceTimer);
  iceTimer = setInterval(() => ice.refresh(), REFRESH_EVERY);
  room.enter();
}

function roomChanged(word, detail) {
  if (!room)
    return;
  state = word;
  lastWord = detail;
  update();
  if (NO_WAY_BACK.includes(word) && room.called.length === 0)
    leave({ word, detail });
  else if (word !== 'inside')
    setStatus(word, { detail, called: room.called.length });
}

/* Where the next call is made or accepted by hand, which opens the devices again, the
 * end of the last one closes them; `over`: this is such an end. */
function callsChanged({ over }) {
  update();
  const has = room !== null && room.called.length > 0;
  if (hadCalls && !has && room && over)
    media.close();
  const isLast = hadCalls && !has;
  hadCalls = has;
  if (isLast && room && NO_WAY_BACK.includes(state))
    leave({ word: state, detail: lastWord });
}

/* Also when one was not let in, which is said at the door. */
function leave({ word = 'left', detail } = {}) {
  joining++;
  clearInterval(iceTimer);
  entry.setBusy(false);
  const old = room;
  room = null;
  hadCalls = false;
  state = word;
  old?.leave();
  media.close();
  entry.show();
  if (!old)
    return;
  view.hideSelf();
  view.setInside(false);
  ringFor(undefined);
  notice('');
  setStatus(state, { detail });
}

/* ---- calls ---- */

/* What was asked for may be out of date when the browser has been allowed. */
async function act(person, what) {
  const current = room;
  if (what === 'call' || what === 'accept') {
    if (asked.has(person))
      return;
    asked.add(person);
    await Promise.all([ice.refresh(), media.isOpen ? null : openMedia()]);
    asked.delete(person);
    if (room !== current)
      return;
    const isOver = !room.people.includes(person) ||
      (what === 'accept' ? !person.isRinging : person.isCalled);
    if (isOver) {
      if (asked.size === 0 && room.called.length === 0 && !room.isLobby)
        media.close();
      return;
    }
  }
  current?.[what](person);
}

/* In mesh to be in the room is to be in the call with everybody. */
function hangUp() {
  if (!room)
    return;
  if (address.dialect === 'mesh') {
    leave();
    return;
  }
  room.called.forEach((person) => room.hangUp(person));
  media.close();
  mediaChanged('audio');
  $('toggle-people').focus();
}

function write(text) {
  if (!room)
    return;
  view.showText(`${ownName} (you)`, text, { own: true });
  const called = room.called.length;
  const deaf = room.write(text);
  if (called === 0 || deaf.length === called)
    tell(called === 0 ? 'Nobody was there to read it.' : 'Nobody in the call has a chat to read it.');
}

/* ---- devices ---- */

async function toggleScreen() {
  const button = $('screen');
  if (button.ariaDisabled === 'true') /* the browser is asking; disabled, it would lose the focus */
    return;
  if (media.sharesScreen) {
    media.stopScreen();
    return;
  }
  button.ariaDisabled = 'true';
  try {
    await media.shareScreen();
  } catch (error) {
    /* Who closed the browser's question knows. */
    if (error.name !== 'NotAllowedError')
      tell(`The screen cannot be shared: ${cleanReason(String(error.message))}`);
  } finally {
    button.ariaDisabled = null;
  }
}

async function chooseDevice(kind, list) {
  $('device-words').textContent = '';
  try {
    await media.choose(kind, list.value);
  } catch (error) {
    $('device-words').textContent = deviceWords(error);
  }
  await list.refresh();
}

async function openDevices() {
  $('device-words').textContent = '';
  await Promise.all(Object.values(lists).map((list) => list.refresh()));
  for (const [kind, list] of Object.entries(lists))
    list.value = media.track(kind)?.getSettings().deviceId ?? NONE;
  $('device-dialog').prepend($('calls'));
  $('device-dialog').showModal();
}

function setCopied(copied) {
  $('copied').hidden = !copied;
  $('invite').querySelector('.words').hidden = copied;
}

async function copyInvitation() {
  const copied = await copyText(invitationTo(location.origin, address), $('link'));
  if (!copied) {
    $('alone').hidden = false;
    $('link').select();
    tell('The browser does not let the page copy: copy the marked link yourself.');
    return;
  }
  tell('Invitation link copied.');
  setCopied(true);
  setTimeout(() => setCopied(false), COPIED_TIME);
}

/* ---- the page ---- */

/* A token is behind "#", and the address alone changes when the link is opened anew. */
function takeToken() {
  const { token } = readAddress(location);
  if (token === address.token)
    return;
  address.token = token;
  $('link').value = invitationTo(location.origin, address);
  if (!room)
    setStatus('token');
}

$('room').textContent = SHOWN_ROOM;
document.title = TITLE;
$('name').value = address.name;
$('link').value = invitationTo(location.origin, address);
addEventListener('hashchange', takeToken);
$('link').addEventListener('focus', () => $('link').select());
$('leave').addEventListener('click', () => leave());
$('hang-up').addEventListener('click', hangUp);
$('mute').addEventListener('click', () => media.setOff('audio', !media.isOff('audio')));
$('camera').addEventListener('click', () => media.setOff('video', !media.isOff('video')));
$('screen').addEventListener('click', toggleScreen);
$('devices').addEventListener('click', openDevices);
$('invite').addEventListener('click', copyInvitation);
$('copy').addEventListener('click', copyInvitation);
$('call-microphone').addEventListener('change', () => chooseDevice('audio', lists.audio));
$('call-camera').addEventListener('change', () => chooseDevice('video', lists.video));
$('device-dialog').addEventListener('close', () => document.body.prepend($('calls')));
addEventListener('pagehide', () => leave());

if (!Object.hasOwn(DIALECTS, address.dialect)) {
  notice(`This page does not speak “${cleanReason(address.dialect)}”: ` +
    `it speaks ${Object.keys(DIALECTS).join(', ')}.`);
  entry.setBusy(true);
} else if (!isRoom(address.room)) {
  notice(`The name of the room is longer than ${MAX_ROOM} bytes, which no server takes: ask for another link.`);
  entry.setBusy(true);
} else if (address.autojoin) {
  /* Any page may have led here: devices are for who presses something. */
  join(address.name || 'Guest', { silently: true });
}
