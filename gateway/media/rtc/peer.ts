/** One browser at the end of a WebRTC connection: ICE, DTLS and SRTP by werift, RTP and its pace by us. */
import { randomBytes, randomInt } from 'node:crypto'
import {
  GenericNack,
  PictureLossIndication,
  type RTCCertificate,
  RTCDtlsFingerprint,
  RTCDtlsParameters,
  RTCDtlsTransport,
  RTCIceGatherer,
  RTCIceTransport,
  type RtcpPacket,
  RtcpPayloadSpecificFeedback,
  RtcpRrPacket,
  RtcpSenderInfo,
  RtcpSrPacket,
  RtcpTransportLayerFeedback,
  RtpHeader
} from 'werift'
import type { RtpFrame } from './frames.ts'
import type { Reach, RtcThreadData } from './messages.ts'
import { type Offer, writeAnswer } from './offer.ts'
import { Pace, STEP_MS } from './pace.ts'

export interface PeerOptions extends RtcThreadData {
  readonly offer: Offer
  readonly reach: Reach
  readonly certificate: RTCCertificate
  /** What its source has sent since the last keyframe. */
  replay(): readonly RtpFrame[]
  connected(): void
  ended(reason: string): void
}

/** From the offer until pictures can be sent; browsers give up by themselves only after half a minute. */
const CONNECT_MS = 10_000
const REPORT_MS = 2_000
/** Packets kept for a peer that missed one: a second of 5 Mbit/s. */
const KEPT = 512
/** Sent again in a second at most: a peer that wants more is congested, and told so by its own reports. */
const MAX_AGAIN = 256
/** RFC 5764 §4.1.2 and RFC 7714: AES-GCM first, which costs half. */
const SRTP_PROFILES = [7, 1] as const
const NTP_UNIX_S = 2_208_988_800

/** `open` once, then `frame`s; `close` at the end, whatever happened. */
export class Peer {
  readonly #options: PeerOptions
  readonly #ice: RTCIceTransport
  readonly #dtls: RTCDtlsTransport
  readonly #pace = new Pace(randomInt(2 ** 31))
  readonly #ssrc = randomBytes(4).readUInt32BE()
  readonly #kept: (Buffer | undefined)[] = new Array(KEPT)
  #sequence = randomInt(2 ** 15)
  #timestamp = 0
  #wallMs = 0
  #packets = 0
  #octets = 0
  #again = 0
  #isUp = false
  #isOver = false
  #step: NodeJS.Timeout | undefined
  #report: NodeJS.Timeout | undefined
  readonly #deadline: NodeJS.Timeout

