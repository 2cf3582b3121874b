/** The main process's end of the voice thread: opens channels and aims them, and never sees a packet. */
import { randomBytes, randomUUID } from 'node:crypto'
import { isIP } from 'node:net'
import { dirname, isAbsolute, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { AdapterContext } from '../../gateway/core/adapter.ts'
import type { EvidenceId, IncidentId, SourceId, UserId } from '../../gateway/core/brand.ts'
import type { TicketGrant } from '../../gateway/core/media.ts'
import type { Speech, Talk } from '../../gateway/core/placed-call.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import type { HearMode, VoiceKeeper, VoiceLines, VoiceOutcome, VoiceRecording } from '../../gateway/core/voice.ts'
import type { CallJoin } from '../../gateway/core/voice-party.ts'
import { Budget } from '../kit/token-budget.ts'
import type { Aim, Party, Press, Voice, VoiceEvents } from './call.ts'
import type { SipSettings, Trunk } from './config.ts'
import { hostPort, originOf, type Peer, secrecyOf } from './peer.ts'
import { NO_VOICE } from './recorder.ts'
import type { Offer, Secrecy } from './sdp.ts'
import { soundOrder } from './spoken-files.ts'
import { TICKET_MS } from './voice-door.ts'
import type { FirstGuard, VoiceKeys } from './voice-guard.ts'
import type { Heeded, VoiceCommand, VoiceReport, VoiceSetup } from './voice-messages.ts'

const RESTART_MS = 1_000
const TOGETHER_MS = 4
/** Behind the ringing tone nobody hears so short a time; a console may come with its ticket at once. */
const CAN_WAIT: ReadonlySet<VoiceCommand['kind']> = new Set(['open', 'say', 'play', 'close'])
/** Of one source: whoever calls more often is heard, and not recorded. */
const RECORDINGS = { perMs: 30 / 3_600_000, burst: 30 }

/** The source of a call that came to us, the incident of one that was placed for it. */
interface CallOf {
  readonly sourceId?: SourceId
  readonly incidentId?: IncidentId
}

export class VoiceThread implements Voice, VoiceLines {
  readonly #host: AdapterHost
  readonly #config: SipSettings
  readonly #opening = new Map<string, (port: number | undefined) => void>()
  readonly #events = new Map<string, VoiceEvents>()
  readonly #budget: Budget
  readonly #tls: AdapterContext['tls']
  /** Recordings of open calls. */
  readonly #lines = new Map<string, string>()
  /** Recordings of placed calls that nobody has answered yet, by call. */
  readonly #unanswered = new Map<string, VoiceRecording>()
  /** Whose each open call is. */
  readonly #parties = new Map<string, CallOf>()
  /** Calls with a channel, open or being opened. */
  readonly #channels = new Set<string>()
  #commands: VoiceCommand[] = []
  #leaving: NodeJS.Timeout | undefined
  #doorPort: number | undefined
  #worker: Worker | undefined
  #startedMs = Number.NEGATIVE_INFINITY

  constructor(host: AdapterHost, config: SipSettings, tls?: AdapterContext['tls']) {
    this.#tls = tls
    this.#host = host
    this.#config = config
    this.#budget = new Budget(host.clock)
  }

  open(call: string, party: Party, events?: VoiceEvents): Promise<number | undefined> {
    const worker = this.#running()
    // Told from here that none is free: in a storm thousands ring on and ask every two seconds, which shall cost neither a message nor their recording.
    if (!worker || this.#channels.has(call) || this.#channels.size >= this.#config.maxVoiceCalls)
      return Promise.resolve(undefined)
    this.#channels.add(call)
    if (events) this.#events.set(call, events)
    const { peer, offer, press, talk } = party
    const hosts = [peer.address, ...(this.#trunkOf(peer)?.mediaAddresses ?? [])]
    const recorded = talk ? this.#recordedTalk(talk) : press && this.#recorded(press, offer)
    const line = talk?.id ?? recorded?.id
    const of = press ? { sourceId: press.sourceId } : talk && { incidentId: talk.incidentId }
    if (of) this.#parties.set(call, of)
    return new Promise(resolve => {
      this.#opening.set(call, resolve)
      const guard = firstGuard(party, this.#config.srtp)
      this.#post({ kind: 'open', call, heed: { hosts, guard, recorded, line, talk: talk !== undefined } })
    })
  }

  /** Undefined when there is nobody to keep it, or the source has been recorded often enough. */
  #recorded({ sourceId, eventId }: Press, offer: Offer | undefined): Heeded['recorded'] {
    if (!this.#keeper()) return undefined
    if (!this.#budget.take(sourceId, RECORDINGS)) {
      this.#host.reject('notRecorded', sourceId)
      return undefined
    }
    const laws = { 8: 'alaw', 0: 'ulaw', ...(offer ? { [offer.payloadType]: offer.law } : {}) } as const
    return { id: `voice-${randomUUID()}`, sourceId, eventId, laws }
  }

  /** Both sides; an answer to our offer has the static payload types. */
  #recordedTalk({ id, sourceId, incidentId }: Talk): Heeded['recorded'] {
    return this.#keeper() && { id, sourceId, eventId: id, incidentId, laws: { 8: 'alaw', 0: 'ulaw' } }
  }

  #keeper(): VoiceKeeper | undefined {
    return this.#config.recording.enabled ? this.#host.voice : undefined
  }

  #trunkOf(peer: Peer): Trunk | undefined {
    return this.#config.trunks.find(t => t.address === peer.address)
  }

  play(call: string, to: Aim): void {
    const { offer, peer, speak } = to
    const { port, law, payloadType, eventPayloadType } = offer
    const address = this.#allowed(offer, peer)
    this.#begun(call)
    this.#post({
      ...{ kind: 'play', call, address, port, law, payloadType, eventPayloadType, speak },
      keys: keysOf(to)
    })
  }

  say(call: string, speech: Speech): void {
    const folders = [this.#config.ownPrompts, dirname(this.#promptFile()), this.#config.shippedPrompts].filter(
      folder => folder !== ''
    )
    const order = soundOrder(speech, folders)
    this.#post({ kind: 'say', call, order })
  }

  ticket(line: EvidenceId, mode: HearMode, userId: UserId): TicketGrant | undefined {
    const port = this.#doorPort
    if (!this.#worker || port === undefined || ![...this.#lines.values()].includes(line)) return undefined
    const ticket = randomBytes(24).toString('base64url')
    this.#post({ kind: 'admit', pass: { ticket, line, mode, user: userId } })
    return { port, path: '/voice', ticket, expiresAtMs: this.#host.clock.now() + TICKET_MS }
  }

  endUser(userId: UserId): void {
    this.#post({ kind: 'endUser', user: userId })
  }

  tell(call: string, state: string): void {
    if (this.#lines.has(call)) this.#post({ kind: 'tell', call, state })
  }

  onLine(join: CallJoin): number {
    return this.#joined(join).length
  }

  confer(call: string, join: CallJoin): void {
    const calls = [...this.#joined(join), call]
    this.#parties.set(call, { incidentId: join.incidentId })
    this.#post({ kind: 'confer', conference: join.incidentId, calls })
  }

  #joined({ incidentId, sources }: CallJoin): string[] {
    const belongs = ([, party]: [string, CallOf]) =>
      party.incidentId === incidentId || (party.sourceId !== undefined && sources.includes(party.sourceId))
    return [...this.#parties].filter(belongs).map(([call]) => call)
  }

  close(call: string, why = 'over'): void {
    this.#channels.delete(call)
    this.#parties.delete(call)
    this.#events.delete(call)
    this.#lines.delete(call)
    this.#post({ kind: 'close', call, why })
    this.#settle(call, undefined)
  }

  /** Ends the thread; resolves when it has gone. */
  async end(): Promise<void> {
    const worker = this.#worker
    this.#worker = undefined
    if (!worker) return
    const gone = new Promise<void>(resolve => void worker.once('exit', () => resolve()))
    this.#leave(worker)
    post(worker, [{ kind: 'end' }])
    await gone
  }

  /** Starts the thread; called early so that the first answer does not wait for it. */
  start(): void {
    this.#running()
  }

  /** Voice goes to the host that called, or to one listed for its trunk: else anybody could aim us at anybody. */
  #allowed(offer: Offer, peer: Peer): string {
    const trunk = this.#trunkOf(peer)
    if (offer.address === peer.address || trunk?.mediaAddresses?.includes(offer.address)) return offer.address
    if (offer.address !== '0.0.0.0') this.#host.reject('voiceElsewhere', originOf(peer), hostPort(offer))
    return peer.address
  }

  /** A dead thread is started again at most once a second; meanwhile calls ring on, with their alarm raised. */
  #running(): Worker | undefined {
    if (this.#worker) return this.#worker
    const nowMs = this.#host.clock.steady()
    if (nowMs - this.#startedMs < RESTART_MS) return undefined
    this.#startedMs = nowMs
    const worker = new Worker(new URL('./voice-worker.ts', import.meta.url), {
      workerData: this.#setup(),
      execArgv: []
    })
    worker.on('message', (reports: readonly VoiceReport[]) => {
      for (const report of reports) this.#reported(worker, report)
    })
    worker.on('error', error => this.#host.log.error({ error: error.message }, 'the voice thread failed'))
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = undefined
      // What comes for its successor must not leave with a timer of this one.
      clearTimeout(this.#leaving)
      this.#leaving = undefined
      this.#commands = []
      this.#events.clear()
      this.#channels.clear()
      this.#parties.clear()
      this.#lines.clear()
      this.#doorPort = undefined
      for (const call of [...this.#opening.keys()]) this.#settle(call, undefined)
    })
    this.#worker = worker
    return worker
  }

  #setup(): VoiceSetup {
    const { address, promptPauseMs, rtpPorts, maxVoiceCalls, recording, hearPort, webrtc } = this.#config
    const dir = this.#keeper()?.dir
    const minFreeBytes = recording.minFreeMb * 1024 * 1024
    const promptFile = this.#promptFile()
    const family = isIP(address) === 6 ? 'udp6' : 'udp4'
    return {
      shippedPrompt: join(this.#config.shippedPrompts, 'help-coming.zh.alaw'),
      ...{ promptFile, promptPauseMs, address, family, ports: rtpPorts, maxCalls: maxVoiceCalls },
      ...(dir === undefined ? {} : { recording: { dir, minFreeBytes } }),
      ...(hearPort < 0 ? {} : { door: { port: hearPort, address, ...(this.#tls ? { tls: this.#tls } : {}) } }),
      ...(webrtc.enabled ? { rtc: webrtc } : {})
    }
  }

  #promptFile(): string {
    const { prompt } = this.#config
    return isAbsolute(prompt) ? prompt : join(import.meta.dirname, 'prompts', prompt)
  }

  #reported(worker: Worker, report: VoiceReport): void {
    if (report.kind === 'opened') {
      const { call, line, recording } = report
      if (line !== undefined) this.#lines.set(call, line)
      if (recording) this.#unanswered.set(call, recording)
      // Whoever calls us is recorded from here; a call that we place is none before somebody answers it.
      if (recording?.incidentId === undefined) this.#begun(call)
      if (report.port === undefined) for (const kept of [this.#parties, this.#channels]) kept.delete(report.call)
      this.#settle(report.call, report.port)
    } else if (report.kind === 'digit') this.#events.get(report.call)?.digit(report)
    else if (report.kind === 'spoken') this.#events.get(report.call)?.spoken()
    else if (report.kind === 'alone') this.#events.get(report.call)?.alone?.()
    else if (report.kind === 'recorded') void this.#keep(worker, report.recording, report.outcome)
    else if (report.kind === 'hungUp') this.#events.get(report.call)?.hungUp?.()
    else if (report.kind === 'way') this.#events.get(report.call)?.way?.(report.chosen)
    else if (report.kind === 'door') this.#doorOpen(report.port)
    else if (report.kind === 'unusable')
      this.#host.log.error(
        { file: report.file, why: report.why, settings: 'adapters.sip.prompt, adapters.sip.ownPrompts' },
        'a file cannot be spoken on the telephone; the shipped words are spoken instead'
      )
    else if (report.kind === 'dropped') this.#host.reject(report.reason, 'rtp', `${report.packets} packets`)
    else
      this.#host.log.error(
        { error: report.error },
        'the voice thread could not open its port for consoles, or read recordings that a stop left'
      )
  }

  #begun(call: string): void {
    const recording = this.#unanswered.get(call)
    if (!recording || !this.#unanswered.delete(call)) return
    this.#keeper()?.begin(recording)
  }

  #doorOpen(port: number): void {
    this.#doorPort = port
    this.#host.log.info({ port, setting: 'adapters.sip.hearPort' }, 'consoles hear calls here')
  }

  /** What it was made from goes when it is on record, and stays for the next start when it could not be made. */
  async #keep(worker: Worker, recording: VoiceRecording, outcome: VoiceOutcome): Promise<void> {
    const unanswered = this.#unanswered.entries().find(([, each]) => each.id === recording.id)
    if (unanswered) this.#unanswered.delete(unanswered[0])
    try {
      if (!unanswered || outcome.file) await this.#keeper()?.end(recording, outcome)
      if (outcome.file || outcome.failure === NO_VOICE) post(worker, [{ kind: 'forget', recording: recording.id }])
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      this.#host.log.error({ error: text, recording: recording.id }, 'a recorded voice is not on record yet')
    }
  }

  /** Each message wakes the thread: what comes a thousand times a second goes over together, in its order. */
  #post(command: VoiceCommand): void {
    const worker = this.#worker
    if (!worker) return
    this.#commands.push(command)
    if (CAN_WAIT.has(command.kind)) this.#leaving ??= setTimeout(() => this.#leave(worker), TOGETHER_MS)
    else this.#leave(worker)
  }

  #leave(to: Worker): void {
    clearTimeout(this.#leaving)
    this.#leaving = undefined
    if (this.#commands.length > 0) post(to, this.#commands.splice(0))
  }

  #settle(call: string, port: number | undefined): void {
    const resolve = this.#opening.get(call)
    this.#opening.delete(call)
    resolve?.(port)
  }
}

function firstGuard({ peer, offer }: Party, srtp: Secrecy): FirstGuard {
  if (offer) return offer.secret ?? 'clear'
  return secrecyOf(peer, srtp) === 'off' ? 'clear' : 'waits'
}

function keysOf({ offer: { secret }, keys }: Aim): VoiceKeys | undefined {
  return secret && { theirs: secret, ours: { suite: secret.suite, key: keys[secret.suite] } }
}

function post(worker: Worker, commands: readonly VoiceCommand[]): void {
  worker.postMessage(commands)
}
