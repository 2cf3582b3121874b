/** baresip, which we did not write, as one telephone (Debian package baresip-core): it calls, is rung, presses keys. */
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { until } from './wait.ts'

export interface Baresip {
  readonly sipPort: number
  /** Words of its own kind: `CALL_INCOMING`, `CALL_ESTABLISHED`, `CALL_CLOSED` … */
  readonly events: readonly string[]
  /** A command of its menu, e.g. `dial`, `sndcode`, `hangup`. */
  command(name: string, params?: string): void
  stop(): Promise<void>
}

export interface BaresipOptions {
  readonly number: string
  /** Its configuration and its sound go here. */
  readonly dir: string
  /** SIP, control and, from the third on, sound. */
  readonly ports: readonly [sip: number, control: number, rtp: number]
  readonly answers: 'auto' | 'manual'
}

const PROGRAM = 'baresip'
const MODULES = '/usr/lib/baresip/modules'

export async function startBaresip({ number, dir, ports, answers }: BaresipOptions): Promise<Baresip> {
  const [sipPort, control, rtp] = ports
  const tone = join(dir, 'tone.wav')
  mkdirSync(dir, { recursive: true })
  writeFileSync(tone, toneWav())
  const config = [
    ...['poll_method epoll', `sip_listen 127.0.0.1:${sipPort}`, 'net_interface 127.0.0.1'],
    ...[`rtp_ports ${rtp}-${rtp + 20}`, `ctrl_tcp_listen 127.0.0.1:${control}`],
    ...[`audio_alert aufile,${join(dir, 'alert.wav')}`, `audio_source aufile,${tone}`],
    ...['ausrc_srate 8000', 'auplay_srate 8000', 'ausrc_channels 1', 'auplay_channels 1'],
    ...[`module_path ${MODULES}`, 'module g711.so', 'module aufile.so', 'module ctrl_tcp.so'],
    ...['module_app account.so', 'module_app menu.so']
  ]
  writeFileSync(join(dir, 'config'), `${config.join('\n')}\n`)
  writeFileSync(join(dir, 'accounts'), `<sip:${number}@127.0.0.1>;regint=0;answermode=${answers};audio_codecs=pcma\n`)
  writeFileSync(join(dir, 'contacts'), '')
  const child = spawn(PROGRAM, ['-f', dir], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString('latin1')))
  const exited = new Promise<void>((resolve, reject) => {
    child.on('error', error => reject(new Error(`baresip is needed (Debian package baresip-core): ${error.message}`)))
    child.on('close', () => resolve())
  })
  const ended = exited.then(() => Promise.reject(new Error(`baresip ended: ${said.slice(-2_000)}`)))
  ended.catch(() => {})
  await Promise.race([until('baresip is ready', () => said.includes('baresip is ready')), ended])
  const socket = connect(control, '127.0.0.1')
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  const events: string[] = []
  listen(socket, events)
  return {
    sipPort,
    events,
    command(name, params) {
      const text = JSON.stringify({ command: name, ...(params === undefined ? {} : { params }), token: name })
      socket.write(`${Buffer.byteLength(text)}:${text},`)
    },
    async stop() {
      socket.destroy()
      child.kill('SIGTERM')
      await exited
    }
  }
}

/** What it says: a minute of 440 Hz, 8 kHz, 16 bit. */
function toneWav(): Buffer {
  const samples = Int16Array.from({ length: 480_000 }, (_, i) => 8_000 * Math.sin((2 * Math.PI * 440 * i) / 8_000))
  const head = Buffer.alloc(44)
  head.write('RIFF', 0)
  head.writeUInt32LE(36 + samples.byteLength, 4)
  head.write('WAVEfmt ', 8)
  for (const [at, value] of [
    [16, 16],
    [24, 8_000],
    [28, 16_000]
  ] as const)
    head.writeUInt32LE(value, at)
  for (const [at, value] of [
    [20, 1],
    [22, 1],
    [32, 2],
    [34, 16]
  ] as const)
    head.writeUInt16LE(value, at)
  head.write('data', 36)
  head.writeUInt32LE(samples.byteLength, 40)
  return Buffer.concat([head, Buffer.from(samples.buffer)])
}

/** Netstrings (`12:{…},`), each one JSON; only the kind of an event is kept. */
function listen(socket: Socket, events: string[]): void {
  let text = ''
  socket.on('error', () => {})
  socket.on('data', chunk => {
    text += chunk.toString('latin1')
    for (;;) {
      const [head, length] = /^(\d{1,6}):/.exec(text) ?? []
      if (head === undefined || text.length < head.length + Number(length) + 1) return
      const message = JSON.parse(text.slice(head.length, head.length + Number(length))) as { type?: string }
      text = text.slice(head.length + Number(length) + 1)
      if (message.type !== undefined) events.push(message.type)
    }
  })
}
