/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A foreign browser application of the mesh family, as a pipeline meets it:
 * the official Socket.IO client, one RTCPeerConnection per member that is
 * closed on removePeer, no renegotiation, no recovery.
 *
 *   ?room=lobby&server=http://host:port   (default: where the page came from)
 *   &media=none                           joins without camera and microphone
 */
import { io } from '/peer/socket.io.esm.min.js';

const address = new URLSearchParams(location.search);
const room = address.get('room') ?? 'lobby';
const peers = new Map();
const status = document.getElementById('status');

const stream = address.get('media') === 'none' ? null
  : await navigator.mediaDevices.getUserMedia({
    audio: true,
    video: { width: 320, height: 240, frameRate: 20 },
  });

const socket = io(address.get('server') ?? location.origin);

function removePeer(id) {
  peers.get(id)?.pc.close();
  peers.get(id)?.video.remove();
  peers.delete(id);
}

socket.on('connect', () => {
  status.textContent = 'joined';
  socket.emit('join', { channel: room, userdata: { name: 'npm client' } });
});
socket.on('disconnect', () => {
  status.textContent = 'disconnected';
  [...peers.keys()].forEach(removePeer);
});

socket.on('addPeer', ({ peer_id: id, should_create_offer: offerer }) => {
  const pc = new RTCPeerConnection();
  const video = document.createElement('video');
  video.dataset.peer = id;
  video.autoplay = true;
  video.width = 320;
  video.srcObject = new MediaStream();
  document.getElementById('grid').append(video);
  peers.set(id, { pc, video, candidates: [] });

  pc.onicecandidate = ({ candidate }) => {
    if (candidate)
      socket.emit('relayICECandidate', {
        peer_id: id,
        ice_candidate: {
          sdpMLineIndex: candidate.sdpMLineIndex,
          candidate: candidate.candidate,
        },
      });
  };
  pc.ontrack = ({ track }) => video.srcObject.addTrack(track);
  stream?.getTracks().forEach((track) => pc.addTrack(track, stream));
  if (!offerer)
    return;
  if (!stream)
    ['audio', 'video'].forEach((kind) => pc.addTransceiver(kind, { direction: 'recvonly' }));
  pc.createOffer().then(async (offer) => {
    await pc.setLocalDescription(offer);
    socket.emit('relaySessionDescription', { peer_id: id, session_description: offer });
  });
});

socket.on('removePeer', ({ peer_id: id }) => removePeer(id));

socket.on('sessionDescription', async ({ peer_id: id, session_description: description }) => {
  const peer = peers.get(id);
  await peer.pc.setRemoteDescription(description);
  for (const candidate of peer.candidates.splice(0))
    await peer.pc.addIceCandidate(candidate);
  if (description.type !== 'offer')
    return;
  const answer = await peer.pc.createAnswer();
  await peer.pc.setLocalDescription(answer);
  socket.emit('relaySessionDescription', { peer_id: id, session_description: answer });
});

socket.on('iceCandidate', async ({ peer_id: id, ice_candidate: candidate }) => {
  const peer = peers.get(id);
  if (peer.pc.remoteDescription)
    await peer.pc.addIceCandidate(candidate);
  else
    peer.candidates.push(candidate);
});
