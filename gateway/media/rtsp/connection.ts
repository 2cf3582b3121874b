/** One TCP or TLS connection to a camera: requests and their answers, and interleaved frames at no cost of objects. */
import { connect, isIP, type Socket } from 'node:net'
import { type TLSSocket, connect as tlsConnect } from 'node:tls'
import type { Clock } from '../../core/ports.ts'
import { RtspFault } from './fault.ts'
import { InterleavedParser } from './interleaved.ts'
import { header, parseMessage, type RtspRequest, type RtspResponse } from './message.ts'
import { judgeSocket, type KnownCertificate, type Trust } from './trust.ts'

const CONNECT_MS = 5000
const ANSWER_MS = 5000
const MAX_WAITING = 8

/**
 * Every socket of this process reads into this one buffer: a read is parsed to its end before the next one starts,
 * and what is cut is copied away by the parser.
 */
const receiveBuffer = Buffer.allocUnsafeSlow(256 * 1024)

export interface RtspConnectionOptions {
  readonly host: string
  readonly port: number
  /** Speaks TLS, with this known of the certificate. */
  readonly tls?: KnownCertificate
  readonly clock: Clock
  /** Bytes are valid only during the call; `arrivalMs` is the same for all frames of one read. */
  frame(channel: number, bytes: Buffer, start: number, end: number, arrivalMs: number): void
}

interface Waiting {
  readonly resolve: (response: RtspResponse) => void
  readonly reject: (fault: RtspFault) => void
  readonly cancelTimer: () => void
}

/** How far a connection may be trusted with secrets; `none` is plain TCP. */
export interface Opened {
  readonly trust: Trust | 'none'
  readonly fingerprint?: string
  /** Our end: the interface towards the camera. */
  readonly localAddress: string
  readonly remoteAddress: string
}

/** `opened` first; `closed` rejects with the reason, once; every request rejects with it too. */
export class RtspConnection {
  readonly opened: Promise<Opened>
  readonly closed: Promise<never>
  readonly #clock: Clock
  readonly #socket: Socket
  readonly #parser: InterleavedParser
  readonly #waiting = new Map<number, Waiting>()
  #fail: (fault: RtspFault) => void = () => undefined
  #fault: RtspFault | undefined
  #cseq = 0
  #arrivalMs = 0

