/** The thread that carries call audio: one RTP socket a call, the prompt in steps of 20 ms, nothing of it in the main process. */
import { randomBytes } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { alawToUlaw } from '../kit/g711.ts'
import { Ear, type HeardDigit } from './ear.ts'
import { formatRtp, parseRtp } from './rtp.ts'
import type { Law } from './sdp.ts'
import { Sound, type SoundOrder } from './voice-sound.ts'

/** Handed over at the start of the thread. */
export interface VoiceSetup {
  /** A-law, 8 kHz, raw. */
  readonly promptFile: string
  readonly promptPauseMs: number
  readonly address: string
  readonly family: 'udp4' | 'udp6'
  /** `from` 0: any free port. */
  readonly ports: { readonly from: number; readonly to: number }
  readonly maxCalls: number
}

export type VoiceCommand =
  | { readonly kind: 'open'; readonly call: string }
  | {
      readonly kind: 'play'
      readonly call: string
      readonly address: string
      readonly port: number
      readonly law: Law
      readonly payloadType: number
      readonly eventPayloadType?: number
      readonly speak: boolean
    }
  /** Spoken in the prompt's place from now on. */
  | { readonly kind: 'say'; readonly call: string; readonly order: SoundOrder }
  | { readonly kind: 'close'; readonly call: string }
  | { readonly kind: 'end' }

/** `port` is absent when no channel was free. */
export type VoiceReport =
  | { readonly kind: 'opened'; readonly call: string; readonly port?: number }
  | ({ readonly kind: 'digit'; readonly call: string } & HeardDigit)
  | { readonly kind: 'spoken'; readonly call: string }

type Play = Extract<VoiceCommand, { kind: 'play' }>

interface Channel {
  readonly socket: Socket
  target: Play | undefined
  /** Where RTP came from last; followed when it is the target's host: NAT moves ports (RFC 4961). */
  heardFrom: { readonly address: string; readonly port: number } | undefined
  /** Steps of 20 ms since it began to speak. */
  step: number
  sequence: number
  readonly firstTimestamp: number
  readonly ssrc: number
  /** What was ordered; until then the prompt is heard. */
  sound?: Sound
  readonly ear: Ear
}

const STEP_MS = 20
const STEP_BYTES = 160
/** After a stall at most this much is sent at once, the rest is skipped: nobody wants a second of sound in one burst. */
const MAX_STEPS_BEHIND = 5
const SILENCE: Readonly<Record<Law, number>> = { alaw: 0xd5, ulaw: 0xff }

const setup = workerData as VoiceSetup
const pauseSteps = Math.ceil(setup.promptPauseMs / STEP_MS)
const prompt: Readonly<Record<Law, readonly Buffer[]>> = loadPrompt()
const silence: Readonly<Record<Law, Buffer>> = {
  alaw: Buffer.alloc(STEP_BYTES, SILENCE.alaw),
  ulaw: Buffer.alloc(STEP_BYTES, SILENCE.ulaw)
}
/** Opening ones are held as undefined, so that the bound counts them. */
const channels = new Map<string, Channel | undefined>()
let nextPort = setup.ports.from

function loadPrompt(): Record<Law, Buffer[]> {
  const alaw = readFileSync(setup.promptFile)
  const cut = (law: Law, audio: Uint8Array) =>
    Array.from({ length: Math.ceil(audio.length / STEP_BYTES) }, (_, i) => {
      const step = Buffer.alloc(STEP_BYTES, SILENCE[law])
      step.set(audio.subarray(i * STEP_BYTES, (i + 1) * STEP_BYTES))
      return step
    })
  return { alaw: cut('alaw', alaw), ulaw: cut('ulaw', alawToUlaw(alaw)) }
}

