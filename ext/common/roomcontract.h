/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The signalling contract between roomcallbin and a signaller: names only, no
 * shared type, so that a signaller can be written in any language. See
 * docs/signalling-contract.md for what each one means and when it is emitted.
 *
 * Signals of the signaller, all without a return value:
 *   joined            (string self-id|NULL)
 *   disconnected      (string reason, boolean will-retry)
 *   left              (string reason)
 *   roster-complete   ()
 *   peer-joined       (string id, string role, GstStructure info)
 *   peer-left         (string id, string reason)
 *   description       (string id|NULL, string "offer"|"answer", string sdp)
 *   candidate         (string id|NULL, int mline|-1, string mid|NULL,
 *                      string candidate, "" = end)
 *   call-ended        (string id|NULL, string reason)
 * Optional:
 *   ice-servers       (string id|NULL, GstStructure servers)
 * Actions of the signaller, callable from any thread, never blocking:
 *   send-description  (string id, string type, string sdp)
 *   send-candidate    (string id, int mline, string mid|NULL, string candidate)
 *   end-call          (string id, string reason)
 * An action that a signaller may have; without it end-call is emitted:
 *   reject-call       (string id, string reason)
 * Those that a signaller may have, and are not called without it:
 *   forget-call       (string id)
 *   refresh-ice-servers () -> boolean
 */
#define ROOM_SIGNAL_JOINED "joined"
#define ROOM_SIGNAL_DISCONNECTED "disconnected"
#define ROOM_SIGNAL_LEFT "left"
#define ROOM_SIGNAL_ROSTER_COMPLETE "roster-complete"
#define ROOM_SIGNAL_PEER_JOINED "peer-joined"
#define ROOM_SIGNAL_PEER_LEFT "peer-left"
#define ROOM_SIGNAL_DESCRIPTION "description"
#define ROOM_SIGNAL_CANDIDATE "candidate"
#define ROOM_SIGNAL_CALL_ENDED "call-ended"
#define ROOM_SIGNAL_ICE_SERVERS "ice-servers"

#define ROOM_ACTION_SEND_DESCRIPTION "send-description"
#define ROOM_ACTION_SEND_CANDIDATE "send-candidate"
#define ROOM_ACTION_END_CALL "end-call"
#define ROOM_ACTION_REJECT_CALL "reject-call"
#define ROOM_ACTION_FORGET_CALL "forget-call"
#define ROOM_ACTION_REFRESH_ICE_SERVERS "refresh-ice-servers"

/* Role of US towards a peer, the second argument of peer-joined. */
#define ROOM_ROLE_OFFERER "offerer"
#define ROOM_ROLE_ANSWERER "answerer"
#define ROOM_ROLE_LATE_OFFERER "late-offerer"
#define ROOM_ROLE_MANUAL "manual"
