/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A gst-launch-1.0 pipeline that is a member of a room, and the measuring of
 * what comes out of it. Every pad that is listened to ends in an fdsink, so the
 * figures are of decoded, mixed, raw media, by the same criteria as a browser's.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CRITERIA, decibels, lumaDifference } from './figures.mjs';

const WIDTH = 160;
const HEIGHT = 120;
const RATE = 8000; /* Hz, mono float: enough for a level */
const WINDOW = RATE / 100; /* samples: what is silent for so long is a gap */
const FRAME_MS = 1000 / 30; /* of a mix, whatever flows into it: docs/mixing.md */

const knownCriticals = (() => {
  const file = join(dirname(fileURLToPath(import.meta.url)), '../common/known-criticals.h');
  return [...readFileSync(file, 'utf8').matchAll(/\{\s*"([^"]*)",\s*"([^"]*)"/g)]
    .map(([, domain, message]) => ({ domain, message }));
})();

const dialectDir = join(dirname(fileURLToPath(import.meta.url)), '../../examples/dialects');

/** What makes a roomcallbin speak a dialect: one of ours, or one that is built in. */
export function speak(dialect) {
  const file = join(dialectDir, `${dialect}.json`);
  return existsSync(file) ? `signaller::dialect-file=${file}` : `dialect=${dialect}`;
}

/** The first CRITICAL that is not in tests/common/known-criticals.h, or null. Some
 * begin with a line break; one of a plugin mostly has no domain. */
export function findCritical(output) {
  for (const found of output.matchAll(/\): (?:(\S*)-)?CRITICAL \*\*: (?:[^ ]*: )?(\n?.*)$/gm)) {
    const [text, domain, message] = found;
    if (!knownCriticals.some((known) => known.domain === domain && known.message === message))
      return text;
  }
  return null;
}

/* Cuts a stream of bytes into pieces of one size. */
class Pieces {
  #size;
  #rest = Buffer.alloc(0);

  constructor(size) {
    this.#size = size;
  }

