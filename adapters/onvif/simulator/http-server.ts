/** HTTP of the simulated cameras: `/camera/N/onvif/…` by SOAP with the device's login rules, `/camera/N/snapshot.jpg` by digest. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { faultBody, passwordDigest, readSoap, readUsernameToken, type SoapMessage, soapEnvelope } from '../frame.ts'
import type { SimulatedCamera } from './camera.ts'
import type { TownClock } from './clock.ts'
import { ANONYMOUS, answerOperation, type CameraPlace, OperationFault } from './device-service.ts'
import type { Login } from './digest-check.ts'
import { type EventAnswer, isEventPath } from './event-service.ts'

const MAX_BODY = 100_000
/** How far a token's time may be from the device's clock. */
const TOKEN_WINDOW_MS = 60_000

export interface HttpServerOptions {
  readonly address: string
  readonly port: number
  readonly clock: TownClock
  readonly login: Login
  readonly cameras: ReadonlyMap<number, SimulatedCamera>
}

interface Answer {
  readonly status: number
  readonly body: string
  readonly challenge?: string
  readonly cut?: boolean
  readonly hangUp?: boolean
}

export class CameraHttpServer {
  readonly #options: HttpServerOptions
  readonly #server: Server
  #place: CameraPlace
  /** Requests with a login, right or wrong, by camera number: tests count tries against lock-out. */
  readonly loginTries = new Map<number, number>()

  constructor(options: HttpServerOptions) {
    this.#options = options
    this.#place = { address: options.address, httpPort: options.port, rtspPort: 0 }
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch(() => response.destroy())
    })
  }

  /** Resolves with the port; rejects when it is taken. */
  async start(rtspPort: number): Promise<number> {
    this.#server.listen(this.#options.port, this.#options.address)
    await once(this.#server, 'listening')
    const address = this.#server.address()
    const httpPort = typeof address === 'object' && address ? address.port : this.#options.port
    this.#place = { address: this.#options.address, httpPort, rtspPort }
    return httpPort
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return
    const closed = new Promise<void>(resolve => this.#server.close(() => resolve()))
    this.#server.closeAllConnections()
    await closed
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, number, rest] = /^\/camera\/(\d{1,5})\/(.+)$/.exec(request.url ?? '') ?? []
    const camera = this.#options.cameras.get(Number(number))
    if (!camera) return void response.writeHead(404).end()
    if (rest === 'snapshot.jpg') return this.#snapshot(camera, request, response)
    if (request.method !== 'POST' || !rest?.startsWith('onvif/')) return void response.writeHead(404).end()
    const text = await readBody(request)
    if (text === undefined) return void response.writeHead(413, { connection: 'close' }).end()
    const answer = await this.#soap(camera, rest, text, request.headers.authorization, response)
    if (answer.hangUp) return void response.destroy()
    const challenge = answer.challenge ? { 'WWW-Authenticate': answer.challenge } : {}
    const envelope = Buffer.from(soapEnvelope(answer.body))
    // Written out and capitalised: libonvif reads no chunked answers and compares header names by case.
    const type = 'application/soap+xml; charset=utf-8'
    response.writeHead(answer.status, { 'Content-Type': type, 'Content-Length': envelope.length, ...challenge })
    if (!answer.cut) return void response.end(envelope)
    response.write(envelope.subarray(0, envelope.length / 2), () => response.destroy())
  }

  #snapshot(camera: SimulatedCamera, request: IncomingMessage, response: ServerResponse): void {
    if (!camera.httpDigest.accepts(request.method ?? '', request.headers.authorization)) {
      response.writeHead(401, { 'www-authenticate': camera.httpDigest.challenge }).end()
      return
    }
    response.writeHead(200, { 'content-type': 'image/jpeg' }).end(camera.snapshot)
  }

  async #soap(
    camera: SimulatedCamera,
    path: string,
    text: string,
    authorization: string | undefined,
    response: ServerResponse
  ): Promise<Answer> {
    const message = readSoap(text)
    if (!message.ok || !message.value.body) {
      return { status: 400, body: faultBody('Sender', 'WellFormed', message.ok ? 'empty body' : message.reason) }
    }
    const body = message.value.body
    const deviceTimeMs = this.#options.clock.now() + camera.clockOffsetMs
    if (!ANONYMOUS.has(body.local) && !this.#allowed(camera, message.value, authorization, deviceTimeMs)) {
      const fault = faultBody('Sender', 'NotAuthorized', 'Sender not authorized')
      return camera.auth === 'wsse'
        ? { status: 400, body: fault }
        : { status: 401, body: fault, challenge: camera.httpDigest.challenge }
    }
    try {
      const events = isEventPath(path) ? await this.#events(camera, path, message.value, response) : undefined
      if (events) return { status: 200, body: events.content ?? '', cut: events.cut, hangUp: events.hangUp }
      const content = answerOperation({ camera, place: this.#place, body, deviceTimeMs })
      if (content !== undefined) return { status: 200, body: content }
      return { status: 500, body: faultBody('Receiver', 'ActionNotSupported', 'no such operation') }
    } catch (error) {
      if (!(error instanceof OperationFault)) throw error
      return { status: 400, body: faultBody('Sender', error.subcode, error.message) }
    }
  }

  #events(
    camera: SimulatedCamera,
    path: string,
    message: SoapMessage,
    response: ServerResponse
  ): Promise<EventAnswer | undefined> | undefined {
    const { address, httpPort } = this.#place
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    return camera.events?.answer({
      message,
      path: path.slice('onvif/'.length),
      base: `http://${address}:${httpPort}/camera/${camera.number}/onvif/`,
      deviceTimeMs: this.#options.clock.now() + camera.clockOffsetMs,
      aborted: gone.signal
    })
  }

  #allowed(
    camera: SimulatedCamera,
    message: SoapMessage,
    authorization: string | undefined,
    deviceTimeMs: number
  ): boolean {
    const token = readUsernameToken(message.header)
    if (token || authorization) this.loginTries.set(camera.number, (this.loginTries.get(camera.number) ?? 0) + 1)
    if (camera.auth !== 'wsse' && camera.httpDigest.accepts('POST', authorization)) return true
    if (camera.auth === 'digest' || !token || camera.httpDigest.refusesAll) return false
    const { username, password } = this.#options.login
    const age = Math.abs(deviceTimeMs - Date.parse(token.created))
    const expected = passwordDigest(Buffer.from(token.nonce, 'base64'), token.created, password)
    return token.username === username && token.digest === expected && age <= TOKEN_WINDOW_MS
  }
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    length += chunk.length
    if (length > MAX_BODY) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
