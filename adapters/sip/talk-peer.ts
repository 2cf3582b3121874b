/**
 * One operator's browser at the end of a WebRTC connection: ICE, DTLS and SRTP by werift, and nothing else of it. What has to be done about
 * werift is the same as for live pictures (docs/decisions/0008).
 */
import { randomBytes } from 'node:crypto'
import {
  type RTCCertificate,
  RTCDtlsFingerprint,
  RTCDtlsParameters,
  RTCDtlsTransport,
  RTCIceGatherer,
  RTCIceTransport,
  RtpHeader
} from 'werift'
import type { TalkPacket, TalkReach, TalkThreadData } from './talk-messages.ts'
import { type TalkOffer, writeTalkAnswer } from './talk-offer.ts'

export interface TalkPeerOptions extends TalkThreadData {
  readonly offer: TalkOffer
  readonly reach: TalkReach
  readonly certificate: RTCCertificate
  connected(): void
  said(packet: TalkPacket): void
  ended(reason: string): void
}

/** From the offer until it is connected; the voice thread gives up sooner, this is for what it forgets. */
const CONNECT_MS = 65_000
/** RFC 5764 §4.1.2 and RFC 7714: AES-GCM first, which costs half. */
const SRTP_PROFILES = [7, 1] as const

/** `open` once, then `hear`; `close` at the end, whatever happened. */
export class TalkPeer {
  readonly #options: TalkPeerOptions
  readonly #ice: RTCIceTransport
  readonly #dtls: RTCDtlsTransport
  readonly #ssrc = randomBytes(4).readUInt32BE()
  readonly #deadline: NodeJS.Timeout
  #isUp = false
  #isOver = false

  constructor(options: TalkPeerOptions) {
    const { offer, reach, ports, certificate } = options
    this.#options = options
    const gatherer = new RTCIceGatherer({
      // No address of this machine but those that are told, no TCP.
      ...{ useIpv4: false, useIpv6: false, useTcp: false, additionalHostAddresses: [...reach.addresses] },
      ...(ports.from === 0 ? {} : { portRange: [ports.from, ports.to] }),
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
    this.#dtls = new RTCDtlsTransport({}, this.#ice, certificate, [...SRTP_PROFILES])
    this.#deadline = setTimeout(() => this.#end('timeout'), CONNECT_MS)
    this.#dtls.onRtp.subscribe(({ header, payload }) => {
      if (!this.#isUp) return
      const { payloadType, sequenceNumber: sequence, timestamp } = header
      options.said({ payloadType, sequence, timestamp, payload })
    })
    this.#dtls.onStateChange.subscribe(state => {
      if (state === 'failed' || state === 'closed') this.#end(`dtls ${state}`)
    })
    this.#ice.onStateChange.subscribe(state => {
      if (state === 'failed' || state === 'closed' || state === 'disconnected') this.#end(`ice ${state}`)
    })
  }

  /** Resolves with the answer; undefined where no port is free. */
  async open(): Promise<string | undefined> {
    const { offer, certificate } = this.#options
    const { connection } = this.#ice
    this.#ice.setRemoteParams({ usernameFragment: offer.ufrag, password: offer.password, iceLite: false })
    connection.iceControlling = false
    await this.#ice.gather()
    const candidates = connection.localCandidates.map(({ host, port }) => ({ address: host, port }))
    const fingerprint = certificate.getFingerprints()[0]?.value
    if (this.#isOver || candidates.length === 0 || fingerprint === undefined) return undefined
    this.#dtls.setRemoteParams(new RTCDtlsParameters([new RTCDtlsFingerprint('sha-256', offer.fingerprint)], 'server'))
    this.#dtls.role = 'client'
    void this.#connect()
    const { localUsername: ufrag, localPassword: password } = connection
    return writeTalkAnswer(offer, { ufrag, password, fingerprint, ssrc: this.#ssrc, candidates })
  }

  /** Sent as it is, under this connection's own name. */
  hear({ payloadType, sequence, timestamp, payload }: TalkPacket): void {
    if (!this.#isUp) return
    const header = new RtpHeader({ payloadType, sequenceNumber: sequence, timestamp, ssrc: this.#ssrc })
    const packet = this.#dtls.srtp.encrypt(Buffer.from(payload), header)
    this.#ice.connection.send(packet).catch(() => undefined)
  }

  async close(): Promise<void> {
    this.#isOver = true
    this.#isUp = false
    clearTimeout(this.#deadline)
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
    this.#options.connected()
  }

  #end(reason: string): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#isUp = false
    this.#options.ended(reason)
  }
}
