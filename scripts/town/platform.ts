/** The county's platform 县平台, which the gateway tells of its incidents: takes signed messages on 127.0.0.1 and believes no others. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { demoSecret } from '../../gateway/access/demo-secret.ts'
import type { Part, Ways } from './parts.ts'
import type { Town } from './scenario.ts'

/** As the administrator calls it, and where it is on this machine. */
export const PLATFORM = {
  name: 'county',
  path: '/pingan',
  secret: (seed: string) => demoSecret(seed, 'sink', 'county')
} as const

export interface Platform extends Part {
  /** Messages that were signed rightly, each delivery once. */
  readonly taken: number
  readonly port: number
}

const MOST_BYTES = 1024 * 1024
/** Deliveries remembered, so that a repeated one is counted once. */
const MOST_KNOWN = 10_000

export function platformPart(town: Town, ways: Pick<Ways, 'seed'>): Platform {
  const secret = PLATFORM.secret(ways.seed)
  const known = new Set<string>()
  let taken = 0
  const server = createServer((request, response) => {
    void statusOf(request, secret).then(({ status, delivery }) => {
      if (delivery !== undefined && !known.has(delivery)) {
        taken += 1
        known.add(delivery)
        if (known.size > MOST_KNOWN) known.delete(known.values().next().value ?? '')
      }
      response.writeHead(status).end()
    })
  })
  return {
    name: 'platform',
    count: 1,
    get online() {
      return server.listening ? 1 : 0
    },
    get taken() {
      return taken
    },
    get port() {
      const address = server.address()
      return typeof address === 'object' && address ? address.port : 0
    },
    async start() {
      server.listen(town.scenario.ports.platform, '127.0.0.1')
      await once(server, 'listening')
    },
    async stop() {
      if (!server.listening) return
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    }
  }
}

async function statusOf(
  request: IncomingMessage,
  secret: string
): Promise<{ readonly status: number; readonly delivery?: string }> {
  if (request.method !== 'POST' || request.url !== PLATFORM.path) return { status: 404 }
  const body = await read(request).catch(() => undefined)
  if (body === undefined) return { status: 413 }
  const header = (name: string) => String(request.headers[name] ?? '')
  const signed = createHmac('sha256', secret)
    .update(`${header('x-pingan-timestamp')}.`)
    .update(body)
    .digest('hex')
  const [given, wanted] = [Buffer.from(header('x-pingan-signature')), Buffer.from(`sha256=${signed}`)]
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return { status: 401 }
  return { status: 204, delivery: header('x-pingan-delivery') }
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MOST_BYTES) throw new Error('too long')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
