/** A bare TCP or TLS telephone for the tests, and a certificate for the gateway. */
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { generate } from 'selfsigned'
import { until } from '../../../gateway/testing/wait.ts'
import type { Certificate } from '../connections.ts'
import { header, parseMessage, type SipRequest, type SipResponse } from '../frame.ts'
import { StreamFramer } from '../stream.ts'
import type { RunningAdapter } from '../testing.ts'

export interface StreamTelephone {
  /** Its own end. */
  readonly port: number
  readonly socket: Socket
  readonly responses: SipResponse[]
  readonly requests: SipRequest[]
  /** Line ends between messages: our pongs. */
  readonly closed: () => boolean
  send(text: string | Buffer): void
  response(status: number, callId?: string): Promise<SipResponse>
}

export async function testCertificate(): Promise<Certificate> {
  const pems = await generate([{ name: 'commonName', value: 'test' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256'
  })
  return { key: pems.private, cert: pems.cert }
}

/** With `tls` over TLS; its `key` and `cert` are the client's own. */
export async function streamTelephone(
  server: RunningAdapter['server'],
  tls?: Partial<Certificate>
): Promise<StreamTelephone> {
  const socket = tls
    ? connectTls({ host: server.address, port: server.port, rejectUnauthorized: false, ...tls })
    : connect(server.port, server.address)
  socket.on('error', () => {})
  let closed = false
  socket.once('close', () => {
    closed = true
  })
  const phone = read(socket, () => closed)
  await until('the connection is open or refused', () => closed || socket.readyState === 'open')
  return { ...phone, port: socket.localPort ?? 0 }
}

function read(socket: Socket, closed: () => boolean): Omit<StreamTelephone, 'port'> {
  const framer = new StreamFramer()
  const responses: SipResponse[] = []
  const requests: SipRequest[] = []
  socket.on('data', chunk => {
    framer.push(chunk)
    for (let cut = framer.next(); cut; cut = framer.next()) {
      const message = cut.kind === 'message' ? parseMessage(cut.bytes) : undefined
      if (!message?.ok) throw new Error('the adapter sent what it could not read itself')
      if (message.value.kind === 'response') responses.push(message.value)
      else requests.push(message.value)
    }
  })
  const response = (status: number, callId?: string) =>
    until(`a ${status} answer`, () =>
      responses.find(r => r.status === status && (callId === undefined || header(r, 'call-id') === callId))
    )
  return { socket, responses, requests, closed, send: text => void socket.write(text), response }
}
