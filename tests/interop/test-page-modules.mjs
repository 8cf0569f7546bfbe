/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The pure parts of the page, in Node: addresses, names and texts of strangers, the
 * grid, candidates and descriptions, and what each dialect makes of rubbish.
 */
import { check, finish, watchdog } from './harness.mjs';

const page = (name) => import(`../../ext/socketiosignaller/server/page/${name}`);
const { invitationTo, isRoom, readAddress } = await page('invitation.mjs');
const { changeWords, cleanName, missingWords, roomWords } = await page('words.mjs');
const { IceServers } = await page('iceservers.mjs');
const { cleanMessage } = await page('chat.mjs');
const { fitTiles } = await page('grid.mjs');
const { belongsTo, takeCandidate, takeDescription } = await page('call.mjs');
const dialects = Object.fromEntries(await Promise.all(['mesh', 'rooms', 'message', 'broadcast']
  .map(async (name) => [name, (await page(`dialects/${name}.mjs`))[name]])));

watchdog(20);
const same = (what, got, wanted) =>
  check(what, JSON.stringify(got) === JSON.stringify(wanted), JSON.stringify(got));

/* ---- addresses ---- */
same('an empty address', readAddress({ search: '', hash: '' }),
  { room: 'lobby', dialect: 'mesh', name: '', autojoin: false, token: '' });
same('a full one', readAddress({ search: '?room=a%20b&dialect=rooms&name=Ada&autojoin=1', hash: '#token=x%26y' }),
  { room: 'a b', dialect: 'rooms', name: 'Ada', autojoin: true, token: 'x&y' });
const link = invitationTo('https://calls.example', { room: 'a&b', dialect: 'rooms', token: 'x&y' });
same('an invitation says the same again', readAddress(new URL(link)),
  { room: 'a&b', dialect: 'rooms', name: '', autojoin: false, token: 'x&y' });
same('and no more than needed', invitationTo('https://calls.example', { room: 'den', dialect: 'mesh', token: '' }),
  'https://calls.example/?room=den');

const long = `${'long '.repeat(20)}\u0007x`;
same('a room is as it is', readAddress(new URL(invitationTo('https://calls.example', { room: long, dialect: 'mesh', token: '' }))).room, long);
same('and has 128 bytes', ['x'.repeat(128), 'x'.repeat(129), 'é'.repeat(64), 'é'.repeat(65)].map(isRoom), [true, false, true, false]);

/* ---- the servers that a call is made over ---- */
{
  let now = 0;
  const answers = [[{ urls: 'stun:a' }], null, [{ urls: 'stun:b' }]];
  let asked = 0;
  const ice = new IceServers(async () => answers[asked++], () => now);
  await Promise.all([ice.refresh(), ice.refresh()]);
  await ice.refresh();
  const first = [asked, ice.list[0].urls];
  now = 600000;
  await ice.refresh();
  same('are asked for once in a while, and the last ones are kept', [first, asked, ice.list[0].urls], [[1, 'stun:a'], 2, 'stun:a']);
  await ice.refresh();
  same('until there are others', [asked, ice.list[0].urls], [3, 'stun:b']);
}

/* ---- texts of strangers ---- */
same('a name is one line', cleanName(' A\nd\u202ea\u0000 '), 'A d a');
same('and has 40 characters', cleanName('😀'.repeat(50)), '😀'.repeat(40));
same('what joins letters and pictures stays', ['👨\u200d👩\u200d👧', 'می\u200cخواهم'].map(cleanName), ['👨\u200d👩\u200d👧', 'می\u200cخواهم']);
same('and hides in no other name', ['A\u200dda', 'Ada\u200d', '\u200c\u200d'].map(cleanName), ['A da', 'Ada', '']);
same('no text is no name', [cleanName(null), cleanName({}), cleanName(7)], ['', '', '']);
same('a message keeps its lines', cleanMessage('a\r\nb\u2028c\u0007\t!\n\n'), 'a\nb\nc\t!');
same('and has 2000 characters', cleanMessage('x'.repeat(3000)).length, 2000);
same('no text is no message', [cleanMessage(undefined), cleanMessage([])], ['', '']);
same('what is missing is said', missingWords(['video'], true, { name: 'NotFoundError' }),
  'You are in without a camera. There is none on this machine.');