  constructor(options: RtspConnectionOptions) {
    this.#clock = options.clock
    this.closed = new Promise((_, reject) => {
      this.#fail = reject
    })
    this.closed.catch(() => undefined)
    this.#parser = new InterleavedParser({
      frame: (channel, bytes, start, end) => options.frame(channel, bytes, start, end, this.#arrivalMs),
      message: (head, body) => this.#message(head, body)
    })
    const cancelConnect = options.clock.after(CONNECT_MS, () => this.#end('timeout', 'no connection'))
    this.#socket = open(options, length => this.#read(length))
    this.opened = new Promise((resolve, reject) => {
      this.#socket.once(options.tls ? 'secureConnect' : 'connect', () => {
        cancelConnect()
        const fault = this.#judge(options.tls, resolve)
        if (fault) this.#finish(fault)
      })
      this.closed.catch(reject)
    })
    this.opened.catch(() => undefined)
    this.#socket.once('error', error =>
      this.#end('unreachable', (error as NodeJS.ErrnoException).code ?? 'socket error')
    )
    this.#socket.once('close', () => {
      cancelConnect()
      this.#end('closed', 'the camera closed the connection')
    })
    this.#socket.once('end', () => this.#end('closed', 'the camera closed the connection'))
  }

  /** `lines` are whole header lines without line ends. */
  request(method: string, uri: string, lines: readonly string[] = []): Promise<RtspResponse> {
    if (this.#fault) return Promise.reject(this.#fault)
    if (this.#waiting.size >= MAX_WAITING) return Promise.reject(new RtspFault('timeout', 'requests are not answered'))
    const cseq = ++this.#cseq
    const head = [`${method} ${uri} RTSP/1.0`, `CSeq: ${cseq}`, 'User-Agent: pingan-gateway', ...lines]
    this.#socket.write(`${head.join('\r\n')}\r\n\r\n`)
    return new Promise((resolve, reject) => {
      const cancelTimer = this.#clock.after(ANSWER_MS, () => {
        this.#waiting.delete(cseq)
        reject(new RtspFault('timeout', `no answer to ${method}`))
      })
      this.#waiting.set(cseq, { resolve, reject, cancelTimer })
    })
  }

  /** One interleaved frame to the camera; dropped when the camera does not read. */
  sendFrame(channel: number, payload: Buffer): void {
    if (this.#fault || this.#socket.writableLength > 4096) return
    this.#socket.write(
      Buffer.concat([Buffer.from([0x24, channel, payload.length >> 8, payload.length & 255]), payload])
    )
  }

  close(fault = new RtspFault('closed', 'closed by us')): void {
    this.#finish(fault)
  }

  /** Nothing is said to a camera whose certificate is not the right one. */
  #judge(tls: KnownCertificate | undefined, resolve: (opened: Opened) => void): RtspFault | undefined {
    const { localAddress = '', remoteAddress = '' } = this.#socket
    if (!tls) resolve({ trust: 'none', localAddress, remoteAddress })
    else {
      const result = judgeSocket(this.#socket as TLSSocket, tls)
      if (!result.ok) return new RtspFault('certificate', result.reason)
      resolve({ trust: result.trust, fingerprint: result.fingerprint, localAddress, remoteAddress })
    }
    return undefined
  }

  #read(length: number): boolean {
    this.#arrivalMs = this.#clock.now()
    const fault = this.#fault ? undefined : this.#parser.feed(receiveBuffer, length)
    if (fault) this.#end('protocol', fault)
    return true
  }

  #message(head: string, body: string): void {
    const message = parseMessage(head, body)
    if (message === undefined) this.#end('protocol', 'neither a response nor a request')
    else if (message.kind === 'request') this.#answer(message)
    else if (message.status >= 200) {
      const waiting = this.#waiting.get(message.cseq)
      this.#waiting.delete(message.cseq)
      waiting?.cancelTimer()
      waiting?.resolve(message)
    }
  }

  /** OPTIONS, SET_PARAMETER, ANNOUNCE …: a camera only wants to know that we live. REDIRECT and TEARDOWN end the session (§10.10). */
  #answer(request: RtspRequest): void {
    const known = /^(OPTIONS|REDIRECT|TEARDOWN|[GS]ET_PARAMETER)$/.test(request.method)
    const status = known ? '200 OK' : '501 Not Implemented'
    if (this.#socket.writableLength < 4096) this.#socket.write(`RTSP/1.0 ${status}\r\nCSeq: ${request.cseq}\r\n\r\n`)
    if (request.method === 'TEARDOWN') this.#end('closed', 'the camera ended the session')
    else if (request.method === 'REDIRECT')
      this.#finish(
        new RtspFault('redirected', 'the camera sends us elsewhere', { location: header(request, 'location') })
      )
  }

  #end(kind: RtspFault['kind'], detail: string): void {
    this.#finish(new RtspFault(kind, detail))
  }

  #finish(fault: RtspFault): void {
    if (this.#fault) return
    this.#fault = fault
    for (const waiting of this.#waiting.values()) {
      waiting.cancelTimer()
      waiting.reject(fault)
    }
    this.#waiting.clear()
    // Lets a last TEARDOWN leave before the socket goes.
    this.#socket.destroySoon()
    this.#clock.after(1000, () => this.#socket.destroy())
    this.#fail(fault)
  }
}

/** TLS as old as 1.2 and keys as short as 1,024 bits: what many cameras have; whose certificate it is, is judged apart. */
const TLS_OPTIONS = { rejectUnauthorized: false, minVersion: 'TLSv1.2', ciphers: 'DEFAULT@SECLEVEL=1' } as const

function open(options: RtspConnectionOptions, read: (length: number) => boolean): Socket {
  const { host, port, tls } = options
  const plain = { host, port, noDelay: true, onread: { buffer: receiveBuffer, callback: read } }
  if (!tls) return connect(plain)
  const socket = tlsConnect({ ...TLS_OPTIONS, ...plain, ...(isIP(host) === 0 ? { servername: host } : {}) })
  socket.setNoDelay(true)
  return socket
}
