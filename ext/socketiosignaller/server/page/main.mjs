/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The page: brings what its user does, the own devices, the room and the view
 * together. What the address may say is in invitation.mjs.
 */

import { DeviceList } from './devices.mjs';
import { $ } from './dom.mjs';
import { Entry } from './entry.mjs';
import { copyText, invitationTo, readAddress } from './invitation.mjs';
import { Media, mayHaveDevices, mayShareScreen, NONE } from './media.mjs';
import { Ring } from './ring.mjs';
import { DIALECTS, Room } from './room.mjs';
import { notice, setStatus, tell, View } from './view.mjs';
import { cleanReason, deviceWords } from './words.mjs';

const COPIED_TIME = 3000; /* ms */

const address = readAddress(location);
const TITLE = `${address.room} – room call`;
const media = new Media({ changed: (kind) => mediaChanged(kind) });
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
let joining = 0; /* counts attempts: who left meanwhile is not joining any more */

function mediaChanged(kind) {
  room?.sendMedia(kind);
  view.updateSelf(media);
  view.updateControls(media, { devices: mayHaveDevices(), screen: mayShareScreen() });
}

/* Seen and heard also where the page is behind others. */
function ringFor(caller) {
  document.title = caller ? `${caller.name} is calling – ${address.room}` : TITLE;
  ring.set(caller !== undefined);
}

function update() {
  if (!room)
    return;
  const { people, called } = room;
  view.update({ people, called, state });
  ringFor(people.find((person) => person.isRinging));
  if (state === 'inside')
    setStatus(state, { others: people.length, called: called.length });
}

/* ---- joining and leaving ---- */

/* What the server hands out; one without them, or that wants a token, has said no. */
async function fetchIceServers() {
  try {
    const response = await fetch('/ice-servers',
      address.token ? { headers: { Authorization: `Bearer ${address.token}` } } : {});
    const { iceServers } = response.ok ? await response.json() : {};
    return Array.isArray(iceServers) ? iceServers : [];
  } catch {
    return [];
  }
}

async function openMedia() {
  const { words, again } = await media.open();
  notice(words, { again });
  mediaChanged('audio');
}

async function join(name) {
  const attempt = ++joining;
  entry.setBusy(true);
  entry.choose();
  setStatus('asking');
  const [iceServers] = await Promise.all([fetchIceServers(), openMedia()]);
  entry.setBusy(false);
  if (attempt !== joining)
    return;
  entry.hide();
  view.setInside(true);
  view.showSelf(name);
  room = new Room({
    ...address, name, iceServers, media,
    on: {
      state: roomChanged,
      came: (person) => view.came(person),
      arrived: (person) => tell(`${person.name} joined.`),
      went: (person) => {
        view.went(person, {
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
  room.enter();
}

function roomChanged(word, detail) {
  if (!room)
    return;
  state = word;
  if (word === 'inside')
    update();
  else if (['refused', 'kept-out'].includes(word) && room.called.length === 0)
    leave({ word, detail });
  else
    setStatus(word, { detail, called: room?.called.length });
}

/* Where the next call is made or accepted by hand, which opens the devices again, the
 * end of the last one closes them; `over`: this is such an end. */
function callsChanged({ over }) {
  update();
  const has = room !== null && room.called.length > 0;
  if (hadCalls && !has && room && over)
    media.close();
  hadCalls = has;
}

/* Also when one was not let in, which is said at the door. */
function leave({ word = 'left', detail } = {}) {
  joining++;
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

async function act(person, what) {
  if (what === 'call' || what === 'accept') {
    const current = room;
    if (!media.isOpen)
      await openMedia();
    if (room !== current)
      return;
  }
  room?.[what](person);
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
  if (media.sharesScreen) {
    media.stopScreen();
    return;
  }
  try {
    await media.shareScreen();
  } catch (error) {
    /* Who closed the browser's question knows. */
    if (error.name !== 'NotAllowedError')
      tell(`The screen cannot be shared: ${cleanReason(String(error.message))}`);
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

$('room').textContent = address.room;
document.title = TITLE;
$('name').value = address.name;
$('link').value = invitationTo(location.origin, address);
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
addEventListener('pagehide', () => leave());

if (!Object.hasOwn(DIALECTS, address.dialect)) {
  notice(`This page does not speak “${cleanReason(address.dialect)}”: ` +
    `it speaks ${Object.keys(DIALECTS).join(', ')}.`);
  entry.setBusy(true);
} else if (address.autojoin) {
  join(address.name || 'Guest');
}