same('what is news of somebody', [['calling', 'silent'], ['connected', 'disconnected'], ['disconnected', 'connected'],
  ['connecting', 'connected'], ['ringing', 'ended'], ['connected', 'ended']].map(([before, now]) => changeWords('Bob', before, now)),
['Bob does not answer.', 'The connection to Bob is interrupted.', 'The connection to Bob is back.', '',
  'Bob is not calling any more.', 'Bob hung up.']);
same('one other', roomWords('inside', { others: 1, called: 1 }), 'In the room with 1 other.');

same('where nobody is called by hand nobody is said not to be', ['mesh', 'rooms'].map((dialect) =>
  roomWords('inside', { others: 1, byHand: dialect === 'rooms' })), ['In the room with 1 other.', 'In the room with 1 other. Nobody is called yet.']);
check('a call goes on only where there is one', !/call/.test(roomWords('thrown-out', { detail: 'x' })) &&
  /call goes on/.test(roomWords('thrown-out', { detail: 'x', called: 1 })));

/* ---- the grid ---- */
for (const [width, height] of [[340, 470], [1060, 720], [720, 200]]) {
  for (let count = 1; count <= 32; count++) {
    const { columns, width: across, height: down } = fitTiles(count, width, height);
    const rows = Math.ceil(count / columns);
    const fits = columns * across + (columns - 1) * 12 <= width && rows * down + (rows - 1) * 12 <= height;
    if (!fits || across < 0 || across > down * 16 / 9 + 2)
      check(`${count} tiles fit ${width}x${height}`, false, `${columns} of ${across}x${down}`);
  }
}
check('tiles fit', true);
same('two on a phone are above each other', fitTiles(2, 340, 470, { narrow: 3 / 4 }).columns, 1);
same('two on a low window are beside each other', fitTiles(2, 900, 300).columns, 2);

/* ---- descriptions and candidates ---- */
same('descriptions', [{ type: 'offer', sdp: 'v=0', x: 1 }, { type: 'rollback', sdp: '' }, null, { type: 'offer' }]
  .map(takeDescription), [{ type: 'offer', sdp: 'v=0' }, null, null, null]);
same('a bare candidate is of the first section', takeCandidate({ candidate: 'candidate:1 1 udp 1 x 9 typ host ufrag Ab' }),
  { candidate: 'candidate:1 1 udp 1 x 9 typ host ufrag Ab', sdpMid: null, sdpMLineIndex: 0, ufrag: 'Ab' });
same('no candidates', [null, {}, { candidate: '' }, { candidate: 7 }].map(takeCandidate), [null, null, null, null]);
check('whose candidate it is', belongsTo('Ab', 'v=0\r\na=ice-ufrag:Ab\r\n') && !belongsTo('A', 'a=ice-ufrag:Ab\r\n'));

/* ---- dialects ---- */
class FakeSocket {
  id = 'me';
  listeners = new Map();
  sent = [];
  on(event, listener) {
    this.listeners.set(event, listener);
    return this;
  }
  emit(...message) {
    this.sent.push(message);
  }
  hear(event, ...args) {
    this.listeners.get(event)?.(...args);
  }
}

function speak(name) {
  const socket = new FakeSocket();
  const heard = [];
  const hear = new Proxy({}, {
    get: (_, what) => (...args) => {
      heard.push([what, ...args]);
      return false;
    },
  });
  const dialect = dialects[name]({ socket, room: 'den', name: 'Ada', hear });
  return { socket, heard, dialect };
}

const RUBBISH = [[], [null], [7], ['x'], [[]], [{}], [{ peer_id: {} }], [{ caller: null, sdp: 3 }], [{ type: 'offer' }],
  [{ type: 'candidate', candidate: {} }], [{ type: 'ready' }], [[null, 7]]];
