/** Finds ONVIF devices, reads them and tells the host; runs until aborted. */
import type { RemoteInfo } from 'node:dgram'
import type { AdapterHost, Credential } from '../../gateway/core/ports.ts'
import { DeviceClient } from './client.ts'
import type { OnvifConfig } from './config.ts'
import { type DeviceReading, readClock, readDevice } from './device.ts'
import { AnnouncementListener, newProbes, pause, probe } from './discovery.ts'
import { type DiscoveredDevice, readDiscovery } from './discovery-frame.ts'
import { EventWatch } from './event-watch.ts'
import { HttpLine } from './http-line.ts'
import { Lanes } from './lanes.ts'
import { Reach, serviceUrls } from './reach.ts'
import { WatchedDevice } from './watched-device.ts'

const PROTOCOL = 'onvif'
/** Fallback login name in the credentials store for listed cameras without a row of their own. */
const COMMON_LOGIN = 'cameras'
/** Datagrams looked into per second; the rest is counted. */
const MAX_DATAGRAMS_PER_S = 2_000

/** Why something from the network was not taken: counted by the host. */
interface Refusal {
  readonly reason: string
  readonly detail?: string
}

interface FoundLogin {
  readonly name: string
  readonly credential: Credential
}

export class OnvifSession {
  readonly #config: OnvifConfig
  readonly #host: AdapterHost
  /** Aborts when the run ends, from outside or by a bug in the background. */
  readonly #abort: AbortSignal
  readonly #failure = new AbortController()
  readonly #reach: Reach
  readonly #line: HttpLine
  readonly #reads: Lanes
  readonly #lifeSigns = new Lanes(64)
  readonly #events: EventWatch
  readonly #devices = new Map<string, WatchedDevice>()
  /** Message ids of this round's probes. */
  #asked: ReadonlySet<string> = new Set()
  #datagrams = { secondMs: 0, count: 0 }

  constructor(config: OnvifConfig, host: AdapterHost, abort: AbortSignal) {
    this.#config = config
    this.#host = host
    this.#abort = AbortSignal.any([abort, this.#failure.signal])
    this.#reach = new Reach(config)
    this.#line = new HttpLine({ clock: host.clock, abort: this.#abort, timeoutMs: config.requestTimeoutMs })
    this.#reads = new Lanes(config.parallelReads)
    this.#events = new EventWatch(config, host, this.#line, this.#abort, error => this.#failure.abort(error))
  }

