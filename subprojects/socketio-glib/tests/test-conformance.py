# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the protocols' own test suites check of a server, before
conformance-server: test-conformance.py PROGRAM. TAP."""
import base64
import contextlib
import json
import os
import socket
import struct
import subprocess
import sys

TIMEOUT = 20
# The ping interval and timeout, in ms: so long that no case hears of them, and
# so short that one can wait for them. What the suites have, 300 and 200, is too
# little for a machine that is busy.
CALM = (60000, 60000)
BRISK = (300, 2000)
SEPARATOR = '\x1e'


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def text(self):
        return self.body.decode()


class Request:
    """One that is sent; its answer may come later."""

    def __init__(self, port, method, resource, body=None, headers=''):
        body = body.encode() if isinstance(body, str) else body
        self.socket = socket.create_connection(('127.0.0.1', port), TIMEOUT)
        head = f'{method} {resource} HTTP/1.1\r\nHost: localhost:{port}\r\n{headers}'
        if body is not None or method == 'POST':
            head += f'Content-Length: {len(body or b"")}\r\n'
        self.socket.sendall(head.encode() + b'\r\n' + (body or b''))

    def answer(self):
        data = b''
        while chunk := self.socket.recv(65536):
            data += chunk
        self.socket.close()
        head, body = data.split(b'\r\n\r\n', 1)
        lines = head.decode().split('\r\n')
        headers = dict(line.lower().split(': ', 1) for line in lines[1:])
        return Answer(int(lines[0].split()[1]), headers, body)

    def abort(self):
        self.socket.close()


class WebSocket:
    def __init__(self, port, resource):
        self.socket = socket.create_connection(('127.0.0.1', port), TIMEOUT)
        self.stream = self.socket.makefile('rb')
        self.socket.sendall(
            (f'GET {resource} HTTP/1.1\r\nHost: localhost:{port}\r\nUpgrade: websocket\r\n'
             'Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n'
             f'Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\n\r\n').encode())
        self.status = int(self.stream.readline().split()[1])
        while self.stream.readline() not in (b'\r\n', b''):
            pass

    def send(self, message):
        text = isinstance(message, str)
        data = message.encode() if text else message
        assert len(data) < 65536
        length = bytes([0x80 | len(data)]) if len(data) < 126 else \
            bytes([0x80 | 126]) + struct.pack('>H', len(data))
        # The mask is there, and changes nothing.
        self.socket.sendall(bytes([0x81 if text else 0x82]) + length + bytes(4) + data)

    def receive(self):
        """A message, or None at the end."""
        head = self.stream.read(2)
        if len(head) < 2 or head[0] & 15 == 8:
            return None
        length = head[1] & 127
        if length == 126:
            length = struct.unpack('>H', self.stream.read(2))[0]
        data = self.stream.read(length)
        return data.decode() if head[0] & 15 == 1 else data

    def receive_but_pings(self):
        while (message := self.receive()) == '2':
            self.send('3')
        return message

    def close(self):
        self.socket.close()


def expect(actual, expected):
    if actual != expected:
        raise AssertionError(f'{actual!r} is not {expected!r}')


class Engine:
    """Engine.IO in one of its revisions at a server."""

    def __init__(self, port, revision, path):
        self.port, self.revision, self.path = port, revision, path
        self.old = revision == 3

    def resource(self, transport='polling', sid=None, more=''):
        return f'{self.path}?EIO={self.revision}&transport={transport}{more}' + (
            f'&sid={sid}' if sid else '')

    def payload(self, *packets):
        if self.old:
            return ''.join(f'{len(packet)}:{packet}' for packet in packets)
        return SEPARATOR.join(packets)

    def get(self, sid, **more):
        return Request(self.port, 'GET', self.resource(sid=sid, **more))

    def post(self, sid, *packets, **more):
        return Request(self.port, 'POST', self.resource(sid=sid), self.payload(*packets), **more)

    def websocket(self, sid=None):
        return WebSocket(self.port, self.resource('websocket', sid))

    def handshake(self, more=''):
        answer = Request(self.port, 'GET', self.resource(more=more)).answer()
        expect(answer.status, 200)
        text = answer.text
        if self.old:
            length, text = text.split(':', 1)
            expect(int(length), len(text))
        expect(text[0], '0')
        return json.loads(text[1:])

    def open(self, more='&b64=1'):
        return self.handshake(more if self.old else '')['sid']

    def is_gone(self, sid):
        expect(self.get(sid).answer().status, 400)

    # --- the cases, in the order of the suites ---

    def check_handshake(self, value, upgrades):
        expect(set(value), {'sid', 'upgrades', 'pingInterval', 'pingTimeout', 'maxPayload'})
        expect(value['upgrades'], upgrades)
        expect((value['pingInterval'], value['pingTimeout'], value['maxPayload']),
               (*CALM, 1000000))

    def case_handshake_polling(self):
        self.check_handshake(self.handshake(), ['websocket'])

    def case_handshake_websocket(self):
        ws = self.websocket()
        text = ws.receive()
        expect(text[0], '0')
        self.check_handshake(json.loads(text[1:]), [])
        ws.close()

    def case_invalid_requests(self):
        for query in ('transport=polling', 'EIO=abc&transport=polling', 'EIO=4',
                      'EIO=4&transport=abc', 'EIO=4&transport=websocket'):
            expect(Request(self.port, 'GET', f'{self.path}?{query}').answer().status, 400)
        for method in ('POST', 'PUT', 'DELETE'):
            expect(Request(self.port, method, self.resource(), '').answer().status, 400)
        for query in ('transport=websocket', 'EIO=abc&transport=websocket', 'EIO=4',
                      'EIO=4&transport=abc', 'EIO=4&transport=websocket&sid=none'):
            expect(WebSocket(self.port, f'{self.path}?{query}').status, 400)

    def echo(self, sid, *packets):
        answer = self.post(sid, *packets).answer()
        expect((answer.status, answer.text), (200, 'ok'))
        answer = self.get(sid).answer()
        expect((answer.status, answer.text), (200, self.payload(*packets)))
        expect(answer.headers['connection'], 'close')

    def case_polling_message(self):
        self.echo(self.open(), '4hello')

    def case_polling_messages(self):
        self.echo(self.open(), '4test1', '4test2', '4test3')

    def case_polling_binary(self):
        self.echo(self.open(), '4hello', 'b4AQIDBA==' if self.old else 'bAQIDBA==')

    def case_polling_bytes(self):
        sid = self.open('')
        octets = 'Content-Type: application/octet-stream\r\n'
        body = b'\x00\x06\xff4hello\x01\x05\xff\x04\x01\x02\x03\x04'
        answer = Request(self.port, 'POST', self.resource(sid=sid), body, octets).answer()
        if not self.old:
            expect(answer.status, 400)
            self.is_gone(sid)
            return
        expect((answer.status, answer.text), (200, 'ok'))
        expect(self.get(sid).answer().body, body)

    def case_polling_invalid(self):
        sid = self.open()
        expect(self.post(sid, 'abc').answer().status, 400)
        self.is_gone(sid)

    def case_polling_twice(self):
        sid = self.open()
        first = self.get(sid)
        # Until the first is held; a second one before that would be the first.
        expect(self.post(sid, '6').answer().status, 200)
        expect(self.get(sid).answer().status, 400)
        answer = first.answer()
        expect((answer.status, answer.text), (200, self.payload('1')))
        self.is_gone(sid)

    def case_polling_aborted(self):
        sid = self.open()
        first = self.get(sid)
        expect(self.post(sid, '6').answer().status, 200)
        first.abort()
        while (answer := self.get(sid).answer()).status == 200:
            expect(answer.text, self.payload('1'))
        expect(answer.status, 400)

    def case_websocket_message(self):
        ws = self.websocket()
        ws.receive()
        ws.send('4hello')
        expect(ws.receive(), '4hello')
        binary = (b'\x04' if self.old else b'') + b'\x01\x02\x03\x04'
        ws.send(binary)
        expect(ws.receive(), binary)
        ws.close()

    def case_websocket_invalid(self):
        ws = self.websocket()
        ws.receive()
        ws.send('abc')
        expect(ws.receive(), None)

    def case_heartbeat_polling(self):
        sid = self.open()
        for _ in range(3):
            if self.old:
                expect(self.post(sid, '2').answer().status, 200)
            expect(self.get(sid).answer().text, self.payload('3' if self.old else '2'))
            if not self.old:
                expect(self.post(sid, '3').answer().status, 200)

    def case_timeout_polling(self):
        sid = self.open()
        answer = self.get(sid).answer()
        if not self.old:
            expect(answer.text, '2')
            answer = self.get(sid).answer()
        expect(answer.text, self.payload('1'))
        self.is_gone(sid)

    def case_heartbeat_websocket(self):
        ws = self.websocket()
        ws.receive()
        for _ in range(3):
            if self.old:
                ws.send('2')
                expect(ws.receive(), '3')
            else:
                expect(ws.receive(), '2')
                ws.send('3')
        ws.close()

    def case_timeout_websocket(self):
        ws = self.websocket()
        while ws.receive() is not None:
            pass

    def case_wrong_direction(self):
        ws = self.websocket()
        ws.receive()
        ws.send('3' if self.old else '2')
        expect(ws.receive(), None)

    def case_close_polling(self):
        sid = self.open()
        poll = self.get(sid)
        expect(self.post(sid, '1').answer().status, 200)
        answer = poll.answer()
        expect((answer.status, answer.text), (200, self.payload('6')))
        self.is_gone(sid)

    def case_close_polling_crossing(self):
        sid = self.open()
        expect(self.post(sid, '1').answer().status, 200)
        # It was on its way.
        expect(self.get(sid).answer().text, self.payload('6'))
        self.is_gone(sid)

    def case_close_websocket(self):
        ws = self.websocket()
        ws.receive()
        ws.send('1')
        expect(ws.receive(), None)

    def upgrade(self, sid):
        ws = self.websocket(sid)
        ws.send('2probe')
        expect(ws.receive(), '3probe')
        return ws

    def case_upgrade(self):
        sid = self.open()
        poll = self.get(sid)
        ws = self.upgrade(sid)
        # One that is held ends, and so does the next.
        expect(poll.answer().text, self.payload('6'))
        expect(self.get(sid).answer().text, self.payload('6'))
        # What waits is not lost.
        expect(self.post(sid, '4early').answer().status, 200)
        ws.send('5')
        expect(ws.receive(), '4early')
        ws.send('4hello')
        expect(ws.receive(), '4hello')
        self.is_gone(sid)
        again = self.websocket(sid)
        expect(again.receive(), None)
        ws.send('4still')
        expect(ws.receive(), '4still')
        ws.close()

    def case_upgrade_fails(self):
        sid = self.open()
        for words in (('4hello',), ('5',), ('2',), ('2probe', '4x')):
            ws = self.websocket(sid)
            for word in words:
                ws.send(word)
            expect([m for m in iter(ws.receive, None) if m != '3probe'], [])
            self.echo(sid, '4still')
        ws = self.upgrade(sid)
        second = self.websocket(sid)
        expect(second.receive(), None)
        ws.send('5')
        ws.send('4hello')
        expect(ws.receive(), '4hello')
        ws.close()


class SocketIO:
    def __init__(self, port):
        self.port = port

    def engine(self):
        ws = WebSocket(self.port, '/socket.io/?EIO=4&transport=websocket')
        expect(ws.receive()[0], '0')
        return ws

    def connect(self):
        ws = self.engine()
        ws.send('40')
        ws.receive()
        ws.receive()
        return ws

    def check_connect(self, sent, prefix, auth):
        ws = self.engine()
        ws.send(sent)
        text = ws.receive()
        expect(text[:len(prefix)], prefix)
        expect(list(json.loads(text[len(prefix):])), ['sid'])
        expect(ws.receive(), '42' + prefix[2:] + '["auth",' + auth + ']')
        ws.close()

    def case_connect(self):
        self.check_connect('40', '40', '{}')
        self.check_connect('40{"token":"123"}', '40', '{"token":"123"}')
        self.check_connect('40/custom,', '40/custom,', '{}')
        self.check_connect('40/custom,{"token":"abc"}', '40/custom,', '{"token":"abc"}')

    def case_connect_unknown(self):
        ws = self.engine()
        ws.send('40/random')
        expect(ws.receive(), '44/random,{"message":"Invalid namespace"}')
        ws.close()

    def case_connect_invalid(self):
        ws = self.engine()
        ws.send('4abc')
        expect(ws.receive(), None)

    def case_connect_never(self):
        ws = self.engine()
        expect(ws.receive_but_pings(), None)

    def case_disconnect(self):
        ws = self.connect()
        ws.send('41')
        expect(ws.receive(), '2')
        ws.close()

    def case_disconnect_custom(self):
        ws = self.connect()
        ws.send('40/custom')
        expect(ws.receive_but_pings()[:11], '40/custom,{')
        expect(ws.receive_but_pings(), '42/custom,["auth",{}]')
        ws.send('41/custom')
        ws.send('42["message","message to main namespace"]')
        expect(ws.receive_but_pings(), '42["message-back","message to main namespace"]')
        ws.close()

    def case_message(self):
        ws = self.connect()
        ws.send('42["message",1,"2",{"3":[true]}]')
        expect(ws.receive(), '42["message-back",1,"2",{"3":[true]}]')
        ws.send('42456["message-with-ack",1,"2",{"3":[false]}]')
        expect(ws.receive(), '43456[1,"2",{"3":[false]}]')
        ws.close()

    def case_message_binary(self):
        holders = '{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}'
        for sent, back in (('452-["message",%s]', '452-["message-back",%s]'),
                           ('452-789["message-with-ack",%s]', '462-789[%s]')):
            ws = self.connect()
            ws.send(sent % holders)
            ws.send(b'\x01\x02\x03')
            ws.send(b'\x04\x05\x06')
            expect([ws.receive_but_pings() for _ in range(3)],
                   [back % holders, b'\x01\x02\x03', b'\x04\x05\x06'])
            ws.close()

    def case_message_invalid(self):
        for text in ('4abc', '42{}', '42abc["message-with-ack",1,"2",{"3":[false]}]'):
            ws = self.connect()
            ws.send(text)
            expect(ws.receive(), None)


WANT_PINGS = ('heartbeat_polling', 'heartbeat_websocket', 'timeout_polling',
              'timeout_websocket', 'disconnect', 'connect_never')


@contextlib.contextmanager
def serve(program, kind, timing):
    arguments = [program, kind, '0', *map(str, timing)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE) as process:
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()
        if process.wait() != -15:
            raise SystemExit(f'{program} {kind} ended with {process.returncode}')


def main():
    results = []

    def run(label, subject, brisk):
        for name in dir(subject):
            if not name.startswith('case_') or brisk != (name[5:] in WANT_PINGS):
                continue
            try:
                getattr(subject, name)()
                results.append(True)
            except (AssertionError, OSError, ValueError, IndexError, TypeError) as error:
                print(f'# {type(error).__name__}: {error}')
                results.append(False)
            print(f'{"ok" if results[-1] else "not ok"} {len(results)} - {label} {name[5:]}')

    for timing in CALM, BRISK:
        with serve(sys.argv[1], 'engine', timing) as port:
            run('revision 4', Engine(port, 4, '/engine.io/'), timing is BRISK)
            run('revision 3', Engine(port, 3, '/engine.io/'), timing is BRISK)
        with serve(sys.argv[1], 'socket', timing) as port:
            run('Socket.IO', SocketIO(port), timing is BRISK)
    print(f'1..{len(results)}')
    return 0 if all(results) else 1


if __name__ == '__main__':
    sys.exit(main())