for (const name of Object.keys(dialects)) {
  const { socket } = speak(name);
  let fault = '';
  for (const event of socket.listeners.keys()) {
    for (const args of RUBBISH) {
      try {
        socket.hear(event, ...args);
      } catch (error) {
        fault += `${event} ${JSON.stringify(args)}: ${error.message}; `;
      }
    }
  }
  check(`${name}: rubbish throws nothing`, fault === '', fault);
}

const description = { type: 'offer', sdp: 'v=0' };
const candidate = { candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 };
const said = (name, before = () => {}) => {
  const { socket, dialect } = speak(name);
  before(socket);
  dialect.enter();
  dialect.describe('bob', description);
  dialect.candidate('bob', candidate);
  dialect.end('bob');
  dialect.leave();
  return socket.sent;
};
same('mesh says', said('mesh'), [
  ['join', { channel: 'den', userdata: { name: 'Ada' } }],
  ['relaySessionDescription', { peer_id: 'bob', session_description: description }],
  ['relayICECandidate', { peer_id: 'bob', ice_candidate: { sdpMLineIndex: 0, candidate: 'candidate:1' } }],
  ['part', 'den'],
]);
same('rooms says', said('rooms'), [
  ['join-room', 'den'],
  ['offer', { target: 'bob', caller: 'me', sdp: description }],
  ['ice-candidate', { target: 'bob', candidate }],
  ['end-call', { from: 'me', to: 'bob' }],
]);
same('message says', said('message', (socket) => socket.hear('client-id', { id: 'c1' })), [
  ['message', { type: 'ready', clientId: 'c1' }],
  ['message', { type: 'offer', sdp: 'v=0', clientId: 'c1' }],
  ['message', { type: 'candidate', candidate: 'candidate:1', clientId: 'c1' }],
  ['message', { type: 'bye', clientId: 'c1' }],
  ['message', { type: 'bye', clientId: 'c1' }],
]);
same('message says nothing before it knows who it is', (() => {
  const { socket, dialect } = speak('message');
  dialect.enter();
  return socket.sent;
})(), []);
same('message, after a "bye": a "ready" asks for a call, which is made by saying it', (() => {
  const { socket, heard, dialect } = speak('message');
  dialect.enter();
  socket.hear('client-id', { id: 'c1' });
  socket.hear('message', { type: 'ready', clientId: 'c2' });
  socket.hear('message', { type: 'bye', clientId: 'c2' });
  socket.hear('message', { type: 'ready', clientId: 'c2' });
  dialect.invite();
  const words = heard.filter(([what]) => ['came', 'ended', 'asked'].includes(what));
  return [words.map(([what, { weCall } = {}]) => [what, weCall]), socket.sent.map(([, { type }]) => type)];
})(), [[['came', true], ['ended', undefined], ['came', null], ['asked', undefined]], ['ready', 'ready']]);
same('message, after a "bye": a server that comes back is not told that one is ready', (() => {
  const { socket, heard, dialect } = speak('message');
  dialect.enter();
  socket.hear('client-id', { id: 'c1' });
  dialect.end();
  socket.hear('disconnect');
  dialect.enter();
  socket.hear('client-id', { id: 'c3' });
  return [socket.sent.map(([, { type }]) => type), heard.at(-1)[0]];
})(), [['ready', 'bye'], 'came']);
same('broadcast says', said('broadcast'), [['offer', description], ['candidate', candidate]]);

const { socket, heard } = speak('rooms');
socket.hear('users', ['me', 'bob']);
socket.hear('offer', { caller: 'me', sdp: description });
socket.hear('ice-candidate', candidate);
socket.hear('end-call', { to: 'me' });
same('rooms hears others, and not itself', heard, [
  ['came', { id: 'bob', weCall: null }], ['candidate', null, candidate], ['ended', null],
]);
finish();