  /** Resolves when aborted, with nothing left open; rejects on a bug or when the credentials store fails. */
  async run(): Promise<void> {
    const listener = this.#config.discover ? await this.#listen() : undefined
    try {
      while (!this.#abort.aborted) {
        listener?.join(this.#reach.interfaces)
        await this.#round()
        await pause({ clock: this.#host.clock, abort: this.#abort }, this.#config.probeIntervalMs)
      }
    } finally {
      listener?.close()
      await this.#reads.idle()
      await this.#events.close()
      await this.#line.close()
    }
    if (this.#failure.signal.aborted) throw this.#failure.signal.reason
  }

  /** Without the port (another program has it for itself) devices are still found by probes. */
  async #listen(): Promise<AnnouncementListener | undefined> {
    const port = this.#config.discoveryPort
    const listener = new AnnouncementListener()
    try {
      await listener.open(port, (datagram, peer) => this.#take(datagram, peer))
    } catch (error) {
      listener.close()
      this.#host.log.warn({ port, error: String(error) }, 'cannot listen for Hello and Bye of cameras')
      return undefined
    }
    this.#host.listening({ protocol: 'udp', address: '239.255.255.250', port, setting: 'adapters.onvif.discoveryPort' })
    return listener
  }

  async #round(): Promise<void> {
    const { clock } = this.#host
    const probes = newProbes()
    this.#asked = probes.ids
    await probe(
      {
        clock,
        abort: this.#abort,
        port: this.#config.discoveryPort,
        interfaces: this.#reach.interfaces,
        targets: this.#reach.targets(),
        windowMs: this.#config.probeWindowMs,
        onDatagram: (datagram, peer) => this.#take(datagram, peer)
      },
      probes
    )
    this.#meetDirectTargets()
    await Promise.all([...this.#devices.values()].map(device => this.#endRound(device)))
  }

  /** Devices that the configuration names and that no probe found: their address is their identity. */
  #meetDirectTargets(): void {
    const met = new Set([...this.#devices.values()].map(device => device.address))
    for (const { host, url } of this.#reach.direct) {
      const endpoint = `address:${new URL(url).host}`
      if (met.has(host) || this.#devices.has(endpoint)) continue
      const refusal = this.#meet(endpoint, host, [url])
      if (refusal) this.#host.reject(refusal.reason, url, refusal.detail)
    }
  }

  async #endRound(device: WatchedDevice): Promise<void> {
    const alive = device.heard || (await this.#answers(device))
    if (this.#abort.aborted) return
    if (alive && !device.present) this.#welcomeBack(device)
    if (device.endRound(alive, this.#config)) this.#sight(device, 'offline')
    if (alive) this.#readIfDue(device)
  }

  #welcomeBack(device: WatchedDevice): void {
    device.present = true
    device.wantRead(this.#host.clock.now())
    this.#sight(device, 'seen')
  }

  /** Multicast gets lost and some devices answer no probe: the clock, asked without login, is a sign of life too. */
  async #answers(device: WatchedDevice): Promise<boolean> {
    const url = device.urls[0]
    if (!url) return false
    const now = () => this.#host.clock.now()
    const answer = await this.#lifeSigns.run(() => readClock(new DeviceClient(this.#line, undefined), url, now))
    return answer.ok || (answer.reason !== 'unreachable' && answer.reason !== 'timeout')
  }

  #take(datagram: Buffer, peer: RemoteInfo): void {
    const origin = `udp ${peer.address}:${peer.port}`
    const secondMs = Math.floor(this.#host.clock.now() / 1000)
    if (this.#datagrams.secondMs !== secondMs) this.#datagrams = { secondMs, count: 0 }
    const flooded = ++this.#datagrams.count > MAX_DATAGRAMS_PER_S
    const refusals = flooded ? [{ reason: 'tooManyDatagrams' }] : this.#understand(datagram, peer.address)
    for (const { reason, detail } of refusals) this.#host.reject(reason, origin, detail)
  }

  #understand(datagram: Buffer, address: string): Refusal[] {
    const message = readDiscovery(datagram)
    if (!message.ok) return [message]
    // Our own probes come back from the group, and other clients' with them.
    if (message.value.kind === 'probe') return []
    const { kind, relatesTo, devices } = message.value
    if (kind === 'matches' && !this.#asked.has(relatesTo ?? ''))
      return [{ reason: 'unrelatedAnswer', detail: relatesTo }]
    const refusals = devices.map(device =>
      kind === 'bye' ? this.#leave(device, address) : this.#found(device, address, kind === 'hello')
    )
    return refusals.filter(refusal => refusal !== undefined)
  }

  #found(found: DiscoveredDevice, address: string, hello: boolean): Refusal | undefined {
    if (!/^[\x21-\x7e]{1,200}$/.test(found.endpoint)) return { reason: 'badEndpoint' }
    if (!this.#reach.allows(address)) return { reason: 'addressNotAllowed', detail: found.endpoint }
    const urls = serviceUrls(found.xaddrs, address, this.#reach)
    // A Hello may leave its addresses out (WS-Discovery 4.1): the next probe brings them.
    if (urls.length === 0) return hello ? undefined : { reason: 'noUsableAddress', detail: found.xaddrs[0] }
    const nowMs = this.#host.clock.now()
    const known = this.#devices.get(found.endpoint)
    if (!known) return this.#meet(found.endpoint, address, urls)
    if (!known.heardFrom(address, urls, nowMs, hello))
      return hello ? { reason: 'foreignHello', detail: found.endpoint } : undefined
    if (!known.present) this.#welcomeBack(known)
    this.#readIfDue(known)
    return undefined
  }

  #meet(endpoint: string, address: string, urls: readonly string[]): Refusal | undefined {
    if (this.#devices.size >= this.#config.maxDevices) return { reason: 'tooManyDevices', detail: endpoint }
    const device = new WatchedDevice(endpoint, address, urls)
    this.#devices.set(endpoint, device)
    this.#sight(device, 'seen')
    this.#readIfDue(device)
    return undefined
  }

  /** A Bye is believed from the device's own address only; a false one costs one round. */
  #leave(found: DiscoveredDevice, address: string): Refusal | undefined {
    const device = this.#devices.get(found.endpoint)
    if (!device) return undefined
    if (device.address !== address) return { reason: 'foreignBye', detail: found.endpoint }
    if (device.goOffline()) this.#sight(device, 'offline')
    return undefined
  }

  /** In the background: a slow device holds up nobody. */
  #readIfDue(device: WatchedDevice): void {
    const reading = async (): Promise<void> => {
      const login = await this.#loginOf(device)
      if (this.#abort.aborted || !device.isDue(this.#host.clock.now(), login?.credential)) return
      device.reading = true
      await this.#reads
        .run(() => this.#read(device, login))
        .finally(() => {
          device.reading = false
        })
    }
    reading().catch(error => this.#failure.abort(error))
  }

  async #loginOf(device: WatchedDevice): Promise<FoundLogin | undefined> {
    for (const name of [device.endpoint, device.address, ...(this.#mayShareLogin(device) ? [COMMON_LOGIN] : [])]) {
      const credential = await this.#host.credential(name)
      if (credential) return { name, credential }
    }
    return undefined
  }

  /** Anybody can plug in a device that says it is a camera: it must not be given what opens all of them. */
  #mayShareLogin({ endpoint, address }: WatchedDevice): boolean {
    return this.#reach.names(address) || (this.#host.knowsCamera?.(endpoint, address) ?? true)
  }

  async #read(device: WatchedDevice, login: FoundLogin | undefined): Promise<void> {
    const now = () => this.#host.clock.now()
    for (const url of device.urls) {
      const client = new DeviceClient(this.#line, login?.credential, device.scheme)
      const reading = await readDevice(client, url, now)
      if (this.#abort.aborted) return
      if (reading.ok) {
        device.readDone(now(), reading.value.scheme, this.#config)
        this.#tell(device, reading.value, login)
        this.#watchEvents(device, url, reading.value, login)
        return
      }
      if (reading.reason === 'notAuthorized') {
        device.loginRefused(now(), login?.credential, this.#config)
        this.#host.log.warn({ endpoint: device.endpoint, login: login?.name ?? 'none' }, 'camera refuses the login')
        this.#sight(device, 'seen', { unauthorized: true, loginKnown: login !== undefined })
        return
      }
      this.#host.reject(reading.reason, url, reading.detail)
    }
    device.readFailed(now(), this.#config)
  }

  #tell(device: WatchedDevice, reading: DeviceReading, login: FoundLogin | undefined): void {
    const { information, main, sub, snapshotUrl, clockOffsetMs } = reading
    const { endpoint, address } = device
    this.#sight(
      device,
      'online',
      { clockOffsetS: Math.round(clockOffsetMs / 1000), video: main !== undefined },
      information
    )
    if (main) this.#host.camera({ endpoint, address, ...information, main, sub, snapshotUrl, credential: login?.name })
  }

  #watchEvents(device: WatchedDevice, url: string, { eventsUrl, scheme }: DeviceReading, login?: FoundLogin): void {
    const { endpoint, address } = device
    const { credential } = login ?? {}
    if (eventsUrl) this.#events.watch({ endpoint, address, url, eventsUrl, scheme, credential })
    else this.#events.unwatch(endpoint)
  }

  #sight(
    device: WatchedDevice,
    state: 'online' | 'offline' | 'seen',
    detail: Readonly<Record<string, string | number | boolean>> = {},
    information: DeviceReading['information'] = {}
  ): void {
    if (state === 'offline') this.#events.unwatch(device.endpoint)
    const { maker, model, firmware } = information
    const origin = `udp ${device.address}`
    const atMs = this.#host.clock.now()
    this.#host.sighted({
      deviceId: device.endpoint,
      protocol: PROTOCOL,
      state,
      atMs,
      origin,
      maker,
      model,
      firmware,
      detail
    })
  }
}