  constructor(options: PeerOptions) {
    const { offer, reach, ports } = options
    this.#options = options
    const gatherer = new RTCIceGatherer({
      // No address of this machine but those that are told, no TCP.
      ...{ useIpv4: false, useIpv6: false, useTcp: false, additionalHostAddresses: [...reach.addresses] },
      ...(ports ? { portRange: [ports.from, ports.to] } : {}),
      ...(reach.bind === undefined ? {} : { interfaceAddresses: { udp4: reach.bind, udp6: reach.bind } }),
      // werift answers any binding request: only whoever knows both names of this connection is heard.
      filterStunResponse: message =>
        message.getAttributeValue('USERNAME') === `${this.#ice.connection.localUsername}:${offer.ufrag}`
    })
    // Without one werift asks a server of Google's for our address.
    gatherer.connection.stunServer = undefined
    // werift's own are of 16 and 88 random bits; RFC 8445 §5.3 asks for 24 and 128.
    gatherer.connection.localUsername = randomBytes(6).toString('hex')
    gatherer.connection.localPassword = randomBytes(16).toString('hex')
    this.#ice = new RTCIceTransport(gatherer)
    this.#dtls = new RTCDtlsTransport({}, this.#ice, options.certificate, [...SRTP_PROFILES])
    this.#deadline = setTimeout(() => this.#end('timeout'), CONNECT_MS)
    this.#dtls.onRtcp.subscribe(packet => this.#hear(packet))
    this.#dtls.onStateChange.subscribe(state => {
      if (state === 'failed' || state === 'closed') this.#end(`dtls ${state}`)
    })
    this.#ice.onStateChange.subscribe(state => {
      if (state === 'failed' || state === 'closed') this.#end(`ice ${state}`)
    })
  }

  /** Resolves with the answer; undefined where no port is free. */
  async open(): Promise<string | undefined> {
    const { offer } = this.#options
    const { connection } = this.#ice
    this.#ice.setRemoteParams({ usernameFragment: offer.ufrag, password: offer.password, iceLite: false })
    connection.iceControlling = false
    await this.#ice.gather()
    const candidates = connection.localCandidates.map(({ host, port }) => ({ address: host, port }))
    const fingerprint = this.#options.certificate.getFingerprints()[0]?.value
    if (this.#isOver || candidates.length === 0 || fingerprint === undefined) return undefined
    this.#dtls.setRemoteParams(new RTCDtlsParameters([new RTCDtlsFingerprint('sha-256', offer.fingerprint)], 'server'))
    this.#dtls.role = 'client'
    void this.#connect()
    const { localUsername: ufrag, localPassword: password } = connection
    return writeAnswer(offer, { ufrag, password, fingerprint, ssrc: this.#ssrc, candidates })
  }

  /** From the newest keyframe of the source on. */
  begin(): void {
    if (!this.#isUp) return
    this.#pace.begin(this.#options.replay(), performance.now())
    this.#pump()
  }

  frame(frame: RtpFrame): void {
    if (!this.#isUp) return
    this.#wallMs = frame.wallMs
    this.#pace.frame(frame)
    this.#pump()
  }

  setKeysOnly(value: boolean): void {
    this.#pace.setKeysOnly(value)
  }

  async close(): Promise<void> {
    this.#isOver = true
    this.#isUp = false
    clearTimeout(this.#deadline)
    clearTimeout(this.#step)
    clearInterval(this.#report)
    this.#kept.fill(undefined)
    await this.#dtls.stop()
  }

  async #connect(): Promise<void> {
    try {
      await this.#ice.start()
      await this.#dtls.start()
    } catch (error) {
      this.#end(error instanceof Error ? error.message : String(error))
      return
    }
    if (this.#isOver) return
    clearTimeout(this.#deadline)
    this.#isUp = true
    this.#report = setInterval(() => this.#sendReport(), REPORT_MS)
    this.#options.connected()
    this.begin()
  }

  #end(reason: string): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#isUp = false
    this.#options.ended(reason)
  }

  #pump(): void {
    if (this.#step !== undefined) return
    for (const { payload, timestamp, marker } of this.#pace.next()) this.#send(payload, timestamp, marker)
    if (this.#pace.isEmpty) return
    this.#step = setTimeout(() => {
      this.#step = undefined
      if (this.#isUp) this.#pump()
    }, STEP_MS)
  }

  #send(payload: Uint8Array<ArrayBuffer>, timestamp: number, marker: boolean): void {
    const { payloadType } = this.#options.offer
    const sequenceNumber = this.#sequence
    this.#sequence = (this.#sequence + 1) & 0xffff
    const header = new RtpHeader({ payloadType, sequenceNumber, timestamp, marker, ssrc: this.#ssrc })
    const packet = this.#dtls.srtp.encrypt(Buffer.from(payload.buffer, payload.byteOffset, payload.length), header)
    this.#kept[sequenceNumber % KEPT] = packet
    this.#timestamp = timestamp
    this.#packets++
    this.#octets += payload.length
    this.#put(packet)
  }

  /** The same bytes again: SRTP knows a packet by its number, not by how often it came. */
  #sendAgain(sequenceNumber: number): void {
    const age = (this.#sequence - 1 - sequenceNumber) & 0xffff
    const packet = this.#kept[sequenceNumber % KEPT]
    if (age >= KEPT || !packet || this.#again++ >= MAX_AGAIN) return
    this.#put(packet)
  }

  #put(packet: Buffer): void {
    this.#ice.connection.send(packet).catch(() => undefined)
  }

  #hear(packet: RtcpPacket): void {
    if (packet instanceof RtcpRrPacket || packet instanceof RtcpSrPacket) {
      const report = packet.reports.find(({ ssrc }) => ssrc === this.#ssrc)
      if (report) this.#pace.lost(report.fractionLost / 256)
    } else if (packet instanceof RtcpTransportLayerFeedback) {
      if (packet.feedback instanceof GenericNack) for (const lost of packet.feedback.lost) this.#sendAgain(lost)
    } else if (packet instanceof RtcpPayloadSpecificFeedback && packet.feedback instanceof PictureLossIndication) {
      if (this.#isUp && this.#pace.wantsKey(performance.now())) this.begin()
    }
  }

  /** Ties RTP time to the wall clock of the camera's picture, so that the browser can tell how old it is. */
  #sendReport(): void {
    this.#again = 0
    if (this.#packets === 0 || !this.#isUp) return
    const ntpTimestamp =
      (BigInt(Math.floor(this.#wallMs / 1000) + NTP_UNIX_S) << 32n) |
      BigInt(Math.floor(((this.#wallMs % 1000) / 1000) * 2 ** 32))
    const senderInfo = new RtcpSenderInfo({
      ...{ ntpTimestamp, rtpTimestamp: this.#timestamp },
      ...{ packetCount: this.#packets % 2 ** 32, octetCount: this.#octets % 2 ** 32 }
    })
    void this.#dtls.sendRtcp([new RtcpSrPacket({ ssrc: this.#ssrc, senderInfo })]).catch(() => undefined)
  }
}
