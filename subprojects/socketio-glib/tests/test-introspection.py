# SPDX-License-Identifier: LGPL-2.1-or-later
"""The library from another language: a client and a server in Python."""
import sys

import gi

gi.require_version('Json', '1.0')
gi.require_version('Sio', '1.0')
from gi.repository import GLib, GObject, Json, Sio

loop = GLib.MainLoop()
GLib.timeout_add_seconds(30, lambda: sys.exit('not over in time'))
# sio_socket_connect() hides the connect() that all objects have.
watch = GObject.Object.connect


def wait_for(condition):
    while not condition():
        GLib.MainContext.default().iteration(True)


def texts(node):
    return Sio.json_print(node)[0]


def on_ask(_socket, _name, args, ack):
    ack.reply(args)


server = Sio.Server.new()
watch(server, 'connection', lambda _server, socket: watch(socket, 'event::ask', on_ask))
server.listen('127.0.0.1', 0)

manager = Sio.Manager.new(f'http://127.0.0.1:{server.get_port()}')
manager.get_limits().props.max_attachments = 2
socket = manager.get_socket('/')
told = []
watch(socket, 'connect', lambda _socket: told.append('connect'))
watch(socket, 'disconnect', lambda _socket, reason, retry: told.append((reason, retry)))
watch(socket, 'event::news', lambda _socket, name, args, ack: told.append((name, texts(args), ack)))
socket.connect()
wait_for(lambda: told == ['connect'])

args = Sio.json_parse('[1,{"a":"é"}]', -1)
args.get_array().add_element(Sio.bytes_to_json(GLib.Bytes.new(b'\0\1\2')))
answers = []
socket.emit_with_ack_async('ask', args, 0, None, lambda _socket, result: answers.append(
    socket.emit_with_ack_finish(result)))
wait_for(lambda: answers)
assert texts(answers[0]) == texts(args)
assert Sio.bytes_from_json(answers[0].get_array().get_element(2)).get_data() == b'\0\1\2'

server.emit(None, None, 'news', Sio.json_parse('["x"]', -1))
wait_for(lambda: len(told) == 2)
assert told[1] == ('news', '["x"]', None)

try:
    socket.emit('disconnect', None)
    sys.exit('a reserved name was taken')
except GLib.Error as error:
    assert error.matches(Sio.error_quark(), Sio.Error.INVALID_ARGUMENT)
socket.disconnect()
assert told[2] == (Sio.REASON_CLIENT_DISCONNECT, False) == ('io client disconnect', False)
server.close()
print('1..1\nok 1 - a client and a server')
