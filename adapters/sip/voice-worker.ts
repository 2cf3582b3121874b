/** The thread that carries call audio: one RTP socket a call, the prompt in steps of 20 ms, nothing of it in the main process. */
import type { Socket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { alawToUlaw } from '../kit/g711.ts'
import { Audience } from './audience.ts'
import { type Attendee, Conferences } from './conferences.ts'
import { Ear } from './ear.ts'
import { addressFor, peerOf } from './peer.ts'
import { alawOf } from './prompt-bytes.ts'
import { freshBytes } from './random-bytes.ts'
import { DISK_FULL, forget, hasRoom, leftBehind, Recorder, recordingOf } from './recorder.ts'
import type { JournalHead } from './recording.ts'
import { formatRtp, parseRtp, type RtpPacket } from './rtp.ts'
import type { Law } from './sdp.ts'
import { TalkRtc } from './talk-rtc.ts'
import { VoiceDoor } from './voice-door.ts'
import { VoiceGuard } from './voice-guard.ts'
import type { Heeded, VoiceCommand, VoiceReport, VoiceSetup } from './voice-messages.ts'
import { VoiceSockets } from './voice-sockets.ts'
import { Sound, watchUnusable } from './voice-sound.ts'

type Play = Extract<VoiceCommand, { kind: 'play' }>

interface Channel extends Attendee {
  readonly socket: Socket
  readonly recorder: Recorder | undefined
  readonly call: string
  readonly line: string | undefined
  readonly talk: boolean
  readonly audience: Audience
  readonly guard: VoiceGuard
  strangers: number
  /** A caller's voice that was quicker than the word of how he speaks. */
  early: { readonly packet: RtpPacket; readonly address: string }[]
  readonly holdsEarly: boolean
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
/** A caller speaks from our answer on, and what is agreed comes from the main process: two seconds of a busy one. */
const MAX_EARLY = 100
const SILENCE: Readonly<Record<Law, number>> = { alaw: 0xd5, ulaw: 0xff }

const setup = workerData as VoiceSetup
const pauseSteps = Math.ceil(setup.promptPauseMs / STEP_MS)
const unusable: { readonly file: string; readonly why: string }[] = []
const prompt: Readonly<Record<Law, readonly Buffer[]>> = loadPrompt()
const silence: Readonly<Record<Law, Buffer>> = {
  alaw: Buffer.alloc(STEP_BYTES, SILENCE.alaw),
  ulaw: Buffer.alloc(STEP_BYTES, SILENCE.ulaw)
}
/** Opening ones are held as undefined, so that the bound counts them. */
const channels = new Map<string, Channel | undefined>()
const conferences = new Conferences(
  call => channels.get(call),
  call => tell({ kind: 'alone', call })
)
/** Open channels by what consoles ask for. */
const lines = new Map<string, Channel>()
const rtc = setup.rtc && new TalkRtc(setup.rtc)
const door =
  setup.door &&
  new VoiceDoor({
    ...setup.door,
    rtc,
    audience: line => lines.get(line)?.audience,
    hungUp(line) {
      const channel = lines.get(line)
      if (channel) tell({ kind: 'hungUp', call: channel.call })
    },
    way(line, chosen) {
      const channel = lines.get(line)
      if (channel) tell({ kind: 'way', call: channel.call, chosen })
    }
  })
const sockets = new VoiceSockets(setup)

/** Whoever calls for help is answered and heard whatever the file holds: then by the shipped words, at worst in silence. */
function promptBytes(): Buffer {
  for (const file of new Set([setup.promptFile, setup.shippedPrompt]))
    try {
      return alawOf(readFileSync(file))
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      unusable.push({ file, why: code === 'ENOENT' ? 'is not there' : message })
    }
  return Buffer.alloc(STEP_BYTES, SILENCE.alaw)
}

function loadPrompt(): Record<Law, Buffer[]> {
  const alaw = promptBytes()
  const cut = (law: Law, audio: Uint8Array) =>
    Array.from({ length: Math.ceil(audio.length / STEP_BYTES) }, (_, i) => {
      const step = Buffer.alloc(STEP_BYTES, SILENCE[law])
      step.set(audio.subarray(i * STEP_BYTES, (i + 1) * STEP_BYTES))
      return step
    })
  return { alaw: cut('alaw', alaw), ulaw: cut('ulaw', alawToUlaw(alaw)) }
}

async function open(call: string, heed: Heeded): Promise<void> {
  if (channels.size >= setup.maxCalls || channels.has(call)) return tell({ kind: 'opened', call })
  channels.set(call, undefined)
  if (heed.talk) rtc?.warm()
  const [socket, recorder] = await Promise.all([sockets.open(), recorderFor(heed.recorded)])
  // Closed while it was opened.
  if (!socket || !channels.has(call)) {
    socket?.close()
    void recorder?.discard()
    if (!socket && channels.delete(call)) tell({ kind: 'opened', call })
    return
  }
  const random = freshBytes(10)
  const channel: Channel = {
    socket,
    recorder,
    call,
    line: heed.line,
    talk: heed.talk === true,
    audience: new Audience(),
    guard: new VoiceGuard(heed.guard, (packet, from) => hear(channel, packet, from)),
    strangers: 0,
    early: [],
    // What is heard of a placed call before its answer is the network's, and of no use later.
    holdsEarly: heed.recorded !== undefined && heed.talk !== true,
    target: undefined,
    heardFrom: undefined,
    step: 0,
    // In the lower half: a far end that misses the first packets must not take the rollover for another (RFC 3711 §3.3.1).
    sequence: random.readUInt16BE(0) & 0x7fff,
    firstTimestamp: random.readUInt32BE(2),
    ssrc: random.readUInt32BE(6),
    ear: new Ear()
  }
  channels.set(call, channel)
  if (heed.line !== undefined) lines.set(heed.line, channel)
  const hosts = new Set(heed.hosts)
  socket.on('message', (bytes, from) => {
    // Only the far end's own hosts are heard: a stranger could speak, and press keys, for it.
    const { address } = peerOf(from.address, from.port)
    if (!hosts.has(address)) {
      channel.strangers++
      return
    }
    channel.guard.receive(bytes, { address, port: from.port })
  })
  tell({ kind: 'opened', call, port: socket.address().port, line: heed.line, recording: recorder?.recording })
}

/** A packet of the far end, in clear. */
function hear(channel: Channel, bytes: Buffer, from: { readonly address: string; readonly port: number }): void {
  const packet = parseRtp(bytes)
  if (!packet) return
  channel.recorder?.take(bytes)
  // Port 0 is legal to send from and cannot be sent to.
  if (from.port > 0) channel.heardFrom = from
  const { target } = channel
  if (target) follow(channel, target, packet, from.address)
  else if (channel.holdsEarly && channel.early.length < MAX_EARLY) channel.early.push({ packet, address: from.address })
}

/** What was agreed says how a packet is to be understood: to consoles, to others on the line, as a digit. */
function follow(channel: Channel, target: Play, packet: RtpPacket, address: string): void {
  const { call } = channel
  if (packet.payloadType === target.payloadType) {
    if (!channel.conference || !channel.talk) channel.audience.heard(packet, target.law)
    channel.conference?.hear(call, packet, target.law)
  }
  if (address !== target.address) return
  for (const heard of channel.ear.hear(packet, target)) tell({ kind: 'digit', call, ...heard })
}

/** Undefined when the call is not to be recorded, or cannot be: then its item says why. */
async function recorderFor(recorded: Heeded['recorded']): Promise<Recorder | undefined> {
  const { recording } = setup
  if (!recording || !recorded) return undefined
  const head: JournalHead = { ...recorded, fromMs: Date.now() }
  // A folder that is gone is no room either: the call goes on without being recorded.
  const room = await hasRoom(recording.dir, recording.minFreeBytes).catch(() => false)
  if (room) return new Recorder(recording.dir, head)
  tell({ kind: 'recorded', recording: recordingOf(head), outcome: { failure: DISK_FULL } })
  return undefined
}

/** Calls that the last run of this thread did not end. */
async function recover(): Promise<void> {
  if (!setup.recording) return
  for await (const left of leftBehind(setup.recording.dir)) tell({ kind: 'recorded', ...left })
}

const reports: VoiceReport[] = []

/** What is told in one turn of the event loop goes over together. */
function tell(message: VoiceReport): void {
  if (reports.push(message) === 1) setImmediate(leave)
}

function leave(): void {
  if (reports.length > 0) parentPort?.postMessage(reports.splice(0))
}

/** Files are made one after another: nobody waits for them, and they must not get in the way of sound. */
let made: Promise<unknown> = Promise.resolve()

function close(call: string, why: string): void {
  const channel = channels.get(call)
  channels.delete(call)
  if (!channel) return
  channel.socket.close()
  conferences.leave(call, channel)
  channel.audience.end(why)
  if (channel.line !== undefined) {
    lines.delete(channel.line)
    door?.forget(channel.line)
  }
  for (const [reason, packets] of [['strayVoice', channel.strangers] as const, ...channel.guard.refused])
    if (packets > 0) tell({ kind: 'dropped', reason, packets })
  const { recorder } = channel
  if (!recorder) return
  const ended = recorder.stop()
  made = made.then(async () =>
    tell({ kind: 'recorded', recording: recorder.recording, outcome: await recorder.end(ended) })
  )
}

/** What is spoken where no console speaks. */
function own({ sound, step }: Channel, law: Law): Buffer | undefined {
  if (sound) return sound.next(law)
  const spoken = prompt[law]
  return spoken[step % (spoken.length + pauseSteps)]
}

function sendStep(call: string, channel: Channel): void {
  const { target, step, conference } = channel
  if (!target?.speak || (!conference && channel.sound?.ready === false)) return
  const packet = formatRtp({
    payloadType: target.payloadType,
    marker: step === 0,
    sequence: channel.sequence,
    timestamp: channel.firstTimestamp + step * STEP_BYTES,
    ssrc: channel.ssrc,
    // Silence is sent too: exchanges hang up on a line without packets.
    payload:
      conference?.next(call, target.law) ??
      (channel.talk ? channel.audience.next(target.law) : own(channel, target.law)) ??
      silence[target.law]
  })
  if (channel.talk) channel.recorder?.take(packet, true)
  channel.sequence = (channel.sequence + 1) & 0xffff
  channel.step++
  const { heardFrom } = channel
  const port = heardFrom?.address === target.address ? heardFrom.port : target.port
  channel.socket.send(channel.guard.seal(packet), port, addressFor(setup.family, target.address))
}

// This thread has no Clock port: sound follows the sound card's kind of time, the monotonic one.
let stepsDone = 0
const startedMs = performance.now()
const ticker = setInterval(() => {
  const due = Math.floor((performance.now() - startedMs) / STEP_MS)
  const behind = Math.min(due - stepsDone, MAX_STEPS_BEHIND)
  stepsDone = due
  for (let i = 0; i < behind; i++) {
    conferences.turn()
    for (const [call, channel] of channels) if (channel) sendStep(call, channel)
  }
}, STEP_MS / 2)

function take(command: VoiceCommand): void {
  if (command.kind === 'open') void open(command.call, command.heed)
  else if (command.kind === 'close') close(command.call, command.why)
  else if (command.kind === 'play') {
    const channel = channels.get(command.call)
    if (!channel) return
    const before = channel.target?.law ?? 'alaw'
    channel.target = command
    channel.guard.agree(command.keys)
    for (const { packet, address } of channel.early.splice(0)) follow(channel, command, packet, address)
    if (channel.talk && channel.line !== undefined && command.law !== before)
      door?.tell(channel.line, { type: 'law', law: command.law })
  } else if (command.kind === 'say') {
    const { call, order } = command
    const channel = channels.get(call)
    if (channel) channel.sound = new Sound(order, pauseSteps, () => tell({ kind: 'spoken', call }))
  } else if (command.kind === 'tell') {
    const line = channels.get(command.call)?.line
    if (line !== undefined) door?.tell(line, { type: 'state', state: command.state })
  } else if (command.kind === 'confer') conferences.join(command.conference, command.calls)
  else if (command.kind === 'admit') door?.admit(command.pass)
  else if (command.kind === 'endUser') door?.endUser(command.user)
  else if (command.kind === 'forget') {
    if (setup.recording) void forget(setup.recording.dir, command.recording)
  } else {
    clearInterval(ticker)
    for (const call of [...channels.keys()]) close(call, 'over')
    door?.close()
    void rtc?.stop()
    void made.then(() => {
      leave()
      parentPort?.close()
    })
  }
}

parentPort?.on('message', (commands: readonly VoiceCommand[]) => {
  for (const command of commands) take(command)
})

for (const each of unusable) tell({ kind: 'unusable', ...each })
watchUnusable((file, why) => tell({ kind: 'unusable', file, why }))
const failed = (error: unknown) => tell({ kind: 'failed', error: String(error) })
door?.open().then(port => tell({ kind: 'door', port }), failed)
made = recover().catch(failed)