async function open(call: string): Promise<void> {
  if (channels.size >= setup.maxCalls || channels.has(call)) return report(call, undefined)
  channels.set(call, undefined)
  const socket = await bindFree()
  // Closed while it was opened.
  if (!channels.has(call)) return void socket?.close()
  if (!socket) {
    channels.delete(call)
    return report(call, undefined)
  }
  const random = randomBytes(10)
  const channel: Channel = {
    socket,
    target: undefined,
    heardFrom: undefined,
    step: 0,
    sequence: random.readUInt16BE(0),
    firstTimestamp: random.readUInt32BE(2),
    ssrc: random.readUInt32BE(6),
    ear: new Ear()
  }
  channels.set(call, channel)
  socket.on('message', (bytes, from) => {
    const packet = parseRtp(bytes)
    if (!packet) return
    // Port 0 is legal to send from and cannot be sent to.
    if (from.port > 0) channel.heardFrom = from
    const { target } = channel
    // Only the far end's own host is listened to: a stranger could press keys for it.
    if (from.address !== target?.address) return
    for (const heard of channel.ear.hear(packet, target)) tell({ kind: 'digit', call, ...heard })
  })
  report(call, socket.address().port)
}

/** The next free even port of the range (RFC 3550 §11); each is tried once. */
async function bindFree(): Promise<Socket | undefined> {
  const { from, to } = setup.ports
  if (from === 0) return bind(0)
  for (let tried = from; tried <= to; tried += 2) {
    const port = nextPort
    nextPort = nextPort + 2 > to ? from : nextPort + 2
    const socket = await bind(port)
    if (socket) return socket
  }
  return undefined
}

function bind(port: number): Promise<Socket | undefined> {
  return new Promise(resolve => {
    const socket = createSocket(setup.family)
    socket.once('error', () => {
      socket.close()
      resolve(undefined)
    })
    socket.bind({ port, address: setup.address, exclusive: true }, () => {
      socket.removeAllListeners('error')
      // An unreachable caller is no reason to stop the others.
      socket.on('error', () => {})
      resolve(socket)
    })
  })
}

function report(call: string, port: number | undefined): void {
  tell({ kind: 'opened', call, port })
}

function tell(message: VoiceReport): void {
  parentPort?.postMessage(message)
}

function close(call: string): void {
  const channel = channels.get(call)
  channels.delete(call)
  channel?.socket.close()
}

function sendStep(channel: Channel): void {
  const { target, step } = channel
  if (!target?.speak || channel.sound?.ready === false) return
  const spoken = prompt[target.law]
  const inCycle = step % (spoken.length + pauseSteps)
  const packet = formatRtp({
    payloadType: target.payloadType,
    marker: step === 0,
    sequence: channel.sequence,
    timestamp: channel.firstTimestamp + step * STEP_BYTES,
    ssrc: channel.ssrc,
    // Silence is sent too: exchanges hang up on a line without packets.
    payload: (channel.sound ? channel.sound.next(target.law) : spoken[inCycle]) ?? silence[target.law]
  })
  channel.sequence = (channel.sequence + 1) & 0xffff
  channel.step++
  const { heardFrom } = channel
  const port = heardFrom?.address === target.address ? heardFrom.port : target.port
  channel.socket.send(packet, port, target.address)
}

// This thread has no Clock port: sound follows the sound card's kind of time, the monotonic one.
let stepsDone = 0
const startedMs = performance.now()
const ticker = setInterval(() => {
  const due = Math.floor((performance.now() - startedMs) / STEP_MS)
  const behind = Math.min(due - stepsDone, MAX_STEPS_BEHIND)
  stepsDone = due
  for (const channel of channels.values()) for (let i = 0; channel && i < behind; i++) sendStep(channel)
}, STEP_MS / 2)

parentPort?.on('message', (command: VoiceCommand) => {
  if (command.kind === 'open') void open(command.call)
  else if (command.kind === 'close') close(command.call)
  else if (command.kind === 'play') {
    const channel = channels.get(command.call)
    if (channel) channel.target = command
  } else if (command.kind === 'say') {
    const { call, order } = command
    const channel = channels.get(call)
    if (channel) channel.sound = new Sound(order, pauseSteps, () => tell({ kind: 'spoken', call }))
  } else {
    clearInterval(ticker)
    for (const call of [...channels.keys()]) close(call)
    parentPort?.close()
  }
})