  * add(data) {
    let all = this.#rest.length > 0 ? Buffer.concat([this.#rest, data]) : data;
    for (; all.length >= this.#size; all = all.subarray(this.#size))
      yield all.subarray(0, this.#size);
    this.#rest = all;
  }
}

/* Gaps are measured in the time of the stream: how long a picture stands, or a
 * sound is away, whenever the bytes of it came here. */
class PictureMeter {
  static tail = `videoconvert ! videoscale ! video/x-raw,format=GRAY8,width=${WIDTH},height=${HEIGHT}`;
  #pieces = new Pieces(WIDTH * HEIGHT);
  #last = null;
  #frames = 0;
  #moving = 0;
  #still = 0; /* frames, until now */
  #longest = 0;

  add(data) {
    for (const frame of this.#pieces.add(data)) {
      this.#frames++;
      this.#still++;
      if (this.#last && lumaDifference(frame, this.#last) > CRITERIA.luma) {
        this.#moving++;
        this.#still = 0;
      }
      this.#longest = Math.max(this.#longest, this.#still);
      this.#last = frame;
    }
  }

  /** Figures since the last take(). */
  take() {
    const figures = {
      frames: this.#frames,
      moving: this.#moving,
      stillMs: Math.round(this.#longest * FRAME_MS),
    };
    this.#frames = this.#moving = this.#longest = 0;
    return figures;
  }
}

class SoundMeter {
  static tail = `audioconvert ! audioresample ! audio/x-raw,format=F32LE,rate=${RATE},channels=1`;
  #pieces = new Pieces(4 * WINDOW);
  #sum = 0;
  #count = 0;
  #silent = 0; /* windows, until now */
  #longest = 0;

  add(data) {
    for (const piece of this.#pieces.add(data)) {
      let sum = 0;
      for (let offset = 0; offset < piece.length; offset += 4)
        sum += piece.readFloatLE(offset) ** 2;
      this.#silent = decibels(sum / WINDOW) > CRITERIA.rmsDb ? 0 : this.#silent + 1;
      this.#longest = Math.max(this.#longest, this.#silent);
      this.#sum += sum;
      this.#count += WINDOW;
    }
  }

  take() {
    const rmsDb = Math.round(10 * decibels(this.#count > 0 ? this.#sum / this.#count : 0)) / 10;
    const figures = {
      rmsDb: Math.max(-200, rmsDb),
      seconds: this.#count / RATE,
      silentMs: this.#longest * 1000 * WINDOW / RATE,
    };
    this.#sum = this.#count = this.#longest = 0;
    return figures;
  }
}

/** Sends a moving picture and a tone. */
export const SENDING = [
  'videotestsrc is-live=true pattern=smpte horizontal-speed=8',
  '! video/x-raw,width=320,height=240,framerate=20/1 ! queue ! call.video_0',
  'audiotestsrc is-live=true volume=0.3',
  '! audio/x-raw,rate=48000,channels=2 ! queue ! call.audio_0',
].join(' ');

/** Caps of mixes, and what is sent, that 2 cores encode and decode beside a browser
 * without being late. */
export const SMALL = 'video/x-raw,width=320,height=180';
export const SENDING_SMALL = [
  'videotestsrc is-live=true pattern=smpte horizontal-speed=8',
  '! video/x-raw,width=160,height=120,framerate=20/1 ! queue ! call.video_0',
  'audiotestsrc is-live=true volume=0.3',
  '! audio/x-raw,rate=48000,channels=2 ! queue ! call.audio_0',
].join(' ');

/**
 * A running pipeline. `listen` names pads of roomcallbin, each of which becomes
 * an entry of measure(): "video_mix", "audio_src_0" ... `sinks` names elements of
 * the description that are measured in their place, and what they are to be called.
 */
export class Pipeline {
  #child;
  #meters = new Map();
  #output = '';
  #messages = [];
  #waiting = [];
  #ended;

  /**
   * @param {{bin: string, send?: string, listen?: string[], name?: string,
   *   sinks?: Object<string, string>, size?: string, program?: string[]}} settings
   *   `size`: caps of the video pads, where the usual 1280x720 is too much work;
   *   `program`: what runs the description; call-control, for order()
   */
  constructor({
    bin, send = SENDING, sinks = {}, name = 'pipeline', size,
    listen = Object.keys(sinks).length > 0 ? [] : ['video_mix', 'audio_mix'],
    program: [command, ...args] = ['gst-launch-1.0', '-e', '-m'],
  }) {
    const branches = listen.map((pad) => [`call.${pad}`,
      ...(pad.startsWith('video') && size ? [size] : []), 'queue',
      this.#addMeter(pad, pad)].join(' ! '));
    this.description = [bin, send, ...branches].join(' ');
    for (const [element, label] of Object.entries(sinks)) {
      if (this.description.includes(element))
        this.description = this.description.replace(element, this.#addMeter(label, element));
    }
    this.name = name;
    const labels = [...this.#meters.keys()];
    this.#child = spawn(command, [...args, ...splitWords(this.description)],
      { stdio: ['pipe', 'pipe', 'pipe', ...labels.map(() => 'pipe')] });
    this.#ended = once(this.#child, 'exit').then(([code, signal]) => ({ code, signal }));
    process.on('exit', () => this.#child.kill('SIGKILL'));
    labels.forEach((label, index) =>
      this.#child.stdio[index + 3].on('data', (data) => this.#meters.get(label).add(data)));
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream.setEncoding('utf8').on('data', (text) => this.#read(text));
  }

  /* Returns what the measured stream ends in. */
  #addMeter(label, medium) {
    const meter = medium.includes('video') ? PictureMeter : SoundMeter;
    const fd = this.#meters.size + 3;
    this.#meters.set(label, new meter());
    return `${meter.tail} ! fdsink sync=false fd=${fd}`;
  }

  #read(text) {
    this.#output += text;
    for (const waiting of [...this.#waiting]) {
      const found = waiting.pattern.exec(this.#output.slice(waiting.after));
      if (found) {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        waiting.resolve(found);
      }
    }
  }

  /** What it printed; bus messages among it. */
  get output() { return this.#output; }

  /** Here and now in the output, for waitFor(). */
  get now() { return this.#output.length; }

  /** Resolves with the match once the output, from `after` on, has it. */
  async waitFor(pattern, { timeout = 20000, after = 0 } = {}) {
    const found = pattern.exec(this.#output.slice(after));
    if (found)
      return found;
    let timer;
    return Promise.race([
      new Promise((resolve) => this.#waiting.push({ pattern, after, resolve })),
      new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error(`${this.name}: no ${pattern} in ${timeout} ms`)), timeout);
      }),
      this.#ended.then(({ code, signal }) => {
        throw new Error(`${this.name} ended (${code ?? signal}) before ${pattern}:\n${this.tail()}`);
      }),
    ]).finally(() => clearTimeout(timer));
  }

  /** Has call-control do something; resolves when it was done. */
  async order(line) {
    const after = this.now;
    this.#child.stdin.write(`${line}\n`);
    await this.waitFor(new RegExp(`^done: ${line}$`, 'm'), { after });
  }

  tail(lines = 30) {
    return this.#output.split('\n').filter((line) => !/state-changed|stream-status|roomcall\/stats/.test(line))
      .slice(-lines).join('\n');
  }

  /** Figures by pad since the last ones. */
  take() {
    return Object.fromEntries([...this.#meters].map(([pad, meter]) => [pad, meter.take()]));
  }

  /** Figures by pad over CRITERIA.seconds. */
  async measure() {
    this.take();
    await new Promise((resolve) => setTimeout(resolve, CRITERIA.seconds * 1000));
    return this.take();
  }

  /** Ctrl-C; resolves with {code, signal, ms}. */
  async interrupt() {
    const start = performance.now();
    this.#child.kill('SIGINT');
    const end = await this.#ended;
    return { ...end, ms: Math.round(performance.now() - start) };
  }

  /** As a crash: no goodbye. */
  kill() {
    this.#child.kill('SIGKILL');
  }
}

/** The kinds of candidates by which media go to the one peer of a pipeline with
 * stats-interval, once they do: {local, remote}. */
export async function findPair(pipeline) {
  const [, local, remote] = await pipeline.waitFor(
    /local-candidate-type[^a-z]*string[^a-z]*([a-z]+)[^\n]*remote-candidate-type[^a-z]*string[^a-z]*([a-z]+)/,
    { after: pipeline.now });
  return { local, remote };
}

/** Figures of the pads video_X and audio_X as those of one member. */
export function memberOf(figures, pad) {
  return { peer: pad, ...figures[`video_${pad}`], ...figures[`audio_${pad}`] };
}

/* gst-launch joins its arguments again: quotes have to survive as they are. */
function splitWords(description) {
  return description.match(/(?:[^\s"]|"(?:\\.|[^"\\])*")+/g);
}
