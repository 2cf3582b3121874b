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
  /** Messages that never came of incidents it has heard of, by their numbers: given up, or still waiting over there. */
  readonly missing: number
  readonly port: number
}

const MOST_BYTES = 1024 * 1024
/** Deliveries and incidents remembered, so that a repeated one is counted once. */
const MOST_KNOWN = 10_000

/** What it needs of a message; one that is signed is as the gateway wrote it. */
interface Message {
  readonly delivery: string
  readonly sequence: number
  readonly incident?: { readonly id: string }
}

export function platformPart(town: Town, ways: Pick<Ways, 'seed'>): Platform {
  const secret = PLATFORM.secret(ways.seed)
  const known = new Set<string>()
  /** By incident: the newest number and how many came. A number below the newest is late, and tells nothing new. */
  const heard = new Map<string, { readonly newest: number; readonly came: number }>()
  let taken = 0
  const count = ({ incident, sequence }: Message): void => {
    if (!incident) return
    const { newest, came } = heard.get(incident.id) ?? { newest: 0, came: 0 }
    heard.set(incident.id, { newest: Math.max(newest, sequence), came: came + 1 })
    if (heard.size > MOST_KNOWN) heard.delete(heard.keys().next().value ?? '')
  }
  const server = createServer((request, response) => {
    void statusOf(request, secret).then(({ status, message }) => {
      if (message && !known.has(message.delivery)) {
        taken += 1
        known.add(message.delivery)
        count(message)
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
    get missing() {
      return [...heard.values()].reduce((sum, { newest, came }) => sum + newest - came, 0)
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
): Promise<{ readonly status: number; readonly message?: Message }> {
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
  return { status: 204, message: JSON.parse(body.toString('utf8')) as Message }
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
